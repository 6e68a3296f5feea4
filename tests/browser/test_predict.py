"""Predict an uploaded picture, a drawn one and a pasted one in a real browser; the snow lesson from press to result."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from ssl_core.images.writing import to_png
from ssl_core.models import MODELS
from ssl_core.runs.files import write_json
from ssl_core.runs.saved import save_checkpoint
from ssl_core.runs.store import Store
from ssl_core.train.config import configure
from tests.browser._serve import IDLE, browser, opened, served, still


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    root = tmp_path_factory.mktemp("predict")
    config = configure("digits", "supervised", 20, 0)
    run = Store(root / "runs").add(config.to_dict())
    with torch.random.fork_rng():
        torch.manual_seed(0)
        state = MODELS[config.training.model](1, 10).state_dict()
    save_checkpoint(run.folder / "checkpoint.pt", {"average": state})
    write_json(run.folder / "end.json", {"state": "done", "test_accuracy": 0.1})
    with served(root) as address, browser() as started:
        started.address = address
        yield started


def answer(page) -> str:
    return page.get_by_role("heading", name=re.compile("^It says")).inner_text()


def ready(page):
    page.get_by_role("heading", name=re.compile("^It says")).wait_for()
    page.wait_for_selector(IDLE)
    return page


@pytest.mark.parametrize("width", [1280, 390])
def test_an_uploaded_picture_is_answered_with_everything_behind_it(chromium, width, tmp_path):
    page = ready(opened(chromium, f"{chromium.address}/predict", viewport={"width": width, "height": 900}))
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
    page.get_by_text("Upload or paste", exact=True).click()
    page.locator(".paste").wait_for()
    page.wait_for_selector(IDLE)
    paper = np.full((3, 120, 100), 240, np.uint8)
    paper[:, 15:105, 46:58] = 15
    (tmp_path / "one.png").write_bytes(to_png(paper))
    page.locator("[data-testid=stMain] input[type=file]").last.set_input_files(str(tmp_path / "one.png"))
    ready(page)
    page.get_by_text("Your picture.", exact=False).first.wait_for()
    for lens, said in (
        ("Nearest pictures", "1 − cosine"),
        ("Where it looks", "Simonyan"),
        ("Calibration", "Guo et al."),
    ):
        page.get_by_role("radio", name=lens).click()
        page.get_by_text(said, exact=False).first.wait_for()
        page.wait_for_selector(IDLE)
    assert page.locator("[data-testid=stException]").count() == 0
    assert all(page.locator(".pictures img").evaluate_all("all => all.map(image => image.alt.length > 0)"))
    page.close()


def test_a_digit_is_drawn_by_hand_and_on_the_keyboard(chromium):
    page = opened(chromium, f"{chromium.address}/predict?source=Draw", viewport={"width": 1280, "height": 900})
    sheet = page.locator(".sheet canvas")
    sheet.wait_for()
    page.wait_for_selector(IDLE)
    box = still(page, sheet.bounding_box)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 40, steps=5)
    page.mouse.up()
    by_hand = still(ready(page), lambda: answer(page))
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Give a picture, and the answer").wait_for()
    page.wait_for_selector(IDLE)
    sheet.focus()
    page.keyboard.press(" ")
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    said = re.compile("^" + re.escape(by_hand.split(",")[0]))
    expect(page.get_by_role("heading", name=re.compile("^It says"))).to_have_text(said)
    page.close()


def test_a_picture_is_pasted(chromium):
    page = opened(
        chromium, f"{chromium.address}/predict?source=Upload+or+paste", viewport={"width": 1280, "height": 900}
    )
    page.locator(".paste").wait_for()
    page.wait_for_selector(IDLE)
    page.locator(".paste").evaluate(
        """async (box) => {
          const sheet = document.createElement("canvas");
          sheet.width = sheet.height = 60;
          const ink = sheet.getContext("2d");
          ink.fillStyle = "#fff"; ink.fillRect(0, 0, 60, 60);
          ink.fillStyle = "#000"; ink.fillRect(26, 8, 8, 44);
          const blob = await new Promise((done) => sheet.toBlob(done, "image/png"));
          const clipboard = new DataTransfer();
          clipboard.items.add(new File([blob], "pasted.png", { type: "image/png" }));
          box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true }));
        }"""
    )
    ready(page)
    page.get_by_text("Your pasted picture.", exact=False).wait_for()
    page.close()


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["mouse", "keyboard"])
def test_what_comes_out_is_downloaded_from_its_box(chromium, by_keyboard):
    page = ready(opened(chromium, f"{chromium.address}/predict", viewport={"width": 1280, "height": 900}))
    opener = page.get_by_role("button", name="Take along")
    if by_keyboard:
        opener.focus()
        page.keyboard.press("Enter")
    else:
        opener.click()
    page.get_by_text("have no label", exact=False).wait_for()
    page.wait_for_selector(IDLE)
    seen = {}
    for name in ("Predictions (CSV)", "Sorted into class folders (zip)", "Network (ONNX)"):
        button = page.get_by_role("button", name=name)
        with page.expect_download() as waited:
            if by_keyboard:
                button.focus()
                page.keyboard.press("Enter")
            else:
                button.click()
        seen[name] = Path(waited.value.path()).read_bytes()
    assert seen["Predictions (CSV)"].startswith(b"path,class,probability,second,")
    assert seen["Sorted into class folders (zip)"][:2] == b"PK"
    assert b"pictures" in seen["Network (ONNX)"]
    assert page.locator("[data-testid=stException]").count() == 0
    page.close()


def test_the_snow_lesson_trains_and_tells(chromium):
    page = opened(chromium, f"{chromium.address}/snow", viewport={"width": 1280, "height": 900})
    page.get_by_role("button", name="Train both networks").click()
    page.get_by_role("button", name="Both are trained").wait_for(timeout=600_000)
    page.get_by_text("input gradient lies on the ground", exact=False).nth(1).wait_for()
    page.wait_for_selector(IDLE)
    expect(page.locator("[data-testid=stMetricValue]")).to_have_count(4)
    usual, flipped, repainted, other = (
        float(text.removesuffix(" %")) for text in page.locator("[data-testid=stMetricValue]").all_inner_texts()
    )
    assert usual - flipped > 30, "the plain network learnt the ground"
    assert abs(repainted - other) < 15, "the other one did not"
    assert other > flipped
    page.close()
