"""The agent as a policy: what it may see, what it earns, what it chooses, and that a resumed run goes on."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Generator

from ssl_core.augment import OPERATIONS, from_text, policy_of, strong, to_text
from ssl_core.augment.agent import FEWEST, POINTS, STATE, Agent
from ssl_core.augment.ctaugment import CTAugment
from ssl_core.augment.jsonform import from_json, to_json
from ssl_core.augment.policies import RandAugment
from ssl_core.augment.policy import Policy, Signals
from ssl_core.data import load
from ssl_core.data.catalog import CATALOG
from ssl_core.train.config import configure
from ssl_core.train.loop import steps, train
from ssl_core.train.trainee import Trainee

SHORT = {"steps": 24, "evaluations": 3, "batch": 8, "mu": 2, "strong": "agent"}
PLACE = 1  # of the agent in its preset: shift, then it, then the hole


def chance(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def pictures(n: int = 16) -> torch.Tensor:
    return torch.rand((n, 3, 32, 32), generator=chance())


def unasked(*_: object):
    raise AssertionError("nobody should ask")


def says(share: float, n: int = 100):
    """Validation answers of which this share is right."""
    labels = torch.zeros(n, dtype=torch.int64)
    right = torch.arange(n) < round(share * n)
    return lambda: (torch.stack([right.float(), 1 - right.float()], dim=1), labels)


def signals(step: int, validation, **facts) -> Signals:
    losses = {"loss": torch.tensor(1.5), "labelled": torch.tensor(0.5)}
    return Signals(step, step / 100, losses, torch.tensor([1.0, 0.0]), validation)._replace(**facts)


def learned(agent: Agent, shares: list[float], answer=unasked, seed: int = 0) -> dict:
    """The memory after one turn for each of these validation accuracies."""
    memory, generator, x, y = agent.start(), chance(seed), pictures(4), torch.zeros(4, dtype=torch.int64)
    for turn, share in enumerate(shares):
        memory = agent.learn(memory, x, y, answer, generator, signals(agent.turn * (turn + 1) - 1, says(share)))
    return memory


def run(values: dict | None = None, checkpoint: dict | None = None, cut: int | None = None):
    rows, saved, left = [], [], iter([False] * (cut or 10**6))
    config = configure("digits", "fixmatch", 20, 0, SHORT | (values or {}))
    train(config, load("digits"), rows.append, checkpoint=checkpoint, save=saved.append, stop=lambda: next(left, True))
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows], saved[-1]


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def test_a_resumed_run_is_the_same_bit_for_bit():
    whole, end = run()
    before, middle = run(cut=13)  # within a turn
    after, resumed = run(checkpoint=middle)
    memory = end["memory"]["strong"][PLACE]
    assert before + after == whole
    assert same(resumed["model"], end["model"])
    assert same(resumed["memory"]["strong"][PLACE], memory)
    assert int(memory["turns"]) == 24 // Agent().turn
    assert int(memory["learned"]) == Agent().updates * (24 // Agent().turn - 1)


def test_hidden_labels_and_the_test_change_nothing():
    def memory(poison: bool) -> dict:
        t = Trainee(configure("digits", "fixmatch", 20, 0, SHORT), load("digits"))
        if poison:
            hidden = torch.tensor(sorted(set(t.free.tolist()) - set(t.labelled.indices.tolist())))
            t.labels[hidden] = (t.labels[hidden] + 3) % 10
            t.test = (t.test[0].flip(-1), (t.test[1] + 3) % 10)
        for _ in steps(t):
            pass
        return t.memory["strong"][PLACE]

    assert same(memory(False), memory(True))


def test_a_reward_is_the_points_that_validation_gained_and_they_add_up():
    agent = Agent(count=1)
    memory = learned(agent, [0.2, 0.5, 0.45, 0.61])
    assert memory["reward"][:3].tolist() == pytest.approx([30, -5, 16])
    assert memory["earned"].item() == pytest.approx(POINTS * (0.61 - 0.2))
    assert memory["state"][1].tolist() == pytest.approx([0.09, 0.5, 3.0, 0.9163, 0.4055, 0.5], abs=1e-4)
    assert len(STATE) == memory["state"].shape[1]


def test_between_turns_and_without_signals_nothing_is_asked_or_learned():
    agent, x, y = Agent(turn=4), pictures(4), torch.zeros(4, dtype=torch.int64)
    memory = agent.start()
    assert agent.learn(memory, x, y, unasked, chance()) is memory
    for step in (0, 1, 2, 4):
        assert agent.learn(memory, x, y, unasked, chance(), signals(step, unasked)) is memory
    assert agent.learn(memory, x, y, unasked, chance(), signals(3, says(0.5))) is not memory


def test_no_other_policy_asks_for_validation():
    memory, y = CTAugment().start(), torch.zeros(16, dtype=torch.int64)
    answer = lambda views: torch.ones(len(views), 2) / 2  # noqa: E731
    heard = CTAugment().learn(memory, pictures(), y, answer, chance(), signals(0, unasked))
    assert same(heard, CTAugment().learn(memory, pictures(), y, answer, chance()))


def test_with_few_validation_pictures_or_on_request_labelled_ones_are_the_judge():
    halves = iter([0.25, 0.75, 0.25, 0.75])
    answer = lambda views: torch.tensor([p := next(halves), 1 - p]).expand(len(views), 2)  # noqa: E731
    asked = Agent(reward="labelled", turn=1, count=1)
    memory, x, y = asked.start(), pictures(4), torch.zeros(4, dtype=torch.int64)
    for step in (0, 1):
        memory = asked.learn(memory, x, y, answer, chance(), signals(step, unasked))
    assert memory["reward"][0].item() == pytest.approx(50)
    few, memory = dataclasses.replace(asked, reward="validation"), asked.start()
    for step in (0, 1):
        memory = few.learn(memory, x, y, answer, chance(), signals(step, says(0.9, FEWEST - 1)))
    assert memory["reward"][0].item() == pytest.approx(50)


def test_a_turn_is_made_with_what_was_chosen_and_each_picture_draws_inside_it():
    agent = Agent(count=2, levels=3)
    memory = agent.start() | {
        "chosen": torch.tensor([agent.actions.index(a) for a in (("rotate", 2), ("contrast", 0))])
    }
    drawn = agent.draw(400, chance(), memory)
    names = [agent.pool[i] for i in drawn["operation"][0]]
    assert names == ["rotate", "contrast"]
    assert (drawn["operation"] == drawn["operation"][0]).all()
    turned, factor = drawn["strength"].unbind(1)
    assert 20 <= turned.abs().min() < 21 < 29 < turned.abs().max() <= 30
    assert 100 < (turned < 0).sum() < 300
    assert 0.65 <= factor.min() < factor.max() <= 0.95
    x = pictures(400)
    assert torch.equal(agent.film(drawn, x)[-1].x, agent.apply(drawn, x))


def test_without_memory_or_at_first_each_picture_chooses_by_itself():
    agent = Agent()
    free, first = (agent.draw(300, chance(), memory) for memory in (None, agent.start()))
    assert all(torch.equal(free[key], first[key]) for key in free)
    assert len(free["operation"].unique()) == len(agent.pool)


@pytest.mark.parametrize("name", Agent().pool)
def test_levels_tile_the_range_and_the_last_changes_most(name):
    x, generator = pictures(64), chance()
    agent = Agent(pool=(name,), count=1, levels=3)
    ends, changed = [], []
    for action in range(len(agent.actions)):
        memory = agent.start() | {"chosen": torch.tensor([action])}
        drawn = agent.draw(64, generator, memory)
        ends.append(drawn["strength"].abs())
        changed.append((agent.apply(drawn, x) - x).abs().mean().item())
    spread = torch.cat(ends)
    operation = OPERATIONS[name]
    assert operation.low <= spread.min() <= spread.max() <= operation.high
    assert spread.max() - spread.min() >= 0.9 * (operation.high - operation.low)
    assert changed == sorted(changed)


def test_an_agent_finds_the_operation_that_pays():
    agent = Agent(pool=("identity", "rotate", "translate_x"), levels=1, count=1, turn=1, epsilon_decay=0.95, gamma=0.0)
    memory, generator, share = agent.start(), chance(), 0.5
    x, y = pictures(2), torch.zeros(2, dtype=torch.int64)
    for step in range(120):
        pays = agent.actions[int(memory["chosen"][0])][0] == "translate_x"
        share = min(0.99, share + 0.02) if pays else max(0.01, share - 0.02)
        memory = agent.learn(memory, x, y, unasked, generator, signals(step, says(share), done=0.5))
    assert memory["taken"].argmax() == 2
    assert memory["taken"][2] > 60
    assert agent.values(memory).argmax() == 2


def test_the_preset_is_trainings_strong_view_with_an_agent_where_randaugment_was():
    for card in (CATALOG["digits"], CATALOG["shapes"]):
        ours, usual = policy_of("agent", card), strong(card)
        drawn = usual.stages[PLACE]
        assert isinstance(drawn, RandAugment)
        chosen = Agent(pool=drawn.pool, count=drawn.count, chance=drawn.chance, sampling=drawn.sampling)
        assert ours.stages == (usual.stages[0], chosen, usual.stages[2])
        assert from_text(to_text(ours)).stages == ours.stages
        assert from_json(to_json(ours)).stages == ours.stages
    with pytest.raises(ValueError, match="q_learning draws from"):
        from_text("q_learning(pool=rotate+sparkle)")
    assert Policy("one", (Agent(),)).learns
