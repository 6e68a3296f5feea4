"""How one run went: accuracies and pseudo-labels in one chart, losses in another."""

from __future__ import annotations

from typing import Any

from ssl_core.figures.look import LAYOUT, numbered

# column, name, colour, dash, what it means
QUALITY = (
    ("validation_accuracy", "Validation accuracy", "#0072b2", "solid"),
    ("validation_accuracy_live", "… of the latest weights", "#56b4e9", "dot"),
    ("mask_rate", "Guesses used", "#e69f00", "solid"),
    ("pseudo_accuracy", "… of which right", "#009e73", "solid"),
)
LOSSES = (
    ("loss", "Total", "#6b7280", "dot"),
    ("loss_labelled", "Labelled", "#d55e00", "solid"),
    ("loss_unlabelled", "Unlabelled, unweighted", "#cc79a7", "solid"),
)

# What stands under the curves, each word where it is first read; papers call the first one mask rate.
WORDS = {
    "mask_rate": "Guesses used: the share of unlabelled pictures whose guess counted in a step, in papers the mask "
    "rate.",
    "validation_accuracy_live": "Accuracy is that of the weights' average over past steps; dotted, that of the latest "
    "weights alone.",
}


def curve_meanings(rows: list[dict[str, Any]]) -> str:
    """What the curves of this run are called for, as far as it has them."""
    return " ".join(words for column, words in WORDS.items() if any(row.get(column) is not None for row in rows))


def quality_chart(rows: list[dict[str, Any]], revision: str) -> dict[str, Any]:
    """Shares in per cent over steps: validation accuracy, guesses used, and how many of these are right."""
    return _lines(rows, QUALITY, 100, revision, {"title": {"text": "Share (%)"}, "range": [0, 102]})


def loss_chart(rows: list[dict[str, Any]], revision: str) -> dict[str, Any]:
    """Losses over steps, log scale, because they fall by powers of ten."""
    axis = {"title": {"text": "Loss (log scale)"}, "type": "log", "exponentformat": "power"}
    return _lines(rows, LOSSES, 1, revision, axis | {"dtick": _ticks(rows)})


def _ticks(rows: list[dict[str, Any]]) -> int | str:
    """Plotly's dtick: 1, 2 and 5 of each power of ten where losses stay within two of them, else the powers alone."""
    losses = [row[column] for row in rows for column, *_ in LOSSES if (row.get(column) or 0) > 0]
    return 1 if losses and max(losses) > 100 * min(losses) else "D2"


def _lines(rows: list[dict[str, Any]], columns: tuple, scale: float, revision: str, axis: dict) -> dict[str, Any]:
    traces = []
    for column, name, colour, dash in columns:
        points = [(row["step"], row[column]) for row in rows if row.get(column) is not None]
        if not points and column.startswith(("mask", "pseudo", "loss_unlabelled")):
            continue  # a supervised run has none of these
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": [p[0] for p in points],
                "y": [scale * p[1] for p in points],
                "line": {"color": colour, "dash": dash, "width": 2},
                "hovertemplate": "step %{x}: %{y:.3~g}<extra>" + name + "</extra>",
            }
        )
    layout = LAYOUT | {
        "uirevision": revision,
        "showlegend": True,
        "xaxis": numbered({"title": {"text": "Step"}, "rangemode": "tozero", "zeroline": False}, traces),
        "yaxis": numbered(axis, traces),
    }
    return {"data": traces, "layout": layout}


def curve_words(rows: list[dict[str, Any]]) -> str:
    """The newest numbers as a sentence."""
    if not rows:
        return "No step has been taken yet."
    last: dict[str, Any] = {}
    for row in rows:
        last.update({key: value for key, value in row.items() if value is not None})
    words = {
        "validation_accuracy": "validation accuracy {:.1f} %",
        "mask_rate": "{:.1f} % of the guesses used",
        "pseudo_accuracy": "{:.1f} % of these right",
    }
    numbers = [text.format(100 * last[column]) for column, text in words.items() if column in last]
    numbers += [f"{name.lower()} loss {last[column]:.3g}" for column, name, *_ in LOSSES if column in last]
    return f"At step {last.get('step', 0):,}: " + ", ".join(numbers) + "."
