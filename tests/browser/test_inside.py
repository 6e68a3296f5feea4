"""The page Inside one batch in a real browser: walked by keys, a path that lights up, a slider that moves the loss."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser._serve import IDLE, browser, opened, served, until


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("inside")) as address, browser() as started:
        started.address = address
        yield started


def test_keys_walk_hovering_lights_a_path_and_a_slider_moves_what_depends_on_it(chromium):
    address = f"{chromium.address}/inside?by_method=fixmatch&fixmatch-threshold=0.15&at_stage=guess"
    page = opened(chromium, address, viewport={"width": 1280, "height": 900})
    errors = []
    page.on("pageerror", lambda wrong: errors.append(str(wrong)))
    where, path = page.locator(".inside .where"), page.locator(".inside .path")
    expect(where).to_contain_text("Guess")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    stage = page.locator(".inside").get_attribute("data-stage")
    page.wait_for_url(re.compile(f"at_stage={stage}"))
    expect(page.locator(".head [aria-current=step]")).to_have_count(1)
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(400)  # a step back, which must not come, has time to come
    assert page.locator(".inside").get_attribute("data-stage") == stage, "the page does not take a step back"

    path.nth(2).hover()
    expect(path.nth(2)).to_have_class(re.compile(r"\blit\b"))
    expect(page.locator(".path.lit")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(f"at_stage=(?!{stage}(&|$))"))
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(f"at_stage={stage}(&|$)"))
    page.wait_for_selector(IDLE)
    expect(path.nth(2)).to_have_class(re.compile(r"\blit\b"))  # drawn anew under a hand that rests
    expect(page.locator(".path.lit")).to_have_count(1)
    path.nth(3).locator(".pick").click()
    chosen = path.nth(3).get_attribute("data-row")
    page.wait_for_url(re.compile(f"at_row={chosen}"))

    gates = page.locator(".gate.open")
    before, loss = gates.count(), page.locator(".sum .term.loss b").inner_text()
    slider = page.get_by_role("slider", name=re.compile("τ"))
    slider.focus()
    slider.press("Home")  # everything passes
    expect(gates).to_have_count(4)
    assert before < 4
    expect(page.locator(".sum .term.loss b")).not_to_have_text(loss)
    page.wait_for_url(re.compile(r"threshold=0(\.0+)?(&|$)"))
    assert page.locator(".inside").get_attribute("data-stage") == stage, "an arrow key on a slider is the slider's"
    slider.press("ArrowRight")
    assert page.locator(".inside").get_attribute("data-stage") == stage
    page.wait_for_url(re.compile(r"threshold=0\.01"))
    assert errors == []

    again = opened(chromium, page.url, viewport={"width": 400, "height": 800})
    expect(again.locator(".path.picked")).to_have_attribute("data-row", chosen)
    expect(again.locator(".path:visible")).to_have_count(1)
    again.locator(".thumbs button").first.click()
    expect(again.locator(".path:visible")).not_to_have_attribute("data-row", chosen)
    beside = """all => all.length > 0 && all.every((one) =>
      one.getBoundingClientRect().top === one.nextElementSibling.getBoundingClientRect().top)"""
    signs = again.locator(".equation .sign")
    until(lambda: signs.evaluate_all(beside), "a sign stands before its number, not after another's")
    again.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
