"""Going on and repeating queue what they say, and nothing else."""

from __future__ import annotations

import os

import pytest

from ssl_core.runs import runner
from ssl_core.runs.again import afresh, can_begin_afresh, other_seeds, repeat, resume
from ssl_core.runs.files import write_json
from ssl_core.runs.worker import work


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch):
    monkeypatch.setattr(runner, "ensure_runner", lambda store: store.wake())


def test_other_seeds_are_new_ones_of_the_same_configuration(store, short):
    runs = [store.add(short(seed=seed)) for seed in (0, 2)]
    store.add(short(seed=1, method="fixmatch"))  # another configuration
    made = other_seeds(store.runs(), runs[0], 3)
    assert [config["seed"] for config in made] == [1, 3, 4]
    assert all(config["knobs"] == runs[0].config["knobs"] for config in made)


def test_repeating_queues_new_runs_of_the_same_experiment(store, short):
    run = store.add(short() | {"experiment": "digits-1"})
    made = repeat(store, run, 2)
    assert [r.state for r in made] == ["queued"] * 2
    assert [r.name for r in store.of_experiment("digits-1")] == [run.name, *(r.name for r in made)]


@pytest.mark.parametrize("state", ["done", "stopped", "failed", "lost"])
def test_only_what_ended_early_goes_on(store, short, state):
    run = store.add(short())
    (run.folder / "lock").touch()
    write_json(run.folder / "end.json", {"state": state, "why": ""})
    assert resume(store, [run]) == (state != "done")
    assert run.state == ("done" if state == "done" else "queued")


def test_a_run_whose_checkpoint_is_no_good_begins_afresh_and_ends_as_an_undisturbed_one(store, short):
    run, whole = store.add(short()), store.add(short())
    (run.folder / "checkpoint.pt").write_bytes(b"PK\3\4 and no more")
    assert work(run.folder)["state"] == "failed"
    assert "start this run afresh" in run.end["why"]
    afresh(store, run)
    assert run.state == "queued"
    assert sorted(path.name for path in run.folder.iterdir()) == ["config.json"]
    assert work(run.folder)["state"] == "done"
    work(whole.folder)
    assert [row["loss"] for row in run.tail.read()[1:]] == [row["loss"] for row in whole.tail.read()[1:]]


@pytest.mark.parametrize("name", ["lock", "metrics.jsonl", "end.json", "log.txt", "checkpoint.pt"])
@pytest.mark.parametrize("kind", ["folder", "link", "dangling", "pipe"])
def test_what_is_broken_by_a_thing_in_its_folder_begins_afresh_and_nothing_else_is_touched(
    store, short, tmp_path, name, kind
):
    outside = tmp_path / "mine"
    outside.write_text("precious")
    run = store.add(short())
    path = run.folder / name
    if kind == "folder":
        (path / "inner").mkdir(parents=True)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(outside if kind == "link" else tmp_path / "nowhere")
    assert run.state == "broken"
    assert name in run.standing().why
    assert can_begin_afresh(run)
    afresh(store, run)
    assert run.state == "queued"
    assert outside.read_text() == "precious"


def test_what_runs_waits_or_is_done_does_not_begin_afresh(store, short):
    waiting, running, done, unreadable = (store.add(short(seed=seed)) for seed in range(4))
    write_json(done.folder / "end.json", {"state": "done", "why": ""})
    (unreadable.folder / "config.json").write_text("{")
    with running.lock():
        for run in (waiting, running, done, unreadable):
            with pytest.raises(ValueError, match="only what ended early"):
                afresh(store, run)
        (running.folder / "end.json").write_text("{")  # broken, and yet somebody works on it
        with pytest.raises(ValueError, match="is running: stop it first"):
            afresh(store, running)
    assert done.state == "done"
