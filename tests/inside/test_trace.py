"""What the page shows of a step is the step: its loss, its rows, its moment, and nothing that it would not compute."""

from __future__ import annotations

import copy
import dataclasses
from functools import cache

import pytest
import torch

from ssl_core.data import load
from ssl_core.inside.rows import chosen, rows_of, total_of, view_of
from ssl_core.inside.trace import as_method, cannot, trace, with_knobs
from ssl_core.knobs import knobs_of
from ssl_core.method_cards import CARDS
from ssl_core.methods import METHODS
from ssl_core.methods.fixmatch import three_logits
from ssl_core.methods.flow import flow_of
from ssl_core.train.config import configure
from ssl_core.train.loop import steps, train
from ssl_core.train.moments import MOMENTS, can_be_kept, step_of
from ssl_core.train.trainee import Trainee

SHORT = {"steps": 40, "evaluations": 1, "batch": 8}
every_method = pytest.mark.parametrize("method", CARDS)


def of(method, **values):
    return configure("digits", method, 20, 0, SHORT | values)


@cache
def at_start(config):
    """The first step of a run, traced once for all tests."""
    return trace(config, load("digits"))


def walked(config, until):
    """The steps of a run, each as training takes it, and what is kept on the way."""
    kept, losses, trainee = {}, [], Trainee(config, load("digits"))
    walk = steps(trainee)
    while trainee.step < until:
        kept[trainee.step] = copy.deepcopy(trainee.state_dict())
        losses.append(float(next(walk).step.loss.detach()))
    return kept, losses


@every_method
def test_the_page_adds_up_to_the_loss_of_the_step_that_training_takes(method):
    """At the start, and two steps later from what was kept then; with everything the method remembers."""
    config = of(method)
    kept, losses = walked(config, 3)
    for step, seen in ((0, at_start(config)), (2, trace(config, load("digits"), kept[2]))):
        assert seen.number == step
        assert abs(total_of(seen)["loss"] - losses[step]) < 1e-6 * max(1, losses[step])


@every_method
def test_every_stage_of_every_picture_has_something_to_show(method):
    config = of(method, **({"threshold": 0.0} if "threshold" in knobs_of(METHODS[method]) else {}))
    seen = at_start(config)
    view, names = view_of(seen), [stage.name for stage in flow_of(method, config.knobs)]
    lanes = {stage.name: stage.lane for stage in flow_of(method, config.knobs)}
    assert {row["kind"] for row in view["rows"]} == {"labelled"} | ({"unlabelled"} if config.knobs.ratio else set())
    for row in view["rows"]:
        through = {name for name in names[:-1] if lanes[name] in ("both", row["kind"])}
        assert through <= set(row["cells"]) <= set(names)
        for cell in row["cells"].values():
            for item in (item for group in cell for item in group):
                assert item["what"] in ("picture", "bars", "gate", "share", "loss", "words")
                if item["what"] == "bars":
                    assert abs(sum(item["values"]) - 1) < 0.01
    each = {f"{part}_each" for part in seen.step.parts}
    assert {term["part"] for term in view["total"]["terms"]} == {name.removesuffix("_each") for name in each}


def test_a_slider_moves_what_depends_on_it_and_nothing_else():
    config, data = of("fixmatch"), load("digits")
    low, high = (trace(with_knobs(config, {"threshold": tau, "weight": 2.0}), data) for tau in (0.05, 1.0))
    assert chosen(low) == chosen(high)
    assert torch.equal(low.step.seen["guesses"], high.step.seen["guesses"])
    assert low.step.stats["mask"].all()
    assert not high.step.stats["mask"].any()
    assert total_of(high)["terms"][1] == {
        "part": "unlabelled",
        "mean": 0.0,
        "weight": 2.0,
        "rows": len(high.unlabelled),
    }
    left_out = [row for row in rows_of(high) if row["kind"] == "unlabelled"]
    assert all(row["out"] and row["cells"]["target"] == [[{"what": "words", "words": "none"}]] for row in left_out)
    assert all(row["cells"]["gate"][0][0]["open"] is False for row in left_out)
    mixing = of("mixmatch", align=False)
    warm, cold = (trace(with_knobs(mixing, {"temperature": t}), data) for t in (1.0, 0.2))
    assert torch.equal(warm.step.seen["blends"], cold.step.seen["blends"]), "T changes labels, not pictures"
    assert not torch.equal(warm.step.seen["targets"], cold.step.seen["targets"])
    torch.testing.assert_close(warm.step.seen["targets"], warm.step.seen["guesses"])  # T = 1 leaves it as it is


