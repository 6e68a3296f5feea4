"""Runs beside each other and networks within one run: accuracies over steps, and how often networks disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ssl_core.figures.look import AMBER, BLUE, GREEN, GREY, LAYOUT, PINK, RUST, SKY, look, percent

Rows = Sequence[Mapping[str, Any]]  # of one run's record
EACH = (SKY, AMBER, PINK, GREEN, GREY)
DASHES = ("dot", "dash", "dashdot", "longdash", "longdashdot")
ACCURACY = {"title": {"text": "Validation accuracy (%)"}, "range": [0, 102]}


def networks_chart(rows: Rows, revision: str) -> dict[str, Any]:
    """Validation accuracy of each network of a run, thin, and of the mean of their answers, over steps."""
    voted = _voted(rows)
    count = max((len(row["each_accuracy"]) for row in voted), default=0)
    traces = []
    for place in range(count):
        points = [(r["step"], r["each_accuracy"][place]) for r in voted if place < len(r["each_accuracy"])]
        look_of = {"color": EACH[place % len(EACH)], "dash": DASHES[place % len(DASHES)], "width": 1.5}
        traces.append(_line(points, f"Network {place + 1}", look_of))
    traces.append(
        _line([(r["step"], r["together_accuracy"]) for r in voted], "Their mean", {"color": BLUE, "width": 3})
    )
    return _figure(traces, ACCURACY, revision)


def disagreement_chart(rows: Rows, revision: str) -> dict[str, Any]:
    """The share of validation pictures that not all networks call the same, in per cent, over steps."""
    points = [(row["step"], row["disagreement"]) for row in _voted(rows) if row.get("disagreement") is not None]
    line = _line(points, "Networks disagree", {"color": RUST, "width": 2})
    return _figure([line], {"title": {"text": "Pictures (%)"}, "rangemode": "tozero"}, revision)


def beside_chart(runs: Sequence[tuple[str, Rows]], revision: str) -> dict[str, Any]:
    """Validation accuracy of runs over steps, in the colour of each one's method."""
    traces, dashes = [], {}
    for method, rows in runs:
        title, colour, _ = look(method)
        dash = dashes.setdefault(method, ("solid", "dash", "dot")[len(dashes) % 3])
        points = [(r["step"], r["validation_accuracy"]) for r in rows if r.get("validation_accuracy") is not None]
        first = all(trace["name"] != title for trace in traces)
        trace = _line(points, title, {"color": colour, "dash": dash, "width": 2})
        traces.append(trace | {"legendgroup": method, "showlegend": first})
    return _figure(traces, ACCURACY, revision)


def networks_words(rows: Rows) -> str:
    """What the networks of a run got right alone and together, in sentences; "" before anything was measured."""
    voted = [row for row in _voted(rows) if row["step"] > 0]
    if not voted:
        return ""
    last = voted[-1]
    better = sum(row["together_accuracy"] >= max(row["each_accuracy"]) for row in voted)
    above = sum(row["together_accuracy"] >= sum(row["each_accuracy"]) / len(row["each_accuracy"]) for row in voted)
    alone = " and ".join(percent(share) for share in last["each_accuracy"])
    return (
        f"At step {last['step']:,} the networks alone are right on {alone} of the validation pictures, the mean of "
        f"their answers on {percent(last['together_accuracy'])}; on {percent(last.get('disagreement'))} they disagree. "
        f"At {above} of {len(voted)} measured moments the mean was at least as good as a network is on average, "
        f"at {better} at least as good as the best of them."
    )


def _voted(rows: Rows) -> list[Mapping[str, Any]]:
    """Rows that say what each network got right, all numbers there; a record is a file that anybody may edit."""

    def whole(row: Mapping[str, Any]) -> bool:
        each = row.get("each_accuracy")
        return bool(each) and None not in each and row.get("together_accuracy") is not None

    return [row for row in rows if whole(row)]


def _line(points: Sequence[tuple[int, float]], title: str, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": title,
        "x": [step for step, _ in points],
        "y": [100 * share for _, share in points],
        "line": line,
        "hovertemplate": "step %{x}: %{y:.1f} %<extra>" + title + "</extra>",
    }


def _figure(traces: list[dict[str, Any]], axis: dict[str, Any], revision: str) -> dict[str, Any]:
    steps = {"title": {"text": "Step"}, "rangemode": "tozero", "zeroline": False}
    layout = LAYOUT | {"uirevision": revision, "showlegend": True, "xaxis": steps, "yaxis": axis}
    return {"data": traces, "layout": layout}
