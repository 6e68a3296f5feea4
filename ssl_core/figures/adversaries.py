"""Two networks that play against each other: what one thinks of the other's pictures, and which classes are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ssl_core.figures.look import BLUE, GREY, LAYOUT, RUST

Row = Mapping[str, Any]
Traces = list[dict[str, Any]]
KINDS = {"real": ("Real pictures", BLUE, "solid", "/"), "made": ("Made pictures", RUST, "dash", "")}
# How far mean opinions lie apart at most, and what that says; ours.
APART = ((0.15, "it can hardly tell them apart"), (0.6, "it tells many apart"), (1.0, "hardly anything fools it"))
CALLED = 12  # letters of a class's name below its bar


def has_opinions(row: Row) -> bool:
    """Whether a row of a record, which anybody may have edited, counts opinions of both kinds in equal bins."""
    parts = [row.get(f"opinions_{kind}") for kind in KINDS]
    lists = all(isinstance(part, list) and part for part in parts) and len(parts[0]) == len(parts[1])
    return lists and all(isinstance(count, (int, float)) and count >= 0 for part in parts for count in part)


def opinions_traces(row: Row) -> Traces:
    """How many of the pictures of either kind are believed how much, in per cent, as bars from 0 to 1."""
    traces = []
    for kind, (title, colour, _, shape) in KINDS.items():
        counts = row[f"opinions_{kind}"]
        width, total = 1 / len(counts), sum(counts) or 1
        traces.append(
            {
                "type": "bar",
                "name": title,
                "x": [width * (place + 0.5) for place in range(len(counts))],
                "y": [100 * count / total for count in counts],
                "width": width,
                "opacity": 0.7,
                "marker": {"color": colour, "pattern": {"shape": shape, "size": 6}},
                "hovertemplate": "%{y:.0f} % of them near %{x:.2f}<extra>" + title + "</extra>",
            }
        )
    return traces


def opinions_chart(row: Row | None, revision: str) -> dict[str, Any]:
    """The two heaps; where they lie on each other the discriminator cannot tell. Empty without a row."""
    layout = LAYOUT | {
        "uirevision": revision,
        "barmode": "overlay",
        "showlegend": True,
        "xaxis": {"title": {"text": "Opinion: 0 surely made, 1 surely real"}, "range": [0, 1], "zeroline": False},
        "yaxis": {"title": {"text": "Share of pictures (%)"}, "rangemode": "tozero"},
    }
    return {"data": opinions_traces(row) if row else [], "layout": layout}


def belief_chart(rows: Sequence[Row], revision: str) -> dict[str, Any]:
    """The mean opinion of either kind over steps; at one half, dotted, it cannot tell."""
    traces = []
    for kind, (title, colour, dash, _) in KINDS.items():
        points = [(row["step"], row[f"believed_{kind}"]) for row in rows if _number(row.get(f"believed_{kind}"))]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": title,
                "x": [x for x, _ in points],
                "y": [y for _, y in points],
                "line": {"color": colour, "dash": dash, "width": 2},
                "hovertemplate": "step %{x}: %{y:.2f}<extra>" + title + "</extra>",
            }
        )
    half = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0.5, "y1": 0.5}
    layout = LAYOUT | {
        "uirevision": revision,
        "showlegend": True,
        "shapes": [half | {"line": {"color": GREY, "dash": "dot", "width": 1}}],
        "xaxis": {"title": {"text": "Step"}, "rangemode": "tozero", "zeroline": False},
        "yaxis": {"title": {"text": "Mean opinion, 1 is real"}, "range": [0, 1], "zeroline": False},
    }
    return {"data": traces, "layout": layout}


def opinion_words(rows: Sequence[Row]) -> str:
    """The newest mean opinions as a sentence."""
    row = next((row for row in reversed(rows) if all(_number(row.get(f"believed_{kind}")) for kind in KINDS)), None)
    if row is None:
        return "The discriminator has seen nothing yet."
    real, made = row["believed_real"], row["believed_made"]
    apart = abs(real - made)
    what = next(words for most, words in APART if apart <= most)
    return f"At step {row['step']:,} its mean opinion of real pictures is {real:.2f}, of made ones {made:.2f}: {what}."


def has_coverage(row: Row, classes: Sequence[str]) -> bool:
    """Whether a row says as what its pictures are seen, of these classes."""
    seen = row.get("seen_as")
    return isinstance(seen, list) and len(seen) == len(classes) and all(_number(count) for count in seen)


def coverage_traces(row: Row, classes: Sequence[str]) -> Traces:
    """The share of the made pictures that is taken for each class, in per cent."""
    total = sum(row["seen_as"]) or 1
    bars = {
        "type": "bar",
        "name": "Made pictures",
        "x": list(range(len(classes))),
        "y": [100 * count / total for count in row["seen_as"]],
        "marker": {"color": RUST},
        "hovertext": [f"{name}: {count:,}" for name, count in zip(classes, row["seen_as"], strict=True)],
        "hoverinfo": "text",
    }
    return [bars]


def coverage_chart(row: Row | None, classes: Sequence[str], revision: str) -> dict[str, Any]:
    """A bar a class, with the fair share dotted; empty without a row."""
    fair = 100 / max(len(classes), 1)
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": fair, "y1": fair}
    highest = max(_shares(row), default=0) if row else 0
    every = -(-len(classes) // 20)  # names below the bars, as many as can be read
    places = list(range(0, len(classes), every))
    names = [name if len(name) <= CALLED else name[: CALLED - 1] + "…" for name in (classes[place] for place in places)]
    layout = LAYOUT | {
        "uirevision": revision,
        "showlegend": False,
        "shapes": [line | {"line": {"color": GREY, "dash": "dot", "width": 1}}],
        "xaxis": {
            "title": {"text": "Seen as"},
            "tickvals": places,
            "ticktext": names,
            "zeroline": False,
            "range": [-0.5, len(classes) - 0.5],
        },
        "yaxis": {"title": {"text": "Share of made (%)"}, "range": [0, max(3 * fair, 1.1 * highest)]},
    }
    return {"data": coverage_traces(row, classes) if row else [], "layout": layout}


def coverage_words(row: Row | None, classes: Sequence[str], covered: Callable[[Sequence[int]], int]) -> str:
    """Of how many pictures how many classes are made, as a sentence; `covered` counts classes that are there."""
    if row is None or not sum(row["seen_as"]):
        return "Which classes it makes is said by the network with every label, where there is one."
    seen = row["seen_as"]
    there = covered(seen)
    most = max(range(len(seen)), key=seen.__getitem__)
    words = f"Among {sum(seen):,} made pictures the network with every label sees {there} of {len(classes)} classes"
    if there <= len(classes) // 2:
        words += f", and {100 * seen[most] / sum(seen):.0f} % of them as {classes[most]}: the generator has collapsed"
    return f"{words}. A class counts from a tenth of its fair share."


def frames(rows: Sequence[Row], traces: Callable[[Row], Traces], steps: int, most: int) -> list[dict[str, Any]]:
    """What `traces` draws at up to `most` moments, for a replay: {"at": share of the run, "data": traces}."""
    rows = list(rows)
    if len(rows) > most:
        rows = [rows[round(place * (len(rows) - 1) / (most - 1))] for place in range(most)]
    return [{"at": row["step"] / max(steps, 1), "data": traces(row)} for row in rows]


def _shares(row: Row) -> list[float]:
    return [100 * count / (sum(row["seen_as"]) or 1) for count in row["seen_as"]]


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
