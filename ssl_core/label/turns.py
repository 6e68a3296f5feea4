"""Who has which picture in front of them: no two people are asked about the same one at the same time.

A turn ends when its picture is labelled or skipped, or after a while: somebody may have gone for a coffee.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from ssl_core.label.journal import PATIENCE, Journal, person
from ssl_core.runs.files import kernel_lock, parsed, write_whole
from ssl_core.runs.plain_files import read_plain

MINUTES = 5.0
MOST_BYTES = 2**22  # of the list: a class with forty pictures each has a quarter of a megabyte
Turn = tuple[str, float]  # who, and until when (seconds)


def taken(journal: Journal, who: str, *, now: float | None = None) -> set[str]:
    """Pictures that somebody else has in front of them."""
    now, me = time.time() if now is None else now, person(who)
    return {picture for picture, (other, until) in _read(_path(journal)).items() if until > now and other != me}


def theirs(journal: Journal, who: str, *, now: float | None = None) -> set[str]:
    """Pictures that this person has in front of them."""
    now, me = time.time() if now is None else now, person(who)
    return {picture for picture, (other, until) in _read(_path(journal)).items() if until > now and other == me}


def take(
    journal: Journal,
    who: str,
    wanted: Iterable[str],
    count: int,
    *,
    at_hand: Collection[str] = (),
    now: float | None = None,
    minutes: float = MINUTES,
) -> list[str]:
    """The first `count` of these pictures that nobody else has and nobody labelled: this person's now.

    Of those that were theirs before they keep what they have `at_hand`, anew; the rest is free for others.
    Whoever is asked to label pictures a second time asks the journal about them, not this.
    """
    now, me = time.time() if now is None else now, person(who)
    journal.home.mkdir(parents=True, exist_ok=True)
    with kernel_lock(journal.home / "turns.lock", PATIENCE):
        said = journal.said()
        turns = {p: turn for p, turn in _read(_path(journal)).items() if turn[1] > now and turn[0] != me}
        mine: list[str] = []
        for picture in wanted:
            if len(mine) == count:
                break
            if picture not in turns and picture not in said.words and picture not in (*mine, *at_hand):
                mine.append(picture)
        held = [picture for picture in at_hand if picture not in turns]
        turns |= dict.fromkeys([*held, *mine], (me, now + 60 * minutes))
        write_whole(_path(journal), json.dumps(turns).encode())
    return mine


def release(journal: Journal, who: str) -> None:
    """This person has left: others may be asked."""
    take(journal, who, (), 0)


def _path(journal: Journal) -> Path:
    return journal.home / "turns.json"


def _read(path: Path) -> dict[str, Turn]:
    """The turns, none where the file is missing or damaged: then at worst a picture is asked about twice."""
    try:
        turns = parsed(read_plain(path, MOST_BYTES))
        return {str(picture): (str(who), float(until)) for picture, (who, until) in turns.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
