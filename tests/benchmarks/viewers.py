"""A class on one server, without a browser: many tabs watch one live experiment, others click, two runs train.

    python -m tests.benchmarks.viewers [--watch 10 20 30 50 100] [--click 30] [--train 2] [--seconds 30] [--after 180] \
        [--class]

For each number of viewers a new server. Prints: pages opened, ticks answered of asked and how long they took, the
first page of whoever arrives, clicks, errors, processor time of the server a tick, its memory, and its descriptors and
threads after everybody left and nobody came for --after seconds. All of it on 127.0.0.1. With --class everybody has a
nickname (SSL_CLASS=1).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pages.parts.shared.pages import PAGES
from ssl_core.people import register
from ssl_core.runs.files import write_json
from ssl_core.train.config import configure
from tests.benchmarks.app import cpu_seconds
from tests.benchmarks.visitors import Visitor
from tests.browser.conftest import Server

RUNS, ROWS = 13, 200  # of the experiment that is watched, and of each finished run's record
LONG = 200_000  # steps: longer than any of this lasts
ARRIVING = 5.0  # seconds in which all come
ROW = '{{"step": {0}, "images": {0}, "seconds": 0.1, "loss": 1.5, "test_accuracy": 0.5}}\n'


class Held(NamedTuple):
    """What the server holds: memory in MB, open files, threads."""

    megabytes: float
    files: int
    threads: int


def held(pid: int) -> Held:
    home = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (home / "status").read_text().splitlines())
    return Held(int(status["VmRSS"].split()[0]) / 1024, len(list((home / "fd").iterdir())), int(status["Threads"]))


def furnish(server: Server, training: int) -> None:
    """An experiment of 13 runs: as many as that wait for their turn to train, the others with records and ends."""
    for seed in range(RUNS):
        steps = {"steps": LONG if seed < training else ROWS, "threads": 1}
        values = configure("digits", ("supervised", "fixmatch")[seed % 2], 20, seed, steps).to_dict()
        run = server.store.add(values | {"experiment": "watched"})
        if seed >= training:
            (run.folder / "metrics.jsonl").write_text("".join(map(ROW.format, range(1, ROWS))))
            end = {"state": "done", "why": "", "step": ROWS, "seconds": 1.0, "test_accuracy": 0.5}
            write_json(run.folder / "end.json", end)


async def warmed(server: Server, training: int) -> None:
    """Past the import of PyTorch and the first steps of what trains, and every page once."""
    for entry in PAGES:
        first = Visitor(server.port, entry.name, experiment="watched")
        await first.come()
        await first.leave()
    limit = time.monotonic() + 120
    while sum(run.state == "running" for run in server.store.runs()) < training and time.monotonic() < limit:
        await asyncio.sleep(0.5)
    await asyncio.sleep(10)


class Spent(NamedTuple):
    """Processor seconds of the server: from the first who came, and from when all were there, with the ticks since."""

    all: float
    settled: float
    ticks: int


async def lesson(server: Server, watching: int, clicking: int, seconds: float) -> tuple[list[Visitor], Spent, Held]:
    """Everybody, after they left; what the server spent while they were there, and what it held at the end."""
    chance = random.Random(0)
    pages = [entry.name for entry in PAGES]
    viewers = [Visitor(server.port, "training", experiment="watched", whose="all") for _ in range(watching)]
    others = [Visitor(server.port, chance.choice(pages), experiment="watched") for _ in range(clicking)]
    begun, spent = time.monotonic(), cpu_seconds(server.process.pid)
    end = begun + ARRIVING + seconds

    async def stay(visitor: Visitor, place: int, of: int) -> None:
        await asyncio.sleep(ARRIVING * place / max(of, 1))
        await (visitor.watch(end) if visitor in viewers else visitor.click(end, pages, chance))

    everybody = [*viewers, *others]
    for number, visitor in enumerate(everybody, 1):
        register.call(server.store, visitor.browser, f"Pupil {number}")
    chance.shuffle(everybody)
    staying = [asyncio.create_task(stay(visitor, place, len(everybody))) for place, visitor in enumerate(everybody)]
    await asyncio.sleep(ARRIVING + seconds / 3)
    settled, ticks = cpu_seconds(server.process.pid), sum(len(visitor.ticks) for visitor in everybody)
    await asyncio.gather(*staying)
    now, ticks = cpu_seconds(server.process.pid), sum(len(visitor.ticks) for visitor in everybody) - ticks
    during = held(server.process.pid)
    await asyncio.gather(*(visitor.leave() for visitor in everybody))
    return everybody, Spent(now - spent, now - settled, ticks), during


def at(share: float, seconds: Sequence[float]) -> float:
    return sorted(seconds)[round(share * (len(seconds) - 1))] if seconds else float("nan")


def say(everybody: list[Visitor], watching: int, spent: Spent) -> None:
    ticks = [took for visitor in everybody for took in visitor.ticks]
    firsts = [visitor.opened for visitor in everybody if visitor.opened is not None]
    clicks = [took for visitor in everybody for took in visitor.clicks]
    wrong = [problem for visitor in everybody for problem in visitor.problems]
    asked = sum(visitor.asked for visitor in everybody)
    print(
        f"{watching} watch, {len(everybody) - watching} click: {len(firsts)} of {len(everybody)} pages opened, "
        f"first page p95 {at(0.95, firsts):.2f} s; ticks {len(ticks)} of {asked} answered, "
        f"p50 {at(0.5, ticks):.3f} s, p95 {at(0.95, ticks):.3f} s; clicks {len(clicks)}, p50 {at(0.5, clicks):.2f} s, "
        f"p95 {at(0.95, clicks):.2f} s; {len(wrong)} errors; {spent.all:.1f} s of the server's processor time"
        + (f", once all were there {1000 * spent.settled / spent.ticks:.1f} ms a tick" if spent.ticks else "")
        + f"; {sum(visitor.bytes for visitor in everybody) / 2**20:.1f} MB sent",
        flush=True,
    )
    for problem in sorted(set(wrong))[:5]:
        print(f"  error: {problem[:200]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--watch", type=int, nargs="+", default=[10, 20, 30, 50, 100])
    parser.add_argument("--click", type=int, default=30)
    parser.add_argument("--train", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--class", action="store_true", dest="class_mode")
    parser.add_argument("--after", type=float, default=180.0, help="seconds without a visitor before the last look")
    args = parser.parse_args()
    os.environ["SSL_CLASS"] = str(int(args.class_mode))
    for watching in args.watch:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            server = Server(Path(folder))
            try:
                furnish(server, args.train)
                asyncio.run(warmed(server, args.train))
                before = held(server.process.pid)
                everybody, spent, during = asyncio.run(lesson(server, watching, args.click, args.seconds))
                say(everybody, watching, spent)
                time.sleep(args.after)
                after = held(server.process.pid)
            finally:
                server.close()
        for what, now in (("with all", during), (f"{args.after:.0f} s after", after)):
            print(
                f"  {what}: {now.megabytes - before.megabytes:+.0f} MB to {now.megabytes:.0f}, "
                f"{now.files - before.files:+} descriptors, {now.threads - before.threads:+} threads",
                flush=True,
            )


if __name__ == "__main__":
    main()
