"""What was made of the pictures that people brought: rows, where each came from, and the card of the data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ssl_core.data.card import UNKNOWN, Card
from ssl_core.data.kept import MODULE, Arrays, recount, to_validate
from ssl_core.data.layout import LeftOut


class Brought(NamedTuple):
    """What was made of the pictures.

    `paths` and `prints` say for every training and every test row where it came from and a number of its file.
    `held`: the last so many training rows are a validation that somebody brought. `drawn`: the test was drawn here.
    """

    classes: tuple[str, ...]
    arrays: Arrays
    left_out: list[LeftOut]
    notes: list[str]
    paths: tuple[list[str], list[str]]
    prints: tuple[list[int], list[int]]
    held: int
    drawn: bool
    fit: str

    @property
    def origin(self) -> dict[str, Any]:
        """What is kept beside the card, as JSON."""
        return {
            "paths": self.paths[0],
            "test_paths": self.paths[1],
            "prints": [f"{number:x}" for part in self.prints for number in part],
            "test_prints": [f"{number:x}" for number in self.prints[1]] if self.drawn else [],
            "left_out": [row._asdict() for row in self.left_out],
        }


def told_in_words(left_out: Sequence[LeftOut], most: int = 4) -> str:
    """What was passed over as one sentence, or nothing."""
    rows = [row for row in left_out if "could not be read" not in row.what]
    parts = [f"{row.count:,} {row.what} ({row.why})" for row in rows[:most]]
    rest = sum(row.count for row in rows[most:])
    return f"Passed over: {'; '.join([*parts, *([f'{rest:,} more'] if rest else [])])}." if parts else ""


def card_of(name: str, title: str, text: str, brought: Brought, *, flip: bool) -> Card:
    """The card of pictures that were brought; `flip` says that a picture mirrored left and right keeps its class."""
    channels, side = brought.arrays.images.shape[1:3]
    kind = "colour" if channels == 3 else "grey"
    words = [text, *brought.notes, told_in_words(brought.left_out)]
    card = Card(
        name=name,
        title=f"{title}, {side}×{side} {kind}",
        text=" ".join(filter(None, words)),
        classes=brought.classes,
        channels=channels,
        side=side,
        train=len(brought.arrays.labels),
        validation=0,
        test=len(brought.arrays.test_labels),
        mirrors=("left-right",) if flip else (),
        shift=max(1, round(side / 8)),  # 12.5 %, FixMatch section 2.3
        licence="Its licence is yours to know.",
        module=MODULE,
        fit=brought.fit,
        held=bool(brought.held),
    )
    labels = brought.arrays.labels
    known = np.bincount(labels[labels != UNKNOWN], minlength=len(brought.classes))
    set_aside = brought.held or to_validate(known, precious=bool((labels == UNKNOWN).any()))
    return recount(card, brought.arrays, least=0, validation=set_aside)
