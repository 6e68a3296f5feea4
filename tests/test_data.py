"""Splits keep labelled, validation and test apart and are the same everywhere; data sets are what their cards say."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssl_core.data import BUILT_IN, CATALOG, load, split
from ssl_core.data.card import MIRRORS
from ssl_core.data.shapes import FIGURES, Nuisance, make

LABELS = np.random.RandomState(0).permutation(np.repeat(np.arange(10), [90, 95, 100, 105, 110, 90, 95, 100, 105, 110]))


@settings(max_examples=60)
@given(
    count=st.integers(10, 900),
    seed=st.integers(0, 99),
    unlabelled=st.sampled_from(["includes", "excludes"]),
    imbalance=st.sampled_from([1.0, 1.0, 5.0, 100.0]),
)
def test_a_split_keeps_its_promises(count, seed, unlabelled, imbalance):
    drawn = split(LABELS, count, seed, validation=100, unlabelled=unlabelled, imbalance=imbalance)
    labelled, free, held = (set(part.tolist()) for part in drawn)
    assert len(drawn.labelled) == len(labelled) == count
    assert len(held) == 100
    assert not labelled & held
    assert not free & held
    if count < 900:
        assert labelled <= free if unlabelled == "includes" else not labelled & free
        assert len(labelled | free) == 900
    given_out = np.bincount(LABELS[drawn.labelled], minlength=10)
    assert given_out.min() >= 1
    if imbalance == 1.0 and count <= 700:
        assert given_out.max() - given_out.min() <= 1


@pytest.mark.parametrize("seed", range(3))
def test_draws_are_nested_and_validation_stays(seed):
    draws = [split(LABELS, count, seed, validation=100) for count in (10, 20, 25, 100, 500)]
    for small, large in zip(draws, draws[1:], strict=False):
        assert set(small.labelled) <= set(large.labelled)
        assert (small.validation == large.validation).all()


def test_another_seed_draws_others():
    assert set(split(LABELS, 20, 0).labelled) != set(split(LABELS, 20, 1).labelled)


def test_a_long_tail_has_the_ratio_that_was_asked_for():
    given_out = np.bincount(LABELS[split(LABELS, 200, 0, imbalance=10.0).labelled], minlength=10)
    assert (np.diff(given_out) <= 0).all()
    assert given_out[0] / given_out[-1] == pytest.approx(10, rel=0.25)


def test_the_split_of_a_seed_never_changes():
    """If this fails, every published figure of this project would be drawn with other labels."""
    drawn = split(LABELS, 20, 0, validation=100)
    told = hashlib.sha256(np.concatenate(drawn).astype("<i8").tobytes()).hexdigest()
    assert told[:16] == "3ab1e340a2a8fb1e"


@pytest.mark.parametrize("count", [0, 9, 1001])
def test_too_few_or_too_many_labels_is_one_sentence(count):
    with pytest.raises(ValueError, match=r"labels must lie between 10 .* and 1000, not"):
        split(LABELS, count, 0)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_data_set_is_what_its_card_says(name):
    card, data = CATALOG[name], load(name)
    assert data.images.shape == (card.train, card.channels, card.side, card.side)
    assert data.test_images.shape == (card.test, card.channels, card.side, card.side)
    assert str(data.images.dtype) == str(data.test_images.dtype) == "torch.uint8"
    for labels, count in ((data.labels, card.train), (data.test_labels, card.test)):
        per_class = np.bincount(labels.numpy(), minlength=len(card.classes))
        assert labels.shape == (count,)
        assert len(per_class) == len(card.classes)
        assert per_class.min() > 0.7 * count / len(card.classes), "chance would not be 1 / classes"
    assert card.licence
    assert card.text


@pytest.mark.parametrize("name", CATALOG)
def test_a_card_says_which_mirrors_and_turns_keep_the_class(name):
    card = CATALOG[name]
    assert set(card.mirrors) <= set(MIRRORS)
    assert card.flip == ("left-right" in card.mirrors)
    assert 0 <= card.turns <= 180
    if set(card.mirrors) == set(MIRRORS):
        assert card.turns == 180, "mirrored both ways a picture is turned half round"


def test_figures_keep_their_class_whichever_way_they_lie_and_digits_do_not():
    assert {name for name in CATALOG if not CATALOG[name].flip} == {"digits", "svhn"}
    for name in ("digits", "svhn"):
        assert CATALOG[name].mirrors == ()
        assert CATALOG[name].turns < 90
    assert CATALOG["shapes"].mirrors == MIRRORS


def test_no_test_picture_of_digits_is_among_the_training_pictures():
    data = load("digits")
    train = {image.numpy().tobytes() for image in data.images}
    shared = sum(image.numpy().tobytes() in train for image in data.test_images)
    assert shared == 0


def test_digits_are_scikit_learns_read_without_it():
    from sklearn.datasets import load_digits

    data, theirs = load("digits"), load_digits()
    pictures = np.concatenate([part.numpy() for part in (data.images, data.test_images)])[:, 0]
    names = np.concatenate([part.numpy() for part in (data.labels, data.test_labels)])
    order = np.random.RandomState(0).permutation(len(theirs.target))
    assert np.array_equal(pictures, np.round(theirs.images[order] * 255 / 16))
    assert np.array_equal(names, theirs.target[order])
    assert data.images.stride()[1] == data.test_images.stride()[1] == 1, "PyTorch then takes kernels for channels last"
    code = "import sys; from ssl_core.data import load; load('digits'); print('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_shapes_are_drawn_from_their_seed():
    first, labels = make(50, 32, 5, Nuisance())
    again, _ = make(50, 32, 5, Nuisance())
    other, _ = make(50, 32, 6, Nuisance())
    assert (first == again).all()
    assert (first != other).any()
    assert np.bincount(labels).tolist() == [5] * 10
    assert set(CATALOG["shapes"].classes) == set(FIGURES)


def test_every_figure_is_bright_on_a_dim_ground():
    quiet = Nuisance(turn=0, jitter=0, smallest=1, ground=0.2, texture=0)
    images, labels = make(200, 32, 0, quiet)
    light = images.max(axis=1) > 120
    share = [light[labels == c].mean() for c in range(10)]
    assert all(0.05 < s < 0.6 for s in share), dict(zip(FIGURES, share, strict=True))
    corners = light[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert not corners.any()


def test_unknown_data_is_one_sentence():
    with pytest.raises(ValueError, match=r"no data set '\.\./digits'"):
        load("../digits")
