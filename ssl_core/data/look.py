"""What people's files were understood to be, before anything is read: in words, and as a few pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ssl_core.data.layout import TEST, VALIDATION, Understood
from ssl_core.data.squared import in_colours
from ssl_core.data.understand import apart, clean, names_of, understand
from ssl_core.data.uploads import File, gathered
from ssl_core.data.view import Shot
from ssl_core.images.reading import quietly, read_square
from ssl_core.images.writing import to_source
from ssl_core.zips import Entry


class Look(NamedTuple):
    """What was understood, and the files to show some of."""

    told: Understood
    entries: dict[str, Entry]

    @property
    def counts(self) -> dict[str, int]:
        """Pictures to learn from, without a label, of a validation and of a test that were brought."""
        known = [seat.part for seat in self.told.pictures if seat.label is not None]
        held, test = known.count(VALIDATION), known.count(TEST)
        return {
            "labelled": len(known) - held - test,
            "unlabelled": len(self.told.pictures) - len(known),
            "validation": held,
            "test": test,
        }

    @property
    def words(self) -> str:
        """The same as a sentence."""
        counts, classes = self.counts, [clean(name, "one") for name in self.told.classes]
        if not classes:
            return f"{counts['unlabelled']:,} pictures, and nothing that says their class."
        some = ", ".join(classes[:8]) + (" …" if len(classes) > 8 else "")
        test = f"{counts['test']:,} for the test" if counts["test"] else "a fifth of the labelled ones for the test"
        held = f", {counts['validation']:,} for validation" if counts["validation"] else ""
        return (
            f"{len(classes)} classes ({some}): {counts['labelled']:,} labelled pictures, "
            f"{counts['unlabelled']:,} unlabelled{held}, {test}."
        )

    def shots(self, side: int, channels: int, fit: str, most: int) -> list[Shot]:
        """A few pictures, of every class in turn and one unlabelled, as they would be kept."""
        groups: dict[str | None, list] = {}
        for seat in self.told.pictures:
            groups.setdefault(seat.label, []).append(seat)
        each = max(1, most // max(len(groups), 1))
        chosen = [
            seat
            for label in sorted(groups, key=lambda name: (name is None, name or ""))
            for seat in groups[label][:each]
        ]
        with quietly():
            return [shot for seat in chosen[:most] if (shot := self._shot(seat, side, channels, fit))]

    def _shot(self, seat: object, side: int, channels: int, fit: str) -> Shot | None:
        try:
            picture, _ = read_square(self.entries[seat.path].read(), side, fit)
        except ValueError:
            return None
        label = "unlabelled" if seat.label is None else clean(seat.label, "one")
        return Shot(to_source(np.asarray(in_colours(picture, channels))), label, seat.part)


def look_at(files: Sequence[File]) -> Look:
    """Understand files; raises ValueError, one sentence, for what is refused."""
    entries = apart(gathered(files)[0])
    told = understand(entries)
    names_of(told)
    return Look(told, {entry.name: entry for entry in entries})
