"""The rows that all pages share are those that each would describe by itself, at every moment of a run's life."""

from __future__ import annotations

import json
import os

import pytest

from ssl_core.runs.described import described, sight
from ssl_core.runs.files import Journal, write_json
from ssl_core.runs.progress import describe
from ssl_core.runs.store import PHASE, Store
from ssl_core.train.config import configure

ROW = {"step": 3, "images": 60, "seconds": 0.5, "loss": 1.0, "validation_accuracy": 0.4, "test_accuracy": 0.3}


@pytest.fixture
def run(tmp_path):
    return Store(tmp_path / "runs").add(configure("digits", "fixmatch", 20, 0, {"steps": 9}).to_dict())


def shared(run) -> dict:
    """The shared row, which must be the one of a run that nobody has looked at before."""
    (row,) = described([run])
    assert row == describe(type(run)(run.folder))
    assert described([run])[0] is row  # nothing has changed since
    return row


def test_through_the_life_of_a_run(run):
    assert shared(run)["state"] == "queued"
    with run.lock():
        assert shared(run)["state"] == "running"
        write_json(run.folder / PHASE, {"text": "looking at pictures", "left": 4.0})
        assert shared(run)["phase"] == "looking at pictures"
        with Journal(run.folder / "metrics.jsonl") as journal:
            journal.write(ROW)
            assert shared(run)["step"] == 3
            journal.write(ROW | {"step": 6, "test_accuracy": 0.6})
            assert shared(run)["value"] == 0.6
        run.stop()
        assert shared(run)["state"] == "stopping"
    assert shared(run)["state"] == "lost"  # nobody holds the lock, which stands in no file
    write_json(run.folder / "end.json", {"state": "stopped", "why": "asked", "step": 6})
    assert (shared(run)["state"], shared(run)["why"]) == ("stopped", "asked")
    run.resume()
    assert shared(run)["state"] == "queued"
    (run.folder / "metrics.jsonl").unlink()
    assert shared(run)["step"] == 0


def test_damage_and_its_repair_are_seen(run):
    text = (run.folder / "config.json").read_text()
    (run.folder / "config.json").write_text("{")
    assert shared(run)["state"] == "broken"
    (run.folder / "config.json").write_text(text)
    assert shared(run)["state"] == "queued"
    (run.folder / "metrics.jsonl").write_text(json.dumps(ROW) + "\nnonsense\n")
    assert shared(run)["unreadable_lines"] == 1
    (run.folder / "stop").symlink_to("/etc/passwd")
    assert shared(run)["state"] == "broken"


def test_a_change_that_changes_nothing_leaves_the_same_row(run):
    before = shared(run)
    seen = sight(run)
    (run.folder / "note.txt").write_text("a stranger's")
    os.utime(run.folder, (1, 1))
    assert sight(run) != seen
    assert described([run])[0] is before
