"""Labelling in a real browser by keyboard alone: numbers, skip, undo, a reload, and the server killed in the middle."""

from __future__ import annotations

import os

import pytest

from ssl_core.features.card import lacks
from tests.browser._serve import until
from tests.browser.conftest import ready
from tests.browser.squares import squares

OVERFLOW = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
WIDTHS = (1280, 400)


def begun(page, address: str):
    """The page at its first question; minutes where nothing was looked at yet."""
    page.goto(address)
    page.get_by_role("heading", name="Label", exact=True).wait_for()
    ready(page)
    focus(page, "Begin to label")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="None of these").wait_for(timeout=240_000)
    return ready(page)


def focus(page, name: str):
    """Go there with Tab alone, once it is there; a page that is drawn anew meanwhile may take the focus away."""
    page.locator("button:visible, a:visible", has_text=name).first.wait_for()
    for _ in range(200):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.innerText || ''")[:60]:
            return
    pytest.fail(f"Tab never reaches {name!r}")


def source(page) -> str:
    return page.locator(".pictures img").first.get_attribute("src")


def press(page, key: str) -> str:
    """Press a key and wait for another picture; the one that was there."""
    before = source(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(key)
    until(lambda: source(page) != before, f"{key} brings no other picture")
    ready(page)
    return before


def spent(page, count: int):
    page.get_by_text(f"{count} labels spent").wait_for()


@pytest.mark.skipif(bool(lacks("efficientnet_lite0")), reason="the weights of EfficientNet-Lite0 are not here")
def test_labels_are_said_by_keys_undone_and_there_after_a_reload_and_a_kill(server, tab):
    page = tab()
    name, _ = squares(server.store.root)
    address = f"{server.url}/label?label_data={name}&label_order=random"
    begun(page, address)
    for count, key in enumerate("1221", 1):
        last = press(page, key)
        spent(page, count)
    press(page, "Control+z")
    spent(page, 3)
    until(lambda: source(page) == last, "what was undone is asked about again")
    press(page, "s")
    press(page, "n")
    spent(page, 3)
    begun(page, address)
    spent(page, 3)
    server.kill()
    server.start()
    page = begun(tab(width=400), address)
    spent(page, 3)
    press(page, "2")
    spent(page, 4)
    until(lambda: page.evaluate(OVERFLOW) <= 0)
    if folder := os.environ.get("SSL_SHOTS"):
        shots(tab, page, address, folder)


def shots(tab, page, address, folder):
    for number in range(8):
        press(page, "12"[number % 2])
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 400), ("dark", 400)):
        page = begun(tab(width=width, scheme=scheme), address)
        page.wait_for_timeout(6_000)
        page.screenshot(path=f"{folder}/label-{scheme}-{width}.png", full_page=False)
