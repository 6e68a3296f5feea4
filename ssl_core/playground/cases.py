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
}
