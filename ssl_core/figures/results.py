"""Tables and a chart of results: those measured here, and those published elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from ssl_core.figures.look import LAYOUT, look

DATA_TITLES = {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "svhn": "SVHN", "stl10": "STL-10"}


def measured_table(results: dict[str, Any], data: str) -> pd.DataFrame:
    """Rows: methods; columns: label counts; cells: "95.1 (94–96)", mean and range in per cent; best mean first."""
    rows = []
    for method, by_count in results["data"].get(data, {}).items():
        row: dict[str, Any] = {"Method": look(method)[0]}
        for count, cell in by_count.items():
            row[f"{count} labels"] = spread_words(cell["test"])
        means = [sum(cell["test"]) / len(cell["test"]) for cell in by_count.values()]
        rows.append(row | {"_": sum(means)})
    table = pd.DataFrame(rows)
    return table.sort_values("_", ascending=False).drop(columns="_") if len(table) else table


def spread_words(scores: list[float]) -> str:
    """Mean and range of shares: "95.1 (94–96)"."""
    mean, low, high = (100 * value for value in (sum(scores) / len(scores), min(scores), max(scores)))
    return f"{mean:.1f} ({low:.0f}–{high:.0f})"


def measured_chart(results: dict[str, Any], data: str, labels: str, chosen: str) -> dict[str, Any]:
    """One row a method, a dot a seed, best mean on top; the chosen method stands out. Plain plotly values."""
    scores = {m: row[labels]["test"] for m, row in results["data"].get(data, {}).items() if labels in row}
    order = sorted(scores, key=lambda m: sum(scores[m]))
    traces = []
    for method in order:
        name, colour, marker = look(method)
        strong = method == chosen
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": name, "y": [name] * len(scores[method]),
                "x": [round(100 * score, 2) for score in scores[method]],
                "hovertemplate": f"{name}: %{{x:.1f}} %<extra></extra>",
                "marker": {"color": colour, "symbol": marker, "size": 15 if strong else 9,
                           "opacity": 1 if strong else 0.85, "line": {"width": 2 if strong else 0, "color": "#222222"}},
            }
        )  # fmt: skip
    layout = LAYOUT | {
        "showlegend": False,
        "margin": {"l": 8, "r": 36, "t": 8, "b": 44},  # and what the names need: automargin
        "xaxis": {"title": {"text": "Test accuracy (%)"}, "zeroline": False},
        "yaxis": {"title": {"text": ""}, "automargin": True, "type": "category", "range": [-0.7, len(order) - 0.3]},
    }
    return {"data": traces, "layout": layout}


def published_table(sources: list[dict[str, Any]], data: str) -> pd.DataFrame:
    """Published error rates of one data set: a row for each method and source, a column for each label count."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for source in sources:
        for cell in source["rows"]:
            if cell["data"] == data:
                row = rows.setdefault((cell["method"], source["source"]), {"Method": look(cell["method"])[0]})
                spread = f" ± {cell['spread']:.2f}" if "spread" in cell else ""
                row[cell["labels"]] = f"{cell['error']:.2f}{spread}"
                row["Source"] = source["source"]
    counts = sorted({name for row in rows.values() for name in row if isinstance(name, int)})
    table = pd.DataFrame(rows.values(), columns=["Method", *counts, "Source"]).fillna("–")
    return table.rename(columns={count: f"{count:,} labels" for count in counts})


def read_results(path: Path) -> Any:
    """The tables as they lie in assets/."""
    return json.loads(path.read_text())
