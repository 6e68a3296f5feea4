"""The Augmentations page in a real browser: build, share, diagnose, upload."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.browser._serve import IDLE, browser, opened, served

HOUSE = Path(__file__).resolve().parents[2]
BAD = Path(os.environ.get("SSL_BAD_INPUTS", HOUSE.parent / "shared" / "data" / "badinputs"))
READ = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with served(tmp_path_factory.mktemp("augmentations")) as address, browser() as started:
        started.address = f"{address}/augmentations"
        yield started


def settled(page) -> None:
    page.wait_for_timeout(300)
    page.wait_for_selector(IDLE, timeout=60_000)


def ready(page):
    page.wait_for_selector(".pictures > button img", timeout=90_000)
    settled(page)
    return page


def pixels(page) -> list[str]:
    return page.locator(".pictures > button img").evaluate_all("all => all.map(image => image.src)")


def test_a_built_pipeline_travels_in_the_link(chromium):
    page = ready(opened(chromium, f"{chromium.address}?stage=views", viewport={"width": 1280, "height": 1000}))
    before = pixels(page)
    assert len(before) == 16
    page.get_by_role("combobox", name="Add").click()
    page.keyboard.type("gaussian blur")
    page.get_by_role("option", name="noise: gaussian blur").click()
    settled(page)
    page.wait_for_url(re.compile("pipeline=.*gaussian_blur"))
    built = pixels(page)
    assert built != before
    page.get_by_role("button", name="New seed").click()
    page.wait_for_url(re.compile("seed=1"))
    settled(page)
    seeded = pixels(page)
    assert seeded != built
    page.locator(".pictures > button").nth(4).click()  # the film strip follows
    page.wait_for_url(re.compile("sample=5"))
    settled(page)

    other = chromium.new_context().new_page()  # knows nothing but the link
    other.goto(page.url)
    assert pixels(ready(other)) == seeded
    assert other.locator(".pictures > button[aria-pressed=true]").count() == 1
    assert all(other.locator(".pictures img").evaluate_all("all => all.map(image => image.alt.length > 0)"))
    other.close()
    page.close()


def test_an_operation_clicked_in_the_gallery_is_what_the_views_draw(chromium):
    page = ready(opened(chromium, chromium.address, viewport={"width": 1280, "height": 900}))
    shown = page.locator(".st-key-gallery button")
    assert shown.count() > 40 and shown.nth(9).bounding_box()["y"] < 500, "two rows of it are on the first screen"
    page.locator(".st-key-gallery button", has_text="greyscale").click()
    page.wait_for_url(re.compile("pipeline=greyscale"))
    views = page.locator(".st-key-views_grid button")
    views.nth(15).wait_for()
    assert all("greyscale" in words for words in views.all_inner_texts())
    page.locator(".st-key-stage").get_by_text("Every operation").click()
    page.locator(".st-key-gallery button[aria-pressed=true]", has_text="greyscale").wait_for()
    page.close()


def test_the_doctor_finds_equalize_dead_on_digits(chromium):
    address = f"{chromium.address}?pictures=digits&pipeline=equalize&tab=Doctor"
    page = ready(opened(chromium, address, viewport={"width": 1280, "height": 1000}))
    page.get_by_text("Equalize is dead here").wait_for(timeout=20_000)
    page.close()


def test_nothing_jumps_on_a_phone_when_the_seed_changes(chromium):
    page = ready(opened(chromium, f"{chromium.address}?stage=views", viewport={"width": 400, "height": 900}))
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    place = "document.querySelector('.st-key-tab').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.get_by_role("button", name="New seed").evaluate("button => button.click()")
    page.wait_for_url(re.compile("seed=1"))
    settled(page)
    assert abs(page.evaluate(place) - before) <= 1
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
        page.wait_for_timeout(250)
        settled(page)
        wrong = page.locator("[data-testid=stAlert]").count()
        assert wrong <= 1, file.name
        assert page.locator("[data-testid=stException]").count() == 0, file.name
        assert page.locator(".pictures > button img").count() == 16, file.name
        assert page.evaluate("window.__pwned === undefined"), file.name
    page.close()
