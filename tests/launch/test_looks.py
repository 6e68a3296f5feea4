"""What looking after many runs costs: a job of an engine is as light as it says, and looks become rarer."""

from __future__ import annotations

import subprocess
import sys

from ssl_core.runs import pool as room
from ssl_core.runs.pool import Pool
from tests.launch.test_cluster import Fake

PACKS = """
import sys
from ssl_core.runs.pack import main
code = main(sys.argv[1:])
assert "torch" not in sys.modules, "a job of several runs loads PyTorch twice"
sys.exit(code)
"""


def test_a_job_of_several_runs_loads_pytorch_once(store, short):
    runs = [store.add(short(steps=5, seed=seed)) for seed in range(2)]
    command = [sys.executable, "-c", PACKS, *(str(run.folder) for run in runs)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert (told.returncode, [run.state for run in runs]) == (0, ["done", "done"]), told.stderr


def test_the_dearer_a_look_the_longer_until_the_next(store, monkeypatch):
    engine, waits, clock = Fake(store.root), [], [0.0]
    monkeypatch.setattr(engine, "wait", waits.append)
    monkeypatch.setattr(room.time, "thread_time", lambda: clock[0])
    pool = Pool(store, 1, launcher=engine)
    look = pool.open_runs
    for cost in (0.0, 0.05, 5.0):
        monkeypatch.setattr(pool, "open_runs", lambda cost=cost: (clock.__setitem__(0, clock[0] + cost), look())[1])
        pool.tick()
        pool.wait(0.2)
    assert [round(seconds, 6) for seconds in waits] == [0.2, 0.05 / room.SHARE, room.LONGEST]
