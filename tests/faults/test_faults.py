"""What can go wrong around a run, done for real: nothing that was written is lost, and the reason is a sentence."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work

HOUSE = Path(__file__).resolve().parents[2]


def limited(folder, prepare: str) -> int:
    """Work on a run in a process of its own, after some Python that takes something away from it."""
    code = f"import resource, signal\n{prepare}\nfrom pathlib import Path\nfrom ssl_core.runs.worker import work\nwork(Path({str(folder)!r}))"
    return subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True).returncode


def test_a_log_that_may_not_grow_keeps_its_whole_lines(store, short):
    run = store.add(short(steps=100, evaluations=1))
    # as a full disk does, writing fails half way through a line; checkpoints are larger and fail as a whole
    take = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"
    limited(run.folder, take)
    row = describe(run)
    assert row["state"] == "failed"
    assert row["why"]
    assert len(run.tail.read()) > 3
    assert run.tail.bad == 0
    assert not [p for p in run.folder.iterdir() if p.name.endswith(".aside")]
    whole = store.add(short(steps=100, evaluations=1))
    run.resume()
    assert work(run.folder)["state"] == "done"
    work(whole.folder)
    assert [r["loss"] for r in run.tail.read()[1:]] == [r["loss"] for r in whole.tail.read()[1:]]


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("mount"), reason="mounting a small disk needs root")
def test_a_full_disk_loses_no_line_and_the_run_can_be_resumed(tmp_path, short):
    disk = tmp_path / "small"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        store = Store(disk / "runs")
        with pytest.raises(ValueError, match="disk is nearly full"):
            store.check_room()
        run = store.add(short(steps=60))
        filler = disk / "filler"
        filler.write_bytes(b"x" * (shutil.disk_usage(disk).free - 24 * 1024))
        work_in_child = limited(run.folder, "")
        row = describe(run)
        assert row["state"] in ("failed", "lost"), work_in_child
        lines = len(run.tail.read())
        assert lines >= 1
        filler.unlink()
        run.resume()
        assert work(run.folder)["state"] == "done"
        assert len(run.tail.read()) > lines
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_run_that_wants_too_much_memory_fails_with_advice(store, short, monkeypatch):
    def greedy(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr("ssl_core.runs.worker.train", greedy)
    run = store.add(short())
    assert work(run.folder)["why"] == "It ran out of memory: try a smaller batch."
    monkeypatch.setattr(
        "ssl_core.runs.worker.train", lambda *a, **k: (_ for _ in ()).throw(RuntimeError("CUDA out of memory. Tried"))
    )
    other = store.add(short())
    assert work(other.folder)["why"] == "It ran out of memory: try a smaller batch."
    assert resource.getrlimit(resource.RLIMIT_AS)


def test_a_clock_that_jumps_back_makes_no_negative_time(store, short, monkeypatch):
    run = store.add(short())
    work(run.folder)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    row = describe(run)
    assert row["seconds"] > 0
    first, second = store.add(short()), store.add(short())
    assert first.name < second.name


def test_a_store_deleted_under_a_page_is_an_empty_store(store, short):
    store.add(short())
    shutil.rmtree(store.root)
    assert store.runs() == []
    store.wake()
