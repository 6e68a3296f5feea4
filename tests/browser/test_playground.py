"""The playground in a real browser: the film is scrubbed, a point is moved by hand and by key, the address shared."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser._serve import IDLE, browser, opened, served, still, until

PIXELS = """() => {
  const inside = (root) => root.querySelector(".plane")
    || [...root.querySelectorAll("*")].map((one) => one.shadowRoot && inside(one.shadowRoot)).find(Boolean);
  return inside(document).toDataURL();
}"""
# A film of six seconds takes ten minutes: it is not over before somebody has looked at it.
SLOWER = """() => {
  const real = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => real((now) => draw(now / 100));
}"""
ONE = "plane_methods=supervised"  # which is trained fastest


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("playground")) as address, browser() as started:
        started.address = address
        yield started


def playground(chromium, query: str, width: int = 1280, **more):
    page = opened(
        chromium, f"{chromium.address}/playground?{query}", viewport={"width": width, "height": 1000},
        reduced_motion="reduce", **more,
    )  # fmt: skip
    page.locator(".plane").first.wait_for()
    return page


def at(page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the plane is on the screen."""
    box = still(page, page.locator(".plane").first.bounding_box)
    return box["x"] + (x + 2) / 4 * box["width"], box["y"] + (2 - y) / 4 * box["height"]


def test_scrub_move_a_point_and_share_the_address(chromium):
    page = playground(chromium, ONE)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    player, scrub = page.locator(".plane-player"), page.get_by_role("slider", name="Moment of the training")
    expect(player).to_have_attribute("data-moment", "60.00")  # no movement where none is wanted
    last = page.evaluate(PIXELS)
    scrub.focus()
    scrub.press("Home")
    expect(player).to_have_attribute("data-moment", "0.00")
    expect(page.locator(".numbers").first).to_contain_text("step 0 ·")
    until(lambda: page.evaluate(PIXELS) != last, "another moment, another picture")

    start, end = at(page, -1.53, -0.01), at(page, -1.0, -1.5)  # a label of the upper moon, as the first draw lies
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("edits=m[0-9a-z]{6}$"))
    page.get_by_role("button", name="Undo changes (1)").wait_for()
    plane = page.locator(".plane").first
    plane.focus()
    before = page.url
    plane.press("ArrowUp")  # the chosen one is moved on: still one change
    page.wait_for_url(lambda url: url != before and re.search("edits=m[0-9a-z]{6}$", url))
    plane.press("0")
    page.wait_for_url(re.compile("edits=m[0-9a-z]{6}l[0-9a-z]{2}n$"))
    page.get_by_role("button", name="Label B").click()
    page.mouse.click(*at(page, 1.5, 1.5))
    page.wait_for_url(re.compile("edits=a[0-9a-z]{4}1m"))
    expect(player).to_have_attribute("data-points", "301")
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Share").click()
    field = page.get_by_role("textbox", name="Link to this view")
    expect(field).to_have_value(re.compile("edits=a"))
    link = field.input_value()
    shown = page.locator(".plane").first.get_attribute("aria-label")
    page.close()
    other = playground(chromium, link.split("?")[1], width=400)
    expect(other.locator(".plane-player")).to_have_attribute("data-points", "301")
    assert "301 points, 6 of them labelled" in shown
    expect(other.locator(".plane").first).to_have_attribute("aria-label", shown)
    main = "document.querySelector('[data-testid=stMain]')"
    other.wait_for_function(f"{main}.scrollWidth <= {main}.clientWidth")  # on a phone nothing is wider than it
    other.close()
    assert wrong == []


def test_it_breaks_no_accessibility_rule_and_a_film_plays(chromium):
    theirs = {"color-contrast"}  # of Streamlit's own widgets: see test_live_experiment.py
    for scheme in ("light", "dark"):
        page = playground(chromium, ONE, color_scheme=scheme)
        page.wait_for_selector(IDLE)
        found = Axe().run(page).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical") and v["id"] not in theirs]
        assert serious == [], [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in serious]
        if scheme == "light":
            page.evaluate(SLOWER)
            page.get_by_role("button", name="Play again").click()
            expect(page.get_by_role("button", name="Pause")).to_be_visible()
            expect(page.locator(".plane-player")).to_have_attribute("data-moment", re.compile(r"^[1-5]?\d\.(?!00)"))
            page.get_by_role("button", name="Pause").click()
            page.get_by_role("button", name="Play", exact=True).wait_for()  # on from here: it is not over
        page.close()
