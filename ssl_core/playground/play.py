"""What is played: a world, its noise and labels, how far points jitter, what was changed by hand; a method, its knobs.

Two numbers are not a picture. What the plane's short runs change in a paper's recipe stands here, and only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ssl_core.knobs import Knob, knobs_of
from ssl_core.method_cards import CARDS
from ssl_core.playground import edits
from ssl_core.playground.worlds import WORLDS, Points, draw

MOST_METHODS = 3  # side by side


@dataclass(frozen=True)
class Play:
    """A world and its points; equal plays are equal points. `weak` and `strong` are sizes of jitter in the plane."""

    world: str = "moons"
    noise: float = 0.05
    labels: int = 6
    seed: int = 0
    weak: float = 0.08
    strong: float = 0.18
    edits: str = edits.NONE

    @property
    def classes(self) -> int:
        """How many classes the world has."""
        return WORLDS[self.world].classes

    def points(self) -> tuple[Points, Any]:
        """The points as they lie, and their numbers; raises ValueError, one sentence, where no method could begin."""
        found, numbers = edits.apply(
            draw(self.world, self.noise, self.labels, self.seed), edits.read(self.edits, self.classes)
        )
        if not (found.label >= 0).any():
            raise ValueError("No point has a label, so there is nothing to begin with: give one a class.")
        if not (found.label < 0).any():
            raise ValueError("Every point has a label, so there is nothing to guess: take one away.")
        return found, numbers


STEPS = 480
TRAINING: dict[str, Any] = {
    "steps": STEPS,
    "batch": 32,
    "optimizer": "sgd",
    "lr": 0.1,
    "schedule": "cosine",
    "decay": "l2",
    "weight_decay": 5e-4,
    "ema": 0.99,
    "ema_warmup": True,
    "model": "mlp",
    "evaluations": 1,
    "device": "cpu",
    "threads": 1,
}
# What a method needs beside that, and where its knobs leave the paper. Alignment (ReMixMatch, section 3.1) keeps a few
# labels from being outvoted, as in the house's other short runs. MixMatch is written for pictures, where a blend lies
# between two; in the plane it lies on the other moon, so α is small, and λᵤ is not CIFAR-10's.
KNOBS: dict[str, dict[str, Any]] = {
    "fixmatch": {"align": True},
    "uda": {"align": True},
    "mixmatch": {
        "align": True,
        "alpha": 0.05,
        "views": 4,
        "weight": 10.0,
        "ramp_counts": "fraction",
    },
    "vat": {"xi": 0.01, "epsilon": 0.3},
    "freematch": {"average_momentum": 0.98},
    "softmatch": {"average_momentum": 0.98},
    "adamatch": {"average_momentum": 0.98},
    "ensemble_match": {"align": True},
    "co_match": {"align": True},
}
LOOP: dict[str, dict[str, Any]] = {"mixmatch": {"batch": 64, "lr": 0.2}}
SLIDERS: dict[str, tuple[float, float, float]] = {  # of the knobs that have one here: from, to, step
    "threshold": (0.0, 1.0, 0.01),
    "temperature": (0.05, 2.0, 0.05),
    "weight": (0.0, 50.0, 0.5),
    "views": (1, 8, 1),
    "alpha": (0.0, 4.0, 0.05),
}


@cache
def playable() -> tuple[str, ...]:
    """Methods that take rows of two numbers, by name: the step is theirs, unchanged."""
    from ssl_core.methods import METHODS

    def takes_points(method: Any) -> bool:
        return not method.needs_pixels and not method().strong_stages

    kin = ("mixmatch_sgd", "supervised_strong", "cluster_match")  # of another, which is here
    return tuple(name for name in CARDS if takes_points(METHODS[name]) and name not in kin)


def sliders(method: str) -> dict[str, Knob]:
    """The knobs of a method that have a slider here, with their usual value in the plane and the slider's ends."""
    from dataclasses import replace

    from ssl_core.methods import METHODS

    known = knobs_of(METHODS[method])
    shown = {}
    for name, (low, high, _) in SLIDERS.items():
        if name in known:
            usual = KNOBS.get(method, {}).get(name, known[name].default)
            low, high = max(min(low, usual), known[name].low), min(max(high, usual), known[name].high)
            shown[name] = replace(known[name], default=usual, low=low, high=high)
    return shown


def method_of(name: str, values: Mapping[str, Any]) -> Any:
    """The method with the plane's knobs and these; raises ValueError, one sentence, for a wrong one."""
    from ssl_core.knobs import build
    from ssl_core.methods import METHODS

    return build(METHODS[name], KNOBS.get(name, {}) | dict(values), METHODS[name].title)


def training_of(name: str, method: Any) -> Any:
    """The loop's knobs, a Training; μ is the method's own."""
    from ssl_core.knobs import build
    from ssl_core.train.config import Training

    return build(Training, TRAINING | LOOP.get(name, {}), "Training")
