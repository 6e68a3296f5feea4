"""Your pictures: what is brought is understood, kept, trained on with one button, and what comes out is linked."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from ssl_core.data import card
from ssl_core.data.kept import names as kept_names
from ssl_core.features.card import lacks
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from tests.data.conftest import png, zipped
from tests.pages.conftest import problems

KINDS = ("bright", "dark")
UNDERSTOOD = {
    "unlabelled": ({"unlabelled": 9, "test": 4}, "12 labelled pictures, 9 unlabelled, 8 for the test"),
    "no test": ({"unlabelled": 9}, "12 labelled pictures, 9 unlabelled, a fifth of the labelled ones for the test"),
    "class missing": ({"test": 4, "missing": True}, "12 labelled pictures, 0 unlabelled, 4 for the test"),
}


def drawn(*, each: int = 6, unlabelled: int = 0, test: int = 0, missing: bool = False, side: int = 12) -> bytes:
    """A zip of bright and dark squares; `missing` leaves one class out of the test."""
    level = {"bright": 190, "dark": 60}
    files = {f"train/{kind}/{n}.png": png(n, side, level[kind] + n) for kind in KINDS for n in range(each)}
    files |= {f"Unlabelled/{n}.png": png(n, side, level[KINDS[n % 2]] + n + 20) for n in range(unlabelled)}
    files |= {
        f"test/{kind}/{n}.png": png(n, side, level[kind] - n - 1) for kind in KINDS[missing:] for n in range(test)
    }
    return zipped(files | {"notes.pdf": b"x"})


def words(at) -> str:
    return " ".join(part.value for kind in (at.markdown, at.caption, at.info, at.warning, at.success) for part in kind)


def uploaded(visit, content: bytes):
    at = visit("own.py", budget="60")
    at.file_uploader(key="zip").upload("squares.zip", content, "application/zip").run()
    assert problems(at) == []
    return at


@pytest.mark.parametrize("layout", UNDERSTOOD)
def test_what_was_brought_is_understood_kept_and_trained_with_one_button(visit, store, layout):
    facts, understood = UNDERSTOOD[layout]
    at = uploaded(visit, drawn(**facts))
    assert f"2 classes** (bright, dark): {understood}" in words(at)
    assert "Passed over: 1 .pdf file " in words(at)
    assert kept_names() == []
    at.button(key="own_train").click().run()
    assert problems(at) == []
    (name,) = kept_names()
    assert at.query_params["own"] in (name, [name])
    about = card(name)
    assert about.unknown == facts.get("unlabelled", 0)
    if facts.get("test"):
        assert about.test == facts["test"] * (1 if facts.get("missing") else 2), "a test that was brought is kept"
    runs = store.runs()
    assert {run.config["method"] for run in runs} == {"supervised", "mixmatch", "fixmatch"}
    assert {run.config["labels"] for run in runs} == {about.known}
    assert f"Train with all {about.known} labels" in [button.label for button in at.button]
    assert [metric.value for metric in at.metric] == ["–"] * 3


def finish(store: Store) -> None:
    """Train what is queued, in a few steps each."""
    for run in store.runs():
        config = json.loads((run.folder / "config.json").read_text())
        config["training"] |= {"steps": 3, "evaluations": 1, "batch": 4}
        (run.folder / "config.json").write_text(json.dumps(config))
    for run in Store(store.root).runs():
        assert work(run.folder)["state"] == "done"


@pytest.fixture
def trained(visit, store):
    """The page after training on a set with unlabelled pictures and a test, opened anew by its address."""
    at = uploaded(visit, drawn(unlabelled=9, test=4))
    at.button(key="own_train").click().run()
    finish(store)
    return visit("own.py", own=kept_names()[0])


def test_the_result_has_intervals_a_warning_and_ways_on(trained, store):
    at = trained
    assert problems(at) == []
    assert {metric.label for metric in at.metric} == {"Supervised", "MixMatch", "FixMatch"}
    assert "of 8 test pictures, likely" in words(at)
    assert "8 test pictures: one picture is" in words(at)
    links = {link.proto.label: link.proto for link in at.get("page_link")}
    best = at.segmented_control(key="own_run").value
    assert (
        f"compare={best}" in links["Its mistakes"].query_string
        and "view=mistakes" in links["Its mistakes"].query_string
    )
    assert f"trained={best}" in links["Show it a picture"].query_string
    assert {"Its weights", "Compare all", "Fewer labels, other methods"} <= set(links)


def test_files_that_were_chosen_survive_another_page(visit, store):
    from tests.pages.conftest import HOUSE

    at = uploaded(visit, drawn(unlabelled=9))
    at.switch_page(str(HOUSE / "pages" / "methods.py")).run()
    at.switch_page(str(HOUSE / "pages" / "own.py")).run()
    assert "Still chosen: **squares.zip**" in words(at)
    assert "9 unlabelled" in words(at)
    at.button(key="zip_let_go").click().run()
    assert "It may look like this" in words(at)
    assert at.button(key="own_train").disabled


def test_cut_pad_and_squash_are_shown_only_where_they_differ(visit, store):
    at = uploaded(visit, drawn())
    assert "not square" not in words(at)
    wide = io.BytesIO()
    Image.fromarray(np.arange(40 * 10 * 3, dtype=np.uint8).reshape(10, 40, 3)).save(wide, "PNG")
    files = {f"{kind}/{n}.png": wide.getvalue() for kind in KINDS for n in range(4)}
    at = uploaded(visit, zipped(files))
    for word in ("Cut (chosen)", "Pad:", "Squash:"):
        assert word in words(at)


def test_an_upload_is_in_memory_once_and_let_go_when_it_is_kept(visit, store):
    at = uploaded(visit, content := drawn(unlabelled=9))
    (first,) = at.session_state["chosen_files"].files
    at.pills(key="zip_side").set_value(8).run()
    (again,) = at.session_state["chosen_files"].files
    assert first[1] is again[1], "the page is handed a copy on every run"
    assert first[1] == content
    at.button(key="own_train").click().run()
    assert "chosen_files" not in at.session_state
    assert "zip_looked" not in at.session_state


def test_an_archive_that_is_not_read_says_what_to_do(visit, store):
    at = visit("own.py")
    at.file_uploader(key="zip").upload("pictures.tar.gz", b"\x1f\x8b\x08 rest", "application/gzip").run()
    assert problems(at) == ["This is a tar.gz archive, which is not read: unpack it and make a zip of its folder."]


def test_pictures_without_any_class_are_not_trained_on(visit, store):
    at = uploaded(visit, zipped({f"{n}.png": png(n, 8) for n in range(6)}))
    assert "nothing that says their class" in words(at)
    assert "put a few of each class into a folder of its name" in words(at)
    assert at.button(key="own_train").disabled


def test_a_bad_zip_is_one_sentence_and_nothing_is_started(visit, store):
    at = visit("own.py")
    at.file_uploader(key="zip").upload("x.zip", b"PK\x03\x04 nonsense", "application/zip").run()
    assert len(problems(at)) == 1
    assert at.button(key="own_train").disabled
    assert store.runs() == []


def test_the_size_that_was_chosen_is_kept(visit, store):
    at = uploaded(visit, drawn())
    at.pills(key="zip_side").set_value(8).run()
    at.button(key="own_train").click().run()
    assert problems(at) == []
    assert card(kept_names()[0]).side == 8


@pytest.mark.skipif(bool(lacks("efficientnet_lite0")), reason="the weights of EfficientNet-Lite0 are not here")
@pytest.mark.parametrize("wanted", [True, False])
def test_photographs_start_from_features_unless_somebody_says_no(visit, store, wanted):
    at = uploaded(visit, drawn(side=64))
    assert "ImageNet" in words(at)
    at.toggle(key="own_features").set_value(wanted).run()
    assert ("ImageNet" in words(at)) == wanted
    at.button(key="own_train").click().run()
    assert problems(at) == []
    models = {run.config["training"]["model"] for run in store.runs()}
    assert (models == {"efficientnet_lite0"}) == wanted
    assert len(store.runs()) == 3


def test_small_pictures_are_not_offered_features(visit, store):
    at = uploaded(visit, drawn())
    assert "own_features" not in [toggle.key for toggle in at.toggle]
