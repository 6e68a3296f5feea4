"""Labelling many at once in a real browser: a wall, a lasso on the map, doubted labels, undo; and axe on every view."""

from __future__ import annotations

import os

import pytest
import torch
import torch.nn.functional as F
from axe_playwright_python.sync_playwright import Axe

from ssl_core.data import load, uploads
from ssl_core.features.card import lacks
from ssl_core.label.heads import on_features
from ssl_core.label.journal import Journal
from ssl_core.label.pictures import pictures_of
from ssl_core.runs import looking
from tests.browser.conftest import Server, ready
from tests.data.conftest import png, zipped

pytestmark = pytest.mark.skipif(
    bool(lacks("efficientnet_lite0")), reason="the weights of EfficientNet-Lite0 are not here"
)
THEIRS = {"color-contrast"}  # one primary colour cannot serve buttons and selected text in both themes
OVERFLOW = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
PLACE = """() => {
  const chart = document.querySelector('.st-key-label_map .js-plotly-plot'), layout = chart._fullLayout;
  const box = chart.getBoundingClientRect();
  return [box.left + layout.xaxis._offset, box.top + layout.yaxis._offset, layout.xaxis._length, layout.yaxis._length];
}"""
KINDS = ("dark", "bright")


def glance(pictures: torch.Tensor) -> torch.Tensor:
    """What a network could see of pictures [n, 3, H, W]: sixteen places of them, as 1,280 numbers."""
    places = F.adaptive_avg_pool2d(pictures.mean(dim=1, keepdim=True), 4).flatten(1)
    return places @ torch.randn(16, 1280, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with sixty dark and bright pictures, of which eight are labelled, one of these wrongly."""
    root = tmp_path_factory.mktemp("views")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_STORE", str(root / "runs"))
        files = {f"{n}.png": png(n, 16, 30 + n if n % 2 == 0 else 160 + n) for n in range(60)}
        name = uploads.add(zipped(files), "Squares").name
        data = load(name)
        journal, numbers = Journal(name), pictures_of(data).numbers
        journal.name_classes("me", KINDS)
        truth = [KINDS[int(picture.float().mean() > 125)] for picture in data.images[:8]]
        truth[0] = KINDS[truth[0] == "dark"]
        for number, label in zip(numbers, truth, strict=False):
            journal.say("me", {number: label}, order="random")
        patch.setattr(looking, "looker", lambda model, device: glance)
        looking.looked_at(on_features(name, "fixmatch"), data, lambda text, left: None, lambda: False)
        server = Server(root)
        server.address, server.journal = (
            f"{server.url}/label?label_data={name}&label_begun={name}&label_order=random",
            journal,
        )
        yield server
        server.close()


def begun(page, address):
    page.set_default_timeout(90_000)  # a busy machine learns two lines meanwhile
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


def at_rest(page) -> list[float]:
    """Where the map lies once nothing moves it any more."""
    place, before = page.evaluate(PLACE), None
    while place != before:
        page.wait_for_timeout(400)
        place, before = page.evaluate(PLACE), place
    return place


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
    assert [pictures.nth(n).get_attribute("aria-pressed") for n in range(4)] == ["false", "true", "true", "false"]
    page.get_by_role("button", name=f"Confirm {count - 2} as dark").wait_for()
    page.keyboard.press("Control+Enter")
    spent(page, 8 + count - 2)
    assert hows(house) == ["bulk"]
    page.keyboard.press("u")
    spent(page, 8)

    show(page, "Map", "map")
    page.locator(".st-key-label_map .scatterlayer .point").first.wait_for(state="attached")
    accessible(page, "map")
    left, top, wide, high = at_rest(page)
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
    before = len(house.journal.acts())
    page.keyboard.press("l")
    limit = 50
    while len(house.journal.acts()) == before and limit:
        page.wait_for_timeout(100)
        limit -= 1
    assert hows(house) == ["checked"]


def test_dark_and_narrow_the_wall_breaks_no_rule_and_stays_within_the_screen(house, tab):
    page = begun(tab(scheme="dark"), f"{house.address}&label_view=wall")
    page.locator(".sheet button").first.wait_for()
    accessible(page, "wall, dark")
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_timeout(500)
    assert page.evaluate(OVERFLOW) <= 0
    if folder := os.environ.get("SSL_SHOTS"):
        page.screenshot(path=f"{folder}/label-wall-dark-400.png")
