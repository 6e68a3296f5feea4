"""One data set while it is labelled: its pictures as a network sees them, its journal, and the next questions.

A page and the terminal go through this; what is shown and pressed is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from ssl_core.data import Dataset, card, load
from ssl_core.features.card import lacks
from ssl_core.features.embedded import Embedded
from ssl_core.label.axes import places
from ssl_core.label.heads import MODEL, on_features
from ssl_core.label.journal import Journal
from ssl_core.label.labelled import labelled
from ssl_core.label.orders import Known
from ssl_core.label.pictures import Pictures, first_rows, pictures_of
from ssl_core.label.questions import Question, questions
from ssl_core.label.turns import take, taken
from ssl_core.runs.looking import looked_at


@dataclass(frozen=True)
class Session:
    """`data` are the features, with the set's own labels; `now()` is the same with what has been said so far."""

    data: Embedded
    journal: Journal
    pictures: Pictures
    spots: Tensor  # where each picture lies, [N, 64]: what orders look at; the first two are the map
    hide: bool | None = None  # whether the set's own labels are put aside: see `labelled`

    def now(self) -> Embedded:
        """The features with the labels of this moment: what heads learn from."""
        return labelled(self.data, self.journal, hide=self.hide, pictures=self.pictures)

    def known(self, who: str, heads: tuple[Tensor, ...] = ()) -> Known:
        """What an order may ask this person about: nothing that was said, skipped by them, or lies before another."""
        said, now = self.journal.said(), self.now()
        away = {*said.words, *(p for p, people in said.skips.items() if who in people), *taken(self.journal, who)}
        closed = torch.ones(len(now.labels), dtype=torch.bool)
        closed[: len(self.pictures.numbers)] = torch.from_numpy(~first_rows(self.pictures))
        closed[self.pictures.rows_of(away)] = True
        return Known(self.spots, now.labels, len(now.card.classes), heads, closed)

    def propose(
        self,
        order: str,
        who: str,
        count: int,
        *,
        at_hand: Collection[int] = (),
        heads: tuple[Tensor, ...] = (),
        share: float = 0.0,
        seed: int = 0,
    ) -> list[Question]:
        """At most `count` questions that this person could be asked; nobody's turn is taken.

        Rows they have `at_hand` already are not among them. `share` of them are random draws
        (ssl_core/label/questions.py); equal seeds and journals propose the same.
        """
        known = self.known(who, heads)
        known.closed[self.pictures.rows_of(self.pictures.numbers[row] for row in at_hand)] = True
        generator = Generator().manual_seed(seed + 7919 * self.journal.said().acts)
        return questions(order, known, count, generator, share=share)

    def ask(self, order: str, who: str, count: int, *, at_hand: Collection[int] = (), **facts: Any) -> list[Question]:
        """The same, as questions that are this person's for five minutes; [] where there is nothing left to ask.

        Rows they have `at_hand` stay theirs; other turns of theirs end. `facts` go to `propose`.
        """
        held = [self.pictures.numbers[row] for row in at_hand]
        proposed = self.propose(order, who, count, at_hand=at_hand, **facts)
        asked = {self.pictures.numbers[question.row]: question for question in proposed}
        return [asked[picture] for picture in take(self.journal, who, asked, count, at_hand=held)]


def opened(
    name: str,
    say: Callable[[str, float | None], None] = lambda text, left: None,
    stop: Callable[[], bool] = lambda: False,
) -> Session:
    """A data set ready to be labelled, every view of it looked at and kept; minutes the first time, then an instant.

    `say` gets what is done and the seconds left. Raises ValueError, one sentence, and Stopped when `stop()` says so.
    """
    data = load(card(name).name)
    if not data.card.pictures:
        raise ValueError(f"{data.card.title} has vectors: there is no picture to show anybody.")
    if missing := lacks(MODEL):
        raise ValueError(missing)
    seen = looked_at(on_features(data.card.name, "fixmatch"), data, say, stop)
    return Session(seen, journal_of(data), pictures_of(data), places(seen))


def journal_of(data: Dataset) -> Journal:
    """The journal of a data set, which knows the set's own classes."""
    return Journal(data.card.name, data.card.classes)
