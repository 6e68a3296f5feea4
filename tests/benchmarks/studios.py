"""What a touch of the Mixing and SMOTE pages costs the server.

    python -m tests.benchmarks.studios

Prints milliseconds, the best of three: a moved slider on Mixing to the strip of 33 pictures, for every mixing, and a
new seed on SMOTE with ten classes and 1,300 samples. What Streamlit adds to every page is not counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pages.parts.mixing.choice import Chosen
from pages.parts.mixing.scene import Scene
from pages.parts.smote.scene import Setting, balanced, unbalanced
from ssl_core.figures.smote import plane_chart
from ssl_core.mix.table import MIXES
from ssl_core.oversample import scene as look


def strip(name: str, lam: float) -> None:
    """The player's pictures of two photographs at one place of the slider."""
    Scene.of(Chosen("china"), Chosen("flower"), name, lam, 1.0, 1).player(33)


def plane(draw: int) -> None:
    """The plane of all ten digits after another draw, nothing kept from before but the unbalanced set."""
    setting = Setting("digits", tuple(range(10)), 150, 1.5, draw, "smote", 5, "pixels")
    result = balanced(setting)
    drawn = look.look_at(result.space, result.y, result.outcome)
    mine = (drawn.label == 9).nonzero()[0].tolist()
    ends = look.ends(result.outcome, mine)
    edges = look.graph(result.space, result.y, 9, 5)
    plane_chart(drawn, setting.names, 9, edges, ends, by_class=True, chosen=(0, *ends[0])).to_json()


def best(work: Callable[..., None], *values: object) -> float:
    """Milliseconds of the fastest of these calls."""
    took = []
    for value in values:
        began = time.perf_counter()
        work(value)
        took.append(1000 * (time.perf_counter() - began))
    return min(took)


def main() -> None:
    """Print both tables."""
    for name in MIXES:
        print(f"mixing {name:<15} {best(lambda lam, name=name: strip(name, lam), 0.2, 0.5, 0.8):6.1f} ms")
    for draw in (901, 902, 903):
        unbalanced(*Setting("digits", tuple(range(10)), 150, 1.5, draw, "smote", 5, "pixels").start)
    print(f"smote, ten classes     {best(plane, 901, 902, 903):6.1f} ms")


if __name__ == "__main__":
    main()
