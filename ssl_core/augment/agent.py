"""An agent that learns the augmentation policy: deep Q-learning whose actions are operations at strengths.

MixMatch, to which survey texts tie it, has no reinforcement learning in it (Berthelot et al. 2019, arXiv:1905.02249);
that a policy of operations and strengths may be learned from validation accuracy is AutoAugment's (Cubuk et al. 2018).
Here a *turn* is a few steps of training: its state is what training says of itself, its action is what all strong views
of the turn are made with, and its reward is what validation accuracy gained in it, in points.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ssl_core.agent.q_learning import QLearning, blank, born, choose, epsilon, improved, remembered, values
from ssl_core.augment.operations import OPERATIONS, PAPER_NAMES
from ssl_core.augment.policies import RandAugment
from ssl_core.augment.policy import Answer, Drawn, Frame, Learning, Memory, Signals
from ssl_core.knobs import knob

STATE = ("progress", "accuracy", "last gain", "loss", "labelled loss", "mask rate")
FEWEST = 50  # validation pictures: with fewer, one of them is more than two points; as ssl_core/data/kept.py's ENOUGH
POINTS = 100.0  # of a share: rewards and Q are points of accuracy


@dataclass(frozen=True)
class Agent(QLearning, Learning):
    """RandAugment whose operations and strengths are chosen by Q-learning, anew for every turn of `turn` steps.

    Q knows `levels` strengths of each operation, from gentle to strong; inside one, each picture draws its own.
    """

    pool: tuple[str, ...] = PAPER_NAMES
    count: int = knob(
        2, "Operations a picture, as RandAugment's.", title="Operations a picture", low=1, high=6,
        source="FixMatch, section 2.3",
    )  # fmt: skip
    chance: float = knob(
        1.0, "Probability that an operation acts.", title="Chance of an operation", low=0.0, high=1.0,
        source="paper 1, code 0.5",
    )  # fmt: skip
    sampling: str = knob(
        "nearest", "How moved pixels are read.", title="Moved pixels are read", choices=("nearest", "bilinear"),
        source="reference: nearest",
    )  # fmt: skip
    levels: int = knob(
        3, "Strengths that Q tells apart, gentle to strong.", title="Strengths told apart", low=1, high=10,
        source="ours",
    )  # fmt: skip
    turn: int = knob(
        5, "Training steps from one choice to the next.", title="Steps a choice", low=1, high=1000, log=True,
        source="ours",
    )  # fmt: skip
    reward: str = knob(
        "validation",
        "Earn what validation accuracy gained, or, without any label more, the probability of the labelled pictures' "
        "classes. With fewer than 50 validation pictures it is always the latter.",
        title="Reward",
        choices=("validation", "labelled"),
        source="Cubuk et al. 2018 (AutoAugment): validation accuracy",
    )

    @property
    def actions(self) -> list[tuple[str, int]]:
        """(operation, level) of each action: an operation without strengths has one."""
        ranges = {name: OPERATIONS[name].low < OPERATIONS[name].high for name in self.pool}
        return [(name, level) for name in self.pool for level in range(self.levels if ranges[name] else 1)]

    def start(self) -> Memory:
        """No weights, no experience; −1 among `chosen` is a picture's own random choice."""
        actions = len(self.actions)
        return blank(self, len(STATE), actions) | {
            "chosen": torch.full((self.count,), -1),
            "seen": torch.zeros(len(STATE)),
            "turns": torch.zeros((), dtype=torch.int64),
            "score": torch.zeros(()),
            "earned": torch.zeros(()),  # all rewards so far
            "taken": torch.zeros(actions, dtype=torch.int64),  # how often each action was chosen
        }

    def draw(self, batch_size: int, generator: Generator, memory: Memory | None = None) -> Drawn:
        """operation (index into pool), strength (signed) and acts, each [B, count], of the actions chosen."""
        shape, known = (batch_size, self.count), self.actions
        action = torch.randint(len(known), shape, generator=generator)
        if memory is not None:
            chosen = memory["chosen"].cpu().expand(shape)
            action = torch.where(chosen < 0, action, chosen)
        index = torch.tensor([self.pool.index(name) for name, _ in known])[action]
        gentle, strong = torch.tensor([_ends(*one, self.levels) for one in known])[action].unbind(-1)
        strength = gentle + (strong - gentle) * torch.rand(shape, generator=generator)
        signed = torch.tensor([OPERATIONS[name].signed for name in self.pool])[index]
        negative = (torch.rand(shape, generator=generator) < 0.5) & signed
        acts = torch.rand(shape, generator=generator) < self.chance
        return {"operation": index, "strength": torch.where(negative, -strength, strength), "acts": acts}

    @property
    def _applied(self) -> RandAugment:
        return RandAugment(self.pool, self.count, self.chance, self.sampling)

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """As RandAugment."""
        return self._applied.apply(drawn, x)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame an operation."""
        return self._applied.film(drawn, x)

    def learn(
        self, memory: Memory, x: Tensor, y: Tensor, answer: Answer, generator: Generator, signals: Signals | None = None
    ) -> Memory:
        """At the end of a turn: take the reward, learn from it, choose for the next. Without signals nothing ends."""
        if signals is None or (signals.step + 1) % self.turn:
            return memory
        known = {name: value.cpu() for name, value in memory.items()}  # small, and so the same on every device
        score = self._score(x, y, answer, signals)
        if not known["turns"]:
            known = born(known, len(STATE), len(self.actions), generator)
            seen, gain = state_of(signals, score, 0.0), 0.0
        else:
            gain = POINTS * (score - known["score"].item())
            seen = state_of(signals, score, gain)
            for action in known["chosen"].tolist():
                known = remembered(known, known["seen"], action, gain, seen)
            for _ in range(self.updates):
                known = improved(self, known, len(self.actions), generator)
        chosen, known = choose(self, known, seen, len(self.actions), generator, self.count)
        taken = known["taken"].index_add(0, chosen, torch.ones_like(chosen))
        return known | {
            **{"chosen": chosen, "seen": seen, "score": torch.tensor(score), "taken": taken},
            **{"turns": known["turns"] + 1, "earned": known["earned"] + gain},
        }

    def _score(self, x: Tensor, y: Tensor, answer: Answer, signals: Signals) -> float:
        """A share: of validation pictures that are right, or the mean probability of these labelled ones' classes."""
        probability, labels = signals.validation() if self.reward == "validation" else (x[:0], y[:0])
        if len(labels) < FEWEST:
            return answer(x).gather(1, y[:, None]).double().mean().item()
        return (probability.argmax(dim=1) == labels).double().mean().item()

    def values(self, memory: Memory) -> Tensor:
        """Q of every action in the state that was seen last, points of accuracy [actions]."""
        return values(memory["weights"], memory["seen"], len(self.actions)).cpu()

    def tries(self, memory: Memory) -> float:
        """ε now: how often the next choice is made at random."""
        return epsilon(self, int(memory["choices"]))


def _ends(name: str, level: int, levels: int) -> tuple[float, float]:
    """The gentle and the strong end of one level: a factor below 1, bits and a threshold change more the lower."""
    operation = OPERATIONS[name]
    downwards = operation.neutral is None or operation.neutral >= operation.high
    low, high = (operation.high, operation.low) if downwards else (operation.low, operation.high)
    levels = levels if operation.low < operation.high else 1
    return low + (high - low) * level / levels, low + (high - low) * (level + 1) / levels


def state_of(signals: Signals, score: float, gain: float) -> Tensor:
    """STATE as numbers near 0..1; a loss ℓ as log(1 + ℓ), a gain in tens of points."""
    losses = [signals.losses.get(name, torch.zeros(())).detach().float().cpu() for name in ("loss", "labelled")]
    trusted = signals.trusted.float().mean().item() if signals.trusted is not None else 1.0
    rest = [torch.log1p(loss.clamp(min=0)).item() for loss in losses]
    return torch.tensor([signals.done, score, gain / 10, *rest, trusted])
