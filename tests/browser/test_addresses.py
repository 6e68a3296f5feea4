"""Choices and the address bar of a real browser: what is written, what Back does, what a visit elsewhere leaves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser._serve import IDLE, browser, opened, served, until


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("addresses"), trains=False) as address, browser() as started:
        started.address = address
        yield started


def choose(page, key: str, title: str) -> None:
    page.locator(f".st-key-{key} input").first.click()
    page.get_by_role("option", name=title, exact=True).click()


def go(page, group: str, title: str) -> None:
    page.get_by_test_id("stTopNavSection").filter(has_text=group).click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text=title).first.click()
    page.get_by_role("heading", name=title, exact=True).first.wait_for()
    page.wait_for_selector(IDLE)


def test_a_choice_its_address_and_the_way_back(chromium):
    page = opened(chromium, f"{chromium.address}/data?seed=3", viewport={"width": 1280, "height": 900})
    choose(page, "data", "Shapes, 32×32 colour")
    page.wait_for_url(re.compile("data=shapes"))
    assert "seed=3" in page.url, "what other controls wrote stays"
    page.get_by_text("of 6,000 to learn from").wait_for()
    page.get_by_role("radio", name="Class sizes").or_(page.get_by_role("button", name="Class sizes")).first.click()
    page.wait_for_url(re.compile("data_lens=counts"))
    assert "data=shapes" in page.url and "seed=3" in page.url
    page.go_back()
    page.wait_for_url(re.compile("data=shapes$|seed=3$"))
    page.get_by_role("radio", name="Class sizes", checked=False).wait_for()  # the page has followed
    page.wait_for_selector(IDLE)
    page.go_back()
    page.get_by_text("of 1,100 to learn from").wait_for()
    expect(page).not_to_have_url(re.compile("data=shapes"))
    page.close()


class Held:
    """What a server says to a page's browser, kept from the first word of this kind on: a slow line, at will."""

    def __init__(self, page, since: str = "page_info_changed") -> None:
        self.page, self.since, self.kept, self.holding = page, since, [], False
        page.route_web_socket(re.compile("_stcore/stream"), self._connect)

    def _connect(self, browser) -> None:
        self.browser, server = browser, browser.connect_to_server()
        browser.on_message(server.send)
        server.on_message(self._hear)

    def _hear(self, content: bytes) -> None:
        kind = ForwardMsg.FromString(content).WhichOneof("type")
        if self.holding and (self.kept or kind == self.since):
            self.kept.append((kind, content))
        else:
            self.browser.send(content)

    def answered(self, act: Callable[[], object]) -> None:
        """Do that, and wait until the run of the page that it causes has ended."""
        past = len(self.kept)
        act()

        def over() -> bool:
            self.page.wait_for_timeout(20)
            kinds = [kind for kind, _ in self.kept[past:]]
            return "new_session" in kinds and "script_finished" in kinds[kinds.index("new_session") :]

        until(over)

    def release(self) -> None:
        for _, content in self.kept:
            self.browser.send(content)
        self.kept, self.holding = [], False


def test_a_choice_stays_where_another_follows_before_the_browser_has_heard_its_address(chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    line = Held(page)
    page.goto(f"{chromium.address}/data?data=shapes")
    page.get_by_text("of 6,000 to learn from").wait_for()
    page.wait_for_selector(IDLE)
    line.holding = True
    choose(page, "data", "Digits, 8×8 grey")
    until(lambda: (page.wait_for_timeout(20), line.kept)[1])
    line.answered(lambda: choose(page, "data", "Shapes, 32×32 colour"))
    line.answered(lambda: choose(page, "data", "Digits, 8×8 grey"))
    lens = page.get_by_role("radio", name="Class sizes").or_(page.get_by_role("button", name="Class sizes")).first
    line.answered(lens.click)
    line.release()
    page.wait_for_url(re.compile("data_lens=counts"))
    page.get_by_text("of 1,100 to learn from").wait_for()
    page.wait_for_selector(IDLE)
    expect(page.locator(".st-key-data input").first).to_have_value("Digits, 8×8 grey")
    expect(page).not_to_have_url(re.compile("data=shapes"))
    page.close()


def test_what_was_chosen_is_there_again_after_a_visit_elsewhere(chromium):
    page = opened(chromium, f"{chromium.address}/data?data=shapes", viewport={"width": 1280, "height": 900})
    page.get_by_text("of 6,000 to learn from").wait_for()
    go(page, "Train", "Runs")
    expect(page).not_to_have_url(re.compile("data=shapes"))
    go(page, "Look", "Data")
    page.get_by_text("of 6,000 to learn from").wait_for()
    page.wait_for_url(re.compile("data=shapes"))
    use = page.get_by_role("link", name="Use in training")
    expect(use).to_have_attribute("href", re.compile("data=shapes"))
    use.click()
    page.wait_for_url(re.compile("training.*data=shapes"))
    page.get_by_text("runs, about").first.wait_for()
    expect(page.locator(".st-key-data input").first).to_have_value("Shapes, 32×32 colour")
    page.close()


def test_back_from_another_page_finds_the_page_as_it_was_left(chromium):
    """Also with what Streamlit's own widgets wrote, which it takes out of the address before it leaves a page."""
    page = opened(chromium, f"{chromium.address}/data?seed=3", viewport={"width": 1280, "height": 900})
    for title, name in (("Class sizes", "counts"), ("Average pictures", "averages")):
        page.get_by_role("radio", name=title).or_(page.get_by_role("button", name=title)).first.click()
        page.wait_for_url(re.compile(f"data_lens={name}"))
        page.wait_for_selector(IDLE)
    go(page, "Train", "Runs")
    page.go_back()
    page.wait_for_url(re.compile("/data.*seed=3.*data_lens=averages"))
    page.get_by_text("Mean of all pictures of a class").wait_for()
    expect(page.locator(".st-key-seed input").first).to_have_value("3")
    page.wait_for_selector(IDLE)
    page.go_back()
    page.wait_for_url(re.compile("data_lens=counts"))
    page.get_by_role("radio", name="Class sizes", checked=True).wait_for()
    page.close()


def test_an_old_link_with_titles_opens_and_the_address_then_holds_keys(chromium):
    page = opened(
        chromium, f"{chromium.address}/methods?method=MixMatch%2C+SGD+recipe&data=Shapes%2C+32%C3%9732+colour"
    )
    page.get_by_role("heading", name="MixMatch, SGD recipe").wait_for()
    page.wait_for_url(re.compile("method=mixmatch_sgd"))
    expect(page).to_have_url(re.compile("data=shapes"))
    page.close()
