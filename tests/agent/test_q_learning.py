"""Q-learning finds the known optimum: the best arm of a bandit, and value iteration's answer on a grid."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Generator

from ssl_core.agent.q_learning import QLearning, blank, born, choose, epsilon, improved, remembered, values

ARMS = torch.tensor([0.1, 0.9, 0.4, -0.5, 0.6])
SIDE, GOAL = 3, 8  # cells row by row; the goal is the lower right one
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
COST = -0.04  # of every move, so that the shortest way is the best


def chance(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def moved(cell: int, move: int) -> tuple[int, float]:
    """Where a move leads from a cell, and what it earns; walls leave one where one is."""
    down, right = MOVES[move]
    row, column = cell // SIDE + down, cell % SIDE + right
    there = row * SIDE + column if 0 <= row < SIDE and 0 <= column < SIDE else cell
    return there, 1.0 if there == GOAL else COST


def value_iteration(gamma: float) -> torch.Tensor:
    """Q* [cells, moves] by Bellman's equation, applied until nothing changes."""
    q = torch.zeros(SIDE * SIDE, len(MOVES))
    for _ in range(100):
        for cell in range(SIDE * SIDE):
            for move in range(len(MOVES)):
                there, reward = moved(cell, move)
                q[cell, move] = reward + gamma * (0.0 if there == GOAL else q[there].max())
    return q


def played_bandit(rules: QLearning, tries: int, seed: int = 0) -> dict:
    generator, nowhere = chance(seed), torch.zeros(1)
    known = born(blank(rules, 1, len(ARMS)), 1, len(ARMS), generator)
    for _ in range(tries):
        arms, known = choose(rules, known, nowhere, len(ARMS), generator)
        reward = float(ARMS[arms[0]] + 0.3 * torch.randn((), generator=generator))
        known = remembered(known, nowhere, int(arms[0]), reward, nowhere)
        known = improved(rules, known, len(ARMS), generator)
    return known


def test_a_bandits_best_arm_is_found_and_its_means_are_learned():
    rules = QLearning(gamma=0.0, epsilon_decay=0.999, alpha=0.01, replay=1000, sample=64)
    known = played_bandit(rules, 600)
    assert values(known["weights"], torch.zeros(1), len(ARMS)).tolist() == pytest.approx(ARMS.tolist(), abs=0.15)
    greedy = dataclasses.replace(rules, epsilon=0.0)
    assert choose(greedy, known, torch.zeros(1), len(ARMS), chance(), 2)[0].tolist() == [1, 4]  # best, second best


def test_a_grids_values_are_those_of_value_iteration_and_its_ways_the_shortest():
    rules = QLearning(gamma=0.9, epsilon_decay=0.998, epsilon_least=0.5, alpha=0.003, target=20, replay=600, sample=64)
    generator, cells = chance(), torch.eye(SIDE * SIDE)
    known, cell = born(blank(rules, len(cells), 4), len(cells), 4, generator), 0
    for _ in range(900):
        (move,), known = choose(rules, known, cells[cell], 4, generator)
        there, reward = moved(cell, int(move))
        known = remembered(known, cells[cell], int(move), reward, cells[there], ended=there == GOAL)
        known = improved(rules, known, 4, generator)
        cell = int(torch.randint(GOAL, (), generator=generator)) if there == GOAL else there
    best, learned = value_iteration(0.9)[:GOAL], values(known["weights"], cells[:GOAL], 4)
    assert (learned - best).abs().max() < 0.06
    chosen = best.gather(1, learned.argmax(dim=1, keepdim=True))[:, 0]
    assert chosen.tolist() == pytest.approx(best.amax(dim=1).tolist(), abs=1e-6)


def test_with_replay_and_target_of_one_it_is_watkins_rule():
    """One experience: Q moves towards r + γ max Q(s', ·), and towards r alone where that was the end."""
    for ended in (False, True):
        rules = QLearning(gamma=0.5, alpha=1e-4, replay=1, target=1, sample=1)
        known = born(blank(rules, 2, 3), 2, 3, chance())
        here, there = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
        known = known | {"weights": known["weights"] + 0.1 * torch.randn(len(known["weights"]), generator=chance(1))}
        known = known | {"target": known["weights"].clone()}
        known = remembered(known, here, 2, 1.0, there, ended=ended)
        ahead = 0.0 if ended else 0.5 * values(known["target"], there, 3).max().item()
        error = values(known["weights"], here, 3)[2].item() - (1.0 + ahead)
        known = improved(rules, known, 3, chance())
        assert abs(values(known["weights"], here, 3)[2].item() - (1.0 + ahead)) < abs(error)
        huber = 0.5 * error**2 if abs(error) < 1 else abs(error) - 0.5
        assert known["error"].item() == pytest.approx(huber, rel=1e-5)
        assert torch.equal(known["target"], known["weights"])


def test_the_network_that_looks_ahead_stands_still_between_copies():
    rules = QLearning(target=3, replay=4, sample=2)
    known = remembered(born(blank(rules, 1, 2), 1, 2, chance()), torch.ones(1), 0, 1.0, torch.ones(1))
    first, still = known["target"], []
    for _ in range(3):
        known = improved(rules, known, 2, chance())
        still.append(torch.equal(known["target"], first))
    assert still == [True, True, False]
    assert torch.equal(known["target"], known["weights"])


def test_an_agent_is_born_without_preferences_and_is_a_function_of_its_seed():
    rules, states = QLearning(), torch.rand(5, 6, generator=chance(2))
    known = born(blank(rules, 6, 9), 6, 9, chance())
    assert (values(known["weights"], states, 9) == 0).all()
    one, again, other = (played_bandit(QLearning(gamma=0.0), 20, seed) for seed in (3, 3, 4))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["weights"], other["weights"])


def test_exploring_fades_to_its_floor_and_never_is_never():
    rules = QLearning(epsilon=0.8, epsilon_decay=0.5, epsilon_least=0.1)
    assert [epsilon(rules, k) for k in (0, 1, 2, 3, 50)] == pytest.approx([0.8, 0.4, 0.2, 0.1, 0.1])
    assert epsilon(dataclasses.replace(rules, epsilon=0.0), 5) == 0  # a floor above the start lifts nothing
    known = blank(QLearning(), 1, 4)
    always = [int(choose(QLearning(epsilon_decay=1.0), known, torch.zeros(1), 4, chance(k))[0]) for k in range(200)]
    assert min(always.count(action) for action in range(4)) > 25


def test_memory_is_a_ring_that_is_never_changed_in_place():
    known = start = blank(QLearning(replay=3), 1, 2)
    for number in range(5):
        known = remembered(known, torch.tensor([float(number)]), number % 2, 10.0 * number, torch.zeros(1))
    assert known["reward"].tolist() == [30, 40, 20]
    assert known["state"][:, 0].tolist() == [3, 4, 2]
    assert start["reward"].tolist() == [0, 0, 0]
    assert int(start["experiences"]) == 0
