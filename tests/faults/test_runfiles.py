"""Rows of the fault plan about what lies in the folder of runs: nothing that was written is lost, the reason is said."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ssl_core.runs.files import Journal
from ssl_core.runs.listing import Listing
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store, Unreachable
from ssl_core.runs.worker import work
from tests.benchmarks.runs import generate

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture
def runs_page(store, monkeypatch):
    """runs_page(compare="...") -> the Runs page of this store, opened."""
    import streamlit as st

    monkeypatch.setenv("SSL_STORE", str(store.root))
    st.cache_resource.clear()

    def go(**query: str) -> AppTest:
        test = AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=150).run()
        test.switch_page(str(HOUSE / "pages" / "runs.py"))
        for key, value in query.items():
            test.query_params[key] = value
        test.run()
        assert [wrong.value for wrong in test.exception] == []
        return test

    return go


def test_half_last_line(store, short, runs_page):
    run = store.add(short())
    with Journal(run.folder / "metrics.jsonl") as journal:
        journal.write({"step": 8, "seconds": 1.0, "test_accuracy": 0.5})
    with open(run.folder / "metrics.jsonl", "ab") as file:
        file.write(b'{"step": 9, "ac')
    assert [row["step"] for row in run.tail.read()] == [8]
    runs_page(compare=run.name)
    with Journal(run.folder / "metrics.jsonl") as journal:
        journal.write({"step": 10, "seconds": 2.0})
    assert [row["step"] for row in run.tail.read()] == [8, 10]
    assert describe(run)["unreadable_lines"] == 1


@pytest.mark.parametrize("junk", [b"{", b"\0" * 40, b'{"step": "\xff\xfe"}', b'{"step": "5"}', b"[" * 100_000])
def test_corrupted_line_nul_bytes_not_utf_8(store, short, runs_page, junk):
    run = store.add(short())
    lines = [b'{"step": %d, "seconds": %d, "test_accuracy": 0.5}' % (step, step) for step in range(30)]
    (run.folder / "metrics.jsonl").write_bytes(b"\n".join([*lines[:15], junk, *lines[15:]]) + b"\n")
    assert [row["step"] for row in run.tail.read()] == list(range(30))
    assert describe(run)["unreadable_lines"] == 1
    runs_page(compare=run.name)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "config.json cannot be read"),
        (None, "config.json is missing"),
        ({"colour": "blue"}, "a key that is not known here, 'colour'"),
        ({"version": 99}, "a newer version of this program (99, here 1)"),
        ({"labels": 0}, "labels must be a whole number from 1 to 100,000,000, not 0"),
        ({"knobs": []}, "knobs must be names with values, not a list"),
    ],
)
def test_config_json_broken_missing_unknown_key_future_version(store, short, runs_page, content, why):
    good, bad = store.add(short()), store.add(short(seed=1))
    path = bad.folder / "config.json"
    if isinstance(content, dict):
        path.write_text(json.dumps(bad.config | content))
    elif content is None:
        path.unlink()
    else:
        path.write_text(content)
    shown = runs_page().dataframe[0].value.set_index("run")
    assert list(shown["state"]) == ["broken", "queued"]
    assert why in shown.loc[bad.name, "why"]
    assert shown.loc[good.name, "labels"] == 20


@pytest.mark.parametrize("days", [-1, 1, -20_000])
def test_clock_jump(store, short, monkeypatch, days):
    before = store.add(short())
    work(before.folder)
    lost = store.add(short(seed=1))
    (lost.folder / "lock").touch()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: max(0.0, now() + 86_400 * days))
    rows = {row["run"]: row for row in Listing(Store(store.root)).rows()}
    assert rows[before.name]["seconds"] > 0
    assert rows[lost.name]["state"] == "lost"
    with lost.lock():
        assert lost.state == "running", "the living are told by a lock, not by a clock"
    after = [store.add(short(seed=seed)).name for seed in (2, 3)]
    assert after == sorted(after)
    if days > -20_000:  # this store object remembers what it has named
        assert [before.name, lost.name, *after] == sorted([before.name, lost.name, *after])


def as_nobody(code: str, *imports: str) -> str:
    """Run Python as an account that may read nothing of others: root may read everything. What it printed."""
    drop = "os.getuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534))"
    lines = ["import os, json", *(f"import {name}" for name in imports), drop, code]
    seen = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=HOUSE, capture_output=True, text=True)
    assert seen.returncode == 0, seen.stderr
    return seen.stdout


@pytest.fixture
def open_store(tmp_path_factory, short):
    """A store that another account may look into: pytest's own folders are closed to it."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        store = Store(Path(folder) / "runs")
        store.root.chmod(0o755)
        yield store
        for path in (store.root, *store.root.glob("*")):
            path.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="this system has no accounts of this kind")
