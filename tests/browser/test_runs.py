"""The Runs page in a real browser: tick two runs and compare them; go on with a stopped one; take a script along."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.browser._serve import browser, opened, served, still, until

ROW = 35  # pixels


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Two finished runs and a stopped one, and a server that shows them."""
    root = tmp_path_factory.mktemp("runs")
    store = Store(root / "runs")
    for method, steps in (("supervised", 60), ("fixmatch", 60), ("supervised", 600)):
        values = {"steps": steps, "batch": 8, "evaluations": 5}
        run = store.add(configure("digits", method, 20, 0, values).to_dict() | {"experiment": "digits-browser"})
        work(run.folder, lambda row, run=run: run.stop() if row["step"] >= 60 and run.config["seed"] == 0 else None)
    with served(root) as address, browser() as started:
        started.address, started.store = address, store
        yield started


def tick(page, row: int) -> None:
    """Click the box at the beginning of a row; the table is drawn on a canvas."""
    box = still(page, page.locator("[data-testid='stDataFrame']").first.bounding_box)
    page.mouse.click(box["x"] + 16, box["y"] + ROW * (row + 1.5))


def test_two_ticked_rows_are_compared_and_the_address_keeps_them(chromium):
    names = [run.name for run in chromium.store.runs()]
    page = opened(chromium, f"{chromium.address}/runs", viewport={"width": 1280, "height": 900})
    page.locator("[data-testid='stDataFrame'] canvas").first.wait_for()
    tick(page, 2)
    expect(page.locator(".st-key-overlay .legend .traces")).to_have_count(1)
    tick(page, 1)
    expect(page.locator(".st-key-overlay .legend .traces")).to_have_count(2)
    expect(page).to_have_url(re.compile(f"compare={names[0]}(,|%2C){names[1]}"))
    address = page.url

    again = opened(chromium, address, viewport={"width": 400, "height": 800})
    expect(again.locator(".st-key-overlay .legend .traces")).to_have_count(2)
    again.wait_for_function("document.documentElement.scrollWidth <= 400")
    found = Axe().run(page).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical") and v["id"] != "color-contrast"]
    assert serious == [], [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in serious]

    page.get_by_role("radio", name="Confusions").click()
    expect(page.locator(".lab-chart .heatmaplayer")).to_have_count(2)
    page.get_by_role("radio", name="Mistakes").click()
    page.locator(".pictures img").first.wait_for()

    page.get_by_role("button", name="Take along").click()
    page.get_by_text("ssl_core train --data digits").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Script (Python)").click()
    assert "class Supervised" in download.value.path().read_text()


def test_a_stopped_run_goes_on_to_its_end(chromium):
    run = chromium.store.runs()[-1]
    assert run.state == "stopped"
    rows = len(run.tail.read())
    page = opened(chromium, f"{chromium.address}/runs?compare={run.name}", viewport={"width": 1280, "height": 900})
    page.get_by_role("button", name="Resume").click()
    page.get_by_text("Test accuracy, last value").wait_for()
    last = page.locator(".st-key-overlay .lab-chart")
    shown = "el => Math.max(...(el.data || []).flatMap(t => t.x), 0)"
    until(lambda: last.evaluate(shown) == 600, "the chart follows the run to its end")
    until(lambda: run.state == "done")  # its last line is written before its end
    assert len(run.tail.read()) > rows
