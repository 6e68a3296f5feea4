"""What a visitor waits for, and what one costs the server, in a real browser.

    python -m tests.benchmarks.app [--own PICTURES]

Prints, beside the goals: first page against an empty Streamlit app, by the clock and by the server's processor time;
cold and warm click to the first dot, and to the first of a network that has learned, a cold one on Training as soon as
it can be pressed, warm ones when nothing else is at work any more; server CPU of a live tick.
What a run takes beside its steps prints tests/benchmarks/evaluation.py.
--own prints instead, of so many pictures of one's own whose features are kept, the warm click to the first dot on
Training, three times after a cold one, and of each what passed until the run was queued and a worker began.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from ssl_core.data import load
from ssl_core.data.uploads import add_files
from ssl_core.runs.looking import looked_at
from ssl_core.runs.store import WAITING, Run, Store
from ssl_core.train.config import configure
from tests.browser.conftest import CHROMIUM, QUIET, Server, ready

MODEL = "efficientnet_lite0"
GOAL_PAGE, GOAL_COLD, GOAL_WARM = 1.4, 4.0, 0.5  # times an empty app's; seconds
CHART = ".st-key-accuracy_chart"
DOT = f"{CHART} .scatterlayer .point"
# When Start was pressed, and when each dot was first drawn: by its run, and the percentage it showed.
SEEN = f"""() => {{
  window.seen = {{ clicked: 0, dots: {{}} }};
  document.addEventListener("click", (event) => {{
    if (event.target.closest(".st-key-start")) window.seen.clicked = Date.now();
  }}, true);
  new MutationObserver(() => {{
    const box = document.querySelector("{CHART} .lab-chart");
    if (!window.seen.clicked || !box?.data || !document.querySelector("{DOT}")) return;
    for (const trace of box.data) (trace.customdata || []).forEach((run, n) => {{
      window.seen.dots[run + "|" + trace.y[n].toFixed(3)] ??= Date.now();
    }});
  }}).observe(document.body, {{ childList: true, subtree: true }});
}}"""


def first_page(browser, server: Server) -> tuple[float, float]:
    """Seconds until it stands, and those of the server's processor meanwhile."""
    page = browser.new_context().new_page()
    began, spent = time.perf_counter(), cpu_seconds(server.process.pid)
    page.goto(server.url)
    page.locator("h1").first.wait_for()
    ready(page)
    seconds, spent = time.perf_counter() - began, cpu_seconds(server.process.pid) - spent
    page.context.close()
    return seconds, spent


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def click_to_dot(page: Page, seed: int) -> float:
    """Start an experiment that is new, and wait until its first run has a point."""
    page.get_by_role("button", name="Start experiment").click()
    began = time.perf_counter()
    page.locator(DOT).first.wait_for()
    return time.perf_counter() - began


class Clicked(NamedTuple):
    """Seconds from a click, by the browser's clock, to what it brought; the stages by the files of whose run was first."""

    dot: float  # to the first dot of a run of the experiment: a network before its first step
    learned: float  # to the first of a network that has learned
    queued: float
    worker: float  # has the run
    looked: float  # at the network before its first step

    def __str__(self) -> str:
        return (
            f"{self.dot:.2f} s, and to the first of a network that has learned {self.learned:.2f} s (queued after "
            f"{self.queued:.2f}, a worker after {self.worker:.2f}, its first look after {self.looked:.2f})"
        )


def clicked(page: Page, store: Store) -> Clicked:
    """Start an experiment that is new; a dot counts that belongs to one of its runs, as soon as it is drawn."""
    there = {run.name for run in store.runs()}
    page.evaluate(SEEN)
    page.get_by_role("button", name="Start experiment").click()
    while True:
        time.sleep(0.2)  # looking oftener would keep browser and processor from what is measured
        seen, fresh = page.evaluate("window.seen"), [run for run in store.runs() if run.name not in there]
        dots = {tuple(dot.split("|")): at for dot, at in seen["dots"].items() if dot.split("|")[0] not in there}
        learned = [at for run in fresh for worth in worths(run) if (at := dots.get((run.name, worth))) is not None]
        if not learned:
            continue
        # A run's wall is written right after the first look at its network.
        stages = [[stamp(run.folder / name) for run in fresh] for name in ("config.json", "pid", "wall.png")]
        moments = [min(dots.values()) / 1000, min(learned) / 1000, *map(min, stages)]
        return Clicked(*(moment - seen["clicked"] / 1000 for moment in moments))


