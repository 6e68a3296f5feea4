"""A method taken apart: the error of each variant here, with its interval over seeds, beside what its paper reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.effects import Effect
from ssl_core.figures.look import LAYOUT, faded

ROW = 30  # pixels of a variant
PRINT = "#8a8f98"


def ablation_chart(made: Sequence[Effect], colour: str, here: str, published: str = "") -> dict[str, Any]:
    """Bars of error, dots a seed, intervals; beside them, hatched, the published errors where there are some.

    `here` and `published` say what each side was measured on. The two sides have scales of their own: what they share
    is the order of the rows, not the numbers.
    """
    names = [one.name for one in made]
    both = bool(published) and sum(one.published is not None for one in made) > 1
    spans = [one.interval or (one.error, one.error) for one in made]
    half = [(high - low) / 2 for low, high in spans]
    bars = {
        "type": "bar", "orientation": "h", "name": "Measured here", "y": names, "x": [one.error for one in made],
        "marker": {"color": [colour, *[faded(colour, 0.55)] * (len(made) - 1)]},
        "error_x": {"type": "data", "array": half, "thickness": 1.5, "width": 4, "color": PRINT},
        "hovertext": [_hover(one) for one in made], "hoverinfo": "text",
    }  # fmt: skip
    dots = {
        "type": "scatter", "mode": "markers", "name": "a seed", "hoverinfo": "skip",
        "x": [error for one in made for error in one.errors], "y": [one.name for one in made for _ in one.errors],
        "marker": {"color": "#ffffff", "size": 6, "line": {"width": 1.2, "color": "#222222"}},
    }  # fmt: skip
    most = max((max(high, *one.errors) for (_, high), one in zip(spans, made, strict=True)), default=1.0)
    axis = {"zeroline": False, "rangemode": "tozero"}
    layout = LAYOUT | {
        "showlegend": False,
        "bargap": 0.28,
        "margin": {"l": 8, "r": 36, "t": 8, "b": 88},
        "xaxis": axis | {"title": _axis("Error here (%)", here), "range": [0, 1.04 * min(most, 100)]},
        "yaxis": {"type": "category", "categoryarray": names[::-1], "categoryorder": "array", "automargin": True},
    }
    if not both:
        return {"data": [bars, dots], "layout": layout}
    known = [one for one in made if one.published is not None]
    printed = {
        "type": "bar", "orientation": "h", "name": "Published", "xaxis": "x2", "y": [one.name for one in known],
        "x": [one.published for one in known], "text": [f"{one.published:.2f}" for one in known],
        "textposition": "outside", "cliponaxis": False,
        "hovertext": [f"{one.name}<br>published: {one.published:.2f} %" for one in known],
        "hoverinfo": "text",
        "marker": {"color": faded(PRINT, 0.35), "line": {"color": PRINT, "width": 1},
                   "pattern": {"shape": "/", "fgcolor": PRINT, "bgcolor": "rgba(0,0,0,0)", "size": 6}},
    }  # fmt: skip
    layout["xaxis"]["domain"] = [0, 0.56]
    room = 1.4 * max(one.published for one in known)  # for the numbers behind the bars
    layout["xaxis2"] = axis | {"title": _axis("Published (%)", published), "domain": [0.62, 1], "range": [0, room]}
    return {"data": [bars, dots, printed], "layout": layout}


def _axis(what: str, where: str) -> dict[str, Any]:
    """A title in short lines: on a phone the two sides stand close."""
    return {"text": "<br>".join([what, *where.split(", ")]), "font": {"size": 12}}


def _hover(one: Effect) -> str:
    seeds = ", ".join(f"{error:.1f}" for error in one.errors)
    change = "" if one.change is None else f"<br>{one.words} points against the untouched method"
    return f"{one.name}<br>error {one.error:.1f} % (seeds: {seeds}){change}"


def height(made: Sequence[Effect]) -> int:
    """Pixels in which every row can be read."""
    return ROW * len(made) + 116


def ablation_words(title: str, made: Sequence[Effect]) -> str:
    """The chart as a sentence, for those who do not see it."""
    parts = [
        f"{one.name} {one.error:.1f} %" + ("" if one.published is None else f" (published {one.published:.2f} %)")
        for one in made
    ]
    return f"Error of {title} and of its variants: {'; '.join(parts)}."


def ablation_rows(made: Sequence[Effect]) -> list[dict[str, Any]]:
    """The table behind the chart."""
    return [
        {
            "Variant": one.name,
            "Error here (%)": round(one.error, 1),
            "Change (points)": one.words,
            "Published error (%)": one.published,
            "Published change": None if one.published_change is None else round(one.published_change, 2),
            "Verdict": one.verdict,
        }
        for one in made
    ]
