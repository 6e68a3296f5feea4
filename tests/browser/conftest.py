"""A real server and a real Chromium. Without Chromium on the machine these tests are skipped, by name."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ssl_core.runs.store import Store
from tests.browser._forks import Forked
from tests.workers import end_worker

HOUSE = Path(__file__).resolve().parents[2]
# The first is Chromium without a window to draw: the same engine for three fifths of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 240_000  # milliseconds that a busy machine may take for anything


def pytest_collection_modifyitems(items):
    """What a browser shows depends on the machine's mood too: a failure is tried once more, and named as RERUN."""
    ours = [item for item in items if "browser" in item.path.parts]
    skip = pytest.mark.skip(reason="no Chromium on this machine: see README, Tests")
    for item in ours:
        item.add_marker(pytest.mark.flaky(reruns=1) if CHROMIUM else skip)
        item.add_marker(pytest.mark.timeout(900))  # several waits of a busy machine, one after the other


def free_port() -> int:
    """A port that nobody has; not of those that the system hands to whoever connects, also while the server is down."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


class ServerEnded(AssertionError):
    """It ended by itself, or does not answer."""


class Server:
    """The app on a free port with a store of its own; can be killed and started again."""

    def __init__(
        self, root: Path, script: str = "app.py", *more: str, environment: dict[str, str] | None = None
    ) -> None:
        self.script, self.more, self.environment = script, more, environment or {}
        self.store = Store(root / "runs")
        self.log = (root / "server.log").open("ab")
        for left in (2, 1, 0):  # somebody may have taken the port since it was found free
            self.port = free_port()
            self.url = f"http://127.0.0.1:{self.port}"
            try:
                self.start()
                break
            except ServerEnded:
                if not left:
                    raise

    def start(self) -> None:
        words = ["run", self.script, "--server.port", str(self.port), *self.more]
        self.process = self._begun(words, os.environ | {"SSL_STORE": str(self.store.root)} | self.environment)
        limit = time.monotonic() + 300
        while not self._answers():
            if time.monotonic() > limit or self.process.poll() is not None:
                ended = self.process.poll() is not None
                self.kill()
                raise ServerEnded("the server ended" if ended else "the server does not answer")
            time.sleep(0.1)
        if self.process.poll() is not None:  # then somebody else answers there
            raise ServerEnded("the server ended")

    def _answers(self) -> bool:
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=30) as answer,  # noqa: S310 - our own server
        ):
            return answer.status == 200
        return False

    def _begun(self, words: list[str], environment: dict[str, str]) -> subprocess.Popen | Forked:
        command = [sys.executable, "-m", "streamlit", *words]
        return subprocess.Popen(
            command, cwd=HOUSE, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self) -> None:
        """Nothing of it is left, also where it had ended by itself."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        self.kill()
        self.log.close()
        subprocess.run(["pkill", "-f", f"ssl_core.runs.runner {self.store.root}"], check=False)
        for run in self.store.runs():
            end_worker(run)


class QuickServer(Server):
    """The same, forked from a process that has loaded what it needs, where that is possible."""

    def _begun(self, words: list[str], environment: dict[str, str]) -> subprocess.Popen | Forked:
        if sys.platform != "linux":
            return super()._begun(words, environment)
        return Forked(words, environment, Path(self.log.name))


@pytest.fixture
def fresh_server(tmp_path):
    """One that was started as a person starts it."""
    made = Server(tmp_path)
    yield made
    made.close()


@pytest.fixture
def server(tmp_path):
    made = QuickServer(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = patient(playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """tab(width=..., scheme=...) -> a new page; its uncaught errors fail the test."""
    contexts, wrong = [], []

    def open_tab(width: int = 1280, scheme: str = "light"):
        contexts.append(
            chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
        )
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Security Policy" in said.text else None)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert wrong == []


def patient(browser):
    """The browser, whose pages and expectations wait as long as a busy machine takes; how long is no assertion."""
    from playwright.sync_api import expect

    def waits(make):
        def made(**settings):
            one = make(**settings)
            one.set_default_timeout(PATIENCE)
            return one

        return made

    browser.new_context, browser.new_page = waits(browser.new_context), waits(browser.new_page)
    expect.set_options(timeout=PATIENCE)
    return browser


def ready(page):
    """Wait until the page's script has run."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")
    return page
