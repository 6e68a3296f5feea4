"""A server for a whole module of tests, and a page in the system's Chromium."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ssl_core.runs.store import Store
from tests.browser._short import nothing_begins
from tests.browser.conftest import CHROMIUM, QUIET, QuickServer, patient

IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"


@contextlib.contextmanager
def served(store: Path, trains: bool = True) -> Iterator[str]:
    """The address of a running app whose runs are kept under `store`; unless it trains, no runner is readied for it."""
    with contextlib.nullcontext() if trains else nothing_begins(Store(store / "runs")):
        server = QuickServer(store)
        try:
            yield server.url
        finally:
            server.close()


@contextlib.contextmanager
def browser() -> Iterator[object]:
    """The system's Chromium; the test is skipped where there is none."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: see README, Tests")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        chromium = patient(tool.chromium.launch(executable_path=CHROMIUM, args=QUIET))
        yield chromium
        chromium.close()


def until(what: Callable[[], object], words: str = "it took too long", seconds: float = 240.0) -> None:
    """Look again and again until that holds, which asks the page itself: `page.url` stands still meanwhile."""
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, words
        time.sleep(0.05)


def still(page, look: Callable[[], object], pause: int = 300, looks: int = 3) -> object:
    """What `look` gives once it has given the same, not None, a few times running, so many milliseconds apart."""
    seen = [look()]

    def same() -> bool:
        page.wait_for_timeout(pause)
        seen.append(look())
        return seen[-1] is not None and seen[-looks:] == [seen[-1]] * looks

    until(same)
    return seen[-1]


def box_of(locator) -> dict[str, float]:
    """Where it is, once it is anywhere: a page that is being drawn has it nowhere for an instant."""
    seen = [locator.bounding_box()]
    until(lambda: seen[-1] or seen.append(locator.bounding_box()), "it is nowhere")
    return seen[-1]


def opened(chromium, address: str, **settings):
    """A page that has finished its first run."""
    page = chromium.new_page(**settings)
    page.goto(address)
    page.wait_for_selector(IDLE)
    return page
