"""What a visitor waits for, and what one costs the server, in a real browser.

    python -m tests.benchmarks.app

Prints: first page against an empty Streamlit app, cold and warm click to the first dot, server CPU of a live tick.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, Server, ready

DOT = ".st-key-accuracy_chart .scatterlayer .point"


def first_page(browser, url: str) -> float:
    page = browser.new_context().new_page()
    began = time.perf_counter()
    page.goto(url)
    page.locator("h1").first.wait_for()
    ready(page)
    seconds = time.perf_counter() - began
    page.context.close()
    return seconds


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def click_to_dot(page: Page, seed: int) -> float:
    """Start an experiment that is new, and wait until its first run has a point."""
    page.get_by_role("button", name="Start experiment").click()
    began = time.perf_counter()
    page.locator(DOT).first.wait_for()
    return time.perf_counter() - began


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit as st\nst.title('Empty')\n")
        times: dict[str, list[float]] = {"app.py": [], str(empty): []}
        for round_ in range(3):
            for script, seen in times.items():
                server = Server(Path(folder) / f"{round_}-{Path(script).stem}", script)
                seen.append(first_page(browser, server.url))
                server.close()
        ours, theirs = (statistics.median(seen) for seen in times.values())
        print(
            f"first page of a fresh server: {ours:.2f} s; empty app {theirs:.2f} s; {ours / theirs:.2f} times",
            flush=True,
        )

        server = Server(Path(folder) / "live")
        page = browser.new_page()
        page.goto(f"{server.url}/training?labels=10&methods=Supervised")
        ready(page)
        page.get_by_role("button", name="Start experiment").wait_for()
        print(f"cold click to first dot: {click_to_dot(page, 0):.2f} s", flush=True)
        page.goto(f"{server.url}/training?labels=20&labels=40&methods=MixMatch&methods=FixMatch&experiment=none")
        ready(page)
        time.sleep(2)
        page.evaluate(f"document.querySelectorAll('{DOT}').forEach(dot => dot.remove())")
        print(f"warm click to first dot: {click_to_dot(page, 1):.2f} s", flush=True)
        time.sleep(5)  # past the import of PyTorch in the server
        began, spent, ticks = time.perf_counter(), cpu_seconds(server.process.pid), 20
        time.sleep(ticks)
        spent = cpu_seconds(server.process.pid) - spent
        ticks = round(time.perf_counter() - began)
        print(f"server CPU of a live tick, PyTorch loaded, one viewer: {1000 * spent / ticks:.0f} ms", flush=True)
        server.close()
        browser.close()


if __name__ == "__main__":
    main()
