"""How the files of a public data set are recognised, fetched and read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ssl_core.data.card import Card


class Source(NamedTuple):
    """What a public set's own file says beside its card.

    `read(card, root, download)` gives pictures and labels for training and for the test, and may raise anything.
    """

    files: tuple[str, ...]  # any of these, in the data folder or a folder of the set's name, means it is here
    megabytes: int  # of a download; 0 where there is none
    read: Callable[[Card, Path, bool], tuple[Any, Any, Any, Any]]
    hint: str  # what to put into the data folder
    archives: tuple[str, ...] = ()  # what a download writes, as patterns
    more: Callable[[Path], None] | None = None  # downloads a part that is an option
