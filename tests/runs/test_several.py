"""Real processes that learn one run together: the first has its folder, and whatever becomes of one, no other hangs."""

from __future__ import annotations

import functools
import json
import os
import signal
import sys

import pytest
import torch
from torch import distributed

from ssl_core.__main__ import main as terminal
from ssl_core.launch.local import _context
from ssl_core.runs import several
from ssl_core.runs.files import write_json
from ssl_core.runs.worker import main as worker
from ssl_core.runs.worker import work
from tests.runs.test_pack import wait_until


def one_of(count, rank, folder, meeting):
    """A process as torchrun would have started it, except that they meet in a file and not at a port."""
    store = distributed.FileStore(meeting, count)
    begin = functools.partial(distributed.init_process_group, store=store, rank=rank, world_size=count)
    distributed.init_process_group = begin
    os.environ |= {"WORLD_SIZE": str(count), "RANK": str(rank), "MASTER_ADDR": "-", "MASTER_PORT": "-"}
    sys.exit(worker([str(folder)]))


@pytest.fixture
def together(tmp_path):
    """together(run) -> two processes at work on it; gone afterwards."""
    started = []

    def start(run):
        meeting = str(tmp_path / f"meeting-{len(started)}")
        pair = [_context().Process(target=one_of, args=(2, rank, run.folder, meeting)) for rank in range(2)]
        for process in pair:
            process.start()
        started.extend(pair)
        return pair

    yield start
    for process in started:
        process.kill()
        process.join()


def ended(processes):
    for process in processes:
        process.join(240)
    return [process.exitcode for process in processes]


def rows(run):
    return [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("method", ["fixmatch", "mixmatch"])
def test_two_processes_write_one_run_and_learn_what_one_learns(store, short, together, method):
    settings = {"steps": 4, "evaluations": 2, "lr": 0.01}
    alone, run = store.add(short(method, **settings)), store.add(short(method, **settings))
    pair = together(run)
    work(alone.folder)
    assert ended(pair) == [0, 0]
    assert run.end["state"] == "done"
    assert (run.folder / "pid").read_text() == str(pair[0].pid)
    mine, theirs = rows(run), rows(alone)
    assert [row["step"] for row in mine] == [row["step"] for row in theirs] == [0, 1, 2, 3, 4]
    assert [row.keys() for row in mine] == [row.keys() for row in theirs]
    for row, like in zip(mine[1:], theirs[1:], strict=True):
        assert row["loss"] == pytest.approx(like["loss"], rel=1e-3)
    one, two = (torch.load(path.folder / "checkpoint.pt", weights_only=True)["model"] for path in (alone, run))
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=1e-2, atol=1e-3)


def test_a_stop_ends_both_and_the_loss_of_one_is_said(store, short, together):
    stopped, broken = (store.add(short("fixmatch", seed=seed, steps=20_000)) for seed in range(2))
    pair = together(stopped)
    wait_until(lambda: both_learn(stopped))
    os.kill(pair[1].pid, signal.SIGTERM)  # as who shuts a machine down tells every process
    os.kill(pair[0].pid, signal.SIGTERM)
    assert ended(pair) == [1, 0]
    assert stopped.end["state"] == "stopped"
    assert (stopped.folder / "checkpoint.pt").exists()
    pair = together(broken)
    wait_until(lambda: both_learn(broken))
    pair[1].kill()
    assert ended(pair) == [1, -signal.SIGKILL]
    assert broken.end["state"] == "failed"
    assert broken.end["why"] == several.GONE


def both_learn(run):
    """A step needs both; what stands there before it is the first one's alone."""
    return any(row["step"] for row in run.tail.read())


def test_where_there_is_nothing_to_do_nobody_waits(store, short, together):
    run = store.add(short())
    write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 60})
    assert ended(together(run)) == [0, 0]
    maker = store.add(short() | {"task": "generate"})
    assert ended(together(maker)) == [1, 0]
    assert "one process" in maker.end["why"]


@pytest.mark.parametrize(
    ("gpus", "change", "why"),
    [
        (0, {}, "--gpus takes a whole number from 1, not 0."),
        (2, {}, "This machine has no GPU, not 2; with --device cpu so many processes share its cores."),
        (9, {"device": "cpu"}, "A batch of 8 has no rows for 9 processes: choose at most as many."),
        (2, {"device": "cpu", "compile": True}, "A compiled network is not shared out"),
    ],
)
def test_what_cannot_be_shared_out_is_one_sentence(store, monkeypatch, capsys, gpus, change, why):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    flags = [word for name, value in change.items() for word in (f"--{name}", str(value).lower())]
    words = ["train", "--gpus", str(gpus), "--batch", "8", "--store", str(store.root), *flags]
    assert terminal(words) != 0
    assert why in capsys.readouterr().err
    assert store.runs() == [], "nothing was queued"


def test_a_worker_with_gpus_becomes_torchrun(store, short, monkeypatch):
    run, seen = store.add(short()), []

    def become(program, words):
        seen.append(words)
        raise SystemExit

    monkeypatch.setattr(os, "execv", become)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", "")
    with pytest.raises(SystemExit):
        worker([str(run.folder), "--gpus", "4", "--beat", "5"])
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "4"]
    assert seen == [[sys.executable, *torchrun, "-m", "ssl_core.runs.worker", str(run.folder), "--beat", "5"]]
