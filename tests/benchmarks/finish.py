"""What a new user meets: where Start lies, what jumps at load, tab stops, contrast, axe's rules, covered legends.

    python -m tests.benchmarks.finish [--pages training home ...] [--why]

Opens every page of a server of its own in the machine's Chromium, in an empty store and beside recorded runs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from pages.parts.shared.pages import PAGES, address_of
from tests.browser import _seen
from tests.browser._serve import browser, served

SIZES = ((1280, 900), (1366, 768), (400, 800))


def contexts(chromium, *, touch: bool = False, **settings):
    """A context of a browser with this viewport and theme."""
    return chromium.new_context(reduced_motion="reduce", has_touch=touch, is_mobile=touch, **settings)


def start_places(chromium, address: str) -> None:
    """The lower edge of Start experiment, and of what an eye looks for beside it."""
    for width, height in SIZES:
        context = contexts(chromium, viewport={"width": width, "height": height})
        page = _seen.watched(context)
        _seen.settle(page, f"{address}/training")
        top = page.locator("h1").bounding_box()["y"]
        box = page.get_by_role("button", name="Start experiment").bounding_box()
        chart = page.locator(".st-key-accuracy_chart").bounding_box()["y"]
        stops, _ = _seen.stops_until(page, "Start experiment")
        low = box["y"] + box["height"]
        print(f"{width}×{height}: title at {top:.0f}, Start ends at {low:.0f}, chart at {chart:.0f}, {stops} tab stops")
        context.close()


def every_page(chromium, address: str, names: list[str], why: bool) -> None:
    """Shift at load, lowest contrast of a caption, rules broken, headings, title, covered legends of each page."""
    for entry in PAGES:
        if names and entry.name not in names:
            continue
        for (width, height), scheme in (((1280, 900), "light"), ((400, 800), "dark")):
            viewport = {"width": width, "height": height}
            context = contexts(chromium, viewport=viewport, color_scheme=scheme, touch=width < 640)
            page = _seen.watched(context)
            _seen.settle(page, f"{address}/{address_of(entry.name)}")
            shift = page.evaluate(_seen.SHIFTED)
            faint = min(page.evaluate(_seen.CONTRASTS), default=[99, ""])
            broken = {v["id"]: len(v["nodes"]) for v in Axe().run(page).response["violations"]}
            levels = [level for level, _ in page.evaluate(_seen.HEADINGS)]
            covered = page.evaluate(_seen.COVERED)
            print(
                f"{entry.name} {width} {scheme}: shift {shift:.3f}, contrast {faint[0]:.2f}, headings {levels}, "
                f"title {page.title()!r}, covered {covered}, axe {json.dumps(broken)}",
                flush=True,
            )
            if why:
                print(*page.evaluate(_seen.MOVED), sep="\n")
            context.close()


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", nargs="*", default=[])
    parser.add_argument("--why", action="store_true", help="what moved, from where to where")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address, browser() as chromium:
        warm = chromium.new_page()
        _seen.settle(warm, f"{address}/training")  # PyTorch is in the server from here on
        warm.close()
        start_places(chromium, address)
        every_page(chromium, address, asked.pages, asked.why)


if __name__ == "__main__":
    main()
