"""A real server with an open tab, and what it, its runner and its workers may be killed by: nothing is lost.

One server for all of these tests, killed and started again by some.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
from pathlib import Path

import pytest
import torch

from ssl_core.launch.local import slots
from ssl_core.runs import ensure
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.saved import load_checkpoint
from ssl_core.runs.store import Store, stop
from ssl_core.runs.waiting import CARE
from ssl_core.runs.worker import work
from tests.browser.conftest import Server
from tests.faults.tab import Tab
from tests.faults.test_runner import ENDLESS, PATIENT, kill_group, linux, queued, rows, runners_of
from tests.runs.test_runner import begins, until
from tests.workers import worker_of

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("server"))
    yield started
    for number in runners_of(started.store):
        kill_group(number)
    started.close()  # and with it whoever has a run


@pytest.fixture
def open_tab(server):
    """open_tab(run) -> the Training page with that run's experiment."""
    tabs = []

    def go(run) -> Tab:
        tabs.append(Tab(server.port, "training", experiment=run.config["experiment"]))
        return tabs[-1]

    yield go
    stop(server.store.runs())  # whatever a test that failed has left must not stand in the way of the next one
    server.store.wake()
    for tab in tabs:
        tab.close()
    assert [tab.problems for tab in tabs if tab.problems] == []


def ended(run, tab, state: str) -> None:
    tab.until(lambda tab: run.end)
    assert run.state == state, run.end
    tab.until(lambda tab: f"**: {state}" in tab.words)


def test_tab_closed(server, open_tab):
    run = queued(server.store, 2000)[0]
    tab = open_tab(run)
    tab.until(lambda tab: "1 running" in tab.words or run.end)  # a slow page may see only its end
    tab.close()
    until(lambda: run.end, PATIENT)
    assert run.state == "done"
    assert begins(run) == 1
    assert f"step {run.end['step']:,} of 2,000" in open_tab(run).words


def test_server_restart(server, open_tab):
    run = queued(server.store, seeds=[1], **ENDLESS)[0]
    open_tab(run).until(lambda tab: len(rows(run)) > 2)
    server.kill()
    before = rows(run)
    server.start()
    tab = open_tab(run)
    tab.until(lambda tab: len(rows(run)) > len(before))
    assert rows(run)[: len(before)] == before
    assert "1 running" in tab.words
    tab.press("Stop run")
    ended(run, tab, "stopped")
    assert len(rows(run)) == len((run.folder / "metrics.jsonl").read_text().splitlines())
    assert begins(run) == 1, "the server's end was not the run's"


@linux
def test_worker_orphaned(server, open_tab):
    """Whoever started it is gone, server and runner; the worker goes on, and a new server's Stop reaches it."""
    run = queued(server.store, seeds=[2], **ENDLESS)[0]
    open_tab(run).until(lambda tab: len(rows(run)) > 2)
    server.kill()
    for number in runners_of(server.store):
        kill_group(number)
    until(lambda: not runners_of(server.store), PATIENT)
    before = len(rows(run))
    until(lambda: len(rows(run)) > before, PATIENT)
    assert run.state == "running"
    server.start()
    tab = open_tab(run)
    tab.press("Stop run")
    ended(run, tab, "stopped")
    assert run.end["why"] == "Asked to stop."
    assert begins(run) == 1


@linux
def test_a_dead_runner_is_noticed_by_the_open_page_within_three_ticks(server, open_tab):
    before = queued(server.store, seeds=range(10, 10 + slots()), **ENDLESS)
    ensure_runner(server.store)
    until(lambda: all(run.state == "running" for run in before), PATIENT)
    waits = queued(server.store, seeds=[3])[0]
    tab, place = open_tab(waits), len(before) + 1
    behind = f"Waiting behind {place - 1} other run{'s' * (place > 2)}: place {place} in the queue."
    tab.until(lambda tab: behind in tab.words)
    for number in runners_of(server.store):
        kill_group(number)
    until(lambda: not ensure._held(server.store.root), PATIENT)  # the kernel takes its lock when it is gone
    seen = ""
    for _ in range(3):
        tab.tick()
        seen += tab.words
    assert CARE["restarted"] in seen
    for run in before:
        run.stop()
    server.store.wake()
    ended(waits, tab, "done")
    assert begins(waits) == 1


VICTIMS = ("worker", "runner", "server", "worker")


@linux
def test_kill_9_of_anything_at_random_moments_changes_no_bit(server, open_tab, tmp_path):
    """Seeded: the order of the victims, and how far the runs have got when each of them dies."""
    knobs = {
        "supervised": {"steps": 1000, "batch": 8, "evaluations": 10},
        "fixmatch": {"steps": 400, "batch": 8, "evaluations": 10},
    }
    experiment = Experiment("digits", list(knobs), [20], [20], knobs)
    whole = enqueue(Store(tmp_path / "whole"), experiment).runs
    killed = enqueue(server.store, experiment).runs
    dice, tab = random.Random(12), open_tab(killed[0])
    moments = sorted(dice.randrange(5, 150) for _ in VICTIMS)

    def reached(moment: int) -> bool:
        return sum(len(rows(run)) for run in killed) >= moment and any(run.state == "running" for run in killed)

    for victim, moment in zip(dice.sample(VICTIMS, len(VICTIMS)), moments, strict=True):
        tab.until(lambda tab, moment=moment: reached(moment) or all(run.end for run in killed))
        print(f"{victim} at {moment} rows")
        if victim == "server":
            server.kill()
            server.start()
            tab = open_tab(killed[0])
        for number in runners_of(server.store) if victim == "runner" else ():
            kill_group(number)
        alive = [run for run in killed if run.state == "running"] if victim == "worker" else []
        for run in alive[:1]:
            with contextlib.suppress(ProcessLookupError):  # it may have ended this instant
                os.kill(worker_of(run), signal.SIGKILL)
            tab.until(lambda tab, run=run: run.state in ("lost", "done"))
        for run in killed:
            run.resume()  # as the page's button does; nothing to do for one that was not lost
        server.store.wake()
    tab.until(lambda tab: all(run.end for run in killed))
    for undisturbed, run in zip(whole, killed, strict=True):
        assert work(undisturbed.folder)["state"] == run.state == "done"
        assert rows(run) == rows(undisturbed)
        assert run.tail.bad == 0
        assert same(*(load_checkpoint(one.folder / "checkpoint.pt") for one in (run, undisturbed)))
        assert not list(Path(run.folder).glob(".*"))


def same(one, other) -> bool:
    """Whether two checkpoints hold the same, bit for bit; how long the steps took is of no account."""
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one if key != "seconds")
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (one != one and other != other)
