"""Editing a pipeline: from one line of text to the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policies import Cutout
from ssl_core.augment.policy import Policy, Stage
from ssl_core.augment.steps import OneOf, Step, default_step
from ssl_core.augment.text import BLOCKS, MOST_STAGES, check_step, from_text, to_text

ONE_OF = "one_of"
TITLES = {
    "one_of": "one of several",
    "shift_flip": "weak: shift and flip",
    "randaugment": "RandAugment, paper's pool",
    "variant": "a named pool",
    "reference": "RandAugment, reference code",
    "learned": "CTAugment, strengths learned",
    "q_learning": "an agent that chooses",
    "autoaugment": "AutoAugment for CIFAR-10",
    "augmix": "AugMix",
    "hole": "hole (Cutout)",
    "pixel_hole": "hole in pixels",
    "normalise": "normalise",
}


def can_add() -> dict[str, str]:
    """Everything that can be added, by name: single operations, then groups and blocks."""
    steps = {
        name: f"{operation.kind}: {operation.title}" for name, operation in OPERATIONS.items() if name != "identity"
    }
    return dict(sorted(steps.items(), key=lambda item: item[1])) | {n: f"block: {TITLES[n]}" for n in (ONE_OF, *BLOCKS)}


def new_stage(name: str, side: int) -> Stage:
    """A stage as it is added."""
    if name == ONE_OF:
        return OneOf((default_step("gamma", side), default_step("contrast", side)), 0.5)
    return BLOCKS[name]() if name in BLOCKS else default_step(name, side)


def title_of(stage: Stage) -> str:
    """A stage in a few words."""
    if isinstance(stage, OneOf):
        return f"one of {len(stage.choices)}"
    if isinstance(stage, Step):
        return stage.operation.title
    return TITLES[next(name for name, cls in BLOCKS.items() if cls is type(stage))]


def _changed(text: str, change: Callable[[list[Stage]], None]) -> str:
    stages = list(from_text(text).stages)
    change(stages)
    if len(stages) > MOST_STAGES:
        raise ValueError(f"A pipeline has at most {MOST_STAGES} stages: remove one first.")
    return to_text(Policy("pipeline", tuple(stages))) or "identity"  # an empty line would drop out of the link


def add(text: str, name: str, side: int) -> str:
    """One more stage: at the end, but before normalising."""

    def change(stages: list[Stage]) -> None:
        last = bool(stages) and type(stages[-1]) is BLOCKS["normalise"]
        stages.insert(len(stages) - last, new_stage(name, side))

    return _changed(text, change)


def remove(text: str, place: int) -> str:
    """One stage less."""
    return _changed(text, lambda stages: stages.pop(place))


def duplicate(text: str, place: int) -> str:
    """The same stage twice."""
    return _changed(text, lambda stages: stages.insert(place, stages[place]))


def move(text: str, place: int, by: int) -> str:
    """A stage earlier (-1) or later (1)."""

    def change(stages: list[Stage]) -> None:
        other = min(max(place + by, 0), len(stages) - 1)
        stages.insert(other, stages.pop(place))

    return _changed(text, change)


def adjust(text: str, place: int, values: dict[str, Any], choice: int | None = None) -> str:
    """Other values for a stage, or for one choice of a one-of group; an empty `hole` range is put in order."""

    def new(stage: Stage) -> Stage:
        edited = dataclasses.replace(stage, **values)
        if isinstance(edited, Cutout) and edited.low > edited.high:
            edited = dataclasses.replace(edited, low=edited.high)
        return check_step(edited) if isinstance(edited, Step) else edited

    def change(stages: list[Stage]) -> None:
        if choice is None:
            stages[place] = new(stages[place])
        else:
            group = stages[place]
            choices = tuple(new(c) if k == choice else c for k, c in enumerate(group.choices))
            stages[place] = dataclasses.replace(group, choices=choices)

    return _changed(text, change)


def add_choice(text: str, place: int, name: str, side: int) -> str:
    """One more choice in a one-of group."""
    group = from_text(text).stages[place]
    return adjust(text, place, {"choices": (*group.choices, default_step(name, side))})


def remove_choice(text: str, place: int, choice: int) -> str:
    """One choice less; a group that would be empty goes."""
    group = from_text(text).stages[place]
    left = tuple(c for k, c in enumerate(group.choices) if k != choice)
    return adjust(text, place, {"choices": left}) if left else remove(text, place)
