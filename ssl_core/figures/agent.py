"""What an agent that chooses the augmentation thinks: its table of values, what it chose over time, what that earned."""

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
    table: list[list[float | None]] = [[None] * len(levels) for _ in names]
    notes, star = [], best(row)
    for place, (name, level, value) in enumerate(zip(row["operations"], row["levels"], row["values"], strict=True)):
        line = names.index(name)
        spread = range(len(levels)) if row["operations"].count(name) == 1 else [level]
        for column in spread:
            table[line][column] = value
        notes.append(
            {
                "x": len(levels) / 2 - 0.5 if len(spread) > 1 else level,
                "y": line,
                "text": f"{value:.1f}" + (" ★" if place == star else ""),
                "showarrow": False,
                "font": {"size": 12, "color": _ink(row, value)},
            }
        )
    cells = {
        "type": "heatmap",
        "z": table,
        "x": list(range(len(levels))),
        "y": list(range(len(names))),
        "colorscale": SCALE,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "text": [[_hover(row, name, level) for level in range(len(levels))] for name in names],
        "hoverinfo": "text",
        "colorbar": {"title": {"text": "Q (points)", "side": "right"}, "thickness": 12, "len": 0.9},
    }
    layout = LAYOUT | {
        "xaxis": {
            "title": {"text": "Strength"}, "tickvals": list(range(len(levels))), "ticktext": list(levels),
            "showgrid": False, "zeroline": False,
        },
        "yaxis": {
            "title": {"text": "Operation"}, "tickvals": list(range(len(names))),
            "ticktext": [name.replace("_", " ") for name in names], "autorange": "reversed", "automargin": True,
            "showgrid": False, "zeroline": False,
        },
        "annotations": notes,
        "shapes": [_frame(row, place, names, levels) for place in dict.fromkeys(row["chosen"])],
    }  # fmt: skip
    return {"data": [cells], "layout": layout}


def _ink(row: Row, value: float) -> str:
    low, high = min(row["values"]), max(row["values"])
    return "#ffffff" if high > low and (value - low) / (high - low) > 0.6 else "#1a1a1a"


def _hover(row: Row, name: str, level: int) -> str:
    places = [n for n, one in enumerate(row["operations"]) if one == name]
    place = places[min(level, len(places) - 1)]
    times = row["taken"][place]
    return (
        f"{action_words(row, place)}<br>Q = {row['values'][place]:.2f} points"
        f"<br>chosen {times:,} {'time' if times == 1 else 'times'}"
    )


def _frame(row: Row, place: int, names: list[str], levels: tuple[str, ...]) -> dict[str, Any]:
    """A box around an action's cells."""
    line, level = names.index(row["operations"][place]), row["levels"][place]
    wide = row["operations"].count(row["operations"][place]) == 1
    left, right = (0, len(levels) - 1) if wide else (level, level)
    return {
        **{"type": "rect", "x0": left - 0.48, "x1": right + 0.48, "y0": line - 0.46, "y1": line + 0.46},
        **{"line": {"color": RUST, "width": 3}, "fillcolor": "rgba(0,0,0,0)"},
    }


def values_words(row: Row) -> str:
    """The table as a sentence."""
    if not any(row["values"]):
        return "Table of Q, operation by strength: it has learned nothing yet, every value is 0."
    order = sorted(range(len(row["values"])), key=lambda place: -row["values"][place])
    said = [f"{action_words(row, place)} {row['values'][place]:.1f}" for place in order[:3]]
    now = " and ".join(action_words(row, place) for place in row["chosen"]) or "nothing"
    return (
        f"Table of Q, operation by strength, in points of accuracy after step {row['step']:,}: highest {'; '.join(said)}; "
        f"lowest {action_words(row, order[-1])} {row['values'][order[-1]]:.1f}. Chosen now: {now}."
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
