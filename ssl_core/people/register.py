"""Which browser is whose: what somebody called themselves is kept beside the runs, by a hash of the browser's mark.

The last name that a browser said is its name. Two browsers may say the same one: it may be the same person.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from ssl_core.people.ledger import Ledger, Row, ledger, moment, text
from ssl_core.people.names import LONGEST, beside, clean, key, trouble

if TYPE_CHECKING:
    from ssl_core.runs.store import Store

FILE = "people.jsonl"
BROWSER = re.compile(r"[0-9a-f]{32}")


def called(store: Store, browser: str) -> str:
    """What this browser calls itself; empty where it never said."""
    return _ledger(store).read().get(browser, "")


def call(store: Store, browser: str, nickname: str) -> str:
    """Keep what a browser calls itself; returns the name as it is kept. Raises ValueError, one sentence, or OSError."""
    if why := trouble(nickname):
        raise ValueError(why)
    name = clean(nickname)
    row = {"browser": browser, "who": name, "at": round(time.time(), 3)}
    _ledger(store).add(row, lambda known: known.get(browser) == name)
    return name


def same_name(store: Store, browser: str, nickname: str) -> bool:
    """Whether another browser calls itself the same now."""
    return any(key(name) == key(nickname) for other, name in _ledger(store).read().items() if other != browser)


def another_name(store: Store, nickname: str) -> str:
    """The same with a number behind it that makes it nobody else's: Anna 2."""
    return beside(nickname, _ledger(store).read().values())


def everybody(store: Store) -> list[str]:
    """Every name that some browser has now, once each, in the order they came."""
    return list({key(name): name for name in reversed(_ledger(store).read().values())}.values())[::-1]


def _ledger(store: Store) -> Ledger:
    return ledger(store.root / FILE, _line, _by_browser)


def _line(values: Row) -> Row:
    """A line as it is kept, or ValueError for one that is none."""
    who, browser = clean(text(values, "who", LONGEST)), text(values, "browser", 32)
    if not who or not BROWSER.fullmatch(browser):
        raise ValueError("A line names nobody.")
    return {"browser": browser, "who": who, "at": moment(values)}


def _by_browser(rows: list[Row]) -> dict[str, str]:
    return {row["browser"]: row["who"] for row in rows}
