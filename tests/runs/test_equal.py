"""What is trained already is taken over, and nothing else is."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile

import pytest

from ssl_core.export.formats import zipped
from ssl_core.runs.again import other_seeds
from ssl_core.runs.archive import archive, delete
from ssl_core.runs.differences import differences
from ssl_core.runs.equal import equal
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store

LINE = {"step": 60, "images": 480, "seconds": 1.5, "test_accuracy": 0.72, "tested": 497}


def asking(*methods: str, **values) -> Experiment:
    knobs = {"steps": 60, "batch": 8} | values
    return Experiment("digits", methods or ("supervised",), [20], [0], dict.fromkeys(methods, knobs))


def finish(run, state="done") -> None:
    """Write what a worker leaves behind."""
    (run.folder / "lock").touch()
    (run.folder / ".visitor").write_text("0" * 32)
    (run.folder / "metrics.jsonl").write_text(json.dumps(LINE) + "\n")
    (run.folder / "checkpoint.pt").write_bytes(b"weights of " + run.name.encode())
    (run.folder / "moments").mkdir()
    (run.folder / "moments" / "half.pt").write_bytes(b"half-way")
    (run.folder / "end.json").write_text(json.dumps(LINE | {"state": state, "why": ""}))


def content(run) -> dict[str, bytes]:
    files = {str(path.relative_to(run.folder)): path for path in run.folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in ("config.json", "lock", ".visitor")}


@pytest.fixture
def first(store):
    run = enqueue(store, asking("supervised")).runs[0]
    finish(run)
    return run


def test_another_experiment_takes_the_equal_run_with_all_that_it_wrote(store, first):
    launched = enqueue(store, asking("supervised", "fixmatch"))
    taken, new = launched.runs
    assert (launched.new, launched.kept, taken.state, new.state) == (1, 1, "done", "queued")
    assert content(taken) == content(first) and (taken.folder / "moments" / "half.pt").is_file()
    assert taken.config["experiment"] == launched.id != first.config["experiment"]
    assert taken.config["taken"] == first.name
    assert not (taken.folder / ".visitor").exists(), "whoever asked for it began it, not whoever trained it"
    assert describe(taken)["test_accuracy"] == 0.72
    assert {row["setting"] for row in differences([first, taken]) if row["differs"]} == set()


def test_what_is_taken_over_waits_for_nothing_and_counts_for_no_queue(store, first, monkeypatch):
    monkeypatch.setattr("ssl_core.runs.store.MOST_QUEUED", 1)
    asked = []
    monkeypatch.setattr("ssl_core.runs.store.check_disk", lambda store, more: asked.append(more))
    launched = enqueue(store, asking("supervised", "fixmatch"))
    assert (launched.new, launched.kept, asked) == (1, 1, [2]), "but a copy has its bytes on the disk"
    with pytest.raises(ValueError, match=r"^1 runs are waiting already"):
        enqueue(store, asking("supervised", "mixmatch"))


def test_the_experiment_stands_alone_when_the_first_is_gone(store, first):
    taken = enqueue(store, asking("supervised", "fixmatch")).runs[0]
    delete(store, first)
    assert [run.state for run in store.of_experiment(taken.config["experiment"])] == ["done", "queued"]
    names = zipfile.ZipFile(io.BytesIO(zipped([taken]))).namelist()
    assert any(name.endswith("checkpoint.pt") or name.endswith("metrics.jsonl") for name in names)
    archive(store, taken)
    assert (store.root / "archive" / taken.name / "checkpoint.pt").is_file()


def test_a_deleted_run_is_trained_anew(store, first):
    delete(store, first)
    assert enqueue(store, asking("supervised", "fixmatch")).new == 2


@pytest.mark.parametrize("state", ["stopped", "failed", "lost", "queued"])
def test_what_is_not_done_is_never_taken(store, state):
    run = enqueue(store, asking("supervised")).runs[0]
    if state != "queued":
        finish(run, state)
    assert run.state == state
    assert enqueue(store, asking("supervised", "fixmatch")).new == 2


@pytest.mark.parametrize("values", [{"steps": 61}, {"lr": 0.01}, {"batch": 9}])
def test_other_settings_are_another_run(store, first, values):
    knobs = {"supervised": {"steps": 60, "batch": 8} | values, "fixmatch": {"steps": 60, "batch": 8}}
    assert enqueue(store, Experiment("digits", ["supervised", "fixmatch"], [20], [0], knobs)).new == 2


@pytest.mark.parametrize("change", [{"fingerprint": "other"}, {"fingerprint": None}, {"classes": ["a"]}])
def test_other_pictures_or_an_old_run_that_does_not_say_which_are_another_run(store, first, change):
    config = json.loads((first.folder / "config.json").read_text())
    (first.folder / "config.json").write_text(json.dumps(config | change))
    again = Store(store.root)
    assert again.runs()[0].state == "done"
    assert enqueue(again, asking("supervised", "fixmatch")).new == 2


@pytest.mark.parametrize("damage", ["no checkpoint", "a link", "a pipe"])
def test_a_damaged_folder_is_not_taken_and_leaves_nothing_behind(store, first, damage, tmp_path):
    path = first.folder / "checkpoint.pt"
    if damage == "no checkpoint":
        path.unlink()
    elif damage == "a link":
        (tmp_path / "secret").write_text("secret")
        (first.folder / "more.json").symlink_to(tmp_path / "secret")
    else:
        os.mkfifo(first.folder / "more.json")
    assert enqueue(store, asking("supervised", "fixmatch")).new == 2
    assert len(store.runs()) == 3
    assert not list(store.root.glob(".2*"))


def test_a_full_disk_while_copying_is_the_sentence_of_a_full_disk(store, first, monkeypatch):
    def full(*words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    assert enqueue(store, asking("supervised", "fixmatch")).new == 2, "training needs less room than a copy"


def test_other_seeds_of_a_taken_run_are_trained_and_say_nothing_of_it(store, first):
    taken = enqueue(store, asking("supervised", "fixmatch")).runs[0]
    (other,) = other_seeds(store.runs(), taken, 1)
    assert other["seed"] == 1 and "taken" not in other


def test_asking_twice_takes_once(store, first):
    enqueue(store, asking("supervised", "fixmatch"))
    assert enqueue(store, asking("supervised", "fixmatch")).kept == 2
    assert len(store.runs()) == 3


def test_where_neither_says_which_pictures_it_learned_from_nothing_is_known(first):
    unsaid = {key: value for key, value in first.config.items() if key != "fingerprint"}
    assert equal(first.config, first.config) and not equal(unsaid, unsaid)
