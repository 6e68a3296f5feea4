"""Labelling many at once in a real browser: a wall, a lasso on the map, doubted labels, undo; and axe on every view."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ssl_core.data import load
from ssl_core.features.card import lacks
from ssl_core.label.pictures import pictures_of
from tests.browser._serve import still, until
from tests.browser.conftest import QuickServer, ready
from tests.browser.squares import KINDS, squares

pytestmark = pytest.mark.skipif(
    bool(lacks("efficientnet_lite0")), reason="the weights of EfficientNet-Lite0 are not here"
)
THEIRS = {"color-contrast"}  # one primary colour cannot serve buttons and selected text in both themes
OVERFLOW = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
PLACE = """() => {
  const chart = document.querySelector('.st-key-label_map .js-plotly-plot'), layout = chart?._fullLayout;
  if (!layout) return null;
  const box = chart.getBoundingClientRect();
  return [box.left + layout.xaxis._offset, box.top + layout.yaxis._offset, layout.xaxis._length, layout.yaxis._length];
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with sixty dark and bright pictures, of which eight are labelled, one of these wrongly."""
    root = tmp_path_factory.mktemp("views")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_STORE", str(root / "runs"))
        name, journal = squares(root / "runs")
        data = load(name)
        truth = [KINDS[int(picture.float().mean() > 125)] for picture in data.images[:8]]
        truth[0] = KINDS[truth[0] == "dark"]
        for number, label in zip(pictures_of(data).numbers, truth, strict=False):
            journal.say("me", {number: label}, order="random")
        server = QuickServer(root)
        server.address, server.journal = (
            f"{server.url}/label?label_data={name}&label_begun={name}&label_order=random",
            journal,
        )
        yield server
        server.close()


def begun(page, address):
    page.goto(address)
    ready(page)
    page.locator(".st-key-label_view").wait_for()
    return ready(page)


def show(page, view: str, name: str):
    page.locator(".st-key-label_view").get_by_text(view, exact=True).click()
    page.wait_for_url(f"**label_view={name}*")
    ready(page)


def spent(page, count: int):
    page.get_by_text(f"{count} labels spent", exact=True).wait_for()
    ready(page)
    page.get_by_role("button", name="Undo").wait_for()  # whose keys are not heard before


def accessible(page, view):
    found = Axe().run(page).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical") and v["id"] not in THEIRS]
    assert serious == [], (view, [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in serious])


def hows(house) -> list[str]:
    return [act["how"] for act in house.journal.acts() if act.get("says")][-1:]


def test_a_wall_a_lasso_and_a_doubted_label_by_mouse_and_by_keys_and_no_view_breaks_a_rule(house, tab):
    page = begun(tab(), house.address)
    spent(page, 8)
    accessible(page, "one")

    show(page, "Wall", "wall")
    pictures = page.locator(".sheet button")
    pictures.first.wait_for()
    count = pictures.count()
    accessible(page, "wall")
    pictures.nth(1).click()
    pictures.nth(1).press("ArrowRight")
    page.keyboard.press("Space")
    for n, pressed in enumerate(("false", "true", "true", "false")):
        expect(pictures.nth(n)).to_have_attribute("aria-pressed", pressed)
    page.get_by_role("button", name=f"Confirm {count - 2} as dark").wait_for()
    page.keyboard.press("Control+Enter")
    spent(page, 8 + count - 2)
    assert hows(house) == ["bulk"]
    page.keyboard.press("u")
    spent(page, 8)

    show(page, "Map", "map")
    page.locator(".st-key-label_map .scatterlayer .point").first.wait_for(state="attached")
    accessible(page, "map")
    left, top, wide, high = still(page, lambda: page.evaluate(PLACE))
    page.mouse.move(left + 2, top + 2)
    page.mouse.down()
    for x, y in ((0.99, 0.01), (0.99, 0.99), (0.01, 0.99), (0.01, 0.05)):
        page.mouse.move(left + x * wide, top + y * high, steps=4)
    page.mouse.up()
    pictures.first.wait_for()
    page.get_by_text("of those you circled have a label and keep it.").wait_for()
    count = pictures.count()
    assert count > 20
    pictures.nth(0).click()
    page.get_by_text(f"All {count - 1} that are left are:").wait_for()
    page.locator(".st-key-label_classes").get_by_role("button", name="bright").click()
    spent(page, 8 + count - 1)
    assert hows(house) == ["bulk"]
    page.keyboard.press("Control+z")
    spent(page, 8)

    show(page, "Doubted", "doubts")
    page.get_by_role("button", name="Leave out").wait_for()
    accessible(page, "doubts")
    page.keyboard.press("l")
    until(lambda: hows(house) == ["checked"])


def test_dark_and_narrow_the_wall_breaks_no_rule_and_stays_within_the_screen(house, tab):
    page = begun(tab(scheme="dark"), f"{house.address}&label_view=wall")
    page.locator(".sheet button").first.wait_for()
    accessible(page, "wall, dark")
    page.set_viewport_size({"width": 400, "height": 900})
    until(lambda: page.evaluate(OVERFLOW) <= 0)
    if folder := os.environ.get("SSL_SHOTS"):
        page.screenshot(path=f"{folder}/label-wall-dark-400.png")
