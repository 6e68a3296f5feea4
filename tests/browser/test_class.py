"""Two pupils at one server, each in a browser of their own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ssl_core.people import owners
from ssl_core.people.register import everybody
from tests.browser._classroom import classroom, enter
from tests.browser._serve import IDLE, box_of, browser, until
from tests.browser._short import nothing_begins

HOSTILE = "<img src=x onerror=alert(1)>"
ONE_RUN = "/training?methods=supervised&labels=20&seeds=1&budget=20"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A class's server, and a Chromium. What is started waits: a pace once measured would fit another experiment."""
    with (
        classroom(tmp_path_factory.mktemp("class")) as server,
        browser() as chromium,
        nothing_begins(server.store),
    ):
        server.chromium = chromium
        yield server


def test_a_nickname_is_asked_once_and_two_who_press_start_get_one_experiment(room):
    anna = enter(room.chromium, room.url + ONE_RUN, "Anna", viewport={"width": 1280, "height": 900})
    anna.get_by_role("button", name="Start experiment").click()
    said = anna.get_by_text("Begun by Anna.")
    said.wait_for()
    anna.reload()
    said.wait_for()
    anna.get_by_role("button", name="Share", exact=True).click()
    link = anna.get_by_role("textbox", name="Link to this view")
    expect(link).to_have_value(re.compile(r"/training\?.*methods=supervised.*[?&]whose=all(&|$)"))
    assert "whose" not in anna.url, "her own page stays hers"
    anna.keyboard.press("Escape")
    another = anna.context.new_page()
    another.goto(f"{room.url}/runs")
    expect(another.locator(".st-key-who")).to_contain_text("Anna")
    expect(another.get_by_text(re.compile(r"\d+ of \d+ runs"))).to_be_visible()

    bob = enter(room.chromium, room.url + ONE_RUN, HOSTILE, viewport={"width": 400, "height": 800})
    alerts = []
    bob.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    expect(bob.locator(".st-key-who")).to_contain_text("img")
    bob.get_by_text("No experiment yet").wait_for()
    bob.get_by_text("Everybody's", exact=True).click()
    bob.get_by_text("Begun by Anna.").wait_for()
    runs = len(room.store.runs())
    bob.get_by_role("button", name="Start experiment").click()
    _, name = everybody(room.store)
    bob.get_by_text(f"Begun by Anna and {name}.").wait_for()
    assert len(room.store.runs()) == runs, "one experiment"
    assert list(owners.owners(room.store).values()) == [["Anna", name]]
    assert bob.locator("img[src='x']").count() == 0 and alerts == []
    menu, who = bob.get_by_test_id("stExpandSidebarButton"), bob.locator(".st-key-who")
    until(lambda: box_of(who)["x"] >= sum(box_of(menu)[part] for part in ("x", "width")), "a long name leaves it free")
    for pupil in (anna, bob):  # a page that is left open asks and draws for as long as it is
        pupil.context.close()


def test_the_same_nickname_from_another_browser_lets_both_decide(room):
    mia = enter(room.chromium, f"{room.url}/methods", "Mia")
    other = room.chromium.new_context().new_page()
    other.goto(f"{room.url}/methods")
    other.get_by_label("Nickname", exact=True).fill("mia")
    other.get_by_role("button", name="Go in").click()
    other.get_by_role("button", name="I am that mia").click()
    other.locator(".st-key-who").wait_for()
    mia.reload()
    mia.get_by_role("button", name="Be Mia 2").click()
    expect(mia.locator(".st-key-who")).to_contain_text("Mia 2")
    mia.wait_for_selector(IDLE)
    expect(mia.locator(".st-key-who_two")).to_have_count(0)
