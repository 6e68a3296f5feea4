"""The wall as a browser is sent it, what is said of it, and the pseudo-labels of each class beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.figures.look import LAYOUT, class_axis, percent

Row = dict[str, Any]  # of a run's wall, as ssl_core.runs.checked.wall lets it pass
SORTS = {
    "place": "Always the same place",
    "confidence": "Confidence",
    "class": "Guessed class",
    "changed": "Changed its mind",
    "wrong": "Wrong and sure",
}
SURE = 0.9  # from here on a guess counts as sure where the method has no threshold
QUALITY, LATELY = ("pseudo_counts", "pseudo_right"), 5  # rows of a record, of some hundred
RIGHT, WRONG = "#009e73", "#d55e00"


def every(row: Row, name: str) -> list[Any] | None:
    """One of the row's lists, also where it has one number for all; None where it has nothing of that name."""
    value = row.get(name)
    return value if value is None or isinstance(value, list) else [value] * len(row["guess"])


def wall_moments(rows: Sequence[Row], changes: Sequence[Sequence[int]], steps: int) -> list[dict[str, Any]]:
    """What the browser draws of each row; `changes` says how often each guess had changed by then."""
    return [
        {
            "at": min(1.0, row["step"] / max(1, steps)),
            "guess": row["guess"],
            "confidence": [share or 0 for share in row["confidence"]],
            "counts": [share or 0 for share in every(row, "counts")],
            "threshold": every(row, "threshold"),
            "taught": row.get("taught"),
            "learned": every(row, "learned"),
            "changes": list(changed),
            "words": wall_words(row),
        }
        for row, changed in zip(rows, changes, strict=True)
    ]


def wall_words(row: Row) -> str:
    """One moment as a sentence or two."""
    taught = row.get("taught", row["guess"])
    used = [place for place, share in enumerate(every(row, "counts")) if share and share >= 0.5]
    known = [place for place in used if row["truth"][place] >= 0]
    right = sum(taught[place] == row["truth"][place] for place in known)
    start = f"At step {row['step']:,}, {len(used)} of {len(row['guess'])} guesses count"
    if not used:
        return f"{start}.{_sure_words(row)}"
    if not known:
        return f"{start}; nobody knows which of them are right."
    whole = "all" if right == len(known) else f"{right} ({percent(right / len(known))})"
    return f"{start}; {whole} of these are right.{_sure_words(row)}"


def _sure_words(row: Row) -> str:
    sure = sum(
        truth >= 0 and guess != truth and (confidence or 0) >= SURE
        for truth, guess, confidence in zip(row["truth"], row["guess"], row["confidence"], strict=True)
    )
    return f" {sure} {'is' if sure == 1 else 'are'} wrong and at least {100 * SURE:g} % sure." if sure else ""


def wall_key(row: Row) -> str:
    """How to read it: what this method's tiles hold, told by what is in the row."""
    words = ["The bar is how sure the network is of its guess."]
    asked = every(row, "threshold")
    if asked:
        same = len(set(asked)) == 1
        words.append(
            f"The mark across it is τ, what a guess needs to count, {percent(asked[0])} of every class."
            if same and isinstance(row["threshold"], float | int)
            else "The mark across it is what a guess needs to count: every class has a threshold of its own."
        )
    if "learned" in row:
        words.append(
            "The pale bar behind it is how sure the label is that is learned: the guess sharpened, or remembered."
        )
    if "taught" in row:
        words.append("Behind an arrow stands the label that is learned instead of the guess.")
    counts = every(row, "counts")
    if any(0 < (share or 0) < 1 for share in counts):
        words.append("w is a guess's weight in the loss; the paler the picture, the less it counts.")
    elif not any(counts) and asked is None:
        words.append("None counts: nothing is learned from these guesses now.")
    elif all(counts) and asked is None:
        words.append("Every guess counts, however sure.")
    else:
        words.append("Pale pictures with a dashed frame do not count.")
    return " ".join([*words, "✓ right, ✗ wrong, by labels that training never sees; no mark: nobody knows."])


def quality_bars(row: Row, classes: Sequence[str], most: float) -> dict[str, Any]:
    """Pseudo-labels of each class in one row of a run's record, right ones and wrong ones; `most` is the axis's end."""
    right = [float(share) for share in row["pseudo_right"]]
    wrong = [max(0.0, used - good) for used, good in zip(row["pseudo_counts"], right, strict=True)]
    bar = {"type": "bar", "x": list(classes), "hovertemplate": "%{x}: %{y:.4~g} %{fullData.name}<extra></extra>"}
    hatched: dict[str, Any] = {
        "color": WRONG,
        "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": "#ffffff", "size": 6, "solidity": 0.25},
    }
    layout = LAYOUT | {
        "barmode": "stack",
        "bargap": 0.25,
        "uirevision": "constant",
        "showlegend": True,
        "xaxis": class_axis(classes, "Guessed class") | {"showgrid": False},
        "yaxis": {"title": {"text": "Guesses used lately"}, "range": [0, 1.05 * most or 1], "zeroline": False},
    }
    traces = [bar | {"name": "right", "y": right, "marker": {"color": RIGHT}}]
    return {"data": [*traces, bar | {"name": "wrong", "y": wrong, "marker": hatched}], "layout": layout}


def with_quality(rows: Sequence[Row], classes: Sequence[str]) -> list[Row]:
    """The rows of a record that say how good the pseudo-labels of each class were, each with those LATELY before it."""
    size = len(classes)
    told = [row for row in rows if len(row.get("pseudo_right") or ()) == size == len(row.get("pseudo_counts") or ())]
    sums = []
    for place, row in enumerate(told):
        lately = told[max(0, place - LATELY + 1) : place + 1]
        added = {name: [sum(column) for column in zip(*(one[name] for one in lately), strict=True)] for name in QUALITY}
        sums.append({"step": row["step"]} | added)
    return sums


def quality_words(row: Row, classes: Sequence[str]) -> str:
    """The last bars as a sentence."""
    pairs = zip(row["pseudo_right"], row["pseudo_counts"], classes, strict=True)
    shares = [(right / used, name) for right, used, name in pairs if used]
    if not shares:
        return "No guess was used in the last steps of the record."
    worst, weak = min(shares)
    return (
        f"Guesses used by guessed class, lately, at step {row['step']:,}. Least often right: {weak}, {percent(worst)}."
    )
