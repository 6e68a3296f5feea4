"""What changing a method does to its error, over seeds, and whether that is what its paper reports.

Free of torch: a page and a terminal say the same sentence, made from the numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ssl_core.intervals import mean_interval
from ssl_core.tasks import task_of, value_of

SAME, OTHER, HERE, PRINT, NEITHER = "as in print", "the other way", "only here", "only in print", "neither"

SAID = {  # one does, several do
    SAME: ("goes the same way here as in print", "go the same way here as in print"),
    OTHER: ("goes the other way here", "go the other way here"),
    PRINT: (
        "matters in print and cannot be told from no change here",
        "matter in print and cannot be told from no change here",
    ),
    HERE: ("matters here and hardly in print", "matter here and hardly in print"),
    NEITHER: (
        "hardly matters in print, nor here as far as these seeds can tell",
        "hardly matter in print, nor here as far as these seeds can tell",
    ),
}


class Effect(NamedTuple):
    """One variant: errors in per cent and changes in points, None where they are unknown.

    The interval is Student's, 95 %, of the mean over seeds. A change is against the untouched method, seed by seed: a
    seed draws the same labelled pictures for both.
    """

    name: str
    errors: tuple[float, ...]  # a seed each
    error: float
    interval: tuple[float, float] | None
    change: float | None = None  # None of the untouched method itself
    change_interval: tuple[float, float] | None = None
    published: float | None = None
    published_change: float | None = None
    verdict: str = ""  # one of those above, where both sides have a change

    @property
    def clear(self) -> bool:
        """Whether the change here is more than these seeds vary by chance."""
        return bool(self.change_interval) and not self.change_interval[0] <= 0 <= self.change_interval[1]

    @property
    def words(self) -> str:
        """The change here, as in a sentence: "+3.1 ± 0.8"."""
        if self.change is None:
            return "–"
        half = self.change_interval and (self.change_interval[1] - self.change_interval[0]) / 2
        return signed(self.change) + (f" ± {half:.1f}" if half is not None else "")


def effects(
    accuracy: Mapping[str, Sequence[float]], published: Mapping[str, float] | None = None, spread: float = 0.0
) -> list[Effect]:
    """The effect of each variant, the untouched method first in both tables.

    `accuracy` are test accuracies 0..1 by variant, a seed each in the same order; `published` errors in per cent;
    `spread` says how many points of these are chance.
    """
    published, made = published or {}, []
    base = next(iter(accuracy), "")
    for name, shares in accuracy.items():
        errors = tuple(100 * (1 - share) for share in shares)
        one = Effect(name, errors, sum(errors) / len(errors), mean_interval(errors), published=published.get(name))
        if name != base and len(shares) == len(accuracy[base]):
            changes = [error - made[0].errors[place] for place, error in enumerate(errors)]
            one = one._replace(change=sum(changes) / len(changes), change_interval=mean_interval(changes))
            if one.published is not None and base in published:
                one = one._replace(published_change=one.published - published[base])
                one = one._replace(verdict=_verdict(one, spread))
        made.append(one)
    return made


def of_rows(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], list[Effect]]:
    """By method and label count, the effects of its variants; nothing where a run is missing or not done.

    `rows` are an experiment's described runs.
    """
    groups: dict[tuple[str, int], dict[str, dict[int, Any]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if row.get("role") != "ceiling" and row.get("method") and task_of(row).unit == "%":
            share = value_of(row) if row["state"] == "done" else None
            groups[row["method"], row["labels"]][row.get("variant") or ""][row["seed"]] = share
    made = {}
    for key, variants in groups.items():
        base = variants.pop("", {})
        alike = {name: mine for name, mine in variants.items() if mine.keys() == base.keys()}
        whole = {"": base, **alike}
        if alike and all(None not in mine.values() for mine in whole.values()):
            made[key] = effects({name: [mine[seed] for seed in sorted(base)] for name, mine in whole.items()})
    return made


def _verdict(one: Effect, spread: float) -> str:
    in_print = abs(one.published_change) > spread
    if not one.clear:
        return PRINT if in_print else NEITHER
    if not in_print:
        return HERE
    return SAME if (one.change > 0) == (one.published_change > 0) else OTHER


def sentences(made: Sequence[Effect], spread: float = 0.0) -> list[str]:
    """Where the numbers here and in print agree and where they do not, from nothing but the numbers; how to read it."""
    if len(made) < 2:
        return []
    compared = sum(bool(one.verdict) for one in made)
    if not compared:
        return [_what_moves(made[1:]), _caution(made)]
    said = []
    for verdict, (one_does, many_do) in SAID.items():
        if mine := [one for one in made if one.verdict == verdict]:
            each = "; ".join(f"{one.name}: {signed(one.published_change)} in print, {one.words} here" for one in mine)
            which = f"{len(mine)} of {compared} published changes"
            said.append(f"{which} {one_does if len(mine) == 1 else many_do} ({each}).")
    hardly = f"Hardly: within the ± {spread:g} points by which the paper's own draws of labels vary. " if spread else ""
    return [*said, hardly + _caution(made)]


def in_words(made: Sequence[Effect], spread: float = 0.0) -> str:
    """The same as one text."""
    return " ".join(sentences(made, spread))


def difference_words(pairs: Sequence[tuple[float, float]], this: str, other: str) -> str:
    """What one way brings beside another, from their test accuracies 0..1, a pair for each seed; "" without any."""
    if not pairs:
        return ""
    one, two = (100 * sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    said = f"Test accuracy {one:.1f} % {this}, {two:.1f} % {other}: {signed(one - two)} points"
    interval = mean_interval([100 * (a - b) for a, b in pairs])
    if interval is None:
        return f"{said}. One seed has no interval: train more of them before believing it."
    low, high = interval
    told = "cannot be told from no difference" if low <= 0 <= high else "more than these seeds vary by chance"
    return f"{said} (95 % interval {signed(low)} to {signed(high)}, {len(pairs)} seeds): {told}."


def signed(points: float) -> str:
    """A change as it is said: +3.1, −0.4, and 0.0 without a sign."""
    rounded = round(points, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def _what_moves(changed: Sequence[Effect]) -> str:
    clear = [one for one in changed if one.clear]
    if not clear:
        known = [one for one in changed if one.change is not None]
        most = max(known, key=lambda one: abs(one.change), default=None)
        largest = f"; the largest is {most.name}: {most.words}" if most else ""
        return f"None of {len(changed)} changes moves the error by more than these seeds vary by chance{largest}."
    which = "; ".join(f"{one.name}: {one.words}" for one in clear)
    verb = "moves" if len(clear) == 1 else "move"
    return f"{len(clear)} of {len(changed)} changes {verb} the error by more than these seeds vary by chance ({which})."


def _caution(made: Sequence[Effect]) -> str:
    seeds, changes = len(made[0].errors), len(made) - 1
    if seeds < 2:
        return "One seed has no interval: train more seeds before believing any of this."
    return (
        f"All of this in points of error against the untouched method, mean of {seeds} seeds ± its 95 % interval; "
        f"of {changes} such intervals {0.05 * changes:.1f} miss the truth by chance."
    )
