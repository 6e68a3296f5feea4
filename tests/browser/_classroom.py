"""A class at one server: the app in class mode, and browsers that are somebody's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.browser._serve import IDLE
from tests.browser.conftest import QuickServer


@contextlib.contextmanager
def classroom(root: Path, **environment: str) -> Iterator[QuickServer]:
    """The app started with `-- --class`, its runs under `root`; `environment` may hold SSL_TEACHER, SSL_OPEN."""
    server = QuickServer(root, "app.py", "--", "--class", environment=environment)
    try:
        yield server
    finally:
        server.close()


def enter(chromium, address: str, nickname: str, **settings):
    """A page in a browser of its own whose person just said a nickname."""
    page = chromium.new_context(**settings).new_page()
    page.goto(address)
    page.get_by_label("Nickname", exact=True).fill(nickname)
    page.get_by_role("button", name="Go in").click()
    page.locator(".st-key-who").wait_for()
    page.wait_for_selector(IDLE)
    return page
