"""Whether a pipeline can make a picture of one class into one of another.

An operation says what it does, mirror or turn; the data set's card says which mirrors and turns keep a class.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ssl_core.augment.contents import steps_of
from ssl_core.augment.finding import Finding
from ssl_core.augment.policies import Cutout, ShiftFlip
from ssl_core.augment.policy import Policy
from ssl_core.augment.steps import Step

EXAMPLES = (
    ("left-right", ("2", "7"), "a mirrored 2 or 7 is no digit"),
    ("top-bottom", ("6", "9"), "a 6 turned over looks like a 9"),
    ("turn", ("6", "9"), "a 6 turned half round is a 9"),
)
"""What is done, classes that must be among those of the data set, and an example with them."""


def check_labels(policy: Policy, card: Any) -> list[Finding]:
    """Operations that can turn a picture of one class into one of another; `card` gives name, mirrors and turns."""
    steps = [step for step in steps_of(policy) if step.chance > 0]
    return [*(finding for step in steps for finding in _of_step(step, card)), *_of_blocks(policy, card)]


def _of_step(step: Step, card: Any) -> Iterator[Finding]:
    operation = step.operation
    if operation.mirrors and operation.mirrors not in card.mirrors:
        way = operation.mirrors.replace("-", " and ")
        why = f"on {card.name} a picture mirrored {way} may be of another class{_example(operation.mirrors, card)}"
        yield _error(step, f"{why}. Remove it.")
    if operation.turns and step.high > card.turns:
        why = f"on {card.name} a picture turned by more than {card.turns:g}° may be of another class"
        cure = f"Turn by {card.turns:g}° at most." if card.turns else "Remove it."
        yield _error(step, f"{why}{_example('turn', card)}. {cure}")
    if operation.ruins and step.low <= operation.ruins[1] and step.high >= operation.ruins[0]:
        cure = "Remove it or make it gentler."
        yield _error(step, f"at this strength it can leave nothing of what the label names. {cure}")


def _error(step: Step, sentence: str) -> Finding:
    return Finding("error", step.name, f"{step.operation.title.capitalize()}: {sentence}")


def _example(kind: str, card: Any) -> str:
    classes = getattr(card, "classes", ())
    known = [words for what, needed, words in EXAMPLES if what == kind and {*needed} <= {*classes}]
    return f": {known[0]}" if known else ""


def _of_blocks(policy: Policy, card: Any) -> Iterator[Finding]:
    for stage in policy.stages:
        if isinstance(stage, ShiftFlip) and stage.flip and "left-right" not in card.mirrors:
            sentence = f"on {card.name} a mirrored picture may be of another class: switch its flip off."
            yield Finding("error", "shift flip", f"The weak stage mirrors, and {sentence}")
        if isinstance(stage, Cutout) and stage.high > 0.75:
            yield Finding("warning", "hole", "The hole can cover most of a picture: keep its side below 0.5.")
