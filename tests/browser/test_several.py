"""What answers to the hand: four networks and one drawing, a dot that opens its run, a flow, a plane of codes."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from ssl_core.generate.config import configure as make
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.browser._serve import IDLE, box_of, browser, opened, served, still, until
from tests.pages.test_predict import finish

METHODS = ["supervised", "mixmatch", "fixmatch", "vat"]
TINY = {"steps": 40, "frames": 2, "batch": 32, "width": 4, "latent": 2}  # of an autoencoder whose plane is all it has
PHONE = {"width": 400, "height": 800}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    root = tmp_path_factory.mktemp("several")
    store, row = Store(root / "runs"), {"step": 9, "images": 9, "seconds": 1.0, "loss": 1.0}
    for place, method in enumerate(METHODS):
        finish(store, configure("digits", method, 20, 0), "e")
        scores = {"test_accuracy": 0.5 + place / 10, "validation_accuracy": 0.5}
        (store.runs()[-1].folder / "metrics.jsonl").write_text(json.dumps(row | scores) + "\n")
    runs = {run.config["method"]: run.name for run in store.runs()}
    assert work(store.add(make("digits", "vae", None, 0, TINY).to_dict()).folder)["state"] == "done"
    with served(root) as address, browser() as started:
        started.address, started.runs = address, runs
        yield started


def test_four_answers_stand_under_the_drawing_on_a_phone(chromium):
    asked = "&".join(f"beside={chromium.runs[method]}" for method in METHODS[1:])
    link = f"{chromium.address}/predict?source=draw&trained={chromium.runs['supervised']}&{asked}"
    page = opened(chromium, link, viewport=PHONE, reduced_motion="reduce")
    sheet = page.locator(".sheet canvas")
    sheet.wait_for()
    sheet.scroll_into_view_if_needed()
    sheet.focus()
    page.keyboard.press(" ")
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    cards = page.locator(".answers > div")
    cards.nth(3).wait_for()
    page.get_by_role("heading", name=re.compile("All four say|of four say|They disagree")).wait_for()

    def height() -> float:
        first, last = box_of(sheet), box_of(cards.nth(3))
        return last["y"] + last["height"] - first["y"]

    until(lambda: height() < PHONE["height"], "drawing and answers are on one screen")
    page.wait_for_function(f"document.documentElement.scrollWidth <= {PHONE['width']}")
    assert all(page.locator(".answers img").evaluate_all("all => all.map(image => image.alt.length > 0)"))
    assert [name for name in METHODS[1:] if chromium.runs[name] not in page.url] == [], "the link asks the same four"
    page.close()


def test_a_dot_opens_its_run_and_so_does_the_keyboard(chromium):
    page = opened(chromium, f"{chromium.address}/training?experiment=e", viewport={"width": 1280, "height": 900})
    chart = page.locator(".st-key-accuracy_chart .lab-chart")
    chart.locator(".scatterlayer .point").nth(3).wait_for()
    names = "box => (box._fullData || []).filter(trace => trace.mode === 'markers').map(trace => trace.customdata[0])"
    until(lambda: chart.evaluate(names) == list(chromium.runs.values()))
    dot = still(page, chart.locator(".scatterlayer .point").nth(2).bounding_box)
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2, steps=3)
    chart.locator(".hoverlayer .hovertext").first.wait_for()  # plotly looks for the nearest dot at a pace
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    pressed = page.locator(".st-key-strip button[aria-pressed='true']")
    page.locator(f".st-key-strip button[data-run='{chromium.runs['fixmatch']}'][aria-pressed='true']").wait_for()
    expect(pressed).to_have_count(1)
    page.wait_for_url(f"**run={chromium.runs['fixmatch']}*")
    page.wait_for_selector(IDLE)
    page.locator(f".st-key-strip button[data-run='{chromium.runs['vat']}']").press("Enter")
    page.wait_for_url(f"**run={chromium.runs['vat']}*")
    # the address is written first, and what stands below it is drawn anew only afterwards
    rivals = page.get_by_role("link", name="Ask it beside its rivals")
    expect(rivals).to_have_attribute("href", re.compile(f"trained={chromium.runs['vat']}"))
    rivals.click()
    page.wait_for_url(f"**/predict?trained={chromium.runs['vat']}&beside=**")
    page.close()


@pytest.mark.parametrize("width", [1280, 400])
def test_a_stage_of_a_flow_is_read_by_keyboard_and_its_letters_can_be_read(chromium, width):
    page = opened(chromium, f"{chromium.address}/methods?method=mixmatch", viewport={"width": width, "height": 800})
    stage = page.get_by_role("button", name=re.compile("^Sharpened: "))
    stage.wait_for()
    stage.focus()
    page.get_by_text("what is probable becomes more so", exact=False).wait_for()
    drawing = still(page, page.locator(".flow svg").bounding_box)
    assert drawing["x"] >= 0 and drawing["x"] + drawing["width"] <= width
    page.wait_for_function("document.fonts.status === 'loaded'")
    assert page.locator(".flow .title").first.evaluate("t => t.getBoundingClientRect().height") > 10
    room = "all => all.map(t => t.parentNode.querySelector('rect').getBBox().width - t.getBBox().width)"
    until(lambda: min(page.locator(".flow .title").evaluate_all(room), default=0) > 4, "a title is as wide as its box")
    page.close()


PAINTED = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((value) => value > 0 && value < 255)"


def test_mouse_and_keys_walk_through_the_codes_and_the_decoded_picture_follows(chromium):
    """At once in the browser; and when the hand rests the page paints the place in every class."""
    knobs = "&".join(f"digits-vae-{name}={value}" for name, value in TINY.items())
    page = opened(chromium, f"{chromium.address}/generate?{knobs}", viewport={"width": 1280, "height": 900})
    walk, land, decoded = (page.locator(where) for where in (".walk", ".walk .map", ".walk .picture"))
    land.wait_for()
    page.wait_for_function(PAINTED, arg=decoded.element_handle())
    classes = page.locator(".st-key-walk_classes img").first
    classes.wait_for()
    seen, painted = [decoded.evaluate("canvas => canvas.toDataURL()")], classes.get_attribute("src")

    def place() -> list[float]:
        return [float(number) for number in walk.get_attribute("data-place").split(",")]

    def follows() -> None:
        """The picture is another than all before: it is drawn in the instant in which the place is written."""
        seen.append(decoded.evaluate("canvas => canvas.toDataURL()"))
        assert len({*seen}) == len(seen)

    land.scroll_into_view_if_needed()
    box, begun = still(page, land.bounding_box), walk.get_attribute("data-place")
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.25 * box["height"])
    expect(walk).not_to_have_attribute("data-place", begun)
    follows()
    x, y = place()
    assert x > 0 < y and x / y == pytest.approx(0.6 / 0.5, rel=0.05), "as far from the middle as the mouse is"
    expect(classes).not_to_have_attribute("src", painted)
    page.mouse.move(box["x"] - 20, box["y"] - 20)
    land.focus()
    page.keyboard.press("ArrowLeft")
    until(lambda: place() == pytest.approx([x - 0.1, y], abs=0.011))
    page.keyboard.press("Shift+ArrowDown")
    until(lambda: place() == pytest.approx([x - 0.1, y - 0.5], abs=0.011))
    follows()
    assert decoded.get_attribute("aria-label").startswith("Decoded picture at Place")
    page.close()
