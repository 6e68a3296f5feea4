"""Several networks asked about one drawing on a phone; a dot that opens its run; a method's flow that says itself."""

from __future__ import annotations

import json
import re

import pytest

from ssl_core.runs.store import Store
from ssl_core.train.config import configure
from tests.browser._serve import IDLE, browser, opened, served
from tests.pages.test_predict import finish

METHODS = ["supervised", "mixmatch", "fixmatch", "vat"]
PHONE = {"width": 400, "height": 800}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    root = tmp_path_factory.mktemp("several")
    store, row = Store(root / "runs"), {"step": 9, "images": 9, "seconds": 1.0, "loss": 1.0}
    for place, method in enumerate(METHODS):
        finish(store, configure("digits", method, 20, 0), "e")
        scores = {"test_accuracy": 0.5 + place / 10, "validation_accuracy": 0.5}
        (store.runs()[-1].folder / "metrics.jsonl").write_text(json.dumps(row | scores) + "\n")
    with served(root) as address, browser() as started:
        started.address, started.runs = address, {run.config["method"]: run.name for run in store.runs()}
        yield started


def settled(page):
    page.wait_for_timeout(400)
    page.wait_for_selector(IDLE, timeout=60_000)
    return page


def test_four_answers_stand_under_the_drawing_on_a_phone(chromium):
    asked = "&".join(f"beside={chromium.runs[method]}" for method in METHODS[1:])
    link = f"{chromium.address}/predict?source=draw&trained={chromium.runs['supervised']}&{asked}"
    page = settled(opened(chromium, link, viewport=PHONE, reduced_motion="reduce"))
    sheet = page.locator(".sheet canvas")
    sheet.wait_for(timeout=90_000)
    sheet.scroll_into_view_if_needed()
    sheet.focus()
    page.keyboard.press(" ")
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    cards = page.locator(".answers > div")
    cards.nth(3).wait_for(timeout=60_000)
    settled(page)
    page.get_by_role("heading", name=re.compile("All four say|of four say|They disagree")).wait_for()
    first, last = sheet.bounding_box(), cards.nth(3).bounding_box()
    assert last["y"] + last["height"] - first["y"] < PHONE["height"], "drawing and answers are on one screen"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert all(page.locator(".answers img").evaluate_all("all => all.map(image => image.alt.length > 0)"))
    assert [name for name in METHODS[1:] if chromium.runs[name] not in page.url] == [], "the link asks the same four"
    page.close()


def test_a_dot_opens_its_run_and_so_does_the_keyboard(chromium):
    page = opened(chromium, f"{chromium.address}/training?experiment=e", viewport={"width": 1280, "height": 900})
    chart = page.locator(".st-key-accuracy_chart .lab-chart")
    chart.locator(".scatterlayer .point").nth(3).wait_for(timeout=60_000)
    names = "box => box._fullData.filter(trace => trace.mode === 'markers').map(trace => trace.customdata[0])"
    assert chart.evaluate(names) == list(chromium.runs.values())
    dot = chart.locator(".scatterlayer .point").nth(2).bounding_box()
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2, steps=3)
    page.wait_for_timeout(300)  # plotly looks for the nearest dot at a pace
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    pressed = page.locator(".st-key-strip button[aria-pressed='true']")
    page.locator(f".st-key-strip button[data-run='{chromium.runs['fixmatch']}'][aria-pressed='true']").wait_for()
    assert pressed.count() == 1
    page.wait_for_url(f"**run={chromium.runs['fixmatch']}*")
    page.locator(f".st-key-strip button[data-run='{chromium.runs['vat']}']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**run={chromium.runs['vat']}*")
    page.get_by_role("link", name="Ask it beside its rivals").click()
    page.wait_for_url(f"**/predict?trained={chromium.runs['vat']}&beside=**")
    page.close()


@pytest.mark.parametrize("width", [1280, 400])
def test_a_stage_of_a_flow_is_read_by_keyboard_and_its_letters_can_be_read(chromium, width):
    page = opened(chromium, f"{chromium.address}/methods?method=mixmatch", viewport={"width": width, "height": 800})
    stage = page.get_by_role("button", name=re.compile("^Sharpened: "))
    stage.wait_for(timeout=60_000)
    settled(page)
    stage.focus()
    page.get_by_text("what is probable becomes more so", exact=False).wait_for()
    drawing = page.locator(".flow svg").bounding_box()
    assert drawing["x"] >= 0 and drawing["x"] + drawing["width"] <= width
    assert page.locator(".flow .title").first.evaluate("t => t.getBoundingClientRect().height") > 10
    room = "all => all.map(t => t.parentNode.querySelector('rect').getBBox().width - t.getBBox().width)"
    assert min(page.locator(".flow .title").evaluate_all(room)) > 4, "a title is as wide as its box"
    page.close()
