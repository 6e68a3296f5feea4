"""What each method claims about itself, beyond what every method must do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from ssl_core.augment import ctaugment
from ssl_core.methods import METHODS, TrainingSet
from ssl_core.methods.flexmatch import FlexMatch, learning_effect
from ssl_core.methods.label_spreading import LabelSpreading
from ssl_core.methods.losses import divergence, entropy
from ssl_core.methods.matching import points
from ssl_core.methods.nearest_match import NearestMatch
from ssl_core.methods.plane import MATCHERS, SCENES, matched, scene
from ssl_core.methods.softmatch import SoftMatch
from ssl_core.methods.temporal_ensembling import recall, remember
from ssl_core.methods.uda import annealing
from ssl_core.methods.vat import adversary, unit
from ssl_core.train.config import configure, defaults
from tests.test_every_method import one_step, trainee


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_vat_nudges_have_length_epsilon_and_point_uphill():
    weight = random(4, 12)
    u, d = random(6, 3, 2, 2), random(6, 3, 2, 2, seed=1)

    def logits_of(x):
        return x.flatten(1) @ weight.T

    r = adversary(logits_of, u, logits_of(u), d, 1e-3, 0.5)
    torch.testing.assert_close(r.flatten(1).norm(dim=1), torch.full((6,), 0.5, dtype=torch.float64))
    worst = divergence(logits_of(u), logits_of(u + r))
    luck = divergence(logits_of(u), logits_of(u + 0.5 * unit(random(6, 3, 2, 2, seed=2))))
    assert worst > luck > 0
    assert divergence(logits_of(u), logits_of(u)) == 0


def test_vat_finds_the_same_direction_in_single_precision():
    """With the short recipe's ξ; the paper's 1e-6 drowns in rounding, which is why the recipe changes it."""
    xi = defaults("digits", "vat")["xi"]
    weight, u, d = 0.1 * random(10, 64), random(8, 1, 8, 8), random(8, 1, 8, 8, seed=1)

    def nudge(kind):
        w = weight.to(kind)
        clean = u.to(kind).flatten(1) @ w.T
        return adversary(lambda x: x.flatten(1) @ w.T, u.to(kind), clean, d.to(kind), xi, 1.0).double().flatten(1)

    cosine = (nudge(torch.float32) * nudge(torch.float64)).sum(dim=1)
    assert cosine.min() > 0.99


def test_entropy_lies_between_certain_and_even():
    assert entropy(torch.tensor([[100.0, 0.0, 0.0]])) < 1e-6
    torch.testing.assert_close(entropy(torch.zeros(2, 8)), torch.tensor(8.0).log())


def test_a_temporal_ensemble_of_equal_answers_is_that_answer():
    state = {"memory": torch.zeros(5, 3, dtype=torch.float64), "visits": torch.zeros(5, dtype=torch.int64)}
    index, p = torch.tensor([1, 3]), torch.softmax(random(2, 3), 1)
    assert recall(state, index, 0.6)[1].tolist() == [False, False]
    for _ in range(4):
        remember(state, index, p, 0.6)
        target, known = recall(state, index, 0.6)
        torch.testing.assert_close(target, p)
        assert known.all()
    assert state["visits"].tolist() == [0, 4, 0, 4, 0]


def test_temporal_ensembling_learns_nothing_from_a_picture_it_never_saw():
    step, _ = one_step(trainee("temporal_ensembling"))
    assert step.parts["unlabelled"] == 0
    assert not step.stats["mask"].any()


@pytest.mark.parametrize("kind", ["linear", "exp", "log"])
def test_annealing_climbs_from_guessing_to_everything(kind):
    path = [annealing(kind, t / 20, 10) for t in range(21)]
    assert path == sorted(path)
    assert path[0] == pytest.approx(0.1, abs=0.01)
    assert path[-1] == pytest.approx(1.0, abs=0.01)
    assert annealing("none", 0.3, 10) == 1


def test_flexmatch_lets_everything_pass_at_first_and_less_later():
    method = FlexMatch(threshold_warmup=False)
    state = method.start(TrainingSet(3, torch.empty(0), torch.empty(0), torch.empty(0), torch.arange(40)))
    p = torch.tensor([[0.98, 0.01, 0.01], [0.6, 0.2, 0.2]]).repeat(20, 1)
    assert method.believe(p.log(), state, torch.arange(40)).mask.all()
    method.count(p, torch.arange(40), state)
    assert method.believe(p.log(), state, torch.arange(40)).mask.tolist() == [True, False] * 20
    assert learning_effect(torch.full((6,), -1), 3, True).isnan().all()


def test_softmatch_weighs_confident_guesses_fully_and_doubtful_ones_less():
    method = SoftMatch(average_momentum=0.0, align=False)
    state = {"mean": torch.tensor(0.5), "variance": torch.tensor(1.0)}
    p = torch.tensor([[0.98, 0.01, 0.01], [0.8, 0.1, 0.1], [0.4, 0.3, 0.3]])
    method.take_in(p, p, state)
    weights = method.weights(p, state)
    assert weights[0] == 1
    assert weights[2] < weights[1] <= 1


def test_ctaugment_draws_only_strengths_that_still_work():
    rates = ctaugment.first_rates()
    rates[:, 5:] = 0.3
    drawn = ctaugment.draw(500, 2, torch.Generator().manual_seed(0), rates, 0.85)
    assert drawn["bin"].max() < 5
    probe = ctaugment.draw(500, 2, torch.Generator().manual_seed(0))
    assert probe["bin"].max() == ctaugment.BINS - 1
    torch.testing.assert_close(ctaugment.chances(rates, 0.85).sum(dim=1), torch.ones(len(rates)))


def test_ctaugment_lowers_the_rate_of_the_bins_that_failed_and_of_no_other():
    rates = ctaugment.first_rates()
    drawn = {"operation": torch.tensor([[0, 1], [0, 2]]), "bin": torch.tensor([[4, 5], [4, 6]])}
    new = ctaugment.updated(rates, drawn, torch.tensor([0.5, 0.0]), 0.99)
    assert new[0, 4] == pytest.approx(0.99 + 0.01 * 0.25)
    assert new[1, 5] == pytest.approx(0.99 + 0.01 * 0.5)
    assert new[2, 6] == pytest.approx(0.99)
    assert (new != rates).sum() == 3


def test_proximity_is_one_minus_half_the_distance_of_distributions():
    logits, y = random(5, 4), torch.tensor([0, 1, 2, 3, 0])
    p = torch.softmax(logits, 1)
    distance = (p - torch.nn.functional.one_hot(y, 4)).abs().sum(dim=1)
    torch.testing.assert_close(ctaugment.proximity(p, y), 1 - distance / 2)


def test_ctaugment_learns_that_strong_distortion_is_unrecognisable():
    t = trainee("fixmatch_cta")
    for _ in range(3):
        batch, _, generator = t.draw()
        step = t.config.knobs.step(t.model, batch, t.state, generator)
        t.learn(batch, generator)
        t.optimize(step.loss, 0.05)
        t.step += 1
    rates = t.memory["strong"][1]["rates"]
    assert (rates < 1).any()
    assert (rates > 0.9).all()


def test_nearest_match_is_the_nearest_neighbour_of_scikit_learn():
    plane = scene("moons", 6, 0)
    ours = NearestMatch().match(plane.x, plane.y, plane.u, 2).argmax(axis=1)
    theirs = KNeighborsClassifier(1).fit(plane.x, plane.y).predict(plane.u)
    assert (ours == theirs).all()


@pytest.mark.parametrize("name", MATCHERS)
@pytest.mark.parametrize("points", SCENES)
def test_matching_gives_probabilities_and_repeats(name, points):
    plane = scene(points, 3, 1)
    chance = MATCHERS[name].match(plane.x, plane.y, plane.u, 2)
    np.testing.assert_allclose(chance.sum(axis=1), 1, atol=1e-9)
    assert (chance >= 0).all()
    assert (chance == MATCHERS[name].match(plane.x, plane.y, plane.u, 2)).all()


def test_matching_sees_bytes_as_shares_and_vectors_as_they_are():
    known, free = torch.tensor([2]), torch.tensor([0, 1])
    for rows, scale in ((torch.randint(0, 256, (3, 1, 2, 2)).byte(), 255), (random(3, 4).float(), 1)):
        pictures = TrainingSet(2, rows, known, torch.tensor([1]), free)
        x, u = points(pictures, "pixels", 1)
        np.testing.assert_allclose(np.concatenate([u, x]), rows.flatten(1).numpy() / scale, rtol=1e-6)


def test_nearest_match_fails_on_uneven_densities_and_spreading_follows_moons():
    def mean(points, name):
        return np.mean([matched(scene(points, 4, seed), name)[1] for seed in range(8)])

    assert mean("uneven", "nearest_match") < mean("even", "nearest_match")
    assert mean("moons", "label_spreading") > mean("moons", "nearest_match") + 0.03


def test_points_no_label_reaches_get_even_probabilities():
    x, y = np.array([[0.0, 0.0]]), np.array([1])
    u = np.array([[0.1, 0.0], [50.0, 50.0], [50.1, 50.0]])
    chance = LabelSpreading(neighbours=1).match(x, y, u, 2)
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    np.testing.assert_allclose(chance[1:], 0.5)


def test_the_second_mixmatch_recipe_is_the_same_step_trained_otherwise():
    first, second = METHODS["mixmatch"], METHODS["mixmatch_sgd"]
    assert first.step is second.step
    assert first.training["optimizer"] == "adam"
    assert configure("digits", "mixmatch_sgd", 20, 0).training.optimizer == "sgd"


def test_an_index_names_a_place_among_the_unlabelled():
    t = trainee("flexmatch")
    batch, hidden, _ = t.draw()
    assert len(t.state["selected"]) == len(t.free)
    assert batch.index.max() < len(t.free)
    assert torch.equal(hidden, t.labels[t.free[batch.index]])