def test_a_blend_and_its_label_are_shared_as_lambda_says():
    seen = at_start(of("mixmatch"))
    row = next(row for row in rows_of(seen) if row["kind"] == "labelled")
    place = int(row["id"][1:])
    lam, partner = float(seen.step.seen["lam"][place]), int(seen.step.seen["partner"][place])
    share = row["cells"]["partner"][0][1]
    assert share["lam"] == lam
    label = row["cells"]["blends"][0][1]["values"]
    own = int(seen.batch.y[place])
    size, n = len(seen.batch.x), len(seen.unlabelled)
    theirs = (
        float(seen.batch.y[partner] == own) if partner < size else seen.step.seen["targets"][(partner - size) % n, own]
    )
    assert abs(label[own] - (lam + (1 - lam) * float(theirs))) < 1e-4


def test_what_is_kept_on_the_way_is_what_training_stood_at():
    """The same step again, to the bit, from what `train` gives to `keep`; and the network is left as it was."""
    config, kept, rows = of("fixmatch"), {}, []
    train(config, load("digits"), rows.append, keep=lambda name, weights: kept.update({name: copy.deepcopy(weights)}))
    assert set(kept) == set(MOMENTS)
    _, losses = walked(config, 11)
    for name, weights in kept.items():
        assert weights["step"] == step_of(name, 40) == {"twentieth": 2, "quarter": 10}[name]
        assert "optimizer" not in weights
        before = copy.deepcopy(weights)
        assert float(trace(config, load("digits"), weights).step.loss) == losses[weights["step"]]
        assert all(torch.equal(before["model"][key], value) for key, value in weights["model"].items())


def test_a_moment_lies_between_first_and_last_step():
    assert [step_of(name, 1) for name in MOMENTS] == [1, 1]
    assert [step_of(name, 1000) for name in MOMENTS] == [50, 250]


def test_a_large_network_keeps_nothing(monkeypatch):
    trainee = Trainee(of("supervised"), load("digits"))
    assert can_be_kept(trainee)
    monkeypatch.setattr("ssl_core.train.moments.MOST_BYTES", 100_000)
    assert not can_be_kept(trainee)


def test_another_method_looks_through_the_same_network():
    config, data = of("mixmatch"), load("digits")
    kept, _ = walked(config, 2)
    other = as_method(config, "flexmatch")
    assert other.knobs == configure("digits", "flexmatch", 20, 0).knobs
    seen = trace(other, data, kept[1], kept_by="mixmatch")
    assert "thresholds" in seen.step.seen
    own = Trainee(config, data)
    own.stand_at(kept[1])
    own.model.train()
    answer = three_logits(own.model, seen.batch, other.knobs.forward)[0].softmax(dim=1)
    torch.testing.assert_close(seen.step.seen["labelled_answers"], answer.detach())
    assert as_method(config, "mixmatch") is config


@pytest.mark.parametrize("what", ["model", "state", "nothing"])
def test_weights_of_something_else_are_one_sentence(what):
    config = of("flexmatch")
    kept, _ = walked(config, 1)
    saved = copy.deepcopy(kept[0])
    saved[what] = {"selected": torch.zeros(3)} if what == "state" else {"weight": torch.zeros(2)}
    if what == "nothing":
        saved = {"step": 0}
    with pytest.raises(ValueError, match=r"^[A-Z][^\n]*\.$"):
        trace(config, load("digits"), saved)


def test_a_knob_that_cannot_be_is_one_sentence_and_those_of_others_are_nothing():
    config = of("fixmatch")
    with pytest.raises(ValueError, match="threshold must lie between"):
        with_knobs(config, {"threshold": 7.0})
    assert with_knobs(config, {"alpha": 0.3}) == config


def test_what_has_no_pictures_says_so():
    assert cannot(of("fixmatch")) == ""
    kept = dataclasses.replace(of("fixmatch").training, model="efficientnet_lite0")
    assert "features" in cannot(dataclasses.replace(of("fixmatch"), training=kept))


def test_other_pictures_of_the_same_batch():
    seen = at_start(of("fixmatch"))
    (first, free), (other, more) = chosen(seen, 0), chosen(seen, 1)
    assert set(first) & set(other) == set()
    assert set(free) & set(more) == set()
    confidences = seen.step.seen["guesses"].max(dim=1).values[free].tolist()
    assert confidences == sorted(confidences, reverse=True)
