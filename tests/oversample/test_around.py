"""Danger, spaces, measures, effect, and rebalancing for training."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ssl_core.data import load
from ssl_core.data.card import UNKNOWN
from ssl_core.oversample import danger, rebalance, smote
from ssl_core.oversample.effect import effect, interval, recalls
from ssl_core.oversample.measure import intrusion, segment, sharpness, spread_kept
from ssl_core.oversample.samples import FEW, PLANES, as_they_are, plane, tail_sizes, unbalanced
from ssl_core.oversample.smote import counts_of
from ssl_core.oversample.space import components, flat, flattened, pixels


@pytest.fixture(scope="module")
def digits():
    data = load("digits")
    return data.images.numpy(), data.labels.numpy()


def test_danger_is_that_of_borderline_smote():
    from imblearn.over_sampling import BorderlineSMOTE

    X, y, _ = plane("moons", 80, 4, seed=0, noise=0.3)
    theirs = BorderlineSMOTE(random_state=0)
    theirs.fit_resample(X, y)
    ours = np.flatnonzero((danger(X, y, 10) == "danger") & (y == 1))
    assert np.array_equal(ours, theirs.in_danger_indices[1])


def test_danger_of_known_points():
    X = np.array([[0.0, 0], [0.1, 0], [0, 0.1], [5, 5], [5.1, 5], [5, 5.1], [5.05, 5.05]])
    y = np.array([0, 0, 0, 1, 1, 1, 0])
    kinds = danger(X, y, 2)
    assert kinds[6] == "noise" and set(kinds[:3]) == {"safe"}


@pytest.mark.parametrize("name", PLANES)
def test_planes_are_unbalanced_and_repeatable(name):
    one, two = plane(name, 60, 6, 3), plane(name, 60, 6, 3)
    assert np.array_equal(one.X, two.X) and one.X.shape[1] == 2
    counts = counts_of(one.y)
    assert counts[0] == 60 and min(counts.values()) == 10
    assert flattened(one.X)[0] is one.X


def test_long_tail(digits):
    _, labels = digits
    assert tail_sizes(3, 100, 100).tolist() == [100, 10, 1]
    rows = unbalanced(labels, (3, 8, 1), 80, 16, 0)
    assert counts_of(labels[rows]) == {3: 80, 8: 20, 1: 5} and len(set(rows)) == len(rows)
    with pytest.raises(ValueError, match="at least two classes"):
        unbalanced(labels, (3,), 80, 16, 0)


def test_sizes_as_they_are():
    labels = np.repeat([0, 1, 2, 3, UNKNOWN], [90, 40, FEW, 1, 20])
    sizes = {0: 90, 1: 40, 2: FEW, 3: 1}
    rows = as_they_are(labels, tuple(sizes), 0)
    assert counts_of(labels[rows]) == sizes
    half = as_they_are(labels, tuple(sizes), 0, share=0.5)
    assert counts_of(labels[half]) == {0: 45, 1: 20, 2: FEW, 3: 1} and len(set(half)) == len(half)
    assert not np.array_equal(half, as_they_are(labels, tuple(sizes), 1, share=0.5))
    fewer = as_they_are(labels, (0, 1), 0, most=65)
    assert counts_of(labels[fewer]) == {0: 45, 1: 20}
    with pytest.raises(ValueError, match="at least two classes"):
        as_they_are(labels, (0,), 0)


def test_spaces_lead_there_and_back(digits):
    images, labels = digits[0][:200], digits[1][:200]
    space = pixels(images)
    assert np.allclose(space.decode(space.X), images / 255) and np.array_equal(space.encode(images), space.X)
    pca = components(images, 64)
    assert np.allclose(pca.encode(images), pca.X)
    assert np.abs(pca.decode(pca.X) - images / 255).mean() < 0.01
    assert np.allclose(components(images, 8).X.var(axis=0), 1, atol=0.05)
    shown, project, share = flattened(space.X)
    assert np.allclose(project(space.X), shown) and 0 < share < 1
    assert intrusion(space.X, labels, space.X, labels) == 0


def test_autoencoder_learns_in_400_steps_and_its_code_leads_back(digits):
    from ssl_core.oversample.autoencoder import latent, train

    images = digits[0][:400]
    model = train(images, steps=400)
    space = latent(images, model)
    assert space.X.shape == (400, 16) and space.X.dtype == np.float64
    error = np.square(space.decode(space.X) - images / 255).mean()
    assert error < 0.5 * (images / 255).var(axis=0).mean()  # far better than the mean picture
    again = train(images, steps=400)
    assert np.array_equal(latent(images, again).X, space.X)


def test_smote_blurs_pictures_and_shrinks_the_cloud(digits):
    images, labels = digits
    rows = unbalanced(labels, (0, 1, 8), 90, 6, 0)
    X, y = flat(images[rows]), labels[rows]
    made = smote(X, y, k=5, seed=0)
    mine, own = made.new[made.label == 8], X[y == 8]
    assert sharpness(mine.reshape(-1, 1, 8, 8)) < sharpness(own.reshape(-1, 1, 8, 8))
    assert 0.3 < spread_kept(own, mine) < 1
    assert np.isnan(intrusion(X, y, X[:0], y[:0])) and np.isnan(sharpness(np.empty((0, 1, 8, 8))))


def test_spread_kept_is_two_thirds_for_independent_partners():
    random = np.random.RandomState(0)
    a, b, gap = random.normal(size=(20_000, 2)), random.normal(size=(20_000, 2)), random.uniform(size=(20_000, 1))
    assert spread_kept(a, a + gap * (b - a)) == pytest.approx(2 / 3, abs=0.01)


def test_nine_steps_from_seed_to_neighbour():
    steps = segment(np.array([0.0, 1]), np.array([8.0, 1]))
    assert steps[:, 0].tolist() == list(range(9)) and (steps[:, 1] == 1).all()


@pytest.mark.parametrize("name", ["logistic", "neighbour"])
def test_effect_on_untouched_test_data(name):
    def draw(seed):
        samples, test = plane("moons", 120, 24, seed), plane("moons", 100, 1, seed + 1000)
        return samples.X, samples.y, test.X, test.y

    seen = effect(name, draw, lambda X, y, seed: (lambda made: (made.X, made.y))(smote(X, y, k=3, seed=seed)), 4)
    assert seen.before.shape == seen.after.shape == (4, 2)
    before, after = seen.balanced()
    if name == "logistic":
        assert after.mean() > before.mean()  # a linear border moves towards the rare class
    mean, half = interval(after - before)
    assert np.isfinite(mean) and half > 0
    assert np.isnan(interval(np.array([0.5]))[1])


def test_effect_says_why_it_cannot():
    def fails(X, y, seed):
        raise ValueError("too few.")

    X, y = np.random.RandomState(0).normal(size=(10, 2)), np.arange(10) % 2
    with pytest.raises(ValueError, match="Seed 0: too few"):
        effect("neighbour", lambda seed: (X, y, X, y), fails, 2)
    assert recalls("neighbour", X, y, X, y).tolist() == [1, 1]
    with pytest.raises(ValueError, match="Choose one of logistic"):
        recalls("oracle", X, y, X, y)


@pytest.mark.parametrize("how", ["none", "copies", "smote"])
def test_rebalancing_a_labelled_set(digits, how):
    images, labels = digits
    rows = np.concatenate([np.flatnonzero(labels == c)[:n] for c, n in ((0, 12), (1, 4), (2, 1))])
    made = rebalance(how, images[rows], labels[rows], seed=0)
    assert made.images.dtype == np.uint8 and np.array_equal(made.images[: len(rows)], images[rows])
    wanted = {0: 12, 1: 4, 2: 1} if how == "none" else {0: 12, 1: 12, 2: 12}
    assert counts_of(made.labels) == wanted
    again = rebalance(how, images[rows], labels[rows], seed=0)
    assert np.array_equal(again.images, made.images)
    if how == "smote":
        assert any("k is 3" in note for note in made.notes) and any("copies" in note for note in made.notes)
    with pytest.raises(ValueError, match="none, copies, smote"):
        rebalance("more", images, labels, 0)


# Quantiles of Student's t that can be written down: for one, two and four degrees of freedom (p = 0.975).
_FOUR = math.sqrt(4 * 0.975 * 0.025)
QUANTILES = {
    2: math.tan(math.pi * (0.975 - 0.5)),
    3: (2 * 0.975 - 1) / math.sqrt(2 * 0.975 * 0.025),
    5: 2 * math.sqrt(math.cos(math.acos(_FOUR) / 3) / _FOUR - 1),
}


@pytest.mark.parametrize("count", QUANTILES)
def test_the_interval_has_the_width_of_95_per_cent(count):
    values = np.random.RandomState(count).rand(count)
    mean, half = interval(values)
    spread = math.sqrt(((values - values.mean()) ** 2).sum() / (count - 1))
    assert mean == pytest.approx(values.mean())
    assert half == pytest.approx(QUANTILES[count] * spread / math.sqrt(count))


def test_95_of_100_intervals_hold_the_truth():
    draws = np.random.RandomState(0).normal(3.0, 2.0, (4000, 4))
    holds = [abs(mean - 3.0) <= half for mean, half in map(interval, draws)]
    assert np.mean(holds) == pytest.approx(0.95, abs=0.012)
