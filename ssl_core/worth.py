"""A result said in labels: how many the supervised baseline needs for what a method does with few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import exp, log
from typing import Any, NamedTuple

from ssl_core.intervals import wilson
from ssl_core.lines import Line, line_of
from ssl_core.method_cards import CARDS
from ssl_core.tasks import task_of, value_of

BASELINE = "supervised"
ALIKE = 1.1  # up to this many times as many labels are "as many": the curve is not known any better
AS_MANY = "the supervised baseline with as many"
BEYOND = {"more": "better", "fewer": "worse"}
MOST_NAMED = 3  # of what is left out: the strip of runs shows every one
Curve = list[tuple[int, float]]  # label counts, rising, and mean accuracies, never falling


class Needs(NamedTuple):
    """A number of labels; `side` "more" or "fewer" says that it is beyond this one, where nothing was measured."""

    labels: float
    side: str = ""

    @property
    def words(self) -> str:
        """As said: "about 90", or "more than 100"."""
        return f"{self.side} than {self.labels:,.0f}" if self.side else f"about {round_number(self.labels):,}"


class Worth(NamedTuple):
    """What a method with so many labels does, in labels of the baseline; `low` and `high` as far as the test can tell.

    `low` and `high` belong to the ends of the mean accuracy's 95 % interval, None where the number of test pictures is
    unknown: they tell of the test's size, not of the draw of the labels.
    """

    method: str
    labels: int
    accuracy: float
    seeds: int
    needs: Needs
    low: Needs | None = None
    high: Needs | None = None
    alike: bool = False  # the baseline's own accuracy with as many labels lies within that interval
    variant: str = ""

    @property
    def line(self) -> Line:
        """The method, or its variant."""
        return Line(self.method, self.variant)

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        who = f"{self.line.title if self.method in CARDS else self.method} with {self.labels:,} labels"
        if self.alike:
            return f"{who} cannot be told from {AS_MANY}: the test is too small for that."
        if self.needs.side and self.needs.labels == self.labels:
            return f"{who} does {BEYOND[self.needs.side]} than {AS_MANY}."
        edge = f"the supervised baseline with {self.needs.labels:,.0f}"
        if self.needs.side == "more" and self.needs.labels < self.labels:
            return f"{who} does better than {edge}, the most that it was trained with."
        if self.needs.side == "fewer" and self.needs.labels > self.labels:
            return f"{who} does worse than {edge}, the fewest that it was trained with."
        if not self.needs.side and 1 / ALIKE <= self.needs.labels / self.labels <= ALIKE:
            return f"{who} does as well as {AS_MANY}."
        if self.needs.labels < self.labels or self.needs.side == "fewer":
            return f"{who} does only as well as the supervised baseline with {self.needs.words}."
        return f"{who} does as well as the supervised baseline with {self.needs.words}."

    @property
    def range_words(self) -> str:
        """How far the test can tell: "60 to more than 100", or nothing."""
        if self.alike or self.low is None or self.high is None or self.low == self.high:
            return ""
        return f"{self.low.words.removeprefix('about ')} to {self.high.words.removeprefix('about ')}"

    def plain(self) -> dict[str, Any]:
        """For JSON: `needs` is None beyond what was measured, and `needs_words` says on which side.

        `alike` says that the test cannot tell it from the baseline with as many labels.
        """
        needs = None if self.needs.side else round_number(self.needs.labels)
        facts = {"method": self.method, "labels": self.labels, "accuracy": self.accuracy, "seeds": self.seeds}
        facts |= {"variant": self.variant} if self.variant else {}
        return facts | {
            "needs": needs,
            "needs_words": self.needs.words,
            "alike": self.alike,
            "sentence": self.sentence,
        }


def round_number(labels: float) -> int:
    """As exact as such a curve can be read: whole below 20, in fives below 100, two digits above."""
    step = 1 if labels < 20 else 5 if labels < 100 else 10 ** (len(str(int(labels))) - 2)
    return int(labels / step + 0.5) * step


def worth(rows: Iterable[Mapping[str, Any]], baseline: str = BASELINE) -> list[Worth]:
    """Each other method at each of its label counts, in labels of the baseline; [] without a finished baseline.

    `rows` are an experiment's, as ssl_core.runs.progress.describe makes them; the run with every label (the ceiling)
    is left out. Only counts whose runs are all done are compared, and only tasks whose measure is a share.
    """
    groups: dict[tuple[Line, int], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row.get("role") != "ceiling" and row.get("method") and task_of(row).unit == "%":
            groups[line_of(row), row["labels"]].append(row)
    done = {
        key: mine
        for key, mine in groups.items()
        if all(row["state"] == "done" and value_of(row) is not None for row in mine)
    }
    means = {key: sum(value_of(row) for row in mine) / len(mine) for key, mine in done.items()}
    points = [(count, means[line, count], len(done[line, count])) for line, count in means if line == Line(baseline)]
    if not points:
        return []
    curve = rising(points)
    gains = []
    for (line, count), mine in sorted(done.items(), key=lambda pair: pair[0][1]):
        if line == Line(baseline):
            continue
        mean, tested = means[line, count], {row.get("tested") for row in mine}
        size = tested.pop() if len(tested) == 1 else None
        low, high = wilson(mean, size) if size else (mean, mean)
        ends = (needed(curve, low), needed(curve, high)) if size else (None, None)
        alike = bool(size) and low <= dict(curve).get(count, -1) <= high
        gains.append(Worth(line.method, count, mean, len(mine), needed(curve, mean), *ends, alike, line.variant))
    return gains


def rising(points: Iterable[tuple[int, float, int]]) -> Curve:
    """The curve through (labels, mean accuracy, runs) that never falls and is nearest to them, weighted by runs.

    Pool adjacent violators (Ayer et al. 1955): more labels do not make worse, what looks so is chance.
    """
    pools: list[tuple[list[int], float, int]] = []
    for count, accuracy, weight in sorted(points):
        pools.append(([count], accuracy, weight))
        while len(pools) > 1 and pools[-2][1] > pools[-1][1]:
            (left, a, n), (right, b, m) = pools[-2:]
            pools[-2:] = [(left + right, (a * n + b * m) / (n + m), n + m)]
    return [(count, accuracy) for counts, accuracy, _ in pools for count in counts]


def needed(curve: Curve, accuracy: float) -> Needs:
    """The fewest labels with which the curve reaches an accuracy, straight between its points over log(labels)."""
    if accuracy < curve[0][1]:
        return Needs(curve[0][0], "fewer")
    if accuracy > curve[-1][1]:
        return Needs(curve[-1][0], "more")
    before = curve[0]
    for count, level in curve:
        if level >= accuracy:
            if level == before[1]:
                return Needs(count)
            share = (accuracy - before[1]) / (level - before[1])
            return Needs(exp(log(before[0]) + share * (log(count) - log(before[0]))))
        before = (count, level)
    raise AssertionError("a curve reaches its own end")


def said(rows: Iterable[Mapping[str, Any]]) -> list[Worth]:
    """What a page says: each method and variant once, with the fewest labels that it and the baseline both have."""
    rows = list(rows)
    baseline = [row for row in rows if line_of(row) == Line(BASELINE) and row.get("role") != "ceiling"]
    with_baseline = {row["labels"] for row in baseline}
    first: dict[Line, Worth] = {}
    for one in worth(rows):
        if one.labels in with_baseline:
            first.setdefault(one.line, one)
    return list(first.values())


def lost_words(rows: Iterable[Mapping[str, Any]]) -> str:
    """Which runs of an experiment that is over never came to their end, and what follows; nothing where all did."""
    rows = [row for row in rows if row.get("role") != "ceiling"]
    lost = [row for row in rows if row["state"] != "done"]
    if not lost:
        return ""
    if len(lost) == len(rows):
        return "No run came to its end, so there is no result: choose one below to read why, or resume it."
    kinds = list(dict.fromkeys(f"{line_of(row).title} with {row.get('labels') or 0:,} labels" for row in lost))
    which = ", ".join(kinds[:MOST_NAMED]) + (f" and {len(kinds) - MOST_NAMED} more" if len(kinds) > MOST_NAMED else "")
    runs = f"{len(lost)} of {len(rows)} runs did not come to {'their' if len(lost) > 1 else 'its'} end"
    return f"{runs}, so this leaves out: {which}. Resume all goes on with what is missing."


def best_words(rows: Iterable[Mapping[str, Any]]) -> str:
    """The best of what has finished in one sentence, for an experiment without a baseline; nothing where none has."""
    groups: dict[tuple[Line, int], list[float]] = defaultdict(list)
    rows = [row for row in rows if row.get("role") != "ceiling" and row.get("method")]
    for row in rows:
        if row["state"] == "done" and (value := value_of(row)) is not None:
            groups[line_of(row), row["labels"]].append(value)
    if not groups:
        return ""
    task, means = task_of(rows[0]), {key: sum(values) / len(values) for key, values in groups.items()}
    line, labels = (max if task.higher else min)(means, key=means.__getitem__)
    seeds = len(groups[line, labels])
    over = f", the mean of {seeds} seeds" if seeds > 1 else ""
    best = "Best of this experiment" if len(groups) > 1 else "Result"
    score = task.words(means[line, labels])
    return f"{best}: {line.title} with {labels:,} labels, {task.title.lower()} {score}{over}."
