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
        {"conditional": False, "norm": "none", "lr": 0.01, "pace": 0.03, "average": 0.0},
        "The generator learns fast, the discriminator thirty times more slowly. One kind of picture that fools it now "
        "fools it for many steps, so whatever the noise is, that kind comes out. When the discriminator has understood "
        "at last, the generator jumps to another kind. This is mode collapse: of ten digits it makes one to "
        "five at a time, and seldom the same.",  # measured: tests/generate/dcgan_collapse.json
    ),
}


def values(name: str, data: str) -> dict[str, Any]:
    """Every knob that any experiment touches, so that going from one to another leaves nothing behind."""
    usual = defaults(data, "dcgan")
    touched = {knob for experiment in EXPERIMENTS.values() for knob in experiment.values}
    return {knob: usual[knob] for knob in usual if knob in touched} | EXPERIMENTS[name].values
