"""The signature chart: what runs are measured by against label count, dots that move in training.

A line is a method, or a variant of one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from ssl_core.figures.look import LAYOUT, faded, looks, percent
from ssl_core.intervals import interval_of, wilson, with_interval
from ssl_core.lines import line_of
from ssl_core.tasks import Task, task_of, value_of

USUAL = (10, 20, 40, 100)  # label counts on the axis before there is a run
Rows = list[dict[str, Any]]  # as ssl_core.runs.progress.describe makes them


def accuracy_chart(
    rows: Rows,
    *,
    chance: float | None,
    ceiling: float | None = None,
    revision: str = "constant",
    measured: str = "",
) -> dict[str, Any]:
    """Filled markers for finished runs, hollow ones for the others; of the finished, line: mean, band: all seeds.

    A finished run that is its method's only one with that many labels has its 95 % interval as an error bar.
    Each dot knows the name of its run (customdata).

    `measured` is what the dots are, where that is not what the task is measured by (by_validation).
    `chance` and `ceiling` (every label given) are shares 0..1, None where unknown. `revision` is plotly's uirevision:
    while it stays the same, zoom and hidden legend entries survive new data. A plotly figure as plain values: building
    plotly.graph_objects instead costs 18 ms of every live tick, for checks that a test makes once.
    """
    counts = sorted({row["labels"] for row in rows}) or list(USUAL)
    lines = looks(map(line_of, rows))
    task, traces = task_of(rows[0] if rows else {}), []
    apart = 1.02 if len(lines) <= 8 else 1.16 ** (1 / len(lines))  # many lines must not reach the next label count
    for place, (line, shown) in enumerate(lines.items()):
        mine = [row for row in rows if line_of(row) == line and value_of(row) is not None]
        # Lines stand a little beside each other, so that equal dots do not hide one another.
        traces += _line_traces(shown, mine, aside=apart ** (place - (len(lines) - 1) / 2))
    quiet = [_quiet_line(chance, f"guessing {percent(chance)}", "dot", "top")] if chance is not None else []
    if ceiling is not None:
        quiet.append(_quiet_line(ceiling, f"every label {percent(ceiling)}", "dash", "bottom"))
    span = [0.85 * counts[0], 1.18 * counts[-1]]
    layout = LAYOUT | {
        "uirevision": revision,
        "showlegend": True,  # also of one method: plotly names several only
        "shapes": [line for line, _ in quiet],
        "annotations": [words for _, words in quiet],
        "xaxis": {
            "title": {"text": "Labelled pictures (log scale)"},
            "type": "log",
            "tickvals": counts,
            "ticktext": [f"{count:,}" for count in counts],
            "range": [math.log10(value) for value in span],
            "zeroline": False,
        },
        "yaxis": {"title": {"text": f"{measured} (%)" if measured else task.axis}, "zeroline": False} | _height(task),
    }
    return {"data": traces, "layout": layout}


def _height(task: Task) -> dict[str, Any]:
    return {"range": [0, 106]} if task.unit == "%" else {}


def by_validation(rows: Rows, pictures: int) -> tuple[Rows, str]:
    """Rows of a set without a test with what they are judged by in the test's place, and what that is called.

    The interval is that of `pictures` validation pictures.
    """
    title = task_of(rows[0] if rows else {}).judged_title
    return [row | {"value": row["judged"]} | _bounds(row["judged"], pictures) for row in rows], title


def _bounds(share: float | None, pictures: int) -> dict[str, float | None]:
    known = share is not None and 0 <= share <= 1 and pictures > 0
    return dict(zip(("test_low", "test_high"), wilson(share, pictures) if known else (None, None), strict=True))


def _quiet_line(level: float, text: str, dash: str, anchor: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A line across the chart at a share, and its words at the left end."""
    across = {"xref": "paper", "x0": 0, "x1": 1, "y0": 100 * level, "y1": 100 * level}
    line = across | {"type": "line", "line": {"color": "#8a8f98", "width": 1, "dash": dash}}
    words = {"text": text, "showarrow": False, "font": {"size": 11}, "bgcolor": "rgba(0,0,0,0)"}
    place = {"xref": "paper", "x": 0.01, "xanchor": "left", "y": 100 * level, "yanchor": anchor}
    return line, words | place