def test_store_folder_not_writable_deleted_while_running(store, short, runs_page, open_store):
    seen = as_nobody(
        f"store = ssl_core.runs.store.Store({str(open_store.root)!r})\n"
        f"print(store.trouble())\n"
        f"try: store.add({short()!r})\n"
        "except ssl_core.runs.store.Unreachable as wrong: print(wrong)",
        "ssl_core.runs.store",
    )
    said, refused = seen.strip().split("\n")
    assert said == refused
    assert said.startswith(f"The folder of runs {open_store.root} cannot be written: permission denied.")

    run = store.add(short())

    def delete(row: dict) -> None:
        if row["step"] > 10 and store.root.is_dir():
            shutil.rmtree(store.root)

    with contextlib.suppress(OSError):  # there is no folder left to write an end into
        work(run.folder, delete)
    assert "No run yet" in runs_page().info[0].value
    assert store.add(short()).state == "queued", "the store is there again for the next run"
    shutil.rmtree(store.root)
    store.root.write_text("a file in its place")
    with pytest.raises(Unreachable, match="cannot be"):
        store.add(short())
    assert any(str(store.root) in error.value for error in runs_page().error)


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="this system has no accounts of this kind")
def test_what_this_account_may_not_read_is_one_grey_row_in_the_terminal_too(open_store, short):
    good, folder, config, locked = (open_store.add(short(seed=seed)) for seed in range(4))
    (locked.folder / "lock").touch(mode=0o600)
    for run in (good, folder, config, locked):
        run.folder.chmod(0o755)
    config.folder.joinpath("config.json").chmod(0)
    folder.folder.chmod(0)
    listed = as_nobody(
        f"ssl_core.__main__.main(['runs', '--json', '--store', {str(open_store.root)!r}])",
        *("locale", "ssl_core.__main__", "ssl_core.runs.listing", "ssl_core.runs.store", "ssl_core.data.catalog"),
    )
    rows = {row["run"]: (row["state"], row["why"]) for row in json.loads(listed)["runs"]}
    assert rows[good.name] == ("queued", "")
    assert rows[folder.name] == ("broken", "config.json cannot be read: permission denied.")
    assert rows[config.name] == ("broken", "config.json cannot be read: permission denied.")
    state, why = rows[locked.name]
    assert state == "broken"
    assert why.startswith("lock cannot be opened: permission denied.")


def test_1_000_runs_in_store(store, runs_page, monkeypatch):
    with monkeypatch.context() as quick:
        quick.setattr(os, "fsync", lambda number: None)  # a thousand ends need not outlive a power cut
        quick.setattr("tests.benchmarks.runs.ROWS", 10)
        generate(store.root, 1_000)
    began = time.monotonic()
    page = runs_page()
    print(f"first look at 1,000 runs, the app's own start included: {time.monotonic() - began:.2f} s")
    assert len(page.dataframe[0].value) == 1_000
    opened = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: opened.append(str(path)) or real(path, *rest, **more))
    began = time.monotonic()
    page.run()
    print(f"second look: {time.monotonic() - began:.2f} s")
    again = [path for path in opened if str(store.root) in path]
    assert len(again) <= 2 * 10, "what has ended is read once; ten broken ones are looked at again"


HOSTILE = ["../outside", "../../etc", "{outside}", "a\0b", "x" * 10_000, "%2e%2e", "%2e%2e/outside", "..", ".", "lock"]
_watched: list[str] | None = None


def _hook(event: str, args: tuple) -> None:
    if _watched is not None and event in ("open", "os.listdir", "os.scandir") and isinstance(args[0], (str, bytes)):
        _watched.append(os.fsdecode(args[0]))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_run_id(store, short, runs_page, tmp_path, name):
    global _watched
    good, outside = store.add(short()), tmp_path / "outside"
    shutil.copytree(good.folder, outside)
    name = name.format(outside=outside) if "{" in name else name
    sys.addaudithook(_hook)
    _watched = []
    try:
        assert store.run(name) is None
        page = runs_page(compare=f"{name},{good.name}", view="mistakes")
    finally:
        seen, _watched = _watched, None
    assert any(str(good.folder) in path for path in seen), "the hook sees what is opened"
    assert [path for path in seen if path.startswith((str(outside), "/etc/passwd"))] == []
    assert "1 of" in " ".join(caption.value for caption in page.caption)
