"""The Augmentations page in a real browser: build, share, diagnose, upload."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser._serve import IDLE, box_of, browser, opened, served, still, until

HOUSE = Path(__file__).resolve().parents[2]
BAD = Path(os.environ.get("SSL_BAD_INPUTS", HOUSE.parent / "shared" / "data" / "badinputs"))
READ = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("augmentations")) as address, browser() as started:
        started.address = f"{address}/augmentations"
        yield started


def ready(page):
    page.wait_for_selector(".pictures > button img")
    page.wait_for_selector(IDLE)
    return page


def pixels(page) -> list[str]:
    return page.locator(".pictures > button img").evaluate_all("all => all.map(image => image.src)")


def others(page, before: list[str]) -> list[str]:
    """The pictures once they are not those any more."""
    until(lambda: len(pixels(page)) == len(before) and pixels(page) != before)
    page.wait_for_selector(IDLE)
    return pixels(page)


def test_a_built_pipeline_travels_in_the_link(chromium):
    page = ready(opened(chromium, f"{chromium.address}?stage=views", viewport={"width": 1280, "height": 1000}))
    expect(page.locator(".pictures > button img")).to_have_count(16)
    before = pixels(page)
    page.get_by_role("combobox", name="Add").click()
    page.keyboard.type("gaussian blur")
    page.get_by_role("option", name="noise: gaussian blur").click()
    page.wait_for_url(re.compile("pipeline=.*gaussian_blur"))
    built = others(page, before)
    page.get_by_role("button", name="New seed").click()
    page.wait_for_url(re.compile("seed=1"))
    seeded = others(page, built)
    page.locator(".pictures > button").nth(4).click()  # the film strip follows
    page.wait_for_url(re.compile("sample=5"))

    other = chromium.new_context().new_page()  # knows nothing but the link
    other.goto(page.url)
    ready(other)
    until(lambda: pixels(other) == seeded)
    expect(other.locator(".pictures > button[aria-pressed=true]")).to_have_count(1)
    assert all(other.locator(".pictures img").evaluate_all("all => all.map(image => image.alt.length > 0)"))
    other.close()
    page.close()


def test_an_operation_clicked_in_the_gallery_is_what_the_views_draw(chromium):
    page = ready(opened(chromium, chromium.address, viewport={"width": 1280, "height": 900}))
    shown = page.locator(".st-key-gallery button")
    shown.nth(40).wait_for()
    until(lambda: box_of(shown.nth(9))["y"] < 500, "two rows of it are on the first screen")
    page.locator(".st-key-gallery button", has_text="greyscale").click()
    page.wait_for_url(re.compile("pipeline=greyscale"))
    views = page.locator(".st-key-views_grid button")
    views.nth(15).wait_for()
    until(lambda: all("greyscale" in words for words in views.all_inner_texts()))
    page.locator(".st-key-stage").get_by_text("Every operation").click()
    page.locator(".st-key-gallery button[aria-pressed=true]", has_text="greyscale").wait_for()
    page.close()


def test_the_doctor_finds_equalize_dead_on_digits(chromium):
    address = f"{chromium.address}?pictures=digits&pipeline=equalize&tab=Doctor"
    page = ready(opened(chromium, address, viewport={"width": 1280, "height": 1000}))
    page.get_by_text("Equalize is dead here").wait_for()
    page.close()


def test_nothing_jumps_on_a_phone_when_the_seed_changes(chromium):
    page = ready(opened(chromium, f"{chromium.address}?stage=views", viewport={"width": 400, "height": 900}))
    page.wait_for_function("document.documentElement.scrollWidth <= 400")
    place = "document.querySelector('.st-key-tab')?.getBoundingClientRect().top ?? null"
    before, seen = still(page, lambda: page.evaluate(place), looks=5), pixels(page)  # what comes late has come
    page.get_by_role("button", name="New seed").evaluate("button => button.click()")
    others(page, seen)
    assert abs(still(page, lambda: page.evaluate(place)) - before) <= 1
    page.close()


@pytest.mark.skipif(not BAD.is_dir(), reason=f"no folder of bad inputs at {BAD} (SSL_BAD_INPUTS)")
def test_bad_input_in_the_browser_is_a_sentence_and_runs_nothing(chromium):
    table = json.loads((BAD / "EXPECTED.json").read_text())
    kinds = [sorted(n for n in table if n.startswith(k) and n.endswith(READ)) for k in ("bombs", "broken", "metadata")]
    files = [BAD / name for name in [*kinds[0], *kinds[1][:3], *kinds[2][:1]]]  # the others: tests/test_images.py
    page = ready(
        opened(chromium, f"{chromium.address}?pictures=upload&stage=views", viewport={"width": 1280, "height": 1000})
    )
    for file in files:
        page.locator("[data-testid=stFileUploaderDropzoneInput], input[type=file]").first.set_input_files(str(file))
        page.wait_for_timeout(300)  # what must not come has time to come
        page.wait_for_selector(IDLE)
        expect(page.locator(".pictures > button img")).to_have_count(16)
        until(lambda: page.locator("[data-testid=stAlert]").count() <= 1, file.name)
        assert page.locator("[data-testid=stException]").count() == 0, file.name
        assert page.evaluate("window.__pwned === undefined"), file.name
    page.close()
