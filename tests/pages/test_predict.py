"""The Predict and the Snow asked, as a visitor without a browser sees them."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pages.parts.predict.network import finished_runs
from ssl_core.models import MODELS
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.weights import to_safetensors
from ssl_core.runs.about import About, say
from ssl_core.runs.files import write_json
from ssl_core.runs.saved import save_checkpoint
from ssl_core.train.config import configure
from tests.pages.conftest import problems

HOUSE = Path(__file__).resolve().parents[2]
BAD_MODELS = Path(os.environ.get("SSL_BAD_MODELS", HOUSE.parent / "shared" / "data" / "badmodels"))


def finish(store, config, name: str = "", score: float = 0.9) -> None:
    """A finished run whose network was never trained: enough to be asked."""
    run = store.add(config.to_dict() | ({"experiment": name} if name else {}))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = MODELS[config.training.model](config.card.channels, len(config.card.classes))
    save_checkpoint(run.folder / "checkpoint.pt", {"average": model.state_dict(), "step": 1})
    write_json(run.folder / "end.json", {"state": "done", "test_accuracy": score})


@pytest.fixture
def asked(store, visit):
    for data in ("shapes", "digits"):
        finish(store, configure(data, "supervised", 20, 0))
    return visit("predict.py")


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def words(at) -> str:
    return " ".join(part.value for kind in (at.markdown, at.caption, at.info) for part in kind)


def test_the_list_of_networks_says_what_differs_the_best_of_the_newest_data_first(store):
    finish(store, configure("shapes", "supervised", 40, 0), score=0.99)
    for seed, score in ((0, 0.6), (1, 0.8)):
        finish(store, configure("digits", "fixmatch", 20, seed), "tuesday", score)
    finish(store, configure("digits", "supervised", 20, 0), "tuesday", 0.7)
    say(store, "tuesday", About("Class 7b"))
    assert [*finished_runs().values()] == [
        "Digits: FixMatch, 20 labels, Class 7b, seed 1: 80.0 %",
        "Digits: Supervised, 20 labels, Class 7b: 70.0 %",
        "Digits: FixMatch, 20 labels, Class 7b, seed 0: 60.0 %",
        "Shapes: Supervised, 40 labels: 99.0 %",
    ]


def test_a_test_picture_is_answered_at_once(asked):
    assert problems(asked) == []
    assert "It says" in words(asked)
    assert "Test picture 1." in words(asked)
    before = words(asked)
    asked.button(key="next").click().run()
    assert "Test picture 2." in words(asked) != before


@pytest.mark.parametrize(
    ("lens", "said"),
    [
        ("nearest", "1 − cosine"),
        ("saliency", "SmoothGrad"),
        ("calibration", "calibration error"),
        ("weights", "BSD-3"),
    ],
)
def test_every_lens_opens(asked, lens, said):
    asked.session_state["behind_it"] = lens
    asked.run()
    assert problems(asked) == []
    assert said in words(asked)


def test_an_uploaded_picture_is_answered_and_its_name_is_not_used(asked):
    asked.radio(key="source").set_value("own").run()
    assert "Give a picture" in words(asked)
    paper = np.full((60, 90, 3), 245, np.uint8)
    paper[10:50, 40:48] = 20
    asked.file_uploader(key="own_file").upload("../../etc/passwd.png", png(paper)).run()
    assert problems(asked) == []
    assert "Your picture." in words(asked)
    assert "passwd" not in words(asked)
    asked.file_uploader(key="own_file").upload("a.png", b"nothing").run()
    assert len(asked.error) == 1 and not asked.exception


def test_colour_pictures_go_to_a_colour_network(asked, store):
    asked.selectbox(key="trained").set_value(store.runs()[0].name).run()
    asked.radio(key="source").set_value("own").run()
    asked.file_uploader(key="own_file").upload("a.png", png(np.full((60, 90, 3), 99, np.uint8))).run()
    assert problems(asked) == []
    assert "It says" in words(asked)


def test_several_files_and_a_zip_are_a_table(asked):
    asked.radio(key="source").set_value("many").run()
    paper = np.full((60, 90, 3), 245, np.uint8)
    paper[10:50, 40:48] = 20
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("in/one.png", png(paper))
        archive.writestr("notes.txt", "no picture")
    asked.file_uploader(key="many_files").upload("a.zip", file.getvalue(), "application/zip").run()
    assert problems(asked) == []
    assert "1 of 1 pictures" in words(asked) and "1 other entries" in words(asked)
    assert asked.dataframe[0].value["file"].tolist() == ["in/one.png"]


def test_a_weights_file_is_asked_instead(asked):
    torch.manual_seed(1)
    made = Classifier(
        configure("shapes", "supervised", 20, 0).card, "small_convnet", MODELS["small_convnet"](3, 10).eval(), 2.5
    )
    asked.file_uploader(key="weights_file").upload("net.safetensors", to_safetensors(made)).run()
    assert problems(asked) == []
    assert "Shapes, 32×32 colour" in words(asked), "the file's own card says what it is for"
    asked.session_state["behind_it"] = "calibration"
    asked.run()
    assert "here 2.50" in words(asked)


@pytest.mark.skipif(not BAD_MODELS.is_dir(), reason=f"no folder of bad models at {BAD_MODELS} (SSL_BAD_MODELS)")
@pytest.mark.parametrize(
    "name", ["payload_hidden_entry.pt", "header_len_huge.safetensors", "nan_weights.pt", "metadata_xss.safetensors"]
)
def test_bad_model_on_the_page_is_one_sentence(asked, name):
    asked.file_uploader(key="weights_file").upload(
        "weights." + name.rsplit(".", 1)[1], (BAD_MODELS / name).read_bytes()
    ).run()
    assert not asked.exception
    assert [e.value[-1] for e in asked.error] == ["."]


def test_without_a_run_a_small_one_can_be_trained(store, visit):
    at = visit("predict.py")
    assert "no finished run" in words(at)
    at.button(key="short_start").click().run()
    assert problems(at) == []
    config = store.runs()[0].config
    assert (config["method"], config["training"]["steps"]) == ("fixmatch", 400)
    assert at.button(key="short_start").disabled


def test_a_link_reopens_picture_and_lens(asked, visit):
    at = visit("predict.py", which="7", behind_it="Calibration")
    assert problems(at) == []
    assert "Test picture 7." in words(at)
    assert "temperature" in words(at)


def test_the_snow_lesson_before_and_after(store, visit):
    at = visit("snow.py")
    assert problems(at) == []
    assert "Train both" in words(at)
    shown = [
        json.loads(b.proto.mixed.json or b.proto.json)["shots"]
        for b in at.get("bidi_component")
        if "snow_" in b.proto.id
    ]
    assert [len(shots) for shots in shown] == [8, 8]
    assert [s["caption"] for s in shown[0]] == [s["caption"] for s in shown[1]]
    at.button(key="snow_start").click().run()
    assert problems(at) == []
    runs = store.runs()
    assert sorted(run.config["training"]["strong"] for run in runs) == ["", "repaint_ground(1)"]
    assert {run.config["data"] for run in runs} == {"shapes_snow"}
    for run in runs:
        with torch.random.fork_rng():
            model = MODELS[run.config["training"]["model"]](3, 4)
        save_checkpoint(run.folder / "checkpoint.pt", {"average": model.state_dict()})
        write_json(run.folder / "end.json", {"state": "done", "test_accuracy": 0.5})
    at = visit("snow.py")
    assert problems(at) == []
    assert words(at).count("input gradient lies on the ground") == 2
    assert [m.label for m in at.metric] == ["Usual ground", "Flipped ground"] * 2


def opened(at):
    """The page with its box of downloads open: a test without a browser cannot click a popover."""
    at.session_state["outcome_box"] = True
    return at.run()


def test_the_box_of_downloads_makes_nothing_before_it_is_opened(asked, monkeypatch):
    from ssl_core.predict import unlabelled

    monkeypatch.setattr(unlabelled, "unlabelled_rows", lambda *_: pytest.fail("nobody asked"))
    assert problems(asked.run()) == []


def test_what_the_three_downloads_hold(store, monkeypatch):
    from pages.parts.predict import take_along as box
    from ssl_core.data import load
    from ssl_core.runs.trained import classifier_of

    finish(store, configure("digits", "supervised", 20, 0))
    classifier, made = classifier_of(store.runs()[0]), {}

    class Opened:
        open = True

        def __enter__(self):
            return self

        def __exit__(self, *wrong):
            return None

    monkeypatch.setattr(box, "dataset", load)
    monkeypatch.setattr(box.st, "popover", lambda *a, **k: Opened())
    monkeypatch.setattr(box.st, "slider", lambda *a, **k: 0)
    monkeypatch.setattr(
        box.st, "download_button", lambda label, data, name, kind, **k: made.update({name.rpartition(".")[2]: data})
    )
    box.take_along(classifier, "run")
    assert set(made) == {"csv", "zip", "onnx"}
    data = load("digits")
    hidden = len(data.labels) - 20 - data.card.validation
    assert len(made["csv"]().splitlines()) == hidden + 1
    with zipfile.ZipFile(io.BytesIO(made["zip"]())) as archive:
        assert len(archive.namelist()) == hidden
    assert len(made["onnx"]()) > 1000


def test_a_run_whose_pictures_are_gone_answers_with_its_own_classes(store, visit):
    config = configure("digits", "supervised", 20, 0)
    finish(store, config)
    run = store.runs()[0]
    told = json.loads((run.folder / "config.json").read_text())
    told |= {"data": "upload:00000000", "classes": [f"kind {n}" for n in range(10)]}
    write_json(run.folder / "config.json", told)
    at = visit("predict.py")
    assert problems(at) == []
    assert "kind 0" in words(at)
    assert "not here any more" in at.warning[0].value
    assert "test" not in at.radio(key="source").options
    at.radio(key="source").set_value("own").run()
    assert problems(at) == []


def many(names: list[str]) -> bytes:
    """A zip with a picture under each of these names."""
    paper, file = np.full((60, 90, 3), 245, np.uint8), io.BytesIO()
    paper[10:50, 40:48] = 20
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, png(paper))
    return file.getvalue()


def test_answers_for_several_files_are_kept_until_something_changes(asked, monkeypatch):
    from ssl_core.predict import batch

    calls, real = [], batch.predict_files
    monkeypatch.setattr(batch, "predict_files", lambda *args: calls.append(1) or real(*args))
    asked.radio(key="source").set_value("many").run()
    asked.file_uploader(key="many_files").upload("a.zip", many(["a.png", "b.png"]), "application/zip").run()
    assert calls == [1]
    before = asked.dataframe[0].value
    asked.run()
    asked.run()
    assert calls == [1]
    assert asked.dataframe[0].value.equals(before)
    asked.toggle(key="ink").set_value(False).run()
    assert calls == [1, 1]
    asked.file_uploader(key="many_files").upload("b.zip", many(["c.png"]), "application/zip").run()
    assert calls == [1, 1, 1]
    assert "c.png" in asked.dataframe[0].value["file"].tolist()


def test_one_refused_zip_is_a_row_by_its_name_beside_the_answers(asked):
    asked.radio(key="source").set_value("many").run()
    files = [
        ("good.zip", many(["a.png"])),
        ("bad.zip", many(["../up.png", "b.png"])),
        ("cut.zip", many(["c.png"])[:90]),
    ]
    for file in files:
        asked.file_uploader(key="many_files").upload(*file, "application/zip")
    asked.run()
    assert problems(asked) == []
    table = asked.dataframe[0].value
    assert table["file"].tolist() == ["a.png", "bad.zip", "cut.zip"]
    assert table["class"].notna().tolist() == [True, False, False]
    assert "../up.png" in table["why"][1]
