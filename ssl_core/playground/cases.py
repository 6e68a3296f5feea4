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
        "With τ = 1 only guesses that are certain to the last digit count, and those are about points that the network "
        "knows anyway: nothing spreads, and FixMatch ends where the supervised network does. Lower τ to 0.95, and it "
        "does not.",
        {"fixmatch": {"threshold": 1.0}},
    ),
    "jitter": Case(
        "Why did it fail? A strong view too strong",
        Play(strong=0.6),
        ("supervised", "fixmatch"),
        "The strong view throws points across the gap, with the label of the side they came from. In the same place "
        "the network is taught A and B, so it stays unsure, a third of the guesses never count, and FixMatch ends no "
        "better than the supervised network. Lower the strong jitter to 0.18.",
    ),
    "wrong": Case(
        "Why did it fail? One wrong label",
        Play(edits="l5s1"),
        ("supervised", "fixmatch"),
        "One point of the upper moon is labelled B (dashed ring). A method cannot know: guesses spread from it as from "
        "any other label, and the part of the moon around it is lost. Undo it with Label A and a click on it.",
    ),
    "gap": Case(
        "Why did it fail? A label in the gap",
        Play(edits="m6vh3m1"),
        ("supervised", "fixmatch"),
        "One label B has left its moon and lies in the gap, close to the other moon. What lies closest takes its "
        "label from it, true or not: a piece of the upper moon turns B, and the tip that it left turns A. Drag it back "
        "down to the left tip of the lower moon, and all is well.",
    ),
    "uneven": Case(
        "Why did it fail? Uneven density",
        Play(world="uneven", labels=2),
        ("supervised", "pseudo_label"),
        "One class is dense, the other wide. Pseudo-Label puts the border where it has the fewest doubts, learns its "
        "own guesses about the wide cloud's thin side, and ends below the supervised network and below where it had "
        "been itself. Every point it is wrong about belongs to the wide class, or nearly.",
    ),
}
