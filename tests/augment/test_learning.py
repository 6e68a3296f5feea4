"""Policies that learn while a network trains: memory goes in and comes out, and a resumed run remembers."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Generator

from ssl_core.augment import from_text, policy_of, strong, to_text
from ssl_core.augment.ctaugment import BINS, CTAugment
from ssl_core.augment.jsonform import from_json
from ssl_core.augment.policy import Policy
from ssl_core.data import load
from ssl_core.data.catalog import CATALOG
from ssl_core.methods import METHODS
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee

SHORT = {"steps": 12, "evaluations": 3, "batch": 8}
PLACE = 1  # of CTAugment in its preset: shift and mirror, then it, then the hole


def views(method: str) -> tuple[str, ...]:
    knobs = METHODS[method]()
    return (knobs.labelled_view, *knobs.more_labelled, *knobs.unlabelled_views)


WITH_STRONG = [name for name in METHODS if "strong" in views(name)]


def pictures(n: int = 32) -> torch.Tensor:
    return torch.rand((n, 3, 32, 32), generator=Generator().manual_seed(0))


def run(method: str, values: dict | None = None, checkpoint: dict | None = None, cut: int | None = None):
    """Rows without times, and the last checkpoint."""
    rows, saved = [], []
    left = iter([False] * (cut or 10**6))
    config = configure("digits", method, 20, 0, SHORT | (values or {}))
    train(config, load("digits"), rows.append, checkpoint=checkpoint, save=saved.append, stop=lambda: next(left, True))
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows], saved[-1]


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("method", WITH_STRONG)
def test_any_method_with_a_strong_view_learns_strengths_and_goes_on_where_it_stopped(method):
    learned = {"strong": "ctaugment"}
    whole, end = run(method, learned)
    before, middle = run(method, learned, cut=5)
    after, resumed = run(method, learned, checkpoint=middle)
    rates = end["memory"]["strong"][PLACE]["rates"]
    assert 0.8 < rates.min() < rates.max() <= 1
    assert before + after == whole
    assert same(resumed["model"], end["model"])
    assert torch.equal(resumed["memory"]["strong"][PLACE]["rates"], rates)
    assert not torch.equal(middle["memory"]["strong"][PLACE]["rates"], rates)


def test_uda_and_its_kin_are_among_them():
    assert {"fixmatch", "fixmatch_cta", "uda", "flexmatch", "freematch", "softmatch"} <= set(WITH_STRONG)


def test_a_method_that_asks_for_no_strong_view_learns_none():
    assert run("supervised", {"strong": "ctaugment"})[1]["memory"] == {}
    assert run("fixmatch")[1]["memory"] == {}


def test_fixmatch_with_ctaugment_is_fixmatch_whose_strong_view_learns():
    text = "shift_flip(pixels=1, flip=false) > learned > hole(low=0.5)"
    assert to_text(policy_of("ctaugment", CATALOG["digits"])) == text
    with_it = configure("digits", "fixmatch_cta", 20, 0, SHORT)
    knobs = {f.name: getattr(with_it.knobs, f.name) for f in dataclasses.fields(METHODS["fixmatch"])}
    training = dataclasses.asdict(with_it.training) | {"strong": text}
    own, as_text = run("fixmatch_cta"), run("fixmatch", knobs | training)
    assert as_text[0] == own[0]
    assert same(as_text[1]["model"], own[1]["model"])


def test_a_checkpoint_from_before_policies_had_memory_goes_on():
    whole, _ = run("fixmatch_cta")
    before, middle = run("fixmatch_cta", cut=5)
    memory = middle.pop("memory")
    middle["state"]["rates"] = memory["strong"][PLACE]["rates"]
    after, end = run("fixmatch_cta", checkpoint=middle)
    assert before + after == whole
    assert "rates" not in end["state"]


def test_the_average_network_is_asked_and_left_as_it_was():
    t = Trainee(configure("digits", "uda", 20, 0, SHORT | {"strong": "ctaugment"}), load("digits"))
    for parameter in t.average.shadow.parameters():
        parameter.data.zero_()  # it knows nothing, so every class has probability 1/10
    before = {k: v.clone() for k, v in t.average.shadow.state_dict().items()}
    batch, _, generator = t.draw()
    t.learn(batch, generator)
    rates = t.memory["strong"][PLACE]["rates"]
    assert rates.unique().tolist() == pytest.approx([0.99 + 0.01 / 10, 1])
    assert same(t.average.shadow.state_dict(), before)


def test_memory_goes_in_and_comes_out_and_is_never_changed_in_place():
    policy, x, y = Policy("one", (CTAugment(),)), pictures(), torch.zeros(32, dtype=torch.int64)
    start = policy.start()

    def answering(share: float):
        return lambda views: torch.tensor([share, 1 - share]).expand(len(views), 2)

    wrong = policy.learn(start, x, y, answering(0.0), Generator().manual_seed(0))
    right = policy.learn(start, x, y, answering(1.0), Generator().manual_seed(0))
    assert (start[0]["rates"] == 1).all()
    assert (right[0]["rates"] == 1).all()
    assert wrong[0]["rates"].unique().tolist() == pytest.approx([0.99, 1])


def test_what_is_drawn_follows_the_memory():
    policy, memory = Policy("one", (CTAugment(),)), Policy("one", (CTAugment(),)).start()
    memory[0]["rates"][:, BINS // 2 :] = 0.1
    drawn = policy.draw(500, Generator().manual_seed(0), memory)[0]
    assert drawn["bin"].max() < BINS // 2
    free, first = (policy.draw(500, Generator().manual_seed(0), known)[0] for known in (None, policy.start()))
    assert free["bin"].max() == BINS - 1
    assert all(torch.equal(free[key], first[key]) for key in free)
    x = pictures()
    shown = policy(x, Generator().manual_seed(3), memory)
    assert torch.equal(shown, policy.apply(policy.draw(len(x), Generator().manual_seed(3), memory), x))


def test_a_stage_that_learns_is_not_hidden_in_a_group():
    with pytest.raises(ValueError, match="put learned into the pipeline itself"):
        from_text("one_of(hflip, learned)")
    with pytest.raises(ValueError, match="put learned into the pipeline itself"):
        from_json('{"version": 1, "stages": [{"stage": "one_of", "choices": [{"stage": "learned"}]}]}')


def test_a_policy_is_named_or_written():
    card = CATALOG["shapes"]
    assert policy_of("strong", card) == strong(card)
    assert policy_of("augmix", card).stages == from_text("augmix").stages
    assert policy_of("hflip@0.5", card) == from_text("hflip@0.5")
    with pytest.raises(ValueError, match="no operation"):
        policy_of("strongest", card)
