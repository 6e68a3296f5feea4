"""Runs are put aside and deleted one by one, never while they run, and nothing outside the store is touched."""

from __future__ import annotations

import pytest
from filelock import FileLock

from ssl_core.runs.archive import archive, delete, restore
from ssl_core.runs.files import write_json
from ssl_core.runs.store import ARCHIVE, Run, Store


@pytest.fixture
def done(store, short):
    """done(seed) -> a finished run."""

    def make(seed=0):
        run = store.add(short(seed=seed))
        (run.folder / "lock").touch()
        write_json(run.folder / "end.json", {"state": "done", "why": ""})
        return run

    return make


def test_an_archived_run_is_not_listed_and_comes_back_the_same(store, done):
    run, other = done(0), done(1)
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    archive(store, run)
    assert [r.name for r in store.runs()] == [other.name]
    shelf = Store(store.root / ARCHIVE)
    assert [r.name for r in shelf.runs()] == [run.name]
    restore(shelf, shelf.runs()[0])
    assert [r.name for r in store.runs()] == sorted([run.name, other.name])
    assert {path.name: path.read_bytes() for path in store.run(run.name).folder.iterdir()} == before


@pytest.mark.parametrize("what", [archive, delete])
def test_a_running_or_waiting_run_stays(store, short, what):
    run = store.add(short())
    with pytest.raises(ValueError, match="queued: stop it first"):
        what(store, run)
    with FileLock(run.folder / "lock"), pytest.raises(ValueError, match="running: stop it first"):
        what(store, run)
    assert store.run(run.name).folder.is_dir()


@pytest.mark.parametrize("what", [archive, delete])
def test_a_stopped_run_that_never_began_and_a_broken_one_can_go(store, short, what):
    stopped = store.add(short())
    stopped.stop()
    (store.root / "broken").mkdir()
    for run in store.runs():
        what(store, run)
    assert store.runs() == []
    if what is archive:
        assert [run.state for run in Store(store.root / ARCHIVE).runs()] == ["stopped", "broken"]


def test_delete_removes_this_run_alone_and_follows_no_link(store, done, tmp_path):
    run, other = done(0), done(1)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("mine")
    (run.folder / "link").symlink_to(outside, target_is_directory=True)
    (run.folder / "up").symlink_to("..", target_is_directory=True)
    delete(store, run)
    assert (outside / "precious").read_text() == "mine"
    assert [r.name for r in store.runs()] == [other.name]
    assert not any(run.name in path.name for path in store.root.iterdir())


@pytest.mark.parametrize("what", [archive, delete])
def test_nothing_outside_the_store_can_be_named(store, done, tmp_path, what):
    done()
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "end.json").write_text('{"state": "done"}')
    (store.root / "link").symlink_to(outside, target_is_directory=True)
    for folder in (outside, store.root, store.root / "..", store.root / "link", tmp_path):
        with pytest.raises(ValueError, match="no run"):
            what(store, Run(folder))
    assert (outside / "end.json").exists()


def test_an_archive_that_is_a_link_is_refused(store, done, tmp_path):
    run = done()
    (tmp_path / "away").mkdir()
    (store.root / ARCHIVE).symlink_to(tmp_path / "away", target_is_directory=True)
    with pytest.raises(ValueError, match="is a link"):
        archive(store, run)
    assert store.run(run.name)
