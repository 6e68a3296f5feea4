"""Charts of a hyperparameter search; Optuna's own figures are brought into the look of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ssl_core.figures.look import LAYOUT
from ssl_core.tasks import CLASSIFY, TASKS, Task

Rows = Sequence[Mapping[str, Any]]
# Low accuracy is grey, high is vermilion: readable on light and dark, also without red and green.
SCALE = ((0.0, (170, 178, 189)), (0.5, (230, 159, 0)), (1.0, (213, 94, 0)))
BLUE, GREY, DEFAULT = "#0072b2", "#6b7280", "#d55e00"


def colour_at(share: float) -> str:
    """A place on the scale, 0 to 1, as rgb(...)."""
    share = min(max(share, 0.0), 1.0)
    (low, a), (high, b) = (SCALE[0], SCALE[1]) if share <= 0.5 else (SCALE[1], SCALE[2])
    part = (share - low) / (high - low)
    return "rgb({},{},{})".format(*(round(x + part * (y - x)) for x, y in zip(a, b, strict=True)))


def _scale() -> list[list[Any]]:
    return [[at, "rgb({},{},{})".format(*rgb)] for at, rgb in SCALE]


def _best(rows: Rows, task: Task) -> Mapping[str, Any]:
    """The row that is judged best, of equal ones the earliest."""
    sign = 1 if task.higher else -1
    return max(rows, key=lambda row: (sign * row["validation_accuracy"], -row["trial"]))


def history_chart(rows: Rows, *, budget: int, revision: str = "", task: Task = TASKS[CLASSIFY]) -> dict[str, Any]:
    """What each trial is judged by, and the best so far; a row has trial, state, and the value: validation_accuracy.

    `task` says what the value is, and which way is better.
    """
    seen = [row for row in rows if row["validation_accuracy"] is not None]
    kinds = {
        "finished": ([row for row in seen if row["state"] == "done" and row["trial"]], BLUE, "circle"),
        "pruned": ([row for row in seen if row["state"] == "pruned"], GREY, "x-thin"),
        "still training": ([row for row in seen if row["state"] in ("running", "queued", "lost")], BLUE, "circle-open"),
        "stopped or failed": ([row for row in seen if row["state"] in ("stopped", "failed")], GREY, "square-open"),
        "the default": ([row for row in seen if row["trial"] == 0], DEFAULT, "diamond"),
    }
    best, at, line = None, [], []
    for row in rows:
        if row["state"] == "done" and row["validation_accuracy"] is not None:
            best = row if best is None else _best([best, row], task)
        if best is not None:
            at.append(row["trial"])
            line.append(task.scale * best["validation_accuracy"])
    stairs = {
        "type": "scatter",
        "mode": "lines",
        "name": "best so far",
        "x": at,
        "y": line,
        "line": {"color": BLUE, "width": 2, "shape": "hv"},
        "hoverinfo": "skip",
    }
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [row["trial"] for row in some],
            "y": [task.scale * row["validation_accuracy"] for row in some],
            "marker": {"color": colour, "symbol": symbol, "size": 9, "line": {"width": 2, "color": colour}},
            "hovertext": [_hover(row, task) for row in some],
            "hoverinfo": "text",
            "visible": True if some else "legendonly",
        }
        for name, (some, colour, symbol) in kinds.items()
        if some or name != "stopped or failed"
    ]
    layout = {
        **LAYOUT,
        "uirevision": revision or "history",
        "xaxis": {"title": {"text": "Trial"}, "range": [-0.8, max(budget, len(rows)) - 0.2], "zeroline": False},
        "yaxis": {
            "title": {"text": _judged(task)},
            "zeroline": False,
        }
        | _span([*kinds["finished"][0], *kinds["pruned"][0], *kinds["the default"][0]], task),
    }
    return {"data": [stairs, *dots], "layout": layout}


def _judged(task: Task) -> str:
    """What trials are judged by, on an axis."""
    return f"{task.judged_title} ({task.unit})" if task.unit else task.judged_title


def _span(rows: Rows, task: Task) -> dict[str, Any]:
    """The upper part of the scale where most shares lie; one that went wrong must not flatten the others."""
    if task.unit != "%":
        return {}
    scores = sorted(100 * row["validation_accuracy"] for row in rows)
    if not scores:
        return {"range": [0, 101]}
    low = scores[len(scores) // 10]
    return {"range": [max(-1.0, low - max(3.0, 0.3 * (scores[-1] - low))), min(101.0, scores[-1] + 3)]}


def _hover(row: Mapping[str, Any], task: Task) -> str:
    values = "<br>".join(f"{name} = {value}" for name, value in row["values"].items())
    return f"trial {row['trial']}, {row['state']}: {task.words(row['validation_accuracy'])}<br>{values}"


def history_words(rows: Rows, task: Task = TASKS[CLASSIFY]) -> str:
    """The history as a sentence."""
    done = [row for row in rows if row["state"] == "done" and row["validation_accuracy"] is not None]
    if not done:
        return f"{task.judged_title} of each trial: none has finished yet."
    best = _best(done, task)
    values = ", ".join(f"{name} {value}" for name, value in best["values"].items())
    pruned = sum(row["state"] == "pruned" for row in rows)
    return (
        f"{task.judged_title} of {len(rows)} trials, {len(done)} finished and {pruned} pruned. The best is trial "
        f"{best['trial']} with {task.words(best['validation_accuracy'])}: {values}."
    )


def heat_chart(
    rows: Rows, x: str, y: str, points: Mapping[str, Sequence[Any]], task: Task = TASKS[CLASSIFY]
) -> dict[str, Any]:
    """A grid of two knobs: a cell's colour and number are what its trial is judged by; better is always brighter."""
    where = {(row["values"][x], row["values"][y]): row["validation_accuracy"] for row in rows if row["state"] == "done"}
    z = [[where.get((a, b)) for a in points[x]] for b in points[y]]
    z = [[None if score is None else task.scale * score for score in line] for line in z]
    decimals = "1f" if task.unit == "%" else "4g"
    heat = {
        "type": "heatmap",
        "x": [str(value) for value in points[x]],
        "y": [str(value) for value in points[y]],
        "z": z,
        "colorscale": "Cividis",
        "reversescale": not task.higher,
        "xgap": 2,
        "ygap": 2,
        "text": [["" if score is None else f"{score:.{decimals}}" for score in line] for line in z],
        "texttemplate": "%{text}",
        "hovertemplate": f"{x} = %{{x}}<br>{y} = %{{y}}<br>%{{z:.{decimals}}} {task.unit}<extra></extra>",
        "colorbar": {"title": {"text": _judged(task).replace(" ", "<br>", 1)}, "thickness": 14},
    }
    axis = {"type": "category", "showgrid": False}
    layout = {
        **LAYOUT,
        "xaxis": axis | {"title": {"text": x.replace("_", " ")}},
        "yaxis": axis | {"title": {"text": y.replace("_", " ")}},
    }
    return {"data": [heat], "layout": layout}


