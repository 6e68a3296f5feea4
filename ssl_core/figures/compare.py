"""Several runs in one chart; one run's confusions; how good each class's pseudo-labels were over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ssl_core.apart import told_apart
from ssl_core.figures.look import LAYOUT, class_axis, faded, look, percent
from ssl_core.lines import line_of
from ssl_core.tasks import TASKS

Rows = list[dict[str, Any]]
# A run has its method's colour, as in every other chart; runs of one colour are told apart by their dashes.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "12px 3px 3px 3px", "2px 8px")
UNKNOWN = "#6b7280"  # of a broken run
STEPS = {"step": "Step", "images": "Labelled pictures seen", "seconds": "Seconds of training"}
METRICS = {
    "test_accuracy": "Test accuracy (%)",
    "balanced_accuracy": "Balanced test accuracy (%)",
    "validation_accuracy": "Validation accuracy (%)",
    "validation_accuracy_live": "Validation accuracy of the latest weights (%)",
    "mask_rate": "Guesses used (%)",
    "pseudo_accuracy": "Guesses used that are right (%)",
    "loss": "Loss",
    "loss_labelled": "Loss of labelled pictures",
    "loss_unlabelled": "Loss of unlabelled pictures, unweighted",
    "lr": "Learning rate",
}
_GREYS = [[0, "rgba(0,114,178,0)"], [1, "rgba(0,114,178,1)"]]  # see-through to blue: right on light and on dark


def run_title(config: dict[str, Any]) -> str:
    """A run in a few words."""
    if not config:
        return "broken run"
    return f"{line_of(config).title}, {config['labels']} labels, seed {config['seed']}"


def short_titles(configs: Sequence[dict[str, Any]]) -> list[str]:
    """A short title for each: method and labels, with the seed, and then what differs, where two would be the same."""
    short = [
        "Every label" if config.get("role") == "ceiling" else run_title(config).rpartition(", seed ")[0] or "Broken run"
        for config in configs
    ]
    short = [
        one if short.count(one) == 1 or not config else f"{one}, seed {config['seed']}"
        for one, config in zip(short, configs, strict=True)
    ]
    return told_apart(short, configs)


def titles(configs: Sequence[dict[str, Any]]) -> list[str]:
    """A title for each, with what differs where two would be the same."""
    return told_apart([run_title(config) for config in configs], configs)


def metrics_of(records: Sequence[Rows]) -> list[str]:
    """The numbers that at least one of these records has over time, the known ones first."""
    counts = ("step", "images", "seconds", "tested", "bits")
    seen = {
        name
        for rows in records
        for row in rows
        for name, value in row.items()
        if isinstance(value, (int, float)) and name not in counts
    }
    return [name for name in METRICS if name in seen] + sorted(seen - set(METRICS))


def metric_title(name: str) -> str:
    """What a metric is called on an axis."""
    for task in TASKS.values():
        if name == task.measure:
            return task.axis
    return METRICS.get(name) or name.replace("_", " ").capitalize()


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average whose start is not pulled to 0 (as TensorBoard's slider); weight 0 changes nothing."""
    level, done = 0.0, []
    for count, value in enumerate(values, 1):
        level = weight * level + (1 - weight) * value
        done.append(level / (1 - weight**count))
    return done


def line_looks(methods: Sequence[str | None]) -> list[tuple[str, str]]:
    """(colour, dash) of a line for each run's method; no two of up to eight are alike."""
    looks: list[tuple[str, str]] = []
    for method in methods:
        colour = look(method)[1] if method else UNKNOWN
        alike = sum(other == colour for other, _ in looks)
        looks.append((colour, DASHES[alike % len(DASHES)]))
    return looks


def overlay_chart(
    records: dict[str, Rows],
    metric: str,
    methods: Sequence[str | None],
    *,
    along: str = "step",
    smoothing: float = 0.0,
    log_x: bool = False,
    log_y: bool = False,
    revision: str = "",
) -> dict[str, Any]:
    """One line a run, by title, in the colour of its method; the unsmoothed one stays behind, faint."""
    scale = 100 if metric_title(metric).endswith("(%)") else 1
    traces = []
    for (title, rows), (colour, dash) in zip(records.items(), line_looks(methods), strict=True):
        drawn = [row for row in rows if _number(row.get(metric)) and _number(row.get(along))]
        x, y = [row[along] for row in drawn], [scale * row[metric] for row in drawn]
        line = {"type": "scatter", "mode": "lines", "name": title, "legendgroup": title}
        if smoothing:
            faint = {"color": faded(colour, 0.25), "width": 1}
            traces.append(line | {"x": x, "y": y, "line": faint, "showlegend": False, "hoverinfo": "skip"})
        hover = "%{x:,.6~g}: %{y:.4~g}<extra>" + title + "</extra>"
        shown = {"x": x, "y": smoothed(y, smoothing), "line": {"color": colour, "dash": dash, "width": 2}}
        traces.append(line | shown | {"hovertemplate": hover, "showlegend": True})
    layout = LAYOUT | {
        "uirevision": f"{revision}{metric}{along}{log_x}{log_y}",
        "xaxis": {"title": {"text": STEPS[along]}, "type": "log" if log_x else "linear", "zeroline": False},
        "yaxis": {"title": {"text": metric_title(metric)}, "type": "log" if log_y else "linear", "zeroline": False},
    }
    return {"data": traces, "layout": layout}


