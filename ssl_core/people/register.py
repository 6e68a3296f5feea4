"""Which browser is whose: what somebody called themselves is kept beside the runs, by a hash of the browser's mark.

The last name that a browser said is its name. Two browsers may say the same one: it may be the same person.
"""

from __future__ import annotations

import math
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


def now_called(store: Store, who: str, when: float) -> str:
    """What the one browser that was called so at that moment, in seconds, is called now.

    The nickname itself where nobody gave it up since, or more than one browser had it then.
    """
    given_up = _spans(store).read()
    spans = given_up.get(key(who), ()) if given_up else ()
    those = {span.browser for span in spans if span.since <= when <= span.until}
    return called(store, those.pop()) if len(those) == 1 else who


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


class Span(NamedTuple):
    """From when until when a browser had a nickname, in seconds."""

    browser: str
    since: float
    until: float


def _spans(store: Store) -> Ledger:
    """The same file, read as who had which nickname when."""
    return ledger(store.root / FILE, _line, _by_nickname)


def _by_nickname(rows: list[Row]) -> dict[str, list[Span]]:
    """By nickname, of those that some browser gave up."""
    spans: dict[str, list[Span]] = {}
    last: dict[str, Row] = {}
    for row in rows:
        before = last.get(row["browser"], row)
        if key(before["who"]) != key(row["who"]):
            spans.setdefault(key(before["who"]), []).append(Span(row["browser"], before["at"], row["at"]))
            last[row["browser"]] = row
        last.setdefault(row["browser"], row)
    given_up = set(spans)
    for browser, row in last.items():
        if key(row["who"]) in given_up:
            spans[key(row["who"])].append(Span(browser, row["at"], math.inf))
    return spans
