"""What is kept of a store never lies: whatever somebody else did to it, the next look says what its folders say."""

from __future__ import annotations

import random
import shutil

import pytest

from ssl_core.runs import listing as listings
from ssl_core.runs import open_runs
from ssl_core.runs.about import About, say
from ssl_core.runs.archive import archive, delete, restore
from ssl_core.runs.experiment_names import called
from ssl_core.runs.files import read_json, write_json
from ssl_core.runs.listing import Listing
from ssl_core.runs.open_runs import OpenRuns
from ssl_core.runs.run import RESUMED
from ssl_core.runs.store import ARCHIVE, Store

DONE = {"state": "done", "why": "", "step": 60, "seconds": 1.0, "test_accuracy": 0.5}
STOPPED = DONE | {"state": "stopped"}


def configs(store):
    """name -> its config.json, by a look at every folder."""
    folders = [path for path in store.root.iterdir() if (path / "config.json").is_file() and path.name[0] != "."]
    return {path.name: read_json(path / "config.json") for path in sorted(folders)}


def without_end(store):
    return [name for name in configs(store) if not (store.root / name / "end.json").exists()]


def agrees(store, opened):
    """Every answer that is kept, against a look at every folder."""
    truth = configs(store)
    assert [run.name for run in opened()] == without_end(store) == [run.name for run in store.open_runs()]
    asked = {
        "experiment": store.of_experiment,
        "search": store.of_search,
        "confirms": store.confirming,
        "data": store.of_data,
    }
    for key, answer in asked.items():
        for value in ("one", "two", "digits", "nothing"):
            assert [run.name for run in answer(value)] == [name for name, c in truth.items() if c.get(key) == value]
    newest = dict.fromkeys(c["experiment"] for _, c in sorted(truth.items(), reverse=True) if c.get("experiment"))
    assert store.experiments() == list(newest)
    assert called(store) == called(Store(store.root)), "as a process says that has kept nothing"
    assert set(store.methods()) == {(c["data"], c["method"]) for c in truth.values()}


def test_whatever_another_process_does_the_next_look_says_what_the_folders_say(store, short):
    chance, base = random.Random(7), short()
    opened = OpenRuns(store)
    other = Store(store.root)  # as another process: it tells ours nothing
    shelf = Store(store.root / ARCHIVE)

    def ended():
        return [run for run in other.runs() if run.state in ("done", "stopped")]

    def hand_edit():
        for run in ended()[:1]:
            (run.folder / "end.json").unlink()
        other.wake()

    belongs = [{"experiment": "one"}, {"experiment": "two"}, {"search": "one", "trial": 0}, {"confirms": "two"}, {}]
    acts = {
        "add": lambda: other.add(base | {"seed": chance.randrange(999)} | chance.choice(belongs)),
        "end": lambda: [write_json(r.folder / "end.json", DONE) for r in other.open_runs()[:1]],
        "stop": lambda: [write_json(r.folder / "end.json", STOPPED) for r in other.open_runs()[-1:]],
        "resume": lambda: [run.resume() for run in ended()],
        "delete": lambda: [delete(other, run) for run in ended()[:1]],
        "archive": lambda: [archive(other, run) for run in ended()[:1]],
        "restore": lambda: [restore(shelf, run) for run in shelf.runs()[:1]],
        "by hand": hand_edit,
        "named": lambda: [say(other, name, About(name=f"Name {chance.random()}")) for name in other.experiments()],
        "gone": lambda: [shutil.rmtree(run.folder) for run in other.runs()[:1]],
    }
    names = [*acts] * 8 + ["add", "end"] * 16
    chance.shuffle(names)
    for name in names:
        acts[name]()
        agrees(store, opened)


@pytest.fixture
def many(store, short):
    """Twelve finished runs."""
    runs = [store.add(short(seed=seed) | {"experiment": "old"}) for seed in range(12)]
    for run in runs:
        write_json(run.folder / "end.json", STOPPED)
    return runs


@pytest.fixture
def looks(monkeypatch):
    """looks() -> how often it was asked whether a run has ended, since the last time."""
    seen, ask = [], open_runs.has_ended
    monkeypatch.setattr(open_runs, "has_ended", lambda run: seen.append(run.name) or ask(run))

    def since():
        count = len(seen)
        seen.clear()
        return count

    return since