def overlay_words(records: dict[str, Rows], metric: str) -> str:
    """The last number of every run as a sentence."""
    phrases = []
    for title, rows in records.items():
        last = next((row[metric] for row in reversed(rows) if _number(row.get(metric))), None)
        shown = percent(last) if metric_title(metric).endswith("(%)") else "–" if last is None else f"{last:.4g}"
        phrases.append(f"{title}: {shown}")
    return f"{metric_title(metric).removesuffix(' (%)')}, last value. " + "; ".join(phrases) + "."


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def confusion_chart(matrix: Sequence[Sequence[int]], classes: Sequence[str]) -> dict[str, Any]:
    """Rows are true classes, columns what was said; colour is the share of the row, the number is pictures."""
    shares = [[100 * n / max(sum(row), 1) for n in row] for row in matrix]
    heat = {
        "type": "heatmap",
        "z": shares,
        "x": list(classes),
        "y": list(classes),
        "text": [[str(n) if n else "" for n in row] for row in matrix],
        "texttemplate": "%{text}" if len(classes) <= 12 else "",
        "colorscale": _GREYS,
        "zmin": 0,
        "zmax": 100,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "%{y} taken for %{x}: %{z:.1f} %<extra></extra>",
    }
    layout = LAYOUT | {
        "xaxis": class_axis(classes, "Said") | {"zeroline": False, "showgrid": False},
        "yaxis": class_axis(classes, "True", upright=True) | {"autorange": "reversed", "showgrid": False},
    }
    return {"data": [heat], "layout": layout}


def confusion_words(matrix: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    """The three commonest confusions as a sentence."""
    pairs = [(n, i, j) for i, row in enumerate(matrix) for j, n in enumerate(row) if i != j and n]
    if not pairs:
        return "No test picture is taken for another class."
    phrases = [f"{classes[i]} taken for {classes[j]} ({n})" for n, i, j in sorted(pairs, reverse=True)[:3]]
    return "Commonest confusions: " + ", ".join(phrases) + "."


def class_chart(rows: Rows, classes: Sequence[str], what: str) -> dict[str, Any]:
    """A row a class over the steps: "right" colours the share of its pseudo-labels that is right, "used" their number.

    Rows without pseudo-labels are left out; a class that got none at a step is empty there.
    """
    guessed = [row for row in rows if len(row.get("pseudo_counts") or ()) == len(classes)]
    if what == "right":
        guessed = [row for row in guessed if len(row.get("pseudo_right") or ()) == len(classes)]
    z: list[list[float | None]] = []
    for place in range(len(classes)):
        used = [row["pseudo_counts"][place] for row in guessed]
        right = [row["pseudo_right"][place] for row in guessed] if what == "right" else used
        z.append([100 * r / n if n else None for r, n in zip(right, used, strict=True)] if what == "right" else used)
    unit = "right (%)" if what == "right" else "used"
    heat = {
        "type": "heatmap",
        "z": z,
        "x": [row["step"] for row in guessed],
        "y": list(classes),
        "colorscale": "Cividis",
        "colorbar": {"title": {"text": unit}, "thickness": 12},
        "hovertemplate": "step %{x}, class %{y}: %{z:.1f} " + unit + "<extra></extra>",
    }
    if what == "right":
        heat |= {"zmin": 0, "zmax": 100}
    layout = LAYOUT | {
        "xaxis": {"title": {"text": "Step"}, "showgrid": False, "zeroline": False},
        "yaxis": class_axis(classes, "Guessed class", upright=True) | {"autorange": "reversed", "showgrid": False},
    }
    return {"data": [heat], "layout": layout}


def class_words(rows: Rows, classes: Sequence[str]) -> str:
    """Pseudo-labels over the whole run: the worst class, or that there are none."""
    pairs = [
        (row["pseudo_counts"], row["pseudo_right"])
        for row in rows
        if len(row.get("pseudo_right") or ()) == len(classes) == len(row.get("pseudo_counts") or ())
    ]
    totals = [(sum(c[i] for c, _ in pairs), sum(r[i] for _, r in pairs), name) for i, name in enumerate(classes)]
    shares = [(right / used, name) for used, right, name in totals if used]
    if not shares:
        return "This run has no record of pseudo-labels by class."
    (worst, weak), (best, strong) = min(shares), max(shares)
    low, high = f"{weak} were right least often ({percent(worst)})", f"{strong} most ({percent(best)})"
    return f"Over the run, pseudo-labels of {low}, of {high}."
