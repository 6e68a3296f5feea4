"""Every way to bring pictures in a real browser: a dropped folder, a chosen one, several files, and a larger zip."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ssl_core.runs.store import Store
from tests.browser._serve import served, still, until
from tests.browser._short import nothing_begins
from tests.browser.conftest import ready
from tests.data.conftest import png, zipped
from tests.pages.test_own import drawn

KINDS = {"bright": 190, "dark": 60}
UNDERSTOOD = "2 classes (bright, dark): 6 labelled pictures, 4 unlabelled, a fifth of the labelled ones for the test."
SAID = """() => {
  window.said = [];
  const look = () => document.querySelectorAll('[data-testid=stProgress]').forEach(bar => window.said.push(bar.innerText));
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The address of a server; what is started there waits, or it might be over before somebody stops it."""
    root = tmp_path_factory.mktemp("bringing")
    with served(root) as address, nothing_begins(Store(root / "runs")):
        yield address


@pytest.fixture
def own(app, tab):
    page = tab()
    page.goto(f"{app}/own?budget=20")
    page.locator("input[type=file]").wait_for(state="attached")
    return ready(page)


@pytest.fixture
def folder(tmp_path):
    """A folder of two classes whose files have the same names, some without a label, and one that is no picture."""
    top = tmp_path / "my pictures"
    files = {f"{kind}/{n}.png": png(n, 12, level + n) for kind, level in KINDS.items() for n in range(3)}
    files |= {f"unlabelled/{n}.png": png(n, 12, 100 + n) for n in range(4)} | {"notes.pdf": b"x", ".DS_Store": b"x"}
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(content)
    return top


def drop(page, *paths) -> None:
    """Drop files or folders of the disk onto the place for them, as a person does."""
    place = still(page, page.get_by_test_id("stFileUploaderDropzone").bounding_box)
    at = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
    what = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    tools = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        tools.send("Input.dispatchDragEvent", {"type": kind, **at, "data": what})


def understood(page) -> None:
    page.get_by_text(UNDERSTOOD).wait_for()
    page.get_by_text("Passed over: 1 .pdf file (it is no picture)").wait_for()


def test_a_dropped_folder_keeps_the_names_of_its_folders(own, folder):
    drop(own, folder)
    understood(own)


def test_a_folder_of_many_files_goes_up_as_one(own, tmp_path):
    for kind, level in KINDS.items():
        (tmp_path / "many" / kind).mkdir(parents=True)
        for n in range(600):
            (tmp_path / "many" / kind / f"{n}.png").write_bytes(png(n, 6, level))
    drop(own, tmp_path / "many")
    own.get_by_text("2 classes (bright, dark): 1,200 labelled pictures").wait_for()
    own.get_by_text("many.zip").wait_for()


def test_a_dropped_file_is_called_as_it_was(own, folder):
    drop(own, folder / "notes.pdf", *sorted((folder / "unlabelled").glob("*.png")))
    own.get_by_text("4 pictures, and nothing that says their class").wait_for()
    own.get_by_text("Passed over: 1 .pdf file (it is no picture)").wait_for()


def test_a_chosen_folder_keeps_them_too(own, folder):
    own.get_by_text("Choose a whole folder").click()
    place = own.locator("input[type=file][webkitdirectory]")
    place.wait_for(state="attached")
    place.set_input_files(str(folder))
    understood(ready(own))


def test_picture_files_and_a_table_of_labels(own, folder, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("file,label\n" + "".join(f"{n}.png,{'ab'[n % 2]}\n" for n in range(3)))
    own.locator("input[type=file]").set_input_files([*sorted((folder / "unlabelled").glob("*.png")), table])
    own.get_by_text("2 classes (a, b): 3 labelled pictures, 1 unlabelled").wait_for()


@pytest.mark.parametrize("first", ["size", "zip"])
def test_the_size_is_kept_however_quickly_the_button_is_pressed(own, first):
    def choose_size():
        own.get_by_text("How they are kept").click()
        own.locator(".st-key-zip_side").get_by_text("8", exact=True).click()

    if first == "size":
        choose_size()
    own.locator("input[type=file]").set_input_files(
        {"name": "squares.zip", "mimeType": "application/zip", "buffer": drawn(each=8, unlabelled=9, test=4)}
    )
    if first == "zip":
        choose_size()
    own.get_by_role("button", name="Train with all the labels").click()
    own.get_by_role("button", name=re.compile("Train with all [0-9]+ labels")).wait_for()
    expect(own.get_by_role("combobox", name=re.compile("Pictures"))).to_have_value(re.compile("8×8 colour"))
    own.get_by_role("button", name="Stop").click()


def test_a_larger_zip_is_read_with_progress(app, tab, tmp_path):
    path = tmp_path / "many.zip"
    path.write_bytes(zipped({f"{'ab'[n % 2]}/{n}.png": png(n, 480) for n in range(60)}))
    page = tab()
    page.goto(f"{app}/data")
    page.get_by_text("Bring your own pictures").click()
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_text("60 labelled pictures").wait_for()
    page.evaluate(SAID)
    page.get_by_role("button", name="Keep as a data set").click()
    page.get_by_text("It is now among the data of every page").wait_for()
    said = [text.strip() for text in page.evaluate("window.said")]
    assert any(re.fullmatch(r"Reading pictures: \d+ of 60, \d+ s left", text) for text in said)
    # Keeping is over within a frame at times, and is then not seen; nothing else is ever said.
    assert {re.sub(r": .*", "", text) for text in said} <= {"Reading pictures", "Keeping 60 pictures"}


def test_the_example_of_a_layout_fits_on_a_phone(app, tab):
    page = tab(width=400)
    page.goto(f"{app}/own")
    code = page.get_by_test_id("stCode").locator("pre")
    code.wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")
    until(lambda: code.evaluate("box => box.scrollWidth - box.clientWidth") <= 0)
