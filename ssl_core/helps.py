"""Do made pictures help? The rows that are compared, and the sentences that the numbers earn, also when they say no.

All rows train the same network for the same steps; what differs is what stands beside the labelled pictures. Free of
torch: a page and a terminal say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ssl_core.effects import Effect, effects, signed
from ssl_core.fillings import GUESSES, MADE
from ssl_core.intervals import mean_interval
from ssl_core.maker_cards import MAKER_CARDS

EACH = 50  # invented pictures a class
REAL = 0.5  # of a batch stay real pictures


class Row(NamedTuple):
    """One way to learn from a few labelled pictures: a method with these of its knobs.

    `maker` is who makes pictures for it; `unlabelled` says that it has looked at unlabelled pictures, too.
    """

    title: str
    method: str
    knobs: Mapping[str, Any] = {}
    maker: str = ""
    unlabelled: bool = False

    @property
    def sees(self) -> str:
        """What it has seen of the data set."""
        return "labelled and unlabelled" if self.unlabelled else "labelled"


PLAIN, GUESSED = "plain", "pseudo-label"


def rows_of(makers: Sequence[str]) -> dict[str, Row]:
    """Everything that is compared, by a short name, plain training first."""
    simple = {
        PLAIN: Row("plain", "supervised"),
        "strong": Row("strong augmentation", "supervised_strong"),
        "mixup": Row("mixup", "supervised", {"mix": "mixup"}),
        "smote": Row("SMOTE", "supervised", {"rebalance": "smote"}),
    }
    made = {}
    for maker in makers:
        title = f"made by {_short(maker)}"
        made[maker] = Row(title, "supervised", {"rebalance": f"{MADE}{maker}"}, maker)
        guesses = {"rebalance": f"{MADE}{maker}{GUESSES}"}
        made[maker + GUESSES] = Row(f"{title}, from guesses too", "supervised", guesses, maker, unlabelled=True)
    return simple | made | {GUESSED: Row("Pseudo-Label itself", "pseudo_label", unlabelled=True)}


def _short(maker: str) -> str:
    """A maker in a few letters."""
    return maker.upper() if len(maker) <= 3 else MAKER_CARDS[maker].title


def effects_of(test: Mapping[str, Sequence[float]], rows: Mapping[str, Row]) -> list[Effect]:
    """The effect of each row on the error, under its title, plain first; [] until plain training is measured."""
    there = {row.title: test[name] for name, row in rows.items() if name in test}
    return effects(there) if PLAIN in test else []


def gain(one: Sequence[float], other: Sequence[float]) -> tuple[float, tuple[float, float] | None]:
    """How many points of accuracy `one` has more than `other`, seed by seed, and its 95 % interval over seeds."""
    points = [100 * (a - b) for a, b in zip(one, other, strict=True)]
    return sum(points) / len(points), mean_interval(points)


def sentences(test: Mapping[str, Sequence[float]], rows: Mapping[str, Row]) -> list[str]:
    """What is earned: each maker against plain training, and against the best that needs no maker; how to read it."""
    if PLAIN not in test:
        return []
    said = [_verdict(name, rows[name], test, rows) for name in test if name in rows and rows[name].maker]
    return [*said, _caution(test)] if said else []


def _verdict(name: str, row: Row, test: Mapping[str, Sequence[float]], rows: Mapping[str, Row]) -> str:
    mean, interval = gain(test[name], test[PLAIN])
    asked = f"Do pictures {row.title} help?"
    if interval is None:
        return f"{asked} {signed(mean)} points of accuracy on one seed, which tells nothing yet."
    points = f"{signed(mean)} ± {_half(interval)} points of accuracy against plain training"
    first = f"{asked} {_answer(interval)}: {points}."
    rivals = {
        other: test[other]
        for other, one in rows.items()
        if other in test and not one.maker and one.unlabelled == row.unlabelled and other != PLAIN
    }
    if not rivals:
        return first
    best = max(rivals, key=lambda other: sum(rivals[other]))
    more, span = gain(test[name], rivals[best])
    which = f"{rows[best].title}, the best of the simple ways" if len(rivals) > 1 else rows[best].title
    return f"{first} Against {which}: {signed(more)} ± {_half(span)}, {_against(span)}."


def _answer(interval: tuple[float, float]) -> str:
    if interval[0] > 0:
        return "Yes"
    return "No, they do harm" if interval[1] < 0 else "Not that these seeds could tell"


def _against(interval: tuple[float, float]) -> str:
    if interval[0] > 0:
        return "so the maker is worth it"
    if interval[1] < 0:
        return "so there are simpler ways that do more"
    return "which may be chance, so nothing speaks for the longer way"


def _half(interval: tuple[float, float]) -> str:
    return f"{(interval[1] - interval[0]) / 2:.1f}"


def _caution(test: Mapping[str, Sequence[float]]) -> str:
    seeds = len(test[PLAIN])
    return (
        f"Mean of {seeds} seeds ± its 95 % interval; a seed draws the same labelled pictures and first weights for all "
        "rows, and differences are taken seed by seed."
    )


def table_rows(test: Mapping[str, Sequence[float]], rows: Mapping[str, Row]) -> list[dict[str, str]]:
    """A plain row for each way: what it has seen, its accuracy, and the points it gains on plain training."""
    made = []
    for name, row in rows.items():
        if name not in test:
            continue
        mean, interval = 100 * sum(test[name]) / len(test[name]), mean_interval([100 * one for one in test[name]])
        line = {"Beside the labelled pictures": row.title, "Has seen": row.sees}
        line |= {"Test accuracy (%)": f"{mean:.1f}" + (f" ± {_half(interval)}" if interval else "")}
        more, span = gain(test[name], test[PLAIN])
        words = signed(more) + (f" ± {_half(span)}" if span else "")
        made.append(line | {"Against plain (points)": "–" if name == PLAIN else words})
    return made
