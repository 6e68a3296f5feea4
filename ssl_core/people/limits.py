"""What one person of a class may ask for at most: a sentence with the number where a limit is met.

The teacher sets the limits (ssl_core/people/classroom.py) and is held by none of them. Alone there are none of these.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssl_core.people.asking import Asker, asker
from ssl_core.people.classroom import classroom
from ssl_core.people.owners import mine, owners_of, subject
from ssl_core.runs.checked import is_number
from ssl_core.runs.plain_files import kind_of

if TYPE_CHECKING:
    from ssl_core.runs.store import Run, Store

ALLOWS = "The teacher can allow more on the page Class."


def held() -> Asker | None:
    """The visitor who asks now, if limits hold for them."""
    who = asker()
    return None if who is None or who.teacher else who


def check_waiting(store: Store, waiting: Iterable[Run], more: int) -> None:
    """Raise ValueError where this many more would be more runs waiting than one person may have."""
    who, most = held(), classroom(store).runs
    if who is None or not most or not more:
        return
    own = sum(_of(store, run, who) for run in waiting)
    if own + more > most:
        already = (
            f"{own} of your runs are waiting already, and these are {more} more" if own else f"These are {more} runs"
        )
        raise ValueError(f"{already}; of one person at most {most} may wait here: choose fewer. {ALLOWS}")


def check_disk(store: Store, more: int) -> None:
    """Raise ValueError where somebody asks for more runs whose own have as many bytes as one person's may have."""
    who, most = held(), classroom(store).run_megabytes
    if who is None or not most or not more:
        return
    own = sum(
        _bytes(run.folder) / max(len(owners_of(store, run)), 1)  # several who share a run have a share of it each
        for run in [*store.runs(), *_put_aside(store.root)]
        if _of(store, run, who)
    )
    if own >= most * 2**20:
        raise ValueError(
            f"Your runs have {own / 2**20:,.0f} MB on the disk, and one person's may have {most:,} MB here: delete "
            f"some on the page Runs. {ALLOWS}"
        )


def _of(store: Store, run: Run, who: Asker) -> bool:
    """Whether a run counts as theirs; those of nobody are of all who have no nickname."""
    return mine(store, subject(run), who.who) if who.who else not owners_of(store, run)


def _put_aside(root: Path) -> list[Run]:
    """The runs in a store's archive, which are on the disk, too; a link to somewhere else is none of ours."""
    from ssl_core.runs.store import ARCHIVE

    return _archive(root).runs() if kind_of(root / ARCHIVE) == "a folder" else []


@lru_cache(maxsize=32)
def _archive(root: Path) -> Store:
    from ssl_core.runs.store import ARCHIVE, Store

    return Store(root / ARCHIVE)


def _bytes(folder: Path) -> int:
    """What the files in and below a folder have together; what goes away meanwhile has nothing, no link is followed."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total


def check_steps(store: Store, configs: Iterable[Mapping[str, Any]]) -> None:
    """Raise ValueError for a run with more steps than the class may take."""
    most = classroom(store).steps
    if held() is None or not most:
        return
    asked = [steps for config in configs if is_number(steps := config["training"].get("steps"))]
    if asked and max(asked) > most:
        raise ValueError(f"A run has at most {most:,} steps here, not {max(asked):,}: choose fewer steps. {ALLOWS}")


def check_minutes(store: Store, seconds: float) -> None:
    """Raise ValueError for what would take longer than the class may ask for at a time."""
    most = classroom(store).minutes
    if held() is not None and most and seconds > 60 * most:
        raise ValueError(
            f"This would take about {max(seconds / 60, 0.1):,.1f} minutes, and at most {most:g} may be asked for at a "
            f"time here: choose fewer runs or steps. {ALLOWS}"
        )


def check_sets(store: Store, own: int) -> None:
    """Raise ValueError where somebody who brought so many data sets brings one more."""
    most = classroom(store).sets
    if held() is not None and most and own >= most:
        raise ValueError(f"You brought {own} data sets, and one person may bring {most} here: delete one. {ALLOWS}")


def bytes_left(store: Store, own: int) -> tuple[int, str] | None:
    """How many bytes of data sets somebody who has `own` may still bring, and the sentence behind it; None: any."""
    most = classroom(store).megabytes
    if held() is None or not most:
        return None
    words = f"Your data sets have {own / 2**20:,.0f} MB, and one person's may have {most:,} MB here"
    return max(most * 2**20 - own, 0), f"{words}: choose fewer pictures or a smaller size. {ALLOWS}"
