"""Labels that somebody should look at once more, found aside; what was kept, changed or left out is not asked again."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor

from ssl_core.data.card import UNKNOWN
from ssl_core.features.embedded import Embedded
from ssl_core.label import aside
from ssl_core.label.acts import Said
from ssl_core.label.estimate import Fit
from ssl_core.label.heads import fit
from ssl_core.label.pictures import Pictures
from ssl_core.label.session import Session
from ssl_core.label.suspicious import copies_that_differ, doubted, strangers

MOST_STRANGERS = 12  # beyond these they are hardly strange


class Reason(NamedTuple):
    """Pictures, by their numbers, that deserve a second look, the label of each, and why: `kind` and a sentence."""

    kind: str  # "doubted", "copies" or "stranger"
    pictures: tuple[str, ...]  # two of copies, else one
    rows: tuple[int, ...]
    labels: tuple[str | None, ...]
    rather: str | None  # what the network would say
    words: str


def reasons(now: Embedded, spots: Tensor, pictures: Pictures, line: Fit) -> list[Reason]:
    """Every reason in the features with their labels of now: doubted labels first, then copies, then strangers.

    Each picture stands once, also where several rows hold it; `line` teaches labels and answers for all rows.
    """
    found, labels = [], now.labels.clone()
    for doubt in doubted(line, labels):
        names = now.card.classes[doubt.label], now.card.classes[doubt.rather]
        found.append(("doubted", (doubt.row,), names[1], _doubt(*names, doubt.by)))
    for pair in copies_that_differ(spots, labels):
        one, other = (now.card.classes[label] for label in pair.labels)
        found.append(("copies", pair.rows, None, _copies(one, other)))
    found += [("stranger", (row,), None, _stranger(far)) for row, far in strangers(spots, labels)[:MOST_STRANGERS]]
    seen: set[str] = set()
    kept = []
    for kind, rows, rather, words in found:
        if max(rows) >= len(pictures.numbers):
            continue  # brought as validation: nobody is asked about it
        numbers = tuple(pictures.numbers[row] for row in rows)
        if not seen.issuperset(numbers):
            kept.append(Reason(kind, numbers, rows, tuple(_name(now, row) for row in rows), rather, words))
        seen.update(numbers)
    return kept


def still_open(found: Iterable[Reason], said: Said) -> list[Reason]:
    """Those that nobody has answered yet: no label of theirs is another now, and not all were checked."""
    none = said.none_of_these()
    return [reason for reason in found if not _answered(reason, said, none)]


def _answered(reason: Reason, said: Said, none: set[str]) -> bool:
    words = [said.words.get(picture, {}) for picture in reason.pictures]
    changed = any(
        word and (said.label(picture) != label or picture in none)
        for word, picture, label in zip(words, reason.pictures, reason.labels, strict=True)
    )
    return changed or all(any(one.how == "checked" for one in word.values()) for word in words)


def _name(now: Embedded, row: int) -> str | None:
    label = int(now.labels[row])
    return None if label == UNKNOWN else now.card.classes[label]


def _doubt(label: str, rather: str, by: float) -> str:
    return (
        f"Labelled {label}. A network that was taught without this label says {rather}, by {100 * by:.0f} percentage "
        f"points more than {label}."
    )


def _copies(one: str, other: str) -> str:
    return f"Two pictures nearly the same with different labels: {one} and {other}."


def _stranger(far: float) -> str:
    return f"Resembles no labelled picture: {far:.1f} deviations farther away than usual. Does it belong here at all?"


class SecondLook:
    """Looks aside whenever labels have changed; pages read `found`, None before the first look. Safe among threads."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.found: list[Reason] | None = None
        self.wrong = ""
        self._labels: Tensor | None = None
        self._lock, self._busy = threading.Lock(), False

    @property
    def busy(self) -> bool:
        """Whether it is looking."""
        return self._busy

    def wake(self) -> None:
        """There may be other labels: look at them unless that is going on already."""
        with self._lock:
            if not self._busy and not self._same():
                self._busy = True
                aside.start(self._work, "second look")

    def _same(self) -> bool:
        return self._labels is not None and torch.equal(self._labels, self.session.now().labels)

    def _work(self) -> None:
        try:
            now = self.session.now()
            self._labels = now.labels
            self.found, self.wrong = reasons(now, self.session.spots, self.session.pictures, _line(now)), ""
        except (ValueError, OSError) as wrong:
            self.wrong = str(wrong)
        except Exception as wrong:  # whoever waits must learn that there is nothing to wait for
            self.wrong = f"The labels could not be looked at once more ({type(wrong).__name__}: {wrong})."
            traceback.print_exc()
        finally:
            self._busy = False


def _line(now: Embedded) -> Fit:
    def taught(few: Tensor) -> Tensor:
        if aside.ending.is_set():
            raise ValueError("The server is ending.")
        return fit(now, few, "supervised").probabilities(now.images)

    return taught
