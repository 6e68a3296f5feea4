"""Who asks at this moment: the visitor whose page is being made. The pages say how to find out; else nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Asker(NamedTuple):
    """A visitor: the nickname, empty for one without; and whether it is the teacher."""

    who: str
    teacher: bool


_find: Callable[[], Asker | None] = lambda: None  # noqa: E731 - replaced by the pages


def found_by(find: Callable[[], Asker | None]) -> None:
    """Say how the visitor is found out who asks in this thread; None where no page does, as in the runner."""
    global _find
    _find = find


def asker() -> Asker | None:
    """The visitor who asks now; None in a terminal, in the runner, and outside of a class."""
    return _find()
