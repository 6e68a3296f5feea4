"""A sign for each kind of stage, drawn from squares (pictures) and bars (probabilities); plain shapes of an SVG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ICON_WIDTH, ICON_HEIGHT = 44.0, 24.0
Shape = tuple[str, dict[str, Any]]  # an SVG element's name and attributes; its class says how it looks


def icon(name: str, x: float, y: float) -> list[Shape]:
    """The sign of a stage by its name with its corner at (x, y); none for a stage that has no sign."""
    return [(tag, _moved(facts, x, y)) for tag, facts in SIGNS.get(name, list)()]


def _moved(facts: dict[str, Any], x: float, y: float) -> dict[str, Any]:
    moved = {"x": x, "cx": x, "x1": x, "x2": x, "y": y, "cy": y, "y1": y, "y2": y}
    placed = {key: value + moved[key] if key in moved else value for key, value in facts.items()}
    if "turn" in placed:
        placed["transform"] = f"rotate({placed.pop('turn')} {x + ICON_WIDTH / 2} {y + ICON_HEIGHT / 2})"
    return placed


def _square(x: float, kind: str = "line", y: float = 3, side: float = 18, **more: Any) -> Shape:
    return ("rect", {"x": x, "y": y, "width": side, "height": side, "rx": 2, "class": kind} | more)


def _bars(*heights: float) -> list[Shape]:
    """Bars of these heights in pixels, the highest filled."""
    first = (ICON_WIDTH - 9 * len(heights) + 2) / 2
    return [
        ("rect", {"x": first + 9 * n, "y": ICON_HEIGHT - high, "width": 7, "height": high,
                  "class": "full" if high == max(heights) else "half"})
        for n, high in enumerate(heights)
    ]  # fmt: skip


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "line") -> Shape:
    return ("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "class": kind})


def _dot(x: float, y: float) -> Shape:
    return ("circle", {"cx": x, "cy": y, "r": 1.4, "class": "full"})


SIGNS: dict[str, Callable[[], list[Shape]]] = {
    "pictures": lambda: [_square(0, "full", 6, 12), _square(16, "line", 6, 12), _square(32, "line", 6, 12)],
    "weak": lambda: [_square(11, "dash"), _square(16, y=5)],
    "views": lambda: [_square(6), _square(13, y=5), _square(20, y=1)],
    "strong": lambda: [_square(13, turn=30), ("rect", {"x": 19, "y": 10, "width": 8, "height": 6, "class": "full"})],
    "nudge": lambda: [_square(13), *(_dot(x, y) for x, y in ((17, 7), (26, 9), (21, 13), (17, 18), (27, 17)))],
    "guess": lambda: _bars(7, 15, 10, 4),
    "mean": lambda: [*_bars(8, 14, 10, 5), _line(2, 12, 42, 12, "dash")],
    "align": lambda: _bars(11, 13, 11, 12),
    "sharpen": lambda: _bars(3, 21, 5, 2),
    "gate": lambda: [*_bars(3, 21, 5, 2), _line(2, 7, 42, 7, "dash")],
    "target": lambda: _bars(1, 23, 1, 1),
    "partner": lambda: [_square(0, y=6, side=12), _square(32, y=6, side=12), _line(14, 12, 30, 12, "dash")],
    "blends": lambda: [_square(9, "half"), _square(17, "half")],
    "pair": lambda: [_square(0, "full", 6, 12), _square(32, "full", 6, 12), _line(14, 12, 30, 12)],
    "made": lambda: [_square(13, "dash"), _dot(22, 8), _dot(19, 14), _dot(25, 14)],
    "losses": lambda: [*_bars(7, 15, 10, 4)[:2], _line(22, 2, 22, 24, "dash"), *_bars(4, 8, 1, 23)[3:]],
    "total": lambda: [_line(14, 4, 30, 4), _line(14, 4, 23, 12), _line(23, 12, 14, 20), _line(14, 20, 30, 20)],
}
