"""Writing a run's wall while it trains: its pictures once, and a row whenever one is due."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ssl_core.data import Dataset
from ssl_core.data.contact_sheet import contact_sheet
from ssl_core.runs.files import Journal, write_whole
from ssl_core.runs.plain_files import there
from ssl_core.runs.run import SHEET, WALL
from ssl_core.train.trainee import Trainee
from ssl_core.train.wall import Wall


class WallRecord(contextlib.AbstractContextManager):
    """What `train` may call after every row; writes nothing where no picture is unlabelled.

    `data` is the data set as it is looked at, also where the network sees features of it.
    """

    def __init__(self, folder: Path, data: Dataset) -> None:
        self.folder, self.data = folder, data
        self._wall: Wall | None = None
        self._journal: Journal | None = None

    def __call__(self, trainee: Trainee) -> None:
        """Look, if it is time to."""
        if self._wall is None:
            self._wall = Wall(trainee)
        if not self._wall.due():
            return
        if self._journal is None:
            self._begin(self._wall)
        self._journal.write(self._wall.row())

    def _begin(self, wall: Wall) -> None:
        if not there(self.folder / SHEET):
            write_whole(self.folder / SHEET, contact_sheet(self.data.images[wall.rows.cpu()].numpy()))
        self._journal = Journal(self.folder / WALL)

    def __exit__(self, *error: object) -> None:
        if self._journal:
            self._journal.__exit__(*error)
