"""State is what the folder says; names from outside never become paths; a broken run hides no other."""

from __future__ import annotations

import os
import shutil
import time

import pytest
from filelock import FileLock

from ssl_core.runs.files import write_json
from ssl_core.runs.progress import describe
from ssl_core.runs.store import ENDED, NAME, RESUMABLE, STATES, WAITING, Store, stop


def test_states_follow_from_the_folder(store, short):
    run = store.add(short())
    assert NAME.fullmatch(run.name)
    assert run.state == "queued"
    run.stop()
    assert run.state == "stopped"
    (run.folder / "stop").unlink()
    with FileLock(run.folder / "lock"):
        assert run.state == "running"
    assert run.state == "lost"
    write_json(run.folder / "end.json", {"state": "failed", "why": "x"})
    assert run.state == "failed"
    run.resume()
    assert run.state == "queued"


@pytest.mark.parametrize("state", ["stopped", "lost", "failed"])
def test_resume_queues_what_ended_early_and_nothing_else(store, short, state):
    run = store.add(short())
    (run.folder / "lock").touch()
    write_json(run.folder / "end.json", {"state": state, "why": ""})
    run.resume()
    assert run.state == "queued"
    done = store.add(short())
    write_json(done.folder / "end.json", {"state": "done", "why": ""})
    done.resume()
    assert done.state == "done"


def test_looking_never_changes_a_run(store, short):
    run = store.add(short())
    (run.folder / "lock").touch()
    before = {p.name: p.read_bytes() for p in run.folder.iterdir()}
    for _ in range(3):
        describe(run)
        assert run.state == "lost"
    assert {p.name: p.read_bytes() for p in run.folder.iterdir()} == before


def test_names_sort_by_submission(store, short):
    names = [store.add(short(seed=i)).name for i in range(20)]
    assert names == sorted(names) == [run.name for run in store.runs()]


@pytest.mark.parametrize("now", [1764198000.123, 1764198000.129, 1764198000.9999998])
def test_runs_of_one_millisecond_have_names_a_millisecond_apart(store, short, monkeypatch, now):
    """Rounded, two could be one, or a second ahead of those that follow."""
    monkeypatch.setattr(time, "time", lambda: now)
    runs = [store.add(short(seed=seed)) for seed in range(4)]
    first = int(now * 1000)
    assert [round(run.config["created"] * 1000) for run in runs] == [first + place for place in range(4)]
    assert [int(run.name[13:18]) % 1000 for run in runs] == [(first + place) % 1000 for place in range(4)]
    assert [run.name for run in runs] == sorted(run.name for run in runs)


def test_another_store_object_sees_new_runs_at_once(store, short):
    other = Store(store.root)
    for i in range(5):
        run = store.add(short(seed=i))
        assert other.run(run.name) is not None


def test_a_run_that_comes_within_the_clocks_grain_of_a_look_is_seen_by_the_next(store, short, monkeypatch):
    """Its folder's stamp is then the one that was seen: somebody else's runner would leave it waiting for ever."""
    other, first = Store(store.root), store.add(short())
    stamp = store.root.stat().st_mtime_ns
    monkeypatch.setattr(time, "time_ns", lambda: stamp + 1_000_000)
    assert [run.name for run in other.runs()] == [first.name]
    second = store.add(short(seed=1))
    os.utime(store.root, ns=(stamp, stamp))  # as a clock of four milliseconds has it
    monkeypatch.setattr(time, "time_ns", lambda: stamp + 10**9)
    assert [run.name for run in other.runs()] == [first.name, second.name]


def test_a_folder_that_has_settled_is_not_listed_again(store, short, monkeypatch):
    run, listed = store.add(short()), []
    monkeypatch.setattr(time, "time_ns", lambda: store.root.stat().st_mtime_ns + 10**9)
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scan(path))
    assert [store.runs() for _ in range(3)] == [[run]] * 3
    assert listed.count(store.root) == 1


def test_two_words_to_the_runner_are_never_one(store, monkeypatch):
    """However quickly one follows the other: the system's stamps are as coarse as its clock."""
    moments, stamps = [10**18 + 1000 * n for n in range(3)], []
    for now in moments:
        monkeypatch.setattr(time, "time_ns", lambda now=now: now)
        store.wake()
        stamps.append((store.root / "wake").stat().st_mtime_ns)
    assert stamps == moments


@pytest.mark.parametrize(
    "name", ["../../etc", "/etc/passwd", "a\0b", "x" * 10_000, "%2e%2e", "", ".", "runner.lock", "UPPER"]
)
def test_a_hostile_name_is_no_run(store, short, name):
    store.add(short())
    assert store.run(name) is None


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff\xfe", b'"text"', b"null"])
def test_a_broken_config_is_one_broken_run_with_a_reason(store, short, content):
    good, bad = store.add(short()), store.add(short(seed=1))
    (bad.folder / "config.json").unlink()
    if content is not None:
        (bad.folder / "config.json").write_bytes(content)
    rows = {row["run"]: row for row in map(describe, Store(store.root).runs())}
    assert rows[good.name]["state"] == "queued"
    assert rows[bad.name]["state"] == "broken"
    assert "config.json" in rows[bad.name]["why"]


@pytest.mark.parametrize("wrong", [{"experiment": ["a"]}, {"role": 3}, {"labels": 10**30}, {"seed": True}, {"data": 1}])
def test_a_config_with_nonsense_in_it_is_broken(store, short, wrong):
    run = store.add(short() | wrong)
    assert run.state == "broken"
    assert run.why.startswith(f"config.json does not describe a run: {next(iter(wrong))} must be ")
    assert store.of_experiment("a") == []


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"state": "flying"}'])
def test_a_broken_end_is_broken(store, short, content):
    run = store.add(short())
    (run.folder / "end.json").write_bytes(content)
    assert run.state == "broken"
    describe(run)


def test_foreign_things_in_the_store_are_not_runs(store, short, tmp_path):
    store.add(short())
    (store.root / "notes.txt").write_text("mine")
    (store.root / ".half-made").mkdir()
    (store.root / "link").symlink_to(tmp_path, target_is_directory=True)
    assert len(store.runs()) == 1


def test_a_run_deleted_under_our_eyes_is_gone(store, short):
    run = store.add(short())
    shutil.rmtree(run.folder)
    assert store.runs() == []


def test_a_full_queue_and_a_full_disk_are_one_sentence(store, short, monkeypatch):
    with pytest.raises(ValueError, match="let some finish"):
        store.check_room(1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(ValueError, match="disk is nearly full"):
        store.check_room()


def test_stopping_many_asks_each_that_waits_or_runs_once_and_keeps_its_first_reason(store, short):
    waiting, running, asked, done = [store.add(short(seed=seed)) for seed in range(4)]
    asked.stop("first")
    write_json(done.folder / "end.json", {"state": "done", "why": ""})
    with FileLock(running.folder / "lock"):
        assert stop([waiting, running, asked, done], "second") == [waiting, running]
        assert stop([waiting, running, asked, done], "third") == []
    assert [run.reason() for run in (waiting, running, asked, done)] == ["second", "second", "first", ""]


def test_every_state_waits_has_ended_or_is_broken_and_only_what_ended_goes_on():
    assert sorted((*WAITING, *ENDED, "broken")) == sorted(STATES)
    assert set(ENDED) - set(RESUMABLE) == {"done"}
