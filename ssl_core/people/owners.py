"""Who began what: an experiment, a search or a run may have several owners, and keeps them.

What stands in config.json decides what is trained, and who asked for it does not; so owners are kept beside the runs,
one line each.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from ssl_core.people.ledger import Ledger, Row, ledger, moment, text
from ssl_core.people.names import LONGEST, clean, key

if TYPE_CHECKING:
    from ssl_core.runs.store import Run, Store

FILE = "owners.jsonl"
MOST_WHAT = 5_000  # letters: the id of an experiment begins with its data, which may be a path
Owners = dict[str, list[str]]


def subject(run: Run) -> str:
    """What is owned where somebody began this run: its search, its experiment, or itself."""
    said = (run.config.get(name) for name in ("search", "confirms", "experiment"))
    return next(filter(None, said), run.name)


def own(store: Store, what: str, who: str) -> bool:
    """Write down that `who` began this, too; False where that is known, or `who` is nobody. Raises OSError."""
    name = clean(who)
    if not name:
        return False
    row = {"what": what, "who": name, "at": round(time.time(), 3)}
    return _ledger(store).add(row, lambda known: among(known.get(what, ()), name))


def owners(store: Store) -> Owners:
    """Everybody's names by what they began, the first first; to be read only. Cheap to ask at every tick."""
    return _ledger(store).read()


def owners_of(store: Store, run: Run) -> list[str]:
    """Who began a run; nobody where it came from a terminal, or from before there were names."""
    return owners(store).get(subject(run), [])


def mine(store: Store, what: str, who: str) -> bool:
    """Whether `who` is among its owners."""
    return among(owners(store).get(what, ()), who)


def among(names: Collection[str], who: str) -> bool:
    """Whether somebody is among these, as people take nicknames for the same."""
    return bool(who) and key(who) in map(key, names)


def _ledger(store: Store) -> Ledger:
    return ledger(store.root / FILE, _line, _by_what)


def _line(values: Row) -> Row:
    """A line as it is kept, or ValueError for one that is none."""
    who = clean(text(values, "who", LONGEST))
    if not who:
        raise ValueError("A line names nobody.")
    return {"what": text(values, "what", MOST_WHAT), "who": who, "at": moment(values)}


def _by_what(rows: list[Row]) -> Owners:
    owned: Owners = {}
    for row in rows:
        names = owned.setdefault(row["what"], [])
        if not among(names, row["who"]):
            names.append(row["who"])
    return owned
