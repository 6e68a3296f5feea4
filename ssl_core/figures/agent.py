"""What an agent that chooses the augmentation thinks: a table of values, its choices over time, its rewards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.figures.look import LAYOUT
from ssl_core.method_cards import BLUE, GREY, RUST

# Low values grey, high ones blue: one hue, readable on light and dark.
SCALE = [[0.0, "#d5dae1"], [0.5, "#7fb2d6"], [1.0, "#005b94"]]
ENDS = {1: ("any",), 2: ("gentle", "strong"), 3: ("gentle", "middle", "strong")}
SPANS = 25  # columns of the chart over time
ROW = 26  # pixels of an operation

Row = dict[str, Any]


def level_names(row: Row) -> tuple[str, ...]:
    """The strengths as words; from four on as numbers between the ends."""
    count = max(row["levels"]) + 1
    return ENDS.get(count) or ("gentle", *(str(n + 1) for n in range(1, count - 1)), "strong")


def operations(row: Row) -> list[str]:
    """The operations in their order, each once."""
    return list(dict.fromkeys(row["operations"]))


def height(row: Row) -> int:
    """Pixels in which every operation can be read."""
    return ROW * len(operations(row)) + 96


def best(row: Row) -> int:
    """The place of the action with the highest value."""
    return max(range(len(row["values"])), key=row["values"].__getitem__)


def action_words(row: Row, place: int) -> str:
    """An action as a person says it: "rotate, strong"."""
    name = row["operations"][place]
    only = row["operations"].count(name) == 1
    return name.replace("_", " ") + ("" if only else f", {level_names(row)[row['levels'][place]]}")


def values_chart(row: Row) -> dict[str, Any]:
    """Q of every operation × strength in the present state; a frame around what is chosen now, a star on the best."""
    names, levels = operations(row), level_names(row)
    layout = LAYOUT | {
        "showlegend": False,
        "xaxis": {
            "title": {"text": "Strength"}, "tickvals": list(range(len(levels))), "ticktext": list(levels),
            "range": [-0.55, len(levels) - 0.45], "showgrid": False, "zeroline": False,
        },
        "yaxis": {
            "title": {"text": "Operation"}, "tickvals": list(range(len(names))),
            "ticktext": [name.replace("_", " ") for name in names], "range": [len(names) - 0.45, -0.55],
            "showgrid": False, "zeroline": False,
        },
    }  # fmt: skip
    return {"data": _cells(row, names, levels), "layout": layout}


def values_frames(rows: Sequence[Row], steps: int, most: int = 12) -> list[dict[str, Any]]:
    """The table at some moments of a run of so many steps, for the replay bar."""
    places = {round(n * (len(rows) - 1) / (most - 1)) for n in range(most)}
    chosen = [rows[place] for place in sorted(places)]
    return [{"at": row["step"] / steps, "data": _cells(row, operations(row), level_names(row))} for row in chosen]


def _cells(row: Row, names: list[str], levels: tuple[str, ...]) -> list[dict[str, Any]]:
    table: list[list[float | None]] = [[None] * len(levels) for _ in names]
    text, star = [[""] * len(levels) for _ in names], best(row)
    for place, value in enumerate(row["values"]):
        line, columns = _where(row, place, names, levels)
        for column in columns:
            table[line][column] = value
        text[line][columns[len(columns) // 2]] = f"{value:.1f}" + (" ★" if place == star and any(row["values"]) else "")
    cells = {
        "type": "heatmap",
        "z": table,
        "x": list(range(len(levels))),
        "y": list(range(len(names))),
        "text": text,
        "texttemplate": "%{text}",
        "hovertext": [[_hover(row, name, level) for level in range(len(levels))] for name in names],
        "hoverinfo": "text",
        "hoverongaps": False,
        "colorscale": SCALE,
        "xgap": 2,
        "ygap": 2,
        "colorbar": {"title": {"text": "Q (points)", "side": "right"}, "thickness": 12},
    }
    x, y = _frames(row, names, levels)
    frames = {
        **{"type": "scatter", "mode": "lines", "name": "chosen now", "x": x, "y": y, "hoverinfo": "skip"},
        "line": {"color": RUST, "width": 3},
    }
    return [cells, frames]


def _where(row: Row, place: int, names: list[str], levels: tuple[str, ...]) -> tuple[int, list[int]]:
    """The line and the columns of an action: an operation without strengths fills its line."""
    name = row["operations"][place]
    wide = row["operations"].count(name) == 1
    return names.index(name), list(range(len(levels))) if wide else [row["levels"][place]]


def _frames(row: Row, names: list[str], levels: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    """Boxes around what is chosen, as one broken line."""
    x: list[Any] = []
    y: list[Any] = []
    for place in dict.fromkeys(row["chosen"]):
        line, columns = _where(row, place, names, levels)
        left, right, top, bottom = columns[0] - 0.48, columns[-1] + 0.48, line - 0.46, line + 0.46
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    return x, y


def _hover(row: Row, name: str, level: int) -> str:
    places = [n for n, one in enumerate(row["operations"]) if one == name]
    place = places[min(level, len(places) - 1)]
    times = row["taken"][place]
    return (
        f"{action_words(row, place)}<br>Q = {row['values'][place]:.2f} points"
        f"<br>chosen {times:,} {'time' if times == 1 else 'times'}"
    )


def values_words(row: Row) -> str:
    """The table as a sentence."""
    if not any(row["values"]):
        return "Table of Q, operation by strength: it has learned nothing yet, every value is 0."
    order = sorted(range(len(row["values"])), key=lambda place: -row["values"][place])
    said = [f"{action_words(row, place)} {row['values'][place]:.1f}" for place in order[:3]]
    now = " and ".join(action_words(row, place) for place in row["chosen"]) or "nothing"
    return (
        f"Table of Q, operation by strength, in points of accuracy after step {row['step']:,}: "
        f"highest {'; '.join(said)}; lowest {action_words(row, order[-1])} {row['values'][order[-1]]:.1f}. "
        f"Chosen now: {now}."
    )


def _spans(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Neighbouring moments, far enough apart that at most SPANS are left."""
    ends = [round(n * (len(rows) - 1) / min(SPANS, len(rows) - 1)) for n in range(min(SPANS, len(rows) - 1) + 1)]
    return [(rows[a], rows[b]) for a, b in zip(ends, ends[1:], strict=False)] if len(rows) > 1 else []


