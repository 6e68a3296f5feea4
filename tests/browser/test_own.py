"""Your pictures in a real browser: from a zip to predictions for the unlabelled, also by keyboard on a phone."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from tests.browser._serve import until
from tests.browser._short import short_runs
from tests.browser.conftest import ready
from tests.pages.test_own import drawn

ZIP = {"name": "squares.zip", "mimeType": "application/zip", "buffer": drawn(each=20, unlabelled=30, test=10)}
UNLABELLED = {f"Unlabelled/{n}.png" for n in range(30)}
FOCUSED = "(e => e === document.body ? '' : (e.ariaLabel || e.innerText || '').trim())(document.activeElement)"
TRAINED = 600.0  # seconds that three short runs may take where every core is busy: they let others go first
OVERFLOW = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"


def done(page) -> bool:
    return page.get_by_text(re.compile("^done in")).count() == 3


def understood(page):
    page.get_by_text("30 unlabelled, 20 for the test").wait_for()
    return ready(page)


def predictions(page, press) -> list[dict[str, str]]:
    """The rows of the CSV that `press` downloads."""
    button = page.get_by_role("button", name="Predictions for 30 unlabelled pictures (CSV)")
    button.wait_for()
    ready(page)  # the page is drawn once more when the last run has ended
    with page.expect_download() as download:
        press(button)
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_from_a_zip_to_predictions_and_again_after_a_restart(server, tab):
    page = tab()
    page.goto(f"{server.url}/own?budget=20")
    page.get_by_role("heading", name="Your pictures", exact=True).wait_for()
    page.locator("input[type=file]").set_input_files(ZIP)
    understood(page)
    page.get_by_role("link", name="Home").click()  # and back: what was chosen is still there
    ready(page).get_by_role("button", name="Use your own pictures").click()
    page.get_by_text("Still chosen: squares.zip").wait_for()
    understood(page)
    with short_runs(server.store, 3):
        page.get_by_role("button", name="Train with all the labels").click()
        page.get_by_role("button", name=re.compile("Train with all [0-9]+ labels")).wait_for()
    page.wait_for_url(re.compile("own=upload"))
    until(lambda: done(page), seconds=TRAINED)
    rows = predictions(page, lambda button: button.click())
    assert {row["path"] for row in rows} == UNLABELLED
    assert {row["class"] for row in rows} <= {"bright", "dark"}
    expect(page.get_by_text(re.compile("of 20 test pictures, likely"))).to_have_count(3)
    expect(page.get_by_text("20 test pictures: one picture is")).to_have_count(1)

    address = page.url
    server.kill()
    server.start()
    page.goto(address)
    until(lambda: done(page), seconds=TRAINED)
    assert predictions(page, lambda button: button.click()) == rows
    page.get_by_role("link", name="Its mistakes").click()
    page.get_by_text(re.compile("of 20 test pictures wrong")).wait_for()


def focus(page, name: str, most: int = 80) -> None:
    """Press Tab until what has this name or text has the focus."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1].endswith(name) and len(passed[-1]) < len(name) + 40:  # not a box that holds it
            return
    pytest.fail(f"Tab never reaches {name!r}, only {[name[:40] for name in passed]}")


def chooser_by_keyboard(page, tries=5):
    """What Enter on "Upload" opens; pressed again where the page drew the button anew under the key, as a person does."""
    for left in reversed(range(tries)):
        focus(page, "Upload")
        try:
            with page.expect_file_chooser(timeout=40_000) as chooser:
                page.keyboard.press("Enter")
            return chooser.value
        except TooLate:
            if not left:
                raise
            page.evaluate("document.activeElement.blur()")
    return None


def test_the_same_by_keyboard_alone_on_a_phone(server, tab):
    page = tab(width=400)
    page.goto(f"{server.url}/own?budget=20")
    page.get_by_role("heading", name="Your pictures", exact=True).wait_for()
    ready(page)
    page.locator("input[type=file]").wait_for(state="attached")  # it is loaded after the page
    chooser_by_keyboard(page).set_files(ZIP)
    understood(page)
    until(lambda: page.evaluate(OVERFLOW) <= 0)
    with short_runs(server.store, 3):
        focus(page, "Train with all the labels")
        page.keyboard.press("Enter")
        page.get_by_role("button", name=re.compile("Train with all [0-9]+ labels")).wait_for()
    until(lambda: done(page), seconds=TRAINED)
    ready(page)
    page.evaluate("document.activeElement.blur()")
    rows = predictions(
        page, lambda _: (focus(page, "Predictions for 30 unlabelled pictures (CSV)"), page.keyboard.press("Enter"))
    )
    assert {row["path"] for row in rows} == UNLABELLED
    until(lambda: page.evaluate(OVERFLOW) <= 0)
