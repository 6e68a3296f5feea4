"""A server for a whole module of tests, and a page in the system's Chromium."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import CHROMIUM, QUIET, Server

IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"


@contextlib.contextmanager
def served(store: Path) -> Iterator[str]:
    """The address of a running app whose runs are kept under `store`."""
    server = Server(store)
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
        chromium = tool.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


def opened(chromium, address: str, **settings):
    """A page that has finished its first run."""
    page = chromium.new_page(**settings)
    page.goto(address)
    page.wait_for_selector(IDLE, timeout=60_000)
    return page
