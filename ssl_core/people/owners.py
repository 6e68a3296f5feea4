"""Who began what: an experiment, a search or a run may have several owners, and keeps them.

What stands in config.json decides what is trained, and who asked for it does not; so owners are kept beside the runs,
one line each. A line has the nickname of that moment and the browser it was said in: who takes another nickname later
is the same person. A line from a terminal, or of an older store, has a nickname alone, which stays as it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ssl_core.people.ledger import Ledger, Row, ledger, moment, text
from ssl_core.people.names import LONGEST, clean, key
from ssl_core.people.register import BROWSER, NOBODY, Said, browsers

if TYPE_CHECKING:
    from ssl_core.runs.store import Run, Store

FILE = "owners.jsonl"
MOST_WHAT = 5_000  # letters: the id of an experiment begins with its data, which may be a path
Owners = dict[str, list[str]]


class Owner(NamedTuple):
    """Who began something: the nickname of that moment; and the browser, empty where there was none."""

    who: str
    browser: str = ""

    @property
    def person(self) -> str:
        """What stays when the nickname changes: the browser, else the nickname."""
        return self.browser or self.who


Began = dict[str, tuple[Owner, ...]]


def subject(run: Run) -> str:
    """What is owned where somebody began this run: its search, its experiment, or itself."""
    said = (run.config.get(name) for name in ("search", "confirms", "experiment"))
    return next(filter(None, said), run.name)


def own(store: Store, what: str, who: str, browser: str = "") -> bool:
    """Write down that `who` began this, too, in this browser if in any. Raises OSError.

    False where that is known, or `who` is nobody.
    """
    new = Owner(clean(who), browser)
    if not new.who:
        return False
    row = {"what": what, "who": new.who, "at": round(time.time(), 3)} | ({"browser": browser} if browser else {})
    return _ledger(store).add(row, lambda began: _with(began.get(what, ()), new) == began.get(what))


def owners(store: Store) -> Owners:
    """What everybody is called now, by what they began, the first first; to be read only. Cheap to ask at each tick."""
    return _called(store.root).now(_ledger(store).read(), browsers(store))


def persons(store: Store, what: str) -> list[str]:
    """Who began this, as they stay known when they take other nicknames; `now_called` says their names."""
    return [owner.person for owner in _ledger(store).read().get(what, ())]


def now_called(store: Store, known: Iterable[str]) -> list[str]:
    """What these persons are called now; a nickname stays itself."""
    people = browsers(store)
    return [people.get(person, NOBODY).who or person for person in known]


def owners_of(store: Store, run: Run) -> list[str]:
    """Who began a run; nobody where it came from a terminal, or from before there were names."""
    return owners(store).get(subject(run), [])


def mine(store: Store, what: str, who: str) -> bool:
    """Whether `who` is among its owners."""
    return among(owners(store).get(what, ()), who)


def among(names: Collection[str], who: str) -> bool:
    """Whether somebody is among these, as people take nicknames for the same."""
    return bool(who) and key(who) in map(key, names)


class _Called:
    """The names of now, made again when somebody begins something or takes another nickname."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[Began, Mapping[str, Said], Owners] | None = None

    def now(self, began: Began, people: Mapping[str, Said]) -> Owners:
        with self._lock:
            if self._kept is None or self._kept[0] is not began or self._kept[1] is not people:
                self._kept = began, people, {what: _names(those, people) for what, those in began.items()}
            return self._kept[2]


@lru_cache(maxsize=32)
def _called(root: Path) -> _Called:
    return _Called()


def _names(those: Iterable[Owner], people: Mapping[str, Said]) -> list[str]:
    """Each name once: two browsers of the same one may be one person's."""
    names: list[str] = []
    for owner in those:
        name = people.get(owner.browser, NOBODY).who or owner.who
        if not among(names, name):
            names.append(name)
    return names


def _ledger(store: Store) -> Ledger:
    return ledger(store.root / FILE, _line, _by_what)


def _line(values: Row) -> Row:
    """A line as it is kept, or ValueError for one that is none."""
    who, browser = clean(text(values, "who", LONGEST)), values.get("browser")
    if not who:
        raise ValueError("A line names nobody.")
    browser = browser if type(browser) is str and BROWSER.fullmatch(browser) else ""
    return {"what": text(values, "what", MOST_WHAT), "who": who, "browser": browser, "at": moment(values)}


def _by_what(rows: list[Row]) -> Began:
    began: Began = {}
    for row in rows:
        began[row["what"]] = _with(began.get(row["what"], ()), Owner(row["who"], row["browser"]))
    return began


def _with(those: tuple[Owner, ...], new: Owner) -> tuple[Owner, ...]:
    """These and one more; a browser that says the nickname which stood there alone takes its place."""
    for place, old in enumerate(those):
        if old.browser == new.browser if old.browser and new.browser else key(old.who) == key(new.who):
            return (*those[:place], new, *those[place + 1 :]) if new.browser and not old.browser else those
    return (*those, new)