def chosen_shares(rows: Sequence[Row]) -> list[list[float]]:
    """Of the choices in each span, the share that fell on each operation: [operations][spans]."""
    names, columns = operations(rows[-1]), []
    for before, after in _spans(rows):
        new = [max(now - was, 0) for was, now in zip(before["taken"], after["taken"], strict=True)]
        total = sum(new) or 1
        by_name = dict.fromkeys(names, 0.0)
        for name, count in zip(after["operations"], new, strict=True):
            by_name[name] += count / total
        columns.append([by_name[name] for name in names])
    return [list(line) for line in zip(*columns, strict=True)] or [[] for _ in names]


def chosen_chart(rows: Sequence[Row]) -> dict[str, Any]:
    """What was chosen over time: one line an operation, the darker the more of the choices of that span."""
    names, spans, last = operations(rows[-1]), _spans(rows), max(rows[-1]["step"], 1)
    cells = {
        "type": "heatmap",
        "z": [[100 * share for share in line] for line in chosen_shares(rows)],
        "x": [before["step"] for before, _ in spans[:1]] + [after["step"] for _, after in spans],
        "y": [name.replace("_", " ") for name in names],
        "colorscale": SCALE, "zmin": 0, "xgap": 1, "ygap": 2,
        "hovertemplate": "%{y}: %{z:.0f} % of the choices<extra></extra>",
        "colorbar": {"title": {"text": "Choices (%)", "side": "right"}, "thickness": 12, "len": 0.9},
    }  # fmt: skip
    layout = LAYOUT | {
        "xaxis": {"title": {"text": "Step"}, "range": [0, last], "showgrid": False, "zeroline": False},
        "yaxis": {"title": {"text": "Operation"}, "autorange": "reversed", "automargin": True, "showgrid": False},
    }
    return {"data": [cells], "layout": layout}


def chosen_words(rows: Sequence[Row]) -> str:
    """The chart as a sentence."""
    row = rows[-1]
    total = sum(row["taken"])
    if not total:
        return "What was chosen over time: nothing yet."
    counts = dict.fromkeys(operations(row), 0)
    for name, count in zip(row["operations"], row["taken"], strict=True):
        counts[name] += count
    most = sorted(counts, key=lambda name: -counts[name])[:3]
    said = ", ".join(f"{name.replace('_', ' ')} {100 * counts[name] / total:.0f} %" for name in most)
    return f"What was chosen over {row['step']:,} steps, by operation: most often {said} of {total:,} choices."


def reward_chart(rows: Sequence[Row]) -> dict[str, Any]:
    """Above, what was earned in each span, in points; below, how often an action is tried at random."""
    spans = _spans(rows)
    gains = [after["earned"] - before["earned"] for before, after in spans]
    bars = {
        "type": "bar",
        "name": "Reward",
        "x": [(before["step"] + after["step"]) / 2 for before, after in spans],
        "width": [0.86 * max(after["step"] - before["step"], 1) for before, after in spans],
        "y": gains,
        "marker": {"color": [BLUE if gain >= 0 else RUST for gain in gains]},
        "hovertemplate": "about step %{x:,.0f}: %{y:+.1f} points<extra></extra>",
    }
    tries = {
        "type": "scatter",
        "mode": "lines",
        "name": "ε",
        "x": [row["step"] for row in rows],
        "y": [100 * row["epsilon"] for row in rows],
        "yaxis": "y2",
        "line": {"color": GREY, "width": 2, "shape": "hv"},
        "hovertemplate": "step %{x:,}: ε = %{y:.0f} %<extra></extra>",
    }
    layout = LAYOUT | {
        "showlegend": False,
        "xaxis": {"title": {"text": "Step"}, "rangemode": "tozero", "anchor": "y2", "zeroline": False},
        "yaxis": {"title": {"text": "Reward (points)"}, "domain": [0.42, 1], "zeroline": True},
        "yaxis2": {"title": {"text": "ε (%)"}, "domain": [0, 0.3], "range": [0, 105], "zeroline": False},
    }
    return {"data": [bars, tries], "layout": layout}


def reward_words(rows: Sequence[Row]) -> str:
    """The chart as a sentence."""
    row = rows[-1]
    return (
        f"Rewards over {row['step']:,} steps: {row['earned']:+.1f} points of accuracy in {row['turns']:,} turns; "
        f"an action is now tried at random {100 * row['epsilon']:.0f} % of the time."
    )
