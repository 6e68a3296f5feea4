"""What comes in from outside: names, addresses, many at once and for long; each row of the plan that is the server's.

A real server and websockets as browsers speak them, without a browser.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.search.plan import Search
from ssl_core.train.config import all_knobs, configure
from tests.browser.conftest import Server
from tests.faults.viewer import Viewer, handshake

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("doors"))
    yield started
    started.close()


def fetched(server, host: str, path: str = "/") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:{port}", "localhost.evil.example:{port}", "0.0.0.0:{port}"]
)
def test_a_page_of_another_site_cannot_have_its_name_lead_here(server, name):
    """DNS rebinding: a foreign name as Host, and as Origin, too."""
    name = name.format(port=server.port)
    for path in ("/", "/runs?compare=x", "/_stcore/host-config", "/lab/plotly.js", "/static/js/nothing.js"):
        answer = fetched(server, name, path)
        assert answer.status == 421
        assert b"localhost" in answer.body
    assert handshake(server.port, host=name, origin=f"http://{name}") == 403
    assert handshake(server.port, host=name) == 403


@pytest.mark.parametrize(
    "name", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}", "localhost"]
)
def test_this_machines_own_names_are_answered(server, name):
    name = name.format(port=server.port)
    assert fetched(server, name).status == 200
    assert handshake(server.port, host=name, origin=f"http://{name}") == 101


def test_a_foreign_origin_is_refused_under_our_own_name(server):
    assert handshake(server.port, host=f"localhost:{server.port}", origin="http://evil.example") == 403
    assert handshake(server.port, host=f"localhost:{server.port}", origin="null") == 403


def test_port_in_use(tmp_path):
    """It is said, and not swallowed."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port]
        environment = os.environ | {"SSL_STORE": str(tmp_path)}
        told = subprocess.run(command, cwd=HOUSE, env=environment, capture_output=True, text=True, timeout=600)
    assert told.returncode == 1
    assert port in told.stderr + told.stdout
    assert "Traceback" not in told.stderr


def nonsense(draw: random.Random, depth: int = 0) -> object:
    """What a stranger's JSON may hold."""
    plain = [
        None,
        True,
        -1,
        0,
        1e309,
        -1e309,
        float("nan"),
        10**400,
        "",
        "0.5",
        "nan",
        "../..",
        "\x00",
        "x" * 5000,
        0.5,
        3,
    ]
    if depth < 3 and draw.random() < 0.3:
        return draw.choice(
            [
                [nonsense(draw, depth + 1) for _ in range(draw.randint(0, 3))],
                {str(nonsense(draw, 3)): nonsense(draw, depth + 1) for _ in range(draw.randint(0, 3))},
            ]
        )
    return draw.choice(plain)


