"""Which browser is whose: what somebody called themselves is kept beside the runs, by a hash of the browser's mark.

The last name that a browser said is its name. Two browsers may say the same one: it may be the same person.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

from ssl_core.people.ledger import Ledger, Row, ledger, moment, text
from ssl_core.people.names import LONGEST, beside, clean, key, trouble

if TYPE_CHECKING:
    from ssl_core.runs.store import Store

FILE = "people.jsonl"
BROWSER = re.compile(r"[0-9a-f]{32}")


class Said(NamedTuple):
    """What a browser called itself, and whether it knew that another one is called the same."""

    who: str
    sure: bool


NOBODY = Said("", False)


def called(store: Store, browser: str) -> str:
    """What this browser calls itself; empty where it never said."""
    return browsers(store).get(browser, NOBODY).who


def call(store: Store, browser: str, nickname: str, sure: bool = False) -> str:
    """Keep what a browser calls itself; returns the name as it is kept. Raises ValueError, one sentence, or OSError.

    `sure` says that it is meant although another browser is called the same.
    """
    if why := trouble(nickname):
        raise ValueError(why)
    said = Said(clean(nickname), sure)
    row = {"browser": browser, "who": said.who, "at": round(time.time(), 3)} | ({"sure": True} if sure else {})
    _ledger(store).add(row, lambda known: known.get(browser) == said)
    return said.who


def same_name(store: Store, browser: str, nickname: str) -> bool:
    """Whether another browser calls itself the same now."""
    return any(key(said.who) == key(nickname) for other, said in browsers(store).items() if other != browser)


def unsettled(store: Store, browser: str) -> bool:
    """Whether another browser calls itself the same, and this one has not said yet that it means to."""
    who, sure = browsers(store).get(browser, NOBODY)
    return bool(who) and not sure and same_name(store, browser, who)


def another_name(store: Store, nickname: str) -> str:
    """The same with a number behind it that makes it nobody else's: Anna 2."""
    return beside(nickname, everybody(store))


def everybody(store: Store) -> list[str]:
    """Every name that some browser has now, once each, in the order they came."""
    names: dict[str, str] = {}
    for said in browsers(store).values():
        names.setdefault(key(said.who), said.who)
    return list(names.values())


def browsers(store: Store) -> dict[str, Said]:
    """What every browser calls itself now; to be read only, and the same object until somebody says something."""
    return _ledger(store).read()


def _ledger(store: Store) -> Ledger:
    return ledger(store.root / FILE, _line, _by_browser)


def _line(values: Row) -> Row:
    """A line as it is kept, or ValueError for one that is none."""
    who, browser = clean(text(values, "who", LONGEST)), text(values, "browser", 32)
    if not who or not BROWSER.fullmatch(browser):
        raise ValueError("A line names nobody.")
    return {"browser": browser, "who": who, "sure": values.get("sure") is True, "at": moment(values)}


def _by_browser(rows: list[Row]) -> dict[str, Said]:
    return {row["browser"]: Said(row["who"], row["sure"]) for row in rows}
