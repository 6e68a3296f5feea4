"""Many runs as one job: one after the other, each with its own end, and no run takes another with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from ssl_core.launch.local import Local, gpu, nodes, runs_per_gpu, slots
from ssl_core.launch.share import script
from ssl_core.runs import pack
from ssl_core.runs.files import write_json
from ssl_core.runs.handed import TRY_AGAIN, hand
from ssl_core.runs.pool import Pool
from ssl_core.runs.store import Store
from ssl_core.runs.worker import main as worker
from tests.runs.test_runner import Engine
from tests.workers import end_worker, worker_of

HOUSE = Path(__file__).resolve().parents[2]


def wait_until(holds, seconds=240.0):
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


# However slow the machine is, a worker that was asked to stop is waited for.
PATIENT = """
import sys
from ssl_core.launch.local import Local
from ssl_core.runs import pool
from ssl_core.runs.pack import main
pool.PATIENCE = Local.patience = 1e9
sys.exit(main(sys.argv[1:]))
"""


def test_a_job_of_five_runs_whatever_becomes_of_one(store, short, tmp_path):
    """Done, killed, stopped while it runs, stopped before its turn, done; and none that was not on the list."""
    long = {"steps": 1_000_000}
    runs = [store.add(short(seed=seed, **(long if seed in (1, 2) else {}))) for seed in range(6)]
    first, killed, stopped, skipped, last, other = runs
    skipped.stop("Not this one.")
    names = tmp_path / "runs.txt"
    names.write_text("\n".join(str(run.folder) for run in runs[2:5]) + "\n\n")
    command = [sys.executable, "-c", PATIENT, str(first.folder), str(killed.folder), "--list", str(names)]
    with subprocess.Popen([*command, "--beat", "0.5"], cwd=HOUSE, start_new_session=True) as job:
        try:
            wait_until(lambda: killed.tail.read())
            assert first.state == "done", "one after the other, the first first"
            assert [run.state for run in (stopped, last, other)] == ["queued"] * 3
            assert (killed.folder / "beat").exists()
            os.kill(worker_of(killed), signal.SIGKILL)
            wait_until(lambda: stopped.tail.read())
            assert killed.state == "lost"
            assert "killed" in killed.end["why"]
            stopped.stop()
            assert job.wait(240) == 1, "not all are done"
        finally:
            job.kill()
            for run in (killed, stopped):
                end_worker(run)
    assert [run.state for run in runs] == ["done", "lost", "stopped", "stopped", "done", "queued"]
    assert stopped.end["why"] == "Asked to stop."
    assert not (skipped.folder / "lock").exists()


class Polite(Engine):
    """Workers that end as soon as they are asked to, and an engine that wants its machine back at the third look."""

    def __init__(self, store):
        super().__init__()
        self.store, self.looks = store, 0

    def wait(self, seconds):
        self.looks += 1
        if self.looks == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        for name, state in self.states.items():
            run = self.store.run(name)
            if state == "waiting":
                self.states[name] = "running"
            elif state == "running" and run.stopping():
                (run.folder / "lock").touch()
                write_json(run.folder / "end.json", {"state": "stopped", "why": run.reason(), "step": 5})
                self.states[name] = "ended"

    def why(self, job):
        return ""


@pytest.mark.parametrize("again", [False, True])
def test_a_job_that_the_system_ends_leaves_the_rest_in_the_queue(store, short, again):
    runs = [store.add(short(seed=seed)) for seed in range(4)]
    engine, before = Polite(store), signal.getsignal(signal.SIGTERM)
    code = pack.pack([run.folder for run in runs], 2, again=again, engine=engine)
    assert list(engine.states) == [run.name for run in runs[:2]], "the others were never begun"
    assert [run.state for run in runs] == ["queued"] * 4 if again else ["stopped", "stopped", "queued", "queued"]
    assert again or all(run.end["why"] == pack.ENDED for run in runs[:2])
    assert code == (TRY_AGAIN if again else 1)
    assert signal.getsignal(signal.SIGTERM) is before


class Quick(Engine):
    """Workers that are done at once."""

    def __init__(self, store):
        super().__init__()
        self.store = store

    def wait(self, seconds):
        for name, state in self.states.items():
            if state == "waiting":
                (self.store.root / name / "lock").touch()
                write_json(self.store.root / name / "end.json", {"state": "done", "why": "", "step": 60})
                self.states[name] = "ended"

    def why(self, job):
        return ""


@pytest.mark.parametrize("most", [1, 2, 9])
def test_a_job_takes_up_what_waits_for_its_launcher_and_nothing_else(store, short, most):
    first, mine, unmarked, others, given, ended = [store.add(short(seed=seed)) for seed in range(6)]
    for run, launcher, job in ((first, "ray", "a"), (mine, "ray", ""), (others, "slurm", ""), (given, "ray", "b")):
        hand(run.folder, launcher, job)
    write_json(ended.folder / "end.json", {"state": "done", "why": "", "step": 60})
    engine = Quick(store)
    code = pack.pack([first.folder], 1, further=pack.Further(most, "ray", "ray"), engine=engine)
    assert list(engine.states) == [run.name for run in (first, mine, unmarked)][: most + 1]
    assert (code, others.state, given.state) == (0, "queued", "queued")
    foreign = store.add(short(seed=7))
    engine = Quick(store)
    pack.pack([first.folder], 1, further=pack.Further(9, "ray", "local"), engine=engine)
    assert foreign.name not in engine.states


@pytest.mark.parametrize("most", [1, 2])
def test_a_job_that_trains_several_at_a_time_takes_up_no_more_for_that(store, short, most):
    runs = [store.add(short(seed=seed)) for seed in range(5)]
    engine = Quick(store)
    assert pack.pack([runs[0].folder], 4, further=pack.Further(most, "local", "local"), engine=engine) == 0
    assert list(engine.states) == [run.name for run in runs[: most + 1]]
    assert {run.state for run in runs[most + 1 :]} == {"queued"}


def test_in_a_class_that_pauses_a_job_takes_up_nothing_further(store, short, monkeypatch):
    first, _ = runs = [store.add(short(seed=seed)) for seed in range(2)]
    engine = Quick(store)

    def may_start(pool):
        pool.why = "Paused." * bool(engine.states)
        return not pool.why

    monkeypatch.setattr(Pool, "_may_start", may_start)
    assert pack.pack([first.folder], 1, further=pack.Further(9, "local", "local"), engine=engine) == 0
    assert [run.state for run in runs] == ["done", "queued"]


def test_a_job_whose_run_another_one_has_by_now_leaves(store, short, monkeypatch):
    run = store.add(short())
    hand(run.folder, "ray", "new")
    monkeypatch.setattr(pack, "pack", lambda *words, **named: 5)
    assert pack.main([str(run.folder), "--job", "old"]) == 0
    assert pack.main([str(run.folder), "--job", "new"]) == 5


def test_an_engine_is_told_to_pack_where_somebody_says_so(store, short, monkeypatch):
    run = store.add(short())
    hand(run.folder, "ray", "a")
    assert "ssl_core.runs.worker" in script(run, "a")
    monkeypatch.setenv("SSL_RUNS_PER_JOB", "50")
    monkeypatch.setenv("SSL_RUNS_PER_GPU", "4")
    line = next(line for line in script(run, "a", again=True).splitlines() if "ssl_core.runs" in line)
    words = line[line.index("ssl_core.runs") : line.index(" & ")].split()
    assert words[0] == "ssl_core.runs.pack"
    assert words[1:] == [
        *(str(run.folder), "--beat", "2", "--job", "a", "--again"),
        *("--then", "49", "--launcher", "ray", "--usual", "local", "--per-gpu", "4"),
    ]
    seen = []
    monkeypatch.setattr(pack, "pack", lambda folders, *rest, **named: seen.append((folders, named)) or 0)
    assert pack.main(words[1:]) == 0
    assert seen == [([run.folder], {"again": True, "further": pack.Further(49, "ray", "local")})]
    monkeypatch.setenv("SSL_RUNS_PER_JOB", "many")
    with pytest.raises(ValueError, match="SSL_RUNS_PER_JOB must be a number"):
        script(run, "a")


def test_a_worker_with_several_folders_is_such_a_job(store, short, monkeypatch):
    runs, seen = [store.add(short(seed=seed)) for seed in range(2)], []
    monkeypatch.setattr(pack, "pack", lambda folders, *rest, **named: seen.append((folders, rest)) or 0)
    assert worker([str(run.folder) for run in runs] + ["--beat", "2"]) == 0
    assert seen == [([run.folder for run in runs], (None, 2.0))]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "Name the folders"),
        (["{store}/nothing"], "There is no run 'nothing'"),
        (["{run}", "{other}"], "all of one store"),
        (["--list", "{store}"], "put a file in its place"),
        (["--list", "{store}/none.txt"], "The list of runs cannot be read"),
        (["{run}", "--at-once", "0"], "--at-once takes a whole number"),
    ],
)
def test_what_is_no_list_of_runs_is_one_sentence(store, short, tmp_path, capsys, words, why):
    other = Store(tmp_path / "other").add(short())
    known = {"store": store.root, "run": store.add(short()).folder, "other": other.folder}
    assert pack.main([word.format(**known) for word in words]) == 2
    said = capsys.readouterr().err.strip()
    assert why in said
    assert "\n" not in said


@pytest.mark.parametrize(("asked", "each"), [("", 1), ("4", 4), ("0", 1), ("-2", 1), ("many", 1), (" 2 ", 2)])
def test_runs_share_a_gpu_where_somebody_says_so(monkeypatch, asked, each):
    monkeypatch.setenv("SSL_RUNS_PER_GPU", asked)
    assert runs_per_gpu() == each
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    assert slots() == 3 * each
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert slots() >= 1


def test_slots_go_round_the_gpus_that_an_engine_left_us(store, short, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5, GPU-7")
    assert [gpu(0), gpu(1)] == ["5", "GPU-7"]
    started, local = [], Local(gpus=2)

    class Process:
        pid, exitcode = 0, None

        def __init__(self, target, args, daemon):
            started.append(args[1])
            Process.pid += 1

        def start(self):
            pass

    monkeypatch.setattr(local, "_context", type("Context", (), {"Process": Process}))
    for seed in range(4):
        local.start(store.add(short(seed=seed)))
    assert started == ["5", "GPU-7", "5", "GPU-7"]


def test_gpus_are_counted_without_pytorch(monkeypatch):
    monkeypatch.setattr(
        Path, "glob", lambda self, pattern: map(Path, ("/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl"))
    )
    for named, count in (("0", 1), ("", 0), ("-1", 0), ("3,GPU-8", 2)):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
        assert nodes() == count
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert nodes() == 2
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert nodes() == 0
