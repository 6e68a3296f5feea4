"""One thing that is wrong with a pipeline."""

from __future__ import annotations

from typing import NamedTuple

LEVELS = ("error", "warning", "note")


class Finding(NamedTuple):
    """How bad it is, what it is about, and one sentence that says what to do."""

    level: str
    about: str
    sentence: str
