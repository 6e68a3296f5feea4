"""The Data page in a real browser: a zip of class folders is uploaded, looked at, trained on, and deleted."""

from __future__ import annotations

import re
import shutil
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from ssl_core.runs.store import Store
from tests.browser._serve import IDLE, browser, opened, served, until
from tests.data.conftest import pets, png, zipped

STEPS = 4


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    with served(root) as address, browser() as started:
        started.address, started.store = address, Store(root / "runs")
        yield started


def photographs(count: int) -> bytes:
    """A zip of so many noisy pictures of 0.7 MB each."""
    return zipped({f"{'ab'[n % 2]}/{n}.png": png(n, 480) for n in range(count)})


def test_a_zip_above_ten_megabytes_is_taken(chromium, tmp_path):
    path = tmp_path / "many.zip"
    path.write_bytes(photographs(20))
    assert path.stat().st_size > 12 * 2**20
    page = opened(chromium, f"{chromium.address}/data", viewport={"width": 1280, "height": 1000})
    page.get_by_text("Bring your own pictures").click()
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_text("20 labelled pictures").wait_for()
    assert page.get_by_text("AxiosError").count() == 0
    page.get_by_role("button", name="Keep as a data set").click()
    page.get_by_text("It is now among the data of every page").wait_for()
    page.wait_for_selector(IDLE)
    expect(page.get_by_text("Kept: My pictures")).to_contain_text("128×128")
    (card,) = chromium.store.root.glob("_datasets/*/card.json")
    page.close()
    shutil.rmtree(card.parent)


def test_upload_a_zip_and_train_on_it(chromium):
    page = opened(chromium, f"{chromium.address}/data", viewport={"width": 1280, "height": 1000})
    page.get_by_text("Bring your own pictures").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "pets.zip", "mimeType": "application/zip", "buffer": zipped(pets(12))}
    )
    page.get_by_role("button", name="Keep as a data set").click()  # which waits until it may be pressed
    page.get_by_text("It is now among the data of every page").wait_for()
    page.wait_for_selector(IDLE)
    (name,) = [path.parent.name.replace("-", ":") for path in chromium.store.root.glob("_datasets/*/card.json")]
    expect(page).to_have_url(re.compile(re.escape(urlencode({"data": name}))))  # it names what was brought
    until(lambda: set(page.locator(".st-key-grid_labelled span").all_inner_texts()) == {"cat", "dog"})

    use = page.get_by_role("link", name="Use in training")
    expect(use).to_have_attribute("href", re.compile(re.escape(urlencode({"data": name}))))
    use.click()
    page.wait_for_url(re.compile("/training"))
    page.get_by_role("button", name="Start experiment").wait_for()
    expect(page.get_by_role("combobox", name=re.compile("^Data|Data$")).first).to_have_value(re.compile("^My pictures"))

    knobs = {f"{name}-supervised-{knob}": value for knob, value in (("steps", STEPS), ("evaluations", 1), ("batch", 4))}
    wanted = {"data": "My pictures, 32×32 colour", "methods": "Supervised", "labels": 4} | knobs
    page.goto(f"{chromium.address}/training?{urlencode(wanted)}")
    start = page.get_by_role("button", name="Start experiment")
    start.wait_for()
    page.wait_for_selector(IDLE)
    start.click()
    page.get_by_text(re.compile(r"My pictures, 32×32 colour, 2 runs: 2 done")).wait_for()
    for run in chromium.store.runs():
        assert run.config["data"] == name
        assert run.state == "done"
        assert run.tail.read()[-1]["step"] == STEPS
    page.close()