def test_invalid_config_from_url_json(store):
    """200 random dicts over knobs: a ValueError of one sentence or a sound configuration, never a run that cannot be."""
    draw, refused = random.Random(0), 0
    known = list(all_knobs("fixmatch", "digits"))
    for number in range(200):
        names = draw.sample(known, draw.randint(1, 4)) + [str(nonsense(draw, 3))[:40]] * (number % 5 == 0)
        knobs = {name: nonsense(draw) for name in names}
        try:
            configs = Experiment("digits", ["fixmatch"], [20], [0], {"fixmatch": knobs}).configs()
        except ValueError as wrong:
            refused += 1
            assert str(wrong) and "\n" not in str(wrong)
            with pytest.raises(ValueError, match=r"\w"):
                enqueue(store, Experiment("digits", ["fixmatch"], [20], [0], {"fixmatch": knobs}))
        else:
            assert json.loads(json.dumps(configs[0].to_dict(), allow_nan=False)) == configs[0].to_dict()
        for odd in (knobs, {"data": "digits", "method": "fixmatch", "labels": 20, "seeds": [0], "knobs": knobs}):
            with pytest.raises(ValueError, match=r"\w"):
                Search.from_dict(odd).checked()
    assert refused > 150
    assert store.runs() == []


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A server that lets go of a session soon after its page was closed, and a run that seems to train."""
    started = Server(tmp_path_factory.mktemp("busy"), "app.py", "--server.disconnectedSessionTTL", "1")
    for seed in range(6):
        values = configure("digits", ("supervised", "fixmatch")[seed % 2], 20, seed, {"steps": 60}).to_dict()
        run = started.store.add(values | {"experiment": "watched"})
        row = '{{"step": {0}, "images": {0}, "seconds": 0.1, "loss": 1.5, "test_accuracy": 0.5}}\n'
        (run.folder / "metrics.jsonl").write_text("".join(row.format(step) for step in range(1, 60)))
        if seed:
            end = {"state": "done", "why": "", "step": 60, "seconds": 1.0, "test_accuracy": 0.5}
            write_json(run.folder / "end.json", end)
    with started.store.runs()[0].lock():
        yield started
    started.close()


class Held(NamedTuple):
    """What a server holds: megabytes, files and threads."""

    megabytes: float
    files: int
    threads: int


def held(server) -> Held:
    home = Path(f"/proc/{server.process.pid}")
    if not home.exists():
        pytest.skip("this system does not say what a process holds")
    status = dict(line.split(":", 1) for line in (home / "status").read_text().splitlines())
    return Held(int(status["VmRSS"].split()[0]) / 1024, len(list((home / "fd").iterdir())), int(status["Threads"]))


async def settled(server, like: Held, seconds: float = 400.0) -> Held:
    """What it holds once it has let go of closed sessions, as it does when another one comes."""
    limit = time.monotonic() + seconds
    while (now := held(server)).files > like.files or now.threads > like.threads:
        if time.monotonic() > limit:
            break
        await asyncio.sleep(1.5)
        await seen_once(server)
    return now


async def seen_once(server) -> None:
    viewer = Viewer(server.port, "runs")
    await viewer.open()
    await viewer.close()
    await asyncio.sleep(1.5)


async def watched(server, count: int, seconds: float, pause: float) -> list[Viewer]:
    """So many pages that show an experiment live, each asking again `pause` seconds after its last answer began."""
    viewers = [Viewer(server.port, "training", experiment="watched") for _ in range(count)]

    async def watch(viewer: Viewer) -> None:
        await viewer.open()
        end = time.monotonic() + seconds
        while time.monotonic() < end or not viewer.ticks:
            took = await viewer.tick()
            viewer.ticks.append(took)
            await asyncio.sleep(max(0.0, pause - took))

    await asyncio.gather(*map(watch, viewers))
    return viewers


async def warm(server) -> Held:
    """What it holds when PyTorch is in and nobody looks."""
    first = Viewer(server.port, "training", experiment="watched")
    await first.open()
    for _ in range(3):
        await first.tick()
    await first.close()
    last = held(server)
    for _ in range(20):
        await seen_once(server)
        now = held(server)
        if now.megabytes - last.megabytes < 1 and now.threads <= last.threads:
            return now
        last = now
    return last


def test_50_sessions(busy, capsys):
    """Fifty pages look on for eight seconds: no error, little memory, and nothing kept of those that left.

    How long a tick takes is printed, not judged: the machine may be busy.
    """

    async def visit() -> None:
        before = await warm(busy)
        viewers = await watched(busy, 50, 8, 1.0)
        during = held(busy)
        ticks = sorted(took for viewer in viewers for took in viewer.ticks)
        for viewer in viewers:
            await viewer.close()
        after = await settled(busy, before)
        with capsys.disabled():
            at = {name: ticks[int(share * (len(ticks) - 1))] for name, share in (("p50", 0.5), ("p95", 0.95))}
            print(f"\n50 sessions: {len(ticks)} ticks, {at}, {before} -> {during} -> {after}")
        assert [viewer.problems for viewer in viewers if viewer.problems] == []
        assert all(viewer.ticks for viewer in viewers)
        assert during.megabytes - before.megabytes < 100
        assert after.files <= before.files + 2

    asyncio.run(visit())


def test_long_uptime(busy, capsys):
    """The plan's 200 ticks × 20 sessions, scaled to what fits ten seconds: 20 sessions that come, tick and leave twice."""

    async def stay() -> None:
        before, count = await warm(busy), 0
        for _ in range(2):
            viewers = await watched(busy, 20, 5, 0.0)
            count += sum(len(viewer.ticks) for viewer in viewers)
            assert [viewer.problems for viewer in viewers if viewer.problems] == []
            for viewer in viewers:
                await viewer.close()
        after = await settled(busy, before)
        with capsys.disabled():
            print(f"\nlong uptime: {count} ticks, {before} -> {after}")
        assert after.files <= before.files + 2
        assert after.threads <= before.threads + 2

    asyncio.run(stay())
