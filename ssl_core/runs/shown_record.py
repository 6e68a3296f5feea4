"""Writing what a method shows of its making while it trains, as a maker of pictures does: see pictures_record.py."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ssl_core.runs.pictures_record import PicturesRecord
from ssl_core.train.shown import Shown
from ssl_core.train.trainee import Trainee


class ShownRecord(contextlib.AbstractContextManager):
    """What `train` may call after every row; writes nothing for a method that shows nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shown: Shown | None = None
        self._record: PicturesRecord | None = None

    def __call__(self, trainee: Trainee) -> None:
        """Look, if it is time to."""
        if self._shown is None:
            self._shown = Shown(trainee)
        if not self._shown.due():
            return
        rows = self._shown.rows()
        if rows and self._record is None:
            self._record = PicturesRecord(self.folder)
        if rows:
            self._record(trainee.step, rows)

    def __exit__(self, *error: object) -> None:
        if self._record:
            self._record.__exit__(*error)
