"""train and generate through an engine: one run is handed over, followed, stopped by Ctrl-C, and taken up again."""

from __future__ import annotations

import os
import shlex
import signal

import pytest

from ssl_core.__main__ import main
from ssl_core.launch import cluster as room
from ssl_core.launch.choice import LAUNCHERS
from ssl_core.launch.cluster import Seen
from ssl_core.runs.handed import handed
from ssl_core.runs.worker import work
from tests.launch.test_cluster import Fake

TRAIN = ["train", "--method", "supervised", "--labels", "20", "--steps", "12", "--batch", "8", "--evaluations", "2"]
GENERATE = ["generate", "--model", "vae", "--steps", "12", "--batch", "8"]


class AtOnce(Fake):
    """An engine that has trained what it is given before it says that it has it."""

    def _submit(self, job, run, wanted):
        super()._submit(job, run, wanted)
        work(run.folder)
        self.known[job] = Seen("ended")


class Busy(Fake):
    """An engine with no room at all, in front of which somebody presses Ctrl-C once."""

    pressed = False

    def _look(self, jobs):
        if self.known and not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)
        return super()._look(jobs)

    def _end(self, job, since):
        super()._end(job, since)
        self.known.pop(job)


@pytest.fixture
def with_engine(store, monkeypatch):
    """with_engine(kind) -> an engine of it, which --launcher ray means from now on."""
    monkeypatch.setattr(room, "LOOK", 0.0)

    def begin(kind):
        engine = kind(store.root)
        monkeypatch.setitem(LAUNCHERS, "ray", LAUNCHERS["ray"]._replace(make=lambda root: engine))
        return engine

    return begin


def numbers(run) -> list[dict]:
    return [{key: value for key, value in row.items() if key != "seconds"} for row in run.tail.read()]


@pytest.mark.parametrize("words", [TRAIN, GENERATE], ids=lambda words: words[0])
def test_a_run_at_an_engine_ends_with_the_numbers_of_one_here(store, with_engine, capsys, words):
    engine = with_engine(AtOnce)
    words = [*words, "--store", str(store.root)]
    assert [main([*words, "--launcher", "ray"]), main(words)] == [0, 0]
    there, here = store.runs()
    assert numbers(there) == numbers(here) != []
    assert [handed(there.folder).job] == list(engine.known)
    assert handed(here.folder).job == ""
    assert there.name in capsys.readouterr().out


def test_the_usual_launcher_is_that_of_one_run_too(store, with_engine, monkeypatch, capsys):
    engine = with_engine(AtOnce)
    monkeypatch.setenv("SSL_LAUNCHER", "ray")
    assert main([*TRAIN, "--store", str(store.root)]) == 0
    assert len(engine.known) == 1


def test_ctrl_c_takes_it_back_and_says_how_to_go_on_there(store, with_engine, capsys):
    with_engine(Busy)
    assert main([*TRAIN, "--store", str(store.root), "--launcher", "ray"]) == 1
    (run,) = store.runs()
    assert run.state == "stopped"
    told = next(line for line in capsys.readouterr().err.splitlines() if "goes on" in line)
    words = shlex.split(told.partition("; ")[2].partition(" goes on")[0])
    assert words[:3] == ["python", "-m", "ssl_core"]
    engine = with_engine(AtOnce)
    assert main(words[3:]) == 0
    assert (run.state, len(engine.known)) == ("done", 1)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--gpus", "2"], "a run that is handed to Ray gets one GPU: leave --gpus out, or add --launcher local."),
        ([], "Ray is away."),
    ],
)
def test_what_an_engine_cannot_do_is_said_before_anything_is_queued(store, with_engine, monkeypatch, capsys, more, why):
    engine = with_engine(Fake)
    monkeypatch.setattr(engine, "away", "Ray is away.")
    assert main([*TRAIN, "--store", str(store.root), "--launcher", "ray", *more]) == 2
    assert capsys.readouterr().err.strip().endswith(why)
    assert not store.runs()
