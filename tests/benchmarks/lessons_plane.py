"""The numbers of the lesson in the plane: what the Playground page shows in each of its steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ssl_core.playground import edits
from ssl_core.playground.film import film
from ssl_core.playground.play import Play

Number = tuple[str, str, list[float]]
MOONS = Play("moons", noise=0.06, labels=6, seed=0, weak=0.05, strong=0.18)
OTHERS = {
    "as_it_is": MOONS,
    "mislabelled": replace(MOONS, edits="l3w1"),
    "jittered": replace(MOONS, strong=0.6),
    "touching": replace(MOONS, noise=0.25),
}


def playground() -> Iterator[Number]:
    """Two moons with six labels, and three ways to spoil them."""
    (named,) = edits.read("l3w1", 2).labels.items()
    points = MOONS.points()[0]
    if not (points.label[named[0]] == points.truth[named[0]] != named[1]):
        raise ValueError("The lesson's wrong label is not about a labelled point any more: choose another.")
    for name, play in OTHERS.items():
        for method in ("supervised", "fixmatch"):
            shown = film(play, method)
            words = f"two moons, {play.labels} labels, draw 0, {name.replace('_', ' ')}, {method}"
            yield f"moons_{name}_{method}", f"% of 1,000 new points right: {words}", [100 * shown.accuracy]
            if method == "fixmatch":
                wrong = np.count_nonzero((shown.right[-1] == 0) & (shown.counts[-1] > 0))
                yield f"moons_{name}_wrong", f"guesses that count and are wrong at the end: {words}", [float(wrong)]