def heat_words(rows: Rows, x: str, y: str, task: Task = TASKS[CLASSIFY]) -> str:
    """The heat map as a sentence."""
    done = [row for row in rows if row["state"] == "done" and row["validation_accuracy"] is not None]
    if not done:
        return f"A grid of {x} and {y}: no cell has finished yet."
    best = max(done, key=lambda row: row["validation_accuracy"])
    worst = min(done, key=lambda row: row["validation_accuracy"])
    ends = " and ".join(
        f"{word} {task.words(row['validation_accuracy'])} at {x} {row['values'][x]}, {y} {row['values'][y]}"
        for word, row in (("highest", best), ("lowest", worst))
    )
    return f"{task.judged_title} over {x} and {y}: {ends}."


def importance_chart(shares: Mapping[str, float]) -> dict[str, Any]:
    """How much of the differences in accuracy each knob explains, in per cent."""
    ordered = sorted(shares.items(), key=lambda item: item[1])
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [100 * share for _, share in ordered],
        "y": [name.replace("_", " ") for name, _ in ordered],
        "text": [f"{100 * share:.0f} %" for _, share in ordered],
        "textposition": "auto",
        "marker": {"color": BLUE},
        "hoverinfo": "skip",
    }
    layout = {
        **LAYOUT,
        "xaxis": {"title": {"text": "Share of the differences explained (%)"}, "range": [0, 100]},
        "yaxis": {"type": "category", "showgrid": False},
    }
    return {"data": [bars], "layout": layout}


def importance_words(shares: Mapping[str, float]) -> str:
    """The bars as a sentence."""
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    return "Importance: " + ", ".join(f"{name} {100 * share:.0f} %" for name, share in ordered) + "."


def restyled(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure of optuna.visualization, as plain values, in our colours and without its title."""
    layout = {key: value for key, value in figure["layout"].items() if key not in ("title", "template", "plot_bgcolor")}
    for key, axis in layout.items():
        if key.startswith(("xaxis", "yaxis")):
            axis["zeroline"] = False
            axis.setdefault("automargin", True)
    for shape in layout.get("shapes", ()):
        shape["line"] = {"color": "#8a8f98", "width": 1}
    return {"data": [_recoloured(trace) for trace in figure["data"]], "layout": {**LAYOUT, **layout}}


def _recoloured(trace: dict[str, Any]) -> dict[str, Any]:
    marker = trace.get("marker") or {}
    if trace.get("type") == "contour":
        bar = (trace.get("colorbar") or {}) | {"thickness": 14, "title": {"text": "Validation<br>accuracy (%)"}}
        trace |= {"colorscale": "Cividis", "colorbar": bar, "reversescale": False}
    elif trace.get("mode") == "lines" and trace.get("customdata"):  # one trial of the parallel coordinates
        trace |= {"line": {"color": colour_at(trace["y"][0]), "width": 1.5 + trace["y"][0]}, "opacity": 0.9}
    elif "colorscale" in marker:
        marker |= {"colorscale": _scale(), "reversescale": False}
        title = (marker.get("colorbar") or {}).get("title", {}).get("text", "")
        place = {"thickness": 14, "title": {"text": "trial" if title == "Trial" else "%"}}
        marker |= {"colorbar": place, "size": 9, "line": {"width": 0}}
    elif trace.get("mode") == "markers":
        marker |= {"color": "#111827", "size": 6, "line": {"color": "#ffffff", "width": 1}}
    if marker:
        trace["marker"] = marker
    return trace
