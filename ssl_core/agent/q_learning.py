"""Deep Q-learning (Watkins 1989; Mnih et al. 2015): what an action is worth in a state, learned from rewards alone.

Q(s, a) is a small network's answer. A state is a few numbers near 0..1, an action one of the first whole numbers, and
everything that is known is a dict of tensors that is never changed in place: whoever saves tensors saves an agent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ssl_core.knobs import knob

HIDDEN = (64, 32)  # units of the two hidden layers
BETAS, EPS = (0.9, 0.999), 1e-8  # Kingma & Ba 2015 (Adam), algorithm 1

Known = dict[str, Tensor]


@dataclass(frozen=True)
class QLearning:
    """How an agent learns: r + γ · max Q'(s', ·) is what Q(s, a) moves towards, at rate α."""

    alpha: float = knob(
        0.005, "α: how fast Q moves towards what was earned (Adam's rate).", title="Learning rate", low=1e-5,
        high=0.5, log=True, source="ours",
    )  # fmt: skip
    gamma: float = knob(
        0.5, "γ: how much a reward one choice later counts; 0 looks at the next one alone.", title="Foresight",
        low=0.0, high=0.999,
        source="ours: a choice shows within a few turns; 0.99 in Mnih et al. 2015, whose games are long",
    )  # fmt: skip
    epsilon: float = knob(
        1.0, "ε: how often it tries something at random, at first.", title="Random share", low=0.0, high=1.0,
        source="Mnih et al. 2015",
    )  # fmt: skip
    epsilon_decay: float = knob(
        0.98, "What ε is multiplied by after every choice.", title="Fall of the random share", low=0.5, high=1.0,
        source="ours: for some 200 choices",
    )  # fmt: skip
    epsilon_least: float = knob(
        0.1, "ε never falls below this.", title="Least random share", low=0.0, high=1.0, source="Mnih et al. 2015"
    )
    target: int = knob(
        50, "Updates between two copies of Q to Q', the network that looks ahead; 1 is none.",
        title="Updates between copies", low=1, high=10_000, log=True,
        source="Mnih et al. 2015 have 10,000 of millions",
    )  # fmt: skip
    replay: int = knob(
        500, "How many of the latest experiences are learned from again; 1 is only the last.",
        title="Experiences kept", low=1, high=100_000, log=True, source="Mnih et al. 2015 have a million",
    )  # fmt: skip
    sample: int = knob(
        32, "Experiences an update learns from.", title="Experiences an update", low=1, high=512, log=True,
        source="Mnih et al. 2015",
    )  # fmt: skip
    updates: int = knob(
        4, "Updates after every choice.", title="Updates a choice", low=1, high=64, log=True,
        source="ours: choices are few",
    )  # fmt: skip


def shapes(inputs: int, actions: int) -> list[tuple[int, int]]:
    """(from, to) of each layer."""
    sizes = (inputs, *HIDDEN, actions)
    return list(zip(sizes, sizes[1:], strict=False))


def blank(rules: QLearning, inputs: int, actions: int) -> Known:
    """An agent that has no weights yet and has seen nothing: every Q is 0."""
    size = sum((before + 1) * after for before, after in shapes(inputs, actions))
    count = torch.zeros((), dtype=torch.int64)
    return {
        **{name: torch.zeros(size) for name in ("weights", "target", "slope", "square")},
        **{name: torch.zeros(rules.replay, inputs) for name in ("state", "after")},
        **{"action": torch.zeros(rules.replay, dtype=torch.int64), "reward": torch.zeros(rules.replay)},
        **{"ended": torch.zeros(rules.replay, dtype=torch.bool), "experiences": count},
        **{"choices": count.clone(), "learned": count.clone(), "error": torch.zeros(())},
    }


def born(known: Known, inputs: int, actions: int, generator: Generator) -> Known:
    """The same agent with first weights: He et al. 2015, and a last layer of zeros, so that no action is preferred."""
    parts, layers = [], shapes(inputs, actions)
    for number, (before, after) in enumerate(layers):
        scale = sqrt(2 / before) if number < len(layers) - 1 else 0.0
        parts += [scale * torch.randn(before * after, generator=generator), torch.zeros(after)]
    weights = torch.cat(parts)
    return known | {"weights": weights, "target": weights.clone()}


def values(weights: Tensor, state: Tensor, actions: int) -> Tensor:
    """Q of every action in states [..., inputs]: [..., actions]."""
    x, place, layers = state, 0, shapes(state.shape[-1], actions)
    for number, (before, after) in enumerate(layers):
        matrix = weights[place : place + before * after].view(before, after)
        place += before * after
        x = x @ matrix + weights[place : place + after]
        place += after
        x = torch.relu(x) if number < len(layers) - 1 else x
    return x


def epsilon(rules: QLearning, choices: int) -> float:
    """How often an action is tried at random after so many choices."""
    return max(min(rules.epsilon, rules.epsilon_least), rules.epsilon * rules.epsilon_decay**choices)


def choose(
    rules: QLearning, known: Known, state: Tensor, actions: int, generator: Generator, count: int = 1
) -> tuple[Tensor, Known]:
    """`count` actions, int64 [count]: the best, the second best and so on, each one with chance ε any other instead.

    Equal values are ordered by chance.
    """
    q = values(known["weights"], state, actions)
    mixed = torch.randperm(actions, generator=generator)
    best = mixed[torch.argsort(q[mixed], descending=True, stable=True)][torch.arange(count) % actions]
    tried = torch.randint(actions, (count,), generator=generator)
    explores = torch.rand(count, generator=generator) < epsilon(rules, int(known["choices"]))
    return torch.where(explores, tried, best), known | {"choices": known["choices"] + 1}


def remembered(known: Known, state: Tensor, action: int, reward: float, after: Tensor, *, ended: bool = False) -> Known:
    """One experience more: in `state`, `action` earned `reward` and led to `after`. The oldest makes room."""
    place = int(known["experiences"]) % len(known["reward"])
    new = {"state": state, "after": after, "action": action, "reward": reward, "ended": ended}
    kept = {}
    for name, value in new.items():
        kept[name] = known[name].clone()
        kept[name][place] = torch.as_tensor(value, dtype=kept[name].dtype)
    return known | kept | {"experiences": known["experiences"] + 1}


def improved(rules: QLearning, known: Known, actions: int, generator: Generator) -> Known:
    """One update: Adam on the Huber error of a few experiences; Mnih et al. 2015, algorithm 1, who clip the error."""
    there = min(int(known["experiences"]), len(known["reward"]))
    rows = torch.randint(there, (min(rules.sample, there),), generator=generator)
    with torch.no_grad():
        ahead = values(known["target"], known["after"][rows], actions).amax(dim=1)
        wanted = known["reward"][rows] + rules.gamma * ahead * ~known["ended"][rows]
    with torch.enable_grad():
        weights = known["weights"].detach().requires_grad_()
        said = values(weights, known["state"][rows], actions).gather(1, known["action"][rows, None])[:, 0]
        loss = F.smooth_l1_loss(said, wanted)
        (gradient,) = torch.autograd.grad(loss, weights)
    learned = int(known["learned"]) + 1
    slope = torch.lerp(gradient, known["slope"], BETAS[0])
    square = torch.lerp(gradient**2, known["square"], BETAS[1])
    step = (slope / (1 - BETAS[0] ** learned)) / ((square / (1 - BETAS[1] ** learned)).sqrt() + EPS)
    weights = known["weights"] - rules.alpha * step
    target = weights.clone() if learned % rules.target == 0 else known["target"]
    return known | {
        **{"weights": weights, "target": target, "slope": slope, "square": square},
        **{"learned": known["learned"] + 1, "error": loss.detach()},
    }
