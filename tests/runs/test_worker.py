"""A worker's run: resumable from any kill, equal to the run that was never killed, and always with an end."""

from __future__ import annotations

import functools
import json
import os
import pickle
import signal
import time
from pathlib import Path

import pytest
import torch

from ssl_core.launch.local import _context
from ssl_core.runs import worker
from ssl_core.runs.files import read_json
from ssl_core.runs.saved import load_checkpoint
from ssl_core.runs.worker import child, main, work


def rows(folder):
    told = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if key != "seconds"} for row in told]


def start(folder):
    """A worker as the runner begins one: a process of its own, in which PyTorch is there already."""
    process = _context().Process(target=child, args=(str(folder), None))
    process.start()
    return process


def dies(folder, at):
    """A worker that is gone a moment after it has said that step, wherever it is then, and whoever looks when."""

    def watch(row):
        if row["step"] >= at and not signal.getitimer(signal.ITIMER_REAL)[0]:
            signal.setitimer(signal.ITIMER_REAL, 0.003)  # SIGALRM ends who does not listen to it as SIGKILL does

    worker.work = functools.partial(work, watch=watch)  # in this process alone
    child(folder, None)


def test_a_run_ends_done_with_its_figures(store, short):
    run = store.add(short())
    end = work(run.folder)
    assert end == read_json(run.folder / "end.json")
    assert end["state"] == run.state == "done"
    assert end["step"] == 60
    assert end["test_accuracy"] == rows(run.folder)[-1]["test_accuracy"]
    assert work(run.folder) == {}, "what is done is not done again"


@pytest.mark.parametrize(("method", "kills"), [("supervised", (40, 150)), ("fixmatch", (61,)), ("mixmatch", (90,))])
def test_killed_and_resumed_is_the_run_that_was_never_killed(store, short, method, kills):
    config = short(method, steps=300, evaluations=10)
    whole, killed = store.add(config), store.add(config)
    work(whole.folder)
    for at in kills:
        process = _context().Process(target=dies, args=(str(killed.folder), at))
        process.start()
        process.join()
        assert (process.exitcode, killed.state) == (-signal.SIGALRM, "lost")
        assert killed.tail.read()[-1]["step"] >= at, "a whole line was lost"
        killed.resume()
    last = start(killed.folder)
    last.join()
    assert (last.exitcode, killed.state) == (0, "done")
    assert rows(killed.folder) == rows(whole.folder)


def test_stopped_and_resumed_is_the_run_that_was_never_stopped(store, short):
    config = short("fixmatch", steps=120)
    whole, stopped = store.add(config), store.add(config)
    work(whole.folder)
    asked = iter(range(10**9))

    def watch(row):
        if next(asked) == 37:
            stopped.stop()

    assert work(stopped.folder, watch)["state"] == "stopped"
    stopped.resume()
    assert work(stopped.folder)["state"] == "done"
    assert rows(stopped.folder) == rows(whole.folder)


@pytest.mark.parametrize("word", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("begun_by", ["runner", "engine"])
def test_a_polite_word_of_the_system_keeps_what_was_trained(store, short, word, begun_by):
    """Whoever shuts the machine down, or closes the terminal, loses nothing."""
    run = store.add(short(steps=20_000, evaluations=1))  # a checkpoint only at the very end, or when it is asked to end
    target, words = (child, (str(run.folder), None)) if begun_by == "runner" else (main, ([str(run.folder)],))
    process = _context().Process(target=target, args=words)
    process.start()
    while len(run.tail.read()) < 3:
        assert process.exitcode is None, "it ended before it was asked"
        time.sleep(0.01)
    os.kill(process.pid, getattr(signal, word))
    process.join()
    assert run.state == "stopped"
    assert run.end["why"] == "The system asked it to end. Resume goes on."
    saved = load_checkpoint(run.folder / "checkpoint.pt")["step"]
    assert run.tail.read()[-1]["step"] <= saved < 20_000


def test_an_aside_copy_of_a_killed_worker_is_gone_when_the_run_starts_again(store, short):
    run = store.add(short(steps=5))
    left = run.folder / ".checkpoint.pt.123.456.aside"
    left.write_bytes(b"half of a checkpoint")
    other = run.folder / ".hidden"
    other.write_bytes(b"somebody's own")
    assert work(run.folder)["state"] == "done"
    assert not left.exists()
    assert other.exists()


def test_a_stop_before_the_start_trains_nothing(store, short):
    run = store.add(short(steps=10_000))
    run.stop()
    assert run.state == "stopped"
    assert work(run.folder)["state"] == "stopped"
    assert read_json(run.folder / "end.json")["step"] == 0


def test_two_workers_do_not_share_a_run(store, short):
    run = store.add(short())
    with run.lock():
        assert work(run.folder) == {}
    assert run.state == "lost"


def test_nan_ends_the_run_with_a_sentence(store, short):
    config = short()
    config["training"]["lr"] = 1.0
    config["training"]["momentum"] = 0.999
    config["knobs"] = {}
    run = store.add(
        config | {"method": "mixmatch", "knobs": {"weight": 500.0, "ramp": "fraction", "ramp_fraction": 0.01}}
    )
    end = work(run.folder)
    assert end["state"] in ("failed", "done")
    for line in (run.folder / "metrics.jsonl").read_text().splitlines():
        assert "NaN" not in line
        assert "Infinity" not in line


@pytest.mark.parametrize(
    "change",
    [
        {"method": "unknown"},
        {"labels": "many"},
        {"version": 99},
        {"training": {"steps": -1}},
        {"knobs": {"nonsense": 1}},
    ],
)
def test_a_wrong_config_fails_with_one_sentence(store, short, change):
    run = store.add(short() | change)
    end = work(run.folder)
    assert end["state"] == "failed"
    assert end["why"].endswith((".", "?"))
    assert "\n" not in end["why"]


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/few-label-lab-was-here",)


def test_a_checkpoint_that_is_code_is_refused(store, short):
    witness = Path("/tmp/few-label-lab-was-here")
    witness.unlink(missing_ok=True)
    run = store.add(short())
    torch.save({"step": Evil()}, run.folder / "checkpoint.pt")
    end = work(run.folder)
    assert end["state"] == "failed"
    assert "checkpoint.pt" in end["why"]
    (run.folder / "checkpoint.pt").write_bytes(pickle.dumps(Evil(), protocol=2))
    with pytest.raises(ValueError, match=r"checkpoint\.pt cannot be read"):
        load_checkpoint(run.folder / "checkpoint.pt")
    assert not witness.exists()


def test_a_checkpoint_holds_tensors_and_plain_values_only(store, short):
    run = store.add(short("fixmatch"))
    work(run.folder)
    saved = torch.load(run.folder / "checkpoint.pt", weights_only=True)
    assert saved["step"] == 60


def test_the_number_of_a_worker_is_replaced_and_never_half_written(store, short):
    run = store.add(short(steps=1))
    (run.folder / "pid").write_text("7")
    os.link(run.folder / "pid", run.folder / "seen")
    work(run.folder)
    assert (run.folder / "pid").read_text() == str(os.getpid())
    assert (run.folder / "seen").read_text() == "7", "who opened it before reads what was there before"
