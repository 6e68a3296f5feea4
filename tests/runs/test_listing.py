"""The listing says what the folders say, and reads what has ended once."""

from __future__ import annotations

from ssl_core.runs import listing as room
from ssl_core.runs.files import write_json
from ssl_core.runs.listing import Listing, choose
from ssl_core.runs.progress import describe
from ssl_core.runs.store import STATES, Store
from ssl_core.runs.worker import work
from tests.benchmarks.runs import generate


def test_it_tells_of_a_run_what_describe_tells(store, short):
    done, waiting = store.add(short()), store.add(short(seed=1))
    work(done.folder)
    rows = Listing(store).rows()
    assert [row["run"] for row in rows] == [waiting.name, done.name]
    for row, run in zip(rows, (waiting, done), strict=True):
        assert {key: row[key] for key in describe(run)} == describe(run)
    measured = [row["test_accuracy"] for row in done.tail.read() if "test_accuracy" in row]
    assert rows[1]["curve"] == measured
    assert measured[-1] == rows[1]["test_accuracy"]


def test_what_has_ended_is_read_once_until_it_changes(store, short, monkeypatch):
    run = store.add(short())
    write_json(run.folder / "end.json", {"state": "stopped", "why": "", "step": 10, "seconds": 1.0})
    listing, read = Listing(store), []
    ended = room._ended
    monkeypatch.setattr(room, "_ended", lambda *told: read.append(1) or ended(*told))
    for _ in range(3):
        assert listing.rows()[0]["state"] == "stopped"
    assert len(read) == 1
    run.resume()
    assert listing.rows()[0]["state"] == "queued"
    write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 60, "seconds": 2.0})
    assert listing.rows()[0]["state"] == "done"
    assert len(read) == 2


def test_every_filter_keeps_exactly_the_rows_it_names(tmp_path):
    generate(tmp_path, 220)
    rows = Listing(Store(tmp_path)).rows()
    for state in STATES:
        assert choose(rows, state=[state]) == [row for row in rows if row["state"] == state]
    assert len(choose(rows, state=["broken"])) == 2
    assert all(row["why"] for row in choose(rows, state=["broken"]))
    for method in ("fixmatch", "supervised"):
        assert {row["method"] for row in choose(rows, method=[method])} == {method}
    assert choose(rows, text="FIXMATCH s3-") == choose(rows, text="s3- fixmatch") != []
    assert choose(rows) == rows


def test_filed_runs_are_those_that_a_look_at_every_config_finds(tmp_path):
    generate(tmp_path, 120)
    store = Store(tmp_path)
    for look in range(2):
        for experiment in ("old-0", "old-7", "nothing"):
            found = [run.name for run in store.runs() if run.config.get("experiment") == experiment]
            assert [run.name for run in store.of_experiment(experiment)] == found
        kind = [r.name for r in store.runs() if (r.config.get("method"), r.config.get("labels")) == ("mixmatch", 20)]
        assert [run.name for run in store.of_kind("digits", "mixmatch", 20)] == kind != []
        generate(tmp_path / "more", 30)  # new runs between two looks, older than all others by name
        for folder in sorted((tmp_path / "more").iterdir()):
            folder.rename(tmp_path / f"{look}-{folder.name}")
        (tmp_path / "more").rmdir()


def test_a_repaired_config_is_a_run_again(store, short):
    run = store.add(short() | {"experiment": "x"})
    whole = (run.folder / "config.json").read_bytes()
    (run.folder / "config.json").write_bytes(b"{")
    other = Store(store.root)
    assert other.of_experiment("x") == []
    (run.folder / "config.json").write_bytes(whole)
    assert [r.name for r in other.of_experiment("x")] == [run.name]
