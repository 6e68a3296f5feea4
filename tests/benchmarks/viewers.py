"""What many open pages cost the server: a live experiment, each page asking once a second, without a browser.

    python -m tests.benchmarks.viewers [COUNT] [SECONDS]

Prints CPU and waiting time of a tick, with a garbage collection after each (Streamlit's default) and with ours.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from itertools import zip_longest
from pathlib import Path

from ssl_core.runs.files import write_json
from ssl_core.train.config import configure
from tests.benchmarks.app import cpu_seconds
from tests.browser.conftest import Server
from tests.faults.viewer import Viewer


def furnish(server: Server) -> None:
    """An experiment of 13 runs with records, one of which seems to train."""
    for seed in range(13):
        values = configure("digits", ("supervised", "fixmatch")[seed % 2], 20, seed, {"steps": 60}).to_dict()
        run = server.store.add(values | {"experiment": "watched"})
        row = '{{"step": {0}, "images": {0}, "seconds": 0.1, "loss": 1.5, "test_accuracy": 0.5}}\n'
        (run.folder / "metrics.jsonl").write_text("".join(row.format(step) for step in range(1, 200)))
        if seed:
            end = {"state": "done", "why": "", "step": 60, "seconds": 1.0, "test_accuracy": 0.5}
            write_json(run.folder / "end.json", end)


async def watch(server: Server, count: int, seconds: float) -> tuple[list[float], float]:
    """Seconds each tick took, sorted; CPU seconds of the server meanwhile."""
    first = Viewer(server.port, "training", experiment="watched")
    await first.open()
    await asyncio.sleep(15)  # past the import of PyTorch in the server
    viewers = [Viewer(server.port, "training", experiment="watched") for _ in range(count)]
    await asyncio.gather(*(viewer.open() for viewer in viewers))

    async def look(viewer: Viewer) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            viewer.ticks.append(await viewer.tick())
            await asyncio.sleep(max(0.0, 1 - viewer.ticks[-1]))

    spent = cpu_seconds(server.process.pid)
    await asyncio.gather(*map(look, viewers))
    return sorted(took for viewer in viewers for took in viewer.ticks), cpu_seconds(server.process.pid) - spent


def main() -> None:
    count, seconds = (int(said or usual) for said, usual in zip_longest(sys.argv[1:3], (50, 20)))
    for after_each in ("true", "false"):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder), "app.py", "--runner.postScriptGC", after_each)
            furnish(server)
            with server.store.runs()[0].lock():
                ticks, cpu = asyncio.run(watch(server, count, seconds))
            server.close()
        p50, p95 = (ticks[int(share * (len(ticks) - 1))] for share in (0.5, 0.95))
        print(
            f"{count} viewers, a collection after each tick {after_each}: {1000 * cpu / len(ticks):.1f} ms of CPU a "
            f"tick, p50 {p50:.2f} s, p95 {p95:.2f} s, {len(ticks)} ticks",
            flush=True,
        )


if __name__ == "__main__":
    main()
