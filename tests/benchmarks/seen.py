"""What an eye waits for on Label, Playground and Inside one batch, in a real browser: from a key to what is painted.

    python -m tests.benchmarks.seen [label] [playground] [inside] [--keys 40]

Label: from a class key to the frame in which the next picture stands. Playground: from a step of the slider τ to the
first frame of the new film (FixMatch trained anew beside a film that is kept), and frames a second while it plays.
Inside one batch: a first view in a new tab of a warm server, and from a step of the slider τ to the new loss.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, Server, ready

KEYED = """() => new Promise((done) => {
  const picture = () => document.querySelector(".pictures img")?.src, before = picture();
  window.addEventListener("keydown", () => {
    const began = performance.now();
    const look = () => {
      if (picture() && picture() !== before) requestAnimationFrame(() => done(performance.now() - began));
      else requestAnimationFrame(look);
    };
    look();
  }, { once: true, capture: true });
})"""
FRAMES = """(player) => new Promise((done) => {
  let shown = 0, last = player.state.moment;
  const began = performance.now();
  const count = () => {
    if (player.state.moment !== last) { shown += 1; last = player.state.moment; }
    if (performance.now() - began < 3000) requestAnimationFrame(count); else done(shown / 3);
  };
  requestAnimationFrame(count);
})"""


def show(what: str, seconds: Iterable[float]) -> None:
    """Median, 95 of 100, and longest."""
    each = sorted(1000 * value for value in seconds)
    high = each[min(len(each) - 1, int(0.95 * len(each)))]
    print(
        f"{what}: median {statistics.median(each):.0f} ms, 95 of 100 {high:.0f} ms, longest {each[-1]:.0f} ms",
        flush=True,
    )


def open_page(browser, address: str, wait: str) -> Page:
    """A new tab with nothing kept, at the moment it shows these words."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    page.get_by_text(wait).first.wait_for(timeout=240_000)
    return page


def label(browser, server: Server, keys: int) -> None:
    page = open_page(browser, f"{server.url}/label?label_data=digits", "Begin to label")
    ready(page)
    page.get_by_role("button", name="Begin to label").click()
    page.get_by_role("button", name="None of these").wait_for(timeout=240_000)
    waits = []
    for number in range(keys):
        ready(page)
        time.sleep(1)  # as somebody who looks before they press; the two lines learn meanwhile
        page.evaluate("document.activeElement.blur()")
        page.evaluate(f"() => {{ window.waited = ({KEYED})(); }}")  # not awaited here
        page.keyboard.press(str(number % 10))
        waits.append(page.evaluate("window.waited") / 1000)
    show("Label, key to the next picture", waits)


def playground(browser, server: Server, keys: int) -> None:
    page = open_page(browser, f"{server.url}/playground", "new points right")
    ready(page)
    player, waits = page.locator(".plane-player"), []
    for number in range(7):
        before = player.evaluate("player => player.state.id")
        page.get_by_role("slider", name="τ").first.focus()
        began = time.perf_counter()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(
            "([player, before]) => player.state.id !== before && player.state.playing",
            arg=[player.element_handle(), before],
        )
        waits.append(time.perf_counter() - began)
        if number == 0:
            print(f"Playground, frames a second: {player.evaluate(FRAMES):.0f}", flush=True)
        ready(page)
    show("Playground, slider to the first frame", waits)


def inside(browser, server: Server, keys: int) -> None:
    loss = "the loss of this step"
    open_page(browser, f"{server.url}/inside?by_method=fixmatch", loss).context.close()  # warms the server
    waits = []
    for method in ("mixmatch", "flexmatch", "freematch", "softmatch", "uda", "remixmatch", "mean_teacher"):
        began = time.perf_counter()
        open_page(browser, f"{server.url}/inside?by_method={method}", loss).context.close()
        waits.append(time.perf_counter() - began)
    show("Inside one batch, first view of a method, warm", waits)
    page, waits = open_page(browser, f"{server.url}/inside?by_method=fixmatch", loss), []
    ready(page)
    gate = page.get_by_role("slider", name="τ").first
    words = page.locator(".inside .sentence")
    page.get_by_text("Gate", exact=True).first.click()
    for _ in range(10):
        ready(page)
        before = words.inner_text()
        gate.focus()
        began = time.perf_counter()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(
            "([words, before]) => words.textContent !== before", arg=[words.element_handle(), before]
        )
        waits.append(time.perf_counter() - began)
    show("Inside one batch, slider to the new numbers", waits)


PARTS = {"label": label, "playground": playground, "inside": inside}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PAGE")
    parser.add_argument("--keys", type=int, default=40)
    args = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for name in args.parts or PARTS:
            (Path(folder) / name).mkdir()
            server = Server(Path(folder) / name)
            PARTS[name](browser, server, args.keys)
            server.close()
        browser.close()


if __name__ == "__main__":
    main()
