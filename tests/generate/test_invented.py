"""Pictures beside the labelled ones: as many as asked for, as often as asked for, and nothing else is touched."""

import dataclasses

import numpy as np
import pytest
import torch

from ssl_core.data import load
from ssl_core.fillings import PLAIN, Fillings, MadeBy, listed, made_by
from ssl_core.oversample.rebalance import rebalance
from ssl_core.train.config import all_knobs, configure
from ssl_core.train.invented import WithMade, repeats
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee

DIGITS = load("digits")
RUN = "20261126-101500123-vae-20-s0-7f3a"


def config(**knobs):
    return configure("digits", "supervised", 20, 0, {"steps": 4, "evaluations": 1} | knobs)


def with_made(count=5):
    labels = torch.arange(10).repeat_interleave(count)
    images = torch.full((10 * count, 1, 8, 8), 7, dtype=torch.uint8)
    return WithMade(**vars(DIGITS), made_images=images, made_labels=labels)


def test_what_rebalance_may_say():
    assert made_by("made:vae") == MadeBy("vae")
    assert made_by("made:vae+guesses") == MadeBy("vae", guesses=True)
    assert made_by(f"made:{RUN}") == MadeBy(run=RUN)
    for other in ("smote", "made:", "made:nobody", "made:../../x", "vae", 3, None, f"made:{RUN}+guesses"):
        assert made_by(other) is None
        assert other in PLAIN or other not in Fillings(PLAIN)
    assert "made:vae" in listed(True) and "made:vae" not in tuple(listed(False))
    assert listed(True)[:3] == PLAIN
    assert all_knobs("supervised", "digits")["rebalance"].check("rebalance", f"made:{RUN}")


@pytest.mark.parametrize("how", ["copies", "smote"])
def test_every_class_is_filled_up_to_as_many_as_asked(how):
    filled = Trainee(config(rebalance=how, fill_to=30), DIGITS)
    assert filled.counts.tolist() == [30] * 10
    plain = Trainee(config(), DIGITS)
    assert set(plain.labelled.indices) <= set(filled.labelled.indices)
    images, labels = np.zeros((3, 1, 2, 2), np.uint8), np.array([0, 0, 1])
    assert np.bincount(rebalance(how, images, labels, 0, fill=7).labels).tolist() == [7, 7]
    assert np.bincount(rebalance(how, images, labels, 0).labels).tolist() == [2, 2]  # as it was before fill came


def test_made_pictures_stand_behind_the_set_and_are_only_ever_labelled():
    trainee = Trainee(config(rebalance="made:vae", fill_to=7), with_made())
    plain = Trainee(config(), DIGITS)
    assert trainee.counts.tolist() == [7] * 10
    shown = set(trainee.labelled.indices)
    assert shown == set(plain.labelled.indices) | set(range(1300, 1350))
    assert torch.equal(trainee.free, plain.free)
    assert torch.equal(trainee.validation[0], plain.validation[0]) and torch.equal(trainee.test[0], plain.test[0])
    assert bool((trainee.images[1300:] == 7).all())


@pytest.mark.parametrize(("real", "invented", "share", "times"), [(20, 80, 0.5, 4), (20, 81, 0.5, 5), (20, 5, 0.5, 1),
                                                                   (20, 80, 0.0, 1), (20, 20, 0.75, 3)])  # fmt: skip
def test_real_pictures_keep_their_share(real, invented, share, times):
    assert repeats(real, invented, share) == times
    assert times * real / (times * real + invented) >= share


def test_a_share_repeats_rows_and_counts_none_twice():
    trainee = Trainee(config(rebalance="made:vae", fill_to=7, real_share=0.5), with_made())
    rows = trainee.labelled.indices
    assert (rows < 1300).sum() == 60 and (rows >= 1300).sum() == 50
    assert trainee.counts.tolist() == [7] * 10


def test_pictures_that_nobody_made_are_a_sentence():
    with pytest.raises(ValueError, match="are made when it is trained"):
        Trainee(config(rebalance="made:vae", fill_to=7), DIGITS)


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ({"rebalance": "made:vae"}, "nothing to fill: set fill_to to more than 2"),
        ({"rebalance": "made:vae", "fill_to": 2}, "nothing to fill"),
        ({"rebalance": "made:nobody", "fill_to": 9}, "rebalance must be one of none, copies, smote"),
        ({"rebalance": "made:vae", "fill_to": 9, "model": "efficientnet_lite0"}, "trains on features that were kept"),
    ],
)
def test_a_filling_that_does_nothing_or_cannot_be_is_a_sentence(knobs, sentence):
    with pytest.raises(ValueError, match=sentence):
        config(**knobs)


def test_the_weights_follow_from_configuration_and_made_pictures():
    asked = config(rebalance="made:vae", fill_to=7, real_share=0.5)
    ends = []
    for data in (with_made(), with_made(), dataclasses.replace(with_made(), made_images=with_made().made_images + 90)):
        kept = {}
        assert train(asked, data, lambda row: None, save=kept.update) == "done"
        ends.append(kept["model"])
    same, other = ({name: torch.equal(ends[0][name], ends[place][name]) for name in ends[0]} for place in (1, 2))
    assert all(same.values())
    assert not all(other.values())
