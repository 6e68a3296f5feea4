"""What a designer, a teacher and somebody on a phone look at first: on every page, wide in the light, narrow in the dark.

Nothing jumps at load, everything can be read and reached, a chart's tools cover no legend, and Start is at hand.
"""

from __future__ import annotations

import pytest

from pages.parts.shared.lesson import lessons
from pages.parts.shared.pages import FIRST, PAGES, address_of
from ssl_core.runs.store import Store
from tests.browser import _seen
from tests.browser._finished import finished_experiment
from tests.browser._serve import box_of, browser, served, still, until

WIDE = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 400, "height": 800}, "color_scheme": "dark", "has_touch": True, "is_mobile": True}
LOOKS = {"wide": WIDE, "phone": PHONE}
STREAMLITS = {"presentation-role-conflict"}  # of its own file uploader: a section with a role that a label overrides


@pytest.fixture(scope="module")
def looks(tmp_path_factory):
    """A new tab of a browser that looks so: looks("phone"); and the address of the app, in which nothing trains."""
    root = tmp_path_factory.mktemp("finish")
    finished_experiment(Store(root / "runs"))
    with served(root, trains=False) as address, browser() as started:
        contexts = {name: started.new_context(reduced_motion="reduce", **look) for name, look in LOOKS.items()}
        warm = started.new_page()
        _seen.settle(warm, f"{address}/training")  # PyTorch is in the server from here on
        warm.close()

        def tab(name, **viewport):
            page = _seen.watched(contexts[name])
            if viewport:
                page.set_viewport_size(viewport)
            return page

        yield tab, address


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_does_not_jump_and_can_be_read_by_everybody(looks, entry, look):
    tab, address = looks
    page = tab(look)
    _seen.settle(page, f"{address}/{address_of(entry.name)}")
    assert page.get_by_test_id("stException").count() == 0, "a page that fails looks calm, too"
    assert page.evaluate(_seen.SHIFTED) < 0.1, page.evaluate(_seen.MOVED)
    assert _seen.broken_rules(page, *STREAMLITS) == []
    assert _seen.faint(page) == []
    assert page.title() == "Few-Label Lab" if entry.name == FIRST else page.title() == f"{entry.title} · Few-Label Lab"
    levels = [level for level, _ in page.evaluate(_seen.HEADINGS)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), levels
    until(lambda: page.evaluate(_seen.COVERED) == [], "on touch a chart's tools are always there")
    assert page.evaluate(_seen.WIDTH) <= LOOKS[look]["viewport"]["width"]
    page.close()


STARTS = [
    ("training", "Start experiment", "wide", 1280, 900),
    ("training", "Start experiment", "wide", 1366, 768),
    ("training", "Start experiment", "phone", 400, 800),
    ("search", "Start search", "wide", 1366, 768),
    ("search", "Start search", "phone", 400, 800),
]


@pytest.mark.parametrize(("where", "name", "look", "width", "height"), STARTS)
def test_start_is_on_the_first_screen_and_near_for_a_keyboard(looks, where, name, look, width, height):
    tab, address = looks
    page = tab(look, width=width, height=height)
    _seen.settle(page, f"{address}/{where}")
    box = still(page, page.get_by_role("button", name=name).bounding_box)
    assert box["y"] + box["height"] <= height
    count, stops = _seen.stops_until(page, name)
    assert count <= 15, stops
    assert [name for name, _, ring in stops if not ring] == [], "the focus is seen at every stop"
    page.close()


def test_a_charts_tools_are_one_stop_and_arrows_go_from_one_to_the_next(looks):
    tab, address = looks
    page = tab("wide")
    _seen.settle(page, f"{address}/training")
    tools = page.locator(".st-key-accuracy_chart .modebar-btn")
    tools.first.wait_for(state="attached")
    page.wait_for_function(
        "document.querySelectorAll('.st-key-accuracy_chart .modebar-btn[tabindex=\"0\"]').length === 1"
    )
    assert tools.count() > 2
    tools.first.focus()
    seen = [page.evaluate(_seen.FOCUSED)[0]]
    for _ in range(tools.count() - 1):
        page.keyboard.press("ArrowDown")
        seen.append(page.evaluate(_seen.FOCUSED)[0])
    assert seen == tools.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    page.keyboard.press("Tab")
    assert "Zoom" not in page.evaluate(_seen.FOCUSED)[0]
    page.close()


def test_on_a_phone_the_curves_are_a_press_away_from_the_controls(looks):
    tab, address = looks
    page = tab("phone")
    _seen.settle(page, f"{address}/training")
    before = page.url
    page.get_by_role("link", name="Curves of one run").evaluate("link => link.click()")
    in_view = "key => { const box = document.querySelector('.st-key-' + key)?.getBoundingClientRect();"
    in_view += " return box && box.top >= 0 && box.bottom <= innerHeight; }"
    page.wait_for_function(in_view, arg="quality_chart")
    assert page.url == before, "the address is the page's state"
    page.get_by_role("button", name="Start experiment").click()
    page.wait_for_function(in_view, arg="accuracy_chart")  # whose dots would move from here on
    page.close()


def test_on_a_phone_the_drawing_and_what_is_said_of_it_are_on_one_screen(looks):
    tab, address = looks
    page = tab("phone")
    _seen.settle(page, f"{address}/predict?source=draw")
    sheet = page.locator(".sheet canvas")
    sheet.scroll_into_view_if_needed()
    box = still(page, sheet.bounding_box)
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    said = page.locator("h5", has_text="It says")
    said.wait_for()

    def gap() -> float:
        top, words = box_of(sheet), box_of(said)
        return words["y"] + words["height"] - top["y"]

    until(lambda: gap() < 400, "half a screen")
    page.close()


@pytest.mark.parametrize(("address", "name"), [("smote", "smote"), ("augmentations?stage=views", "views")])
def test_on_a_phone_every_control_is_seen_together_with_the_picture_it_changes(looks, address, name):
    tab, base = looks
    page = tab("phone")
    _seen.settle(page, f"{base}/{address}")
    covered = page.locator(f".st-key-{name}_controls").evaluate(_seen.APART, f".st-key-{name}_stage")
    assert covered == []
    page.close()


def test_on_a_phone_the_newest_runs_are_on_the_first_screen_with_their_filters(looks):
    tab, address = looks
    page = tab("phone")
    _seen.settle(page, f"{address}/runs")
    table = page.get_by_test_id("stDataFrame")
    table.wait_for()
    assert table.bounding_box()["y"] < page.viewport_size["height"] / 2 + 100
    page.close()


def test_the_page_of_a_lessons_step_does_not_jump_under_its_card(looks):
    tab, address = looks
    page = tab("wide")
    _seen.settle(page, f"{address}/{lessons().get('fixmatch-with-20-labels').link(2)}")
    page.get_by_text("Your guess").first.wait_for()
    assert page.evaluate(_seen.SHIFTED) < 0.1, page.evaluate(_seen.MOVED)
    page.close()