def stamp(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else float("inf")


def worths(run: Run) -> list[str]:
    """The percentages, as SEEN writes them, that its dot may show once it has learned."""
    rows = [row for row in run.tail.read() if row["step"] and row.get("test_accuracy") is not None]
    return [f"{100 * row['test_accuracy']:.3f}" for row in rows]


def everything_stops(page: Page, store: Store) -> None:
    """No run waits or trains any more: a warm click is one that finds a free core."""
    if page.get_by_role("button", name="Stop all").is_enabled():
        page.get_by_role("button", name="Stop all").click()
    while any(run.state in WAITING for run in store.open_runs()):
        time.sleep(0.1)


def own(count: int) -> str:
    """Keep that many drawn photographs of 64 pixels, 40 of them labelled, and look at them; returns the set's name."""
    rng = np.random.default_rng(0)
    files = {f"{kind}/{n}.jpg": jpeg(rng, level) for kind, level in (("dark", 80), ("bright", 170)) for n in range(60)}
    files |= {f"unlabelled/{n}.jpg": jpeg(rng, 80 + 90 * (n % 2)) for n in range(count - len(files))}
    name = add_files([(path, content) for path, content in files.items()], "Mine", side=64).name
    config = configure(name, "fixmatch", 20, 0, {"model": MODEL})
    looked_at(config, load(name), lambda text, left: print(f"\r{text} ", end="", flush=True), lambda: False)
    print()
    return name


def jpeg(rng: np.random.Generator, level: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rng.normal(level, 40, (64, 64, 3)).clip(0, 255).astype(np.uint8)).save(file, "JPEG")
    return file.getvalue()


def on_own_pictures(playwright, folder: Path, count: int) -> None:
    os.environ["SSL_STORE"] = str(folder / "runs")
    name = own(count)
    browser, server = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET), Server(folder)
    knobs = f"data={name}&methods=FixMatch&seeds=1&{name}-fixmatch-model={MODEL}"
    page = browser.new_page()
    for labels in (4, 8, 20, 40):
        page.goto(f"{server.url}/training?{knobs}&labels={labels}&experiment=none")
        ready(page)
        page.get_by_role("button", name="Start experiment").wait_for()
        time.sleep(3)
        page.evaluate(f"document.querySelectorAll('{DOT}').forEach(dot => dot.remove())")
        began = time.time()
        seconds = click_to_dot(page, 0)
        runs = [run for run in server.store.runs() if (run.folder / "pid").exists()]
        stamps = [(runs[-1].folder / file).stat().st_mtime - began for file in ("config.json", "pid")]
        warm = "cold" if labels == 4 else "warm"
        print(
            f"own pictures, {count:,} kept, {warm} click to first dot: {seconds:.2f} s "
            f"(queued after {stamps[0]:.2f}, a worker after {stamps[1]:.2f})",
            flush=True,
        )
        if page.get_by_role("button", name="Stop all").is_enabled():
            page.get_by_role("button", name="Stop all").click()
        time.sleep(6)
    server.close()
    browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--own", type=int, default=0, metavar="PICTURES")
    count = parser.parse_args().own
    if count:
        with sync_playwright() as playwright, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            on_own_pictures(playwright, Path(folder), count)
        return
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit as st\nst.title('Empty')\n")
        times: dict[str, list[tuple[float, float]]] = {"app.py": [], str(empty): []}
        for round_ in range(3):
            for script, seen in times.items():
                server = Server(Path(folder) / f"{round_}-{Path(script).stem}", script)
                seen.append(first_page(browser, server))
                server.close()
        (ours, spent), (theirs, least) = (
            [statistics.median(of) for of in zip(*all_, strict=True)] for all_ in times.values()
        )
        print(
            f"first page of a fresh server: {ours:.2f} s; empty app {theirs:.2f} s; {ours / theirs:.2f} times, goal "
            f"{GOAL_PAGE:g}; of the server's processor {spent:.2f} and {least:.2f} s",
            flush=True,
        )

        server = Server(Path(folder) / "live")
        page = browser.new_page()
        page.goto(f"{server.url}/training?labels=10&methods=Supervised")
        ready(page)
        page.get_by_role("button", name="Start experiment").wait_for()
        print(f"cold click to first dot: {clicked(page, server.store)}, goal {GOAL_COLD:g}", flush=True)
        for labels in (20, 40, 100):
            everything_stops(page, server.store)
            grid = f"labels={labels}&methods=MixMatch&methods=FixMatch&seeds=2"
            page.goto(f"{server.url}/training?{grid}&experiment=none")
            ready(page)
            page.get_by_role("button", name="Start experiment").wait_for()
            time.sleep(2)
            print(f"warm click to first dot: {clicked(page, server.store)}, goal {GOAL_WARM:g}", flush=True)
        time.sleep(5)  # past the import of PyTorch in the server
        began, spent, ticks = time.perf_counter(), cpu_seconds(server.process.pid), 20
        time.sleep(ticks)
        spent = cpu_seconds(server.process.pid) - spent
        ticks = round(time.perf_counter() - began)
        print(f"server CPU of a live tick, PyTorch loaded, one viewer: {1000 * spent / ticks:.0f} ms", flush=True)
        server.close()
        browser.close()


if __name__ == "__main__":
    main()
