"""A search to its end, a lesson from its link, and the Share button, in a real browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser._serve import IDLE, box_of, browser, opened, served, until

PHONE = {"width": 400, "height": 800}
WIDE = {"viewport": {"width": 1280, "height": 1000}}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("search")) as address, browser() as started:
        started.address = address
        yield started


def serious(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    theirs = {"color-contrast"}  # one primary colour cannot serve buttons and selected text in both themes
    return [v["id"] for v in found if v["impact"] in ("serious", "critical") and v["id"] not in theirs]


def test_a_search_runs_to_its_end_and_its_best_goes_to_training(chromium):
    link = "search-method=Supervised&search-runs=4&search-steps=60&search-supervised-lr-low=0.05"
    page = opened(chromium, f"{chromium.address}/search?{link}", **WIDE)
    page.get_by_text("4 runs, about").wait_for()
    page.get_by_role("button", name="Start search").click()
    page.wait_for_url(re.compile("search=digits-supervised-20-"))
    page.get_by_text(re.compile("done: [1-4] done")).wait_for(timeout=300_000)
    page.get_by_text(re.compile("^Best: trial")).wait_for()
    page.locator(".st-key-search_history .scatterlayer .point").nth(3).wait_for(state="attached")
    expect(page.locator(".st-key-search_history .lab-chart")).to_have_attribute("aria-label", re.compile("4 trials"))
    page.get_by_role("button", name="Slices").or_(page.get_by_role("radio", name="Slices")).first.click()
    page.locator(".st-key-search_chart .scatterlayer").first.wait_for()
    assert serious(page) == []
    reopened = opened(chromium, page.url, viewport={"width": 400, "height": 900})
    reopened.get_by_text(re.compile("^Best: trial")).wait_for()
    reopened.wait_for_function("document.documentElement.scrollWidth <= 400")
    reopened.close()
    page.get_by_role("link", name="Use best in Training").click()
    page.get_by_role("heading", name="Training", exact=True).wait_for()
    page.wait_for_url(re.compile("training.*digits-supervised-steps=60"))
    page.close()


def test_a_lesson_keeps_its_card_in_sight_its_answer_until_a_guess_and_its_progress(chromium):
    page = opened(chromium, f"{chromium.address}/?lesson=what-mixup-does-to-a-label", **WIDE)
    page.get_by_text("step 1 of 4").wait_for()
    page.wait_for_url(re.compile(r"mixing\?.*part=1"))
    page.locator(".player input[type=range]").first.wait_for()
    page.wait_for_selector(IDLE)
    expect(page.locator(".st-key-alpha")).to_be_hidden()  # the step does without it
    assert serious(page) == []
    assert page.get_by_text("That is right").count() == page.get_by_text("it loses least if").count() == 0
    page.locator(".st-key-lesson").get_by_text(re.compile("^Bad: the label")).click()
    page.get_by_role("button", name="This is my guess").click()
    page.get_by_text("That is right").wait_for()
    page.wait_for_url(re.compile("guess=2"))
    page.reload()
    page.get_by_text("it loses least if").wait_for()
    page.wait_for_selector(IDLE)
    page.mouse.move(640, 900)
    down = "document.querySelector('[data-testid=stMain]').scrollTop > 300"
    until(lambda: page.evaluate(down) or page.mouse.wheel(0, 900), "what is below comes later than the card")
    card = page.locator(".st-key-lesson")
    until(lambda: 0 <= box_of(card)["y"] < 100, "the card stays where it can be read")
    page.get_by_role("link", name="Next").click()
    page.get_by_text("step 2 of 4").wait_for()
    page.get_by_role("link", name="Step 1, done").wait_for()
    page.locator(".st-key-lam").wait_for(state="attached")
    page.wait_for_selector(IDLE)
    expect(page.locator(".st-key-law")).to_be_hidden()  # it would give the answer away
    page.get_by_role("spinbutton", name=re.compile("^Your guess, from 0 to 100")).fill("65")
    page.keyboard.press("Enter")
    page.get_by_text("That is close.").wait_for()
    page.locator(".st-key-law .main-svg").first.wait_for()
    page.wait_for_url(re.compile("guess=2(~|%7E)65"))
    page.get_by_role("link", name="Leave the lesson").click()
    page.get_by_role("heading", name="Lessons").wait_for()
    page.get_by_role("link", name="Open the lesson").first.click()
    page.get_by_text("step 1 of").wait_for()
    page.close()
    phone = opened(chromium, f"{chromium.address}/mixing?lesson=what-mixup-does-to-a-label&part=1", viewport=PHONE)
    phone.get_by_role("button", name="This is my guess").wait_for()
    phone.wait_for_selector(IDLE)
    phone.wait_for_function("document.documentElement.scrollWidth <= 400")
    whole = phone.locator(".st-key-lesson")
    until(lambda: box_of(whole)["height"] <= 0.65 * PHONE["height"], "half of a phone is the page's")
    phone.get_by_text("step 1 of 4").click()
    phone.wait_for_function("document.querySelector('.st-key-lesson')?.getBoundingClientRect().height < 80")
    phone.close()


@pytest.mark.parametrize("allowed", [True, False])
def test_share_shows_the_link_and_copies_it_where_it_may(chromium, allowed):
    context = chromium.new_context(**WIDE)
    if allowed:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        context.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))")
    page = context.new_page()
    page.goto(f"{chromium.address}/mixing?lam=0.3&mix=cutmix")
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Share", exact=True).click()
    field = page.get_by_label("Link to this view").get_by_role("textbox")
    expect(field).to_have_value(page.url)
    assert "lam=0.3" in page.url and "mix=cutmix" in page.url
    ready_to_be_copied = "length => document.activeElement.selectionEnd === length"  # by hand
    page.wait_for_function(ready_to_be_copied, arg=len(page.url))
    told = page.locator(".lab-share .told")
    told.get_by_text("Copied" if allowed else "Copy this link").wait_for()
    if allowed:
        assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    context.close()
