"""Films: every number is what the house's loop and the method's own step said."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch

from ssl_core.models.ask import probabilities
from ssl_core.playground import film as filming
from ssl_core.playground import kept, play
from ssl_core.playground.drawn import DRAWN, drawn
from ssl_core.playground.film import Camera, begin, film, grid
from ssl_core.playground.message import film_message, points_message, sentence
from ssl_core.playground.play import Play, playable, sliders
from ssl_core.playground.worlds import EDGE
from ssl_core.train.loop import steps


@pytest.fixture
def short(monkeypatch):
    """Twelve steps, four frames."""
    monkeypatch.setattr(play, "TRAINING", play.TRAINING | {"steps": 12})
    monkeypatch.setattr(filming, "FRAMES", 4)


@pytest.mark.parametrize("name", playable())
def test_every_method_that_takes_points_is_filmed(short, name):
    made = film(Play(world="three_clouds"), name, frames=4)
    assert made.step == [0, 3, 6, 9, 12]
    assert np.allclose(made.field.sum(axis=-1), 1, atol=1e-5)
    assert made.guess.shape == made.sure.shape == made.counts.shape == made.right.shape == (5, len(made.rows))
    assert set(np.unique(made.right)) <= {-1, 0, 1} and made.counts.min() >= 0 and made.counts.max() <= 1
    assert len({len(values) for values in made.numbers.values()}) == 1
    assert sentence(made).endswith(".")
    for knob, about in sliders(name).items():
        assert about.low <= about.default <= about.high, knob


def test_the_film_shows_what_the_methods_own_step_said(short):
    """Walk the same training once more by hand: guesses, gates, losses, field and accuracy are the same."""
    shown, trainee = film(Play(), "fixmatch", frames=4), begin(Play(), "fixmatch")
    said, losses = {}, []
    for taken in steps(trainee):
        losses.append(taken.step.loss.item())
        for n, index in enumerate(taken.batch.index.tolist()):
            said[index] = (int(taken.step.stats["pseudo"][n]), bool(taken.step.stats["mask"][n]))
    assert {n: (int(shown.guess[-1][n]), bool(shown.counts[-1][n])) for n in said} == said
    assert shown.numbers["loss"][-1] == pytest.approx(np.mean(losses[-3:]), abs=1e-6)
    field = probabilities(trainee.average.shadow, grid()).numpy()
    assert np.allclose(shown.field[-1].reshape(-1, 2), field, atol=1e-6)
    answers = probabilities(trainee.average.shadow, trainee.test[0]).argmax(dim=1)
    assert shown.accuracy == pytest.approx((answers == trainee.test[1]).double().mean().item())


def test_right_and_wrong_are_only_said_where_the_truth_is_known():
    trainee = begin(Play(), "fixmatch")
    truth = Play().points()[0].truth.copy()
    truth[:50] = -1
    camera = Camera(trainee, truth)
    camera.guess[:] = torch.tensor(Play().points()[0].truth)[trainee.free]
    camera.counts[:] = 1
    camera.look()
    unknown = np.isin(trainee.free.numpy(), np.arange(50))
    assert (camera.frames["right"][0][unknown] == -1).all() and (camera.frames["right"][0][~unknown] == 1).all()
    assert camera.frames["right_share"] == [1.0]


def test_the_first_row_of_the_field_is_the_top():
    places = grid(4).reshape(4, 4, 2)
    assert places[0, 0].tolist() == pytest.approx([-0.75 * EDGE, 0.75 * EDGE])
    assert places[0, :, 0].tolist() == places[3, :, 0].tolist() and (places[0, :, 1] > places[3, :, 1]).all()


def test_jitter_has_the_size_that_was_set():
    policies = begin(Play(weak=0.1, strong=0.4), "fixmatch").policies
    x = torch.zeros(4000, 2)
    for name, size in (("weak", 0.1), ("strong", 0.4)):
        moved = policies[name](x, torch.Generator().manual_seed(0))
        assert moved.std(dim=0).tolist() == pytest.approx([size, size], rel=0.06)


def test_a_browser_gets_the_film_and_the_points(short):
    made, about = film(Play(), "fixmatch", frames=4), points_message(Play())
    message = film_message(made, 0.95)
    field = np.frombuffer(base64.b64decode(message["field"]), np.uint8).reshape(5, 40, 40, 1)
    assert np.abs(field[..., 0] / 255 - made.field[..., 0]).max() < 0.003
    guess = np.frombuffer(base64.b64decode(message["guess"]), np.uint8).reshape(5, -1)
    assert (guess[0] == 255).all() and (guess[-1] == np.where(made.guess[-1] < 0, 255, made.guess[-1])).all()
    assert len(about["x"]) == len(about["number"]) == len(about["label"]) == 300


def test_a_film_is_made_once_and_a_broken_off_one_is_not_kept(short):
    def leave(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        kept.kept_film(Play(seed=77), "supervised", (), leave)
    made = kept.kept_film(Play(seed=77), "supervised")
    assert kept.kept_film(Play(seed=77), "supervised", (), leave) is made
    kept._kept.clear()  # it is twelve steps long


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_lies_between_two_labelled_points(name):
    points, _ = Play().points()
    lines, words = drawn(name, points, 0.75, 0)
    assert bool(lines) == bool(words) == (name != "nothing")
    spots = {tuple(np.round(x, 4)): label for x, label in zip(points.x, points.label, strict=True) if label >= 0}
    for one in lines:
        start, end = (one["x0"], one["y0"]), (one["x1"], one["y1"])
        way = np.array(end) - start
        share = np.dot(np.array([one["x"], one["y"]]) - start, way) / np.dot(way, way)
        assert 0 <= share <= 1 and np.allclose(np.array(start) + share * way, [one["x"], one["y"]], atol=1e-3)
        assert sum(one["share"]) == pytest.approx(1, abs=0.002)
        if name == "smote":
            assert spots[start] == spots[end] == int(np.argmax(one["share"]))
        elif spots[start] != spots[end]:
            assert one["share"][spots[start]] == pytest.approx(1 - share, abs=0.01), "the label is shared as the blend"
