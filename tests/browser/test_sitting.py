"""One sitting by keyboard alone: forty labels on photographs nobody labelled, a trained network, the rest predicted.

The server is killed in the middle; a reload goes on where one was.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest

from ssl_core.data import load, uploads
from ssl_core.data.kept import names
from ssl_core.data.sheets import read
from ssl_core.features.card import lacks
from ssl_core.images.writing import to_png, to_source
from tests.browser._serve import until
from tests.browser._short import short_runs
from tests.browser.conftest import ready
from tests.browser.test_label import focus, press, source, spent
from tests.browser.test_own import TRAINED, done

PICTURES, LABELS = 60, 40
CLASSES = [f"garment {n}" for n in range(10)]


@pytest.fixture
def photographs(server, shared_data, monkeypatch):
    """Sixty photographs of clothing without any label, brought into the server's store; their classes by picture."""
    if not (shared_data / "bench" / "clothing64").is_dir():
        pytest.skip(f"no clothing64 in {shared_data}")
    images, truth = (part[:PICTURES] for part in read(shared_data / "bench" / "clothing64", "train"))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, image in enumerate(images):
            archive.writestr(f"{number:02}.png", to_png(image))
    monkeypatch.setenv("SSL_STORE", str(server.store.root))
    name = uploads.add(file.getvalue(), "Clothing", side=64).name
    kept, here = (
        load(name).images.numpy(),
        {image.tobytes(): int(label) for image, label in zip(images, truth, strict=True)},
    )
    paths = {f"{number:02}.png": int(label) for number, label in enumerate(truth)}
    return name, {to_source(image): here[image.tobytes()] for image in kept}, paths


def downloaded(page, name: str) -> list[dict[str, str]]:
    """The rows of the table behind the button of that name, reached and pressed by keyboard."""
    focus(page, name)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(bool(lacks("efficientnet_lite0")), reason="the weights of EfficientNet-Lite0 are not here")
def test_forty_labels_by_keyboard_a_kill_in_the_middle_and_the_rest_is_predicted(server, tab, photographs):
    name, truth, labels_of = photographs
    page = tab()
    page.goto(f"{server.url}/label?label_data={name}")
    ready(page)
    focus(page, "Begin to label")
    page.keyboard.press("Enter")
    box = page.get_by_label("One a line")
    box.wait_for(timeout=240_000)
    ready(page)
    until(lambda: page.evaluate("document.activeElement.tagName") == "TEXTAREA" or page.keyboard.press("Tab"))
    page.keyboard.type("\n".join(CLASSES))
    focus(page, "Use these classes")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="None of these").wait_for()
    ready(page)
    said = {}
    for count in range(1, LABELS + 1):
        shown = source(page)
        said[shown] = truth[shown]
        assert press(page, "1234567890"[truth[shown]]) == shown
        if count == LABELS // 2:
            server.kill()
            server.start()
            page.reload()
            page.get_by_role("button", name="None of these").wait_for(timeout=240_000)
            ready(page)
            spent(page, count)
    spent(page, LABELS)
    assert len(said) == LABELS, "no picture was asked about twice"

    focus(page, "Labels in and out")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="CSV").wait_for()  # the box opens a moment later
    rows = downloaded(page, "CSV")
    wrong = [row for row in rows if row["label"] != CLASSES[labels_of[row["path"]]]]
    assert (len(rows), wrong) == (LABELS, [])
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    focus(page, "Train on these labels")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("training.*labelled"))
    (labelled,) = {*names()} - {name}
    page.goto(f"{server.url}/own?own={labelled}&budget=20")
    page.get_by_role("heading", name="Your pictures", exact=True).wait_for()
    ready(page)
    with short_runs(server.store, 3):
        focus(page, "Train with all")  # and how many are left when some validate
        page.keyboard.press("Enter")
    until(lambda: done(page), seconds=TRAINED)
    page.get_by_role("button", name=re.compile("^Predictions for")).wait_for()
    ready(page)
    page.evaluate("document.activeElement.blur()")
    rows = downloaded(page, f"Predictions for {PICTURES - LABELS} unlabelled pictures (CSV)")
    assert len(rows) == PICTURES - LABELS
    assert {row["class"] for row in rows} <= {*CLASSES}
