"""Engines that are started for these tests, on this machine alone, and ended with all that they started."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ssl_core.__main__ import main
from ssl_core.runs.pool import Pool
from ssl_core.runs.saved import load_checkpoint
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from tests.engines import slurm_node as slurm
from tests.engines.marked import MARK, end, free_ports
from tests.runs.conftest import short, store  # noqa: F401

PATIENT = 240.0  # seconds that a busy machine may take for what needs ten


def until(what, seconds=PATIENT):
    limit = time.monotonic() + seconds
    while not (seen := what()):
        assert time.monotonic() < limit, "it took too long"
        time.sleep(0.05)
    return seen


def drive(pool: Pool, enough=None, seconds=PATIENT) -> None:
    """Let a pool work until that holds; without it, until there is nothing to do."""
    limit = time.monotonic() + seconds
    while pool.tick() if enough is None else (pool.tick(), not enough())[1]:
        assert time.monotonic() < limit, "it took too long"
        pool.wait(0.1)


def numbers(run) -> list[dict]:
    """What a run measured, and when in its own steps."""
    return [{key: value for key, value in row.items() if key != "seconds"} for row in run.tail.read()]


def here(run, folder: Path) -> list[dict]:
    """The numbers of the same run, trained by this process without an engine."""
    same = Store(folder).add({key: run.config[key] for key in run.config if key != "created"})
    assert work(same.folder)["state"] == "done"
    return numbers(same)


def stopped_by_itself(pool: Pool, run, monkeypatch) -> None:
    """Ask a run in the middle of its steps to stop, with nobody who would end it; what it did is in its checkpoint."""
    monkeypatch.setattr("ssl_core.runs.pool.PATIENCE", float("inf"))
    monkeypatch.setattr(pool.launcher, "patience", float("inf"))
    drive(pool, lambda: len(run.tail.read()) > 2)
    run.stop()
    drive(pool)
    assert (run.state, run.end["why"]) == ("stopped", "Asked to stop.")
    saved = load_checkpoint(run.folder / "checkpoint.pt")
    assert 0 < run.end["step"] <= saved["step"] < run.config["training"]["steps"]
    assert not pool.jobs


def go_on_here(run) -> None:
    """Resume a run on this machine, as somebody whose engine is gone."""
    assert main(["train", "--resume", run.name, "--store", str(run.folder.parent), "--launcher", "local"]) == 0
    assert run.state == "done"


@pytest.fixture(scope="session")
def slurm_node():
    """slurm_node() -> the mark of a Slurm of this machine, started here if it does not run; SLURM_CONF says where."""
    if why := slurm.missing():
        pytest.skip(why)
    mark = secrets.token_hex(8)
    folder = Path(tempfile.mkdtemp(prefix=f"slurm-{mark}-"))
    running: list[bool] = []

    def begin() -> str:
        if not running:
            os.environ["SLURM_CONF"] = str(slurm.start(folder, mark))
            os.environ[MARK] = mark  # what its jobs are started with, too
            running.append(True)
            until(lambda: "idle" in subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True).stdout)
        return mark

    yield begin
    end(mark)
    for name in ("SLURM_CONF", MARK):
        os.environ.pop(name, None)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def ray_head():
    """ray_head() -> the mark of a Ray of two cores, started here if it does not run; RAY_ADDRESS says where."""
    pytest.importorskip("ray", reason="Ray is not installed: tests/requirements-ray.txt")
    folder, mark = Path(tempfile.mkdtemp(prefix="ray")), secrets.token_hex(8)  # sockets want a short path
    address, heads = [], []

    def begin() -> str:
        if address:
            return mark
        gcs, dashboard, agent, clients = free_ports(4)
        words = f"start --head --block --num-cpus 2 --port {gcs} --dashboard-port {dashboard} --disable-usage-stats "
        words += (
            f"--dashboard-agent-listen-port {agent} --ray-client-server-port {clients} --node-ip-address 127.0.0.1 "
        )
        words += (
            f"--dashboard-host 127.0.0.1 --include-dashboard true --temp-dir {folder} --object-store-memory 80000000"
        )
        with open(folder / "start.log", "wb") as log:
            command = [sys.executable, "-m", "ray.scripts.scripts", *words.split()]
            env = os.environ | {MARK: mark, "RAY_AUTH_MODE": "disabled"}
            heads.append(subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True))
        address.append(f"http://127.0.0.1:{dashboard}")
        os.environ["RAY_ADDRESS"], os.environ["RAY_AUTH_MODE"] = address[0], "disabled"
        until(_answers)
        return mark

    def _answers() -> bool:
        with contextlib.closing(http.client.HTTPConnection(address[0].removeprefix("http://"), timeout=5)) as line:
            try:
                line.request("GET", "/api/version")
                return line.getresponse().status == 200
            except OSError:
                return False

    yield begin
    end(mark)
    for head in heads:
        head.wait()
    for name in ("RAY_ADDRESS", "RAY_AUTH_MODE"):
        os.environ.pop(name, None)
    shutil.rmtree(folder, ignore_errors=True)
