"""Traced SMOTE is imbalanced-learn's, and every new sample lies where its trace says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from imblearn.over_sampling import SMOTE

from ssl_core.oversample import smote
from ssl_core.oversample.measure import off_segment
from ssl_core.oversample.smote import counts_of


def samples(sizes=(40, 25, 12, 12), features=6, seed=0, kind=np.float64):
    random = np.random.RandomState(seed)
    y = random.permutation(np.repeat(np.array([7, 2, 5, 9])[: len(sizes)], sizes))
    return (random.normal(size=(len(y), features)) + y[:, None] / 5).astype(kind), y


@pytest.mark.parametrize("case", [0, 1])
def test_oracle_smote(oracle, case):
    golden = {key[3:]: value for key, value in oracle("smote").items() if key.startswith(f"c{case}_")}
    X, y, k, seed = golden["X"], golden["y"], int(golden["k_neighbors"]), int(golden["random_state"])
    made = smote(X, y, k=k, seed=seed)
    for ours, theirs in (("X", "X_resampled"), ("y", "y_resampled"), ("label", "label")):
        assert np.array_equal(getattr(made, ours), golden[theirs])
    for part in ("base", "neighbour", "gap"):
        assert np.array_equal(getattr(made, part), golden[part])
    stream = smote(X, y, k=k, seed=np.random.RandomState(seed))
    assert np.array_equal(stream.X, golden["X_resampled_stream"])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("k", [1, 3, 5, 11])
@pytest.mark.parametrize("sizes", [(40, 12), (30, 30, 12), (40, 25, 12, 12)])
@pytest.mark.parametrize("seed", [0, 42])
def test_equal_to_imbalanced_learn(kind, k, sizes, seed):
    X, y = samples(sizes, kind=kind)
    made = smote(X, y, k=k, seed=seed)
    theirs = SMOTE(k_neighbors=k, random_state=seed).fit_resample(X, y)
    assert np.array_equal(made.X, theirs[0]) and np.array_equal(made.y, theirs[1])
    assert made.X.dtype == kind
    stream = smote(X, y, k=k, seed=np.random.RandomState(seed))
    theirs = SMOTE(k_neighbors=k, random_state=np.random.RandomState(seed)).fit_resample(X, y)
    assert np.array_equal(stream.X, theirs[0])


def test_equal_to_imbalanced_learn_on_digits_and_for_a_wish():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    keep = np.r_[np.flatnonzero(y > 1), np.flatnonzero(y == 0)[:9], np.flatnonzero(y == 1)[:30]]
    X, y = X[keep] / 16, y[keep]
    assert np.array_equal(smote(X, y, seed=3).X, SMOTE(random_state=3).fit_resample(X, y)[0])
    wish = {1: 20, 0: 5}
    theirs = SMOTE(random_state=3, sampling_strategy={0: 14, 1: 50}).fit_resample(X, y)
    assert np.array_equal(smote(X, y, seed=3, wanted=wish).X, theirs[0])


@settings(max_examples=40, deadline=None)
@given(
    some.lists(some.integers(4, 15), min_size=2, max_size=4),
    some.integers(1, 3),
    some.integers(0, 2**31 - 1),
    some.sampled_from(["random", "even"]),
)
def test_every_new_sample_lies_on_its_segment(sizes, k, seed, spread):
    X, y = samples(tuple(sizes), features=3, seed=seed % 1000)
    made = smote(X, y, k=k, seed=seed, spread=spread)
    assert np.array_equal(made.X[: len(X)], X) and made.real == len(X)
    assert off_segment(X, made.new, made.base, made.neighbour).max(initial=0) < 1e-12
    assert np.array_equal(y[made.base], made.label) and np.array_equal(y[made.neighbour], made.label)
    assert ((made.gap >= 0) & (made.gap < 1)).all()
    along = X[made.base] + made.gap[:, None] * (X[made.neighbour] - X[made.base])
    assert np.array_equal(made.new, along)
    assert set(counts_of(made.y).values()) == {max(sizes)}
    if spread == "even":
        for label in np.unique(made.label):
            used = np.bincount(made.base[made.label == label], minlength=len(X))[y == label]
            assert used.max() - used.min() <= 1


@pytest.mark.parametrize(
    ("X", "y", "k", "sentence"),
    [
        (np.zeros((8, 2), np.uint8), [0] * 5 + [1] * 3, 1, "convert the samples to float"),
        (np.zeros((8, 2), bool), [0] * 5 + [1] * 3, 1, "convert the samples to float"),
        (np.zeros((8, 2, 2)), [0] * 5 + [1] * 3, 1, "flatten the pictures"),
        (np.full((8, 2), np.nan), [0] * 5 + [1] * 3, 1, "remove them"),
        (np.zeros((8, 2)), [0] * 8, 1, "at least two classes"),
        (np.zeros((8, 2)), [0] * 7 + [1], 1, "give it at least two"),
        (np.zeros((8, 2)), [0] * 5 + [1] * 3, 500, "choose k from 1 to 2"),
        (np.zeros((8, 2)), [0] * 5 + [1] * 3, 0, "choose k from 1 to 2"),
    ],
)
def test_hostile_samples_give_one_sentence(X, y, k, sentence):
    with pytest.raises(ValueError, match=sentence) as told:
        smote(X, np.array(y), k=k)
    assert "\n" not in str(told.value) and str(told.value).endswith(".")


def test_constant_features_are_said_to_be_copies():
    made = smote(np.ones((9, 3)), np.array([0] * 6 + [1] * 3), k=2)
    assert np.array_equal(made.new, np.ones((3, 3))) and "copies" in made.notes[0]


def test_balanced_data_stay_as_they_are():
    X, y = samples((6, 6))
    assert len(smote(X, y, k=5).new) == 0


def test_whole_numbers_would_wrap_around_in_imbalanced_learn():
    """The reason why we refuse them."""
    random = np.random.RandomState(0)
    X, y = random.randint(0, 256, (60, 4)).astype(np.uint8), np.repeat([0, 1], [40, 20])
    wrapped = SMOTE(random_state=0).fit_resample(X, y)[0][60:].astype(float)
    assert np.abs(wrapped - smote(X.astype(float), y, seed=0).new).max() > 1
