"""Settings of DCGAN to learn from: what everybody meets who trains one, made on purpose, with what to see and why."""

from __future__ import annotations

from typing import Any, NamedTuple

from ssl_core.generate.config import defaults


class Experiment(NamedTuple):
    """A button's title, the knobs that differ from the data set's recipe, and what is seen then and why."""

    title: str
    values: dict[str, Any]
    words: str


EXPERIMENTS = {
    "ordinary": Experiment(
        "As usual",
        {},
        "Both sides stay near each other: the discriminator is never quite sure, so the generator always has something "
        "to learn from.",
    ),
    "collapse": Experiment(
        "Make it collapse",
        {"conditional": False, "norm": "none", "pace": 0.1, "average": 0.0},
        "The discriminator learns ten times more slowly than the generator. So one kind of picture that fools it now "
        "fools it for many steps, and whatever the noise is, that picture comes out. When the discriminator has "
        "understood at last, the generator jumps to the next kind: it never covers all classes. This is mode collapse.",
    ),
    "too_sure": Experiment(
        "Let nothing fool it",
        {"conditional": False, "norm": "none", "objective": "minimax", "pace": 4.0, "label_noise": 0.0},
        "A discriminator that learns four times faster soon tells everything apart. The loss of the first paper, "
        "log(1 − D), is flat there: the generator is told that it is wrong, but not how to become better.",
    ),
}


def values(name: str, data: str) -> dict[str, Any]:
    """Every knob that any experiment touches, so that going from one to another leaves nothing behind."""
    usual = defaults(data, "dcgan")
    touched = {knob for experiment in EXPERIMENTS.values() for knob in experiment.values}
    return {knob: usual[knob] for knob in usual if knob in touched} | EXPERIMENTS[name].values
