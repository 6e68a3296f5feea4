"""Worlds made ready: one where it works, and some that make a method fail, each with the reason.

What a text says of accuracies is what tests/playground/test_cases.py measures.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ssl_core.playground.play import Play


class Case(NamedTuple):
    """A title, the play, the methods side by side, knobs by method where they differ, and why it goes as it does."""

    title: str
    play: Play
    methods: tuple[str, ...]
    text: str
    knobs: dict[str, dict[str, Any]] = {}


CASES: dict[str, Case] = {
    "moons": Case(
        "Two moons, six labels",
        Play(),
        ("supervised", "fixmatch"),
        "The supervised network draws its border where six points leave it. The grey points show where the moons are: "
        "guesses spread along them from the labels, jitter by jitter, and stop at the gap.",
    ),
    "bias": Case(
        "Why did it fail? Sure of its own mistake",
        Play(seed=6),
        ("supervised", "fixmatch"),
        "The tip of one moon has no label of its own near it, and one of the other moon's is nearer. The first guesses "
        "there are wrong, get surer than τ and become labels, so that nothing ever speaks against them: confirmation "
        "bias. Give one point of that tip its label, and all of it turns.",
    ),
    "tau": Case(
        "Why did it fail? τ too high",
        Play(),
        ("supervised", "fixmatch"),
        "With τ = 1 only guesses that are certain to the last digit count, and those are of points close to a label "
        "that the network knows anyway: nothing spreads, and FixMatch ends where supervised does. Lower τ to 0.95.",
        {"fixmatch": {"threshold": 1.0}},
    ),
    "jitter": Case(
        "Why did it fail? Too strong",
        Play(strong=0.6),
        ("supervised", "fixmatch"),
        "The strong view throws points across the gap, with the label of the side they came from. The network has to "
        "say A and B in the same place, stays unsure there, and ends below the supervised one.",
    ),
    "wrong": Case(
        "Why did it fail? One wrong label",
        Play(edits="WRONG"),
        ("supervised", "fixmatch"),
        "One point of the upper moon is labelled B (dashed ring). Guesses spread from it as from any other.",
    ),
    "gap": Case(
        "Why did it fail? A label in the gap",
        Play(edits="GAP"),
        ("supervised", "fixmatch"),
        "One label lies in the gap between the moons.",
    ),
    "uneven": Case(
        "Why did it fail? Uneven density",
        Play(world="uneven", labels=2),
        ("supervised", "fixmatch"),
        "Uneven.",
    ),
}
