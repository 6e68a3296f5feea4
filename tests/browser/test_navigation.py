"""The menus above every page, and addresses that pages had before."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from pages.parts.shared.pages import FORMER, groups, in_menus
from tests.browser._serve import browser, opened, served, until


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("navigation"), trains=False) as address, browser() as started:
        started.address = address
        yield started


@pytest.mark.parametrize(("old", "new"), FORMER.items())
def test_a_former_address_opens_the_page_with_its_query_kept(chromium, old, new):
    page = opened(chromium, f"{chromium.address}/{old}?k=3&seed_smote=7&snow_seed=7")
    page.wait_for_url(re.compile(f"/{new}\\?"))
    page.get_by_role("heading", level=1).first.wait_for()
    assert page.get_by_text("Page not found").count() == 0
    assert "seed_smote=7" in page.url or "snow_seed=7" in page.url
    page.close()


def test_every_page_is_reached_from_the_menus(chromium):
    page = opened(chromium, chromium.address, viewport={"width": 1280, "height": 900})
    for group, entries in groups().items():
        if group:
            page.get_by_test_id("stTopNavSection").filter(has_text=group).click()
            shown = page.get_by_test_id("stTopNavDropdownLink")
            expect(shown).to_have_count(len(entries))
            assert [text.split("\n")[-1] for text in shown.all_inner_texts()] == [entry.title for entry in entries]
            page.keyboard.press("Escape")
            shown.first.wait_for(state="detached")
    page.close()


def test_on_a_phone_the_menus_are_one_list_and_nothing_lies_over_it(chromium):
    page = opened(chromium, chromium.address, viewport={"width": 400, "height": 900})
    page.get_by_test_id("stExpandSidebarButton").click()
    links = page.get_by_test_id("stSidebarNavLink")
    until(lambda: [t.split("\n")[-1] for t in links.all_inner_texts()] == [entry.title for entry in in_menus()])
    on_top = """([one, name]) => {
      const box = one.getBoundingClientRect();
      return !!document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest(name);
    }"""
    close = page.get_by_test_id("stSidebarCollapseButton").locator("button")
    # once the list has slid in: the Share button keeps off it
    until(lambda: page.evaluate(on_top, [close.element_handle(), "[data-testid=stSidebarCollapseButton]"]))
    share = page.locator(".lab-share .open")
    until(lambda: not page.evaluate(on_top, [share.element_handle(), ".lab-share"]))
    page.close()


def test_a_hidden_tab_asks_seldom_and_at_once_when_it_is_shown(chromium):
    """Told to the page's own timers: what asks again and again waits while nobody looks, what moves does not."""
    page = opened(chromium, chromium.address)
    page.evaluate(
        """() => {
          window.hiddenNow = false;
          Object.defineProperty(document, "hidden", { get: () => window.hiddenNow });
          window.show = (hidden) => { window.hiddenNow = hidden; document.dispatchEvent(new Event("visibilitychange")); };
          window.asked = window.moved = window.ended = 0;
          window.setInterval(() => { window.asked += 1; }, 300);
          window.setInterval(() => { window.moved += 1; }, 50);
          const id = window.setInterval(() => { window.ended += 1; }, 300);
          window.clearInterval(id);
        }"""
    )
    page.wait_for_function("window.asked > 0")
    page.evaluate("window.show(true); window.before = window.asked; window.moves = window.moved")
    page.wait_for_function("window.moved > window.moves + 20")  # a second and more: three times would have been asked
    assert page.evaluate("window.asked === window.before")
    assert page.evaluate("() => { window.show(false); return window.asked === window.before + 1; }")
    page.wait_for_function("window.asked > window.before + 1")
    assert page.evaluate("window.ended") == 0
    page.close()