def test_a_look_costs_what_is_open_and_a_few_of_what_has_ended(store, many, looks, monkeypatch):
    monkeypatch.setattr(open_runs, "SOME", 2)
    monkeypatch.setattr(open_runs, "MANY", 3)
    monkeypatch.setattr(open_runs, "EVERY", 0.0)
    opened = OpenRuns(store)
    assert opened() == []
    assert looks() >= len(many)
    assert opened() == []
    assert looks() == 2
    store.wake()
    assert opened() == []
    assert looks() == 3
    (many[5].folder / "end.json").unlink()  # by hand, and nobody says so
    found = [opened() for _ in range(len(many))]
    assert [many[5]] in found
    assert found[-1] == [many[5]]


def test_a_resumed_run_is_seen_at_once_among_however_many(store, many, monkeypatch):
    monkeypatch.setattr(open_runs, "SOME", 0)
    monkeypatch.setattr(open_runs, "MANY", 0)
    opened = OpenRuns(store)
    assert opened() == []
    Store(store.root).run(many[3].name).resume()
    assert opened() == [many[3]]
    write_json(many[3].folder / "end.json", DONE)
    assert opened() == []


def test_a_shorter_record_of_what_went_on_is_read_afresh(store, many, monkeypatch):
    monkeypatch.setattr(open_runs, "SOME", 0)
    monkeypatch.setattr(open_runs, "MANY", 0)
    opened = OpenRuns(store)
    for run in many[:3]:
        run.resume()
    assert opened() == many[:3]
    (store.root / RESUMED).unlink()
    many[5].resume()
    assert opened() == [*many[:3], many[5]]


@pytest.mark.parametrize("damage", ["garbage", "a folder", "a link", "another run"])
def test_a_damaged_record_of_what_went_on_loses_no_run(store, many, damage):
    opened, path = OpenRuns(store), store.root / RESUMED
    many[0].resume()
    assert opened() == [many[0]]
    write_json(many[0].folder / "end.json", STOPPED)
    assert opened() == []
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage == "a link":
        path.symlink_to("/dev/zero")
    else:
        text = {"garbage": b"\0\xff{]\n[]\n", "another run": b'{"run": "../../etc"}\n{"run": 3}\n{"run": "gone"}\n'}
        path.write_bytes(text[damage])
    many[1].resume()
    store.wake()
    assert opened() == [many[1]]


def test_rows_that_are_shown_say_what_their_folders_say(store, many):
    listing = Listing(store)
    rows, more = listing.newest(5)
    assert [row["run"] for row in rows] == [run.name for run in reversed(many[-5:])]
    assert more
    write_json(many[-1].folder / "end.json", DONE | {"test_accuracy": 0.75})
    many[-2].resume()
    again, _ = listing.newest(5)
    assert [row["state"] for row in again] == ["done", "queued", "stopped", "stopped", "stopped"]
    assert again[0]["test_accuracy"] == 0.75
    assert listing.newest(12) == (listing.rows(), False)
    assert [row["run"] for row in listing.newest(12, state=["done"])[0]] == [many[-1].name]
    assert listing.newest(12, experiment="none") == ([], False)
    assert listing.newest(12, method=["fixmatch"]) == ([], False)
    assert listing.newest(1, data=["digits"], experiment="old", text="S0")[0][0]["run"] == many[0].name


def test_a_row_that_a_filter_hid_is_found_by_and_by(store, many, monkeypatch):
    monkeypatch.setattr(listings, "HIDDEN", 2)
    listing = Listing(store)
    assert listing.newest(12, state=["done"]) == ([], False)
    write_json(many[4].folder / "end.json", DONE)
    found = [listing.newest(12, state=["done"])[0] for _ in range(len(many))]
    assert [row["run"] for row in found[-1]] == [many[4].name]


def test_only_what_is_shown_is_read(store, many, monkeypatch):
    listing, read, row_of = Listing(store), [], Listing._row
    monkeypatch.setattr(Listing, "_row", lambda self, run: read.append(run.name) or row_of(self, run))
    listing.newest(3)
    assert len(read) == 4  # one more says whether there are more