def _line_traces(shown: tuple[str, str, str], rows: Rows, aside: float) -> list[dict[str, Any]]:
    """Band, line and dots of one method or variant; `aside` multiplies the label counts."""
    name, colour, marker = shown
    done: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        if row["state"] == "done":
            done[row["labels"]].append(task_of(row).scale * value_of(row))
    band = sorted((count, min(v), max(v)) for count, v in done.items() if len(v) > 1)
    mean = sorted((count, sum(v) / len(v)) for count, v in done.items())
    hovers = [
        f"{name}<br>{row['labels']} labels, seed {row['seed']}<br>"
        f"{with_interval(task_of(row).words(value_of(row)), row)}, {row['state']}"
        for row in rows
    ]
    alone = [interval_of(row) if len(done[row["labels"]]) == 1 and row["state"] == "done" else None for row in rows]
    shared = {"type": "scatter", "legendgroup": name}
    quiet = shared | {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    return [
        quiet
        | {
            "name": f"{name}, seeds",
            "x": [aside * b[0] for b in band] + [aside * b[0] for b in reversed(band)],
            "y": [b[2] for b in band] + [b[1] for b in reversed(band)],
            "fill": "toself",
            "fillcolor": faded(colour, 0.15),
            "line": {"width": 0},
        },
        quiet
        | {
            "name": f"{name}, mean",
            "x": [aside * m[0] for m in mean],
            "y": [m[1] for m in mean],
            "line": {"color": colour, "width": 2},
        },
        shared
        | {
            "name": name,
            "mode": "markers",
            "x": [aside * row["labels"] for row in rows],
            "y": [task_of(row).scale * value_of(row) for row in rows],
            "marker": {
                "symbol": [marker if row["state"] == "done" else f"{marker}-open" for row in rows],
                "color": colour,
                "size": 10,
                "line": {"width": 2, "color": colour},
            },
            "hovertext": hovers,
            "hoverinfo": "text",
            "customdata": [row.get("run") for row in rows],  # what a click on a dot opens
        }
        | _error_bars(rows, alone, faded(colour, 0.6)),
    ]


def _error_bars(rows: Rows, intervals: list[tuple[float, float] | None], colour: str) -> dict[str, Any]:
    """Bars from each run's dot to the ends of its interval, none where it is None."""
    if not any(intervals):
        return {}
    pairs = list(zip(rows, intervals, strict=True))
    up = [100 * (ends[1] - value_of(row)) if ends else None for row, ends in pairs]
    down = [100 * (value_of(row) - ends[0]) if ends else None for row, ends in pairs]
    bars = {"type": "data", "symmetric": False, "array": up, "arrayminus": down}
    return {"error_y": bars | {"color": colour, "thickness": 1.5, "width": 4}}


def accuracy_words(rows: Rows, measured: str = "") -> str:
    """The chart as a sentence, for those who do not see it; `measured` as in accuracy_chart."""
    task, phrases = task_of(rows[0] if rows else {}), []
    for line in dict.fromkeys(map(line_of, rows)):
        by_count: dict[int, list[float]] = defaultdict(list)
        for row in rows:
            if line_of(row) == line and value_of(row) is not None:
                by_count[row["labels"]].append(value_of(row))
        points = ", ".join(f"{task.words(sum(v) / len(v))} with {c} labels" for c, v in sorted(by_count.items()))
        phrases.append(f"{line.title}: {points or 'no result yet'}")
    return f"{measured or task.title} against the number of labelled pictures. " + "; ".join(phrases) + "."
