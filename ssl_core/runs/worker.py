"""One run, from its folder to its end: the only place that joins training and the run folder.

    python -m ssl_core.runs.worker FOLDER [--gpus N] [--beat SECONDS] [--job NAME] [--again]

is what an engine runs (ssl_core/launch), on any machine that sees the folder. With several folders, or --list, it is
what pack.py says; with --gpus, what several.py says.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import Timeout

from ssl_core.data import Dataset, load
from ssl_core.features.card import frozen
from ssl_core.fillings import made_by
from ssl_core.runs import checked, several
from ssl_core.runs.agent_record import AgentRecord
from ssl_core.runs.beat import beating
from ssl_core.runs.disk import EXIT, FULL, clear_asides, says_full
from ssl_core.runs.files import MOST_RECORD, Check, Journal, parse_lines, write_json, write_whole
from ssl_core.runs.handed import TRY_AGAIN, handed
from ssl_core.runs.looking import OutOfTime, Stopped, looked_at
from ssl_core.runs.origin import check_same
from ssl_core.runs.plain_files import read_plain
from ssl_core.runs.run import RECORDS
from ssl_core.runs.saved import as_file, check_checkpoint, load_checkpoint, save_checkpoint
from ssl_core.runs.shown_record import ShownRecord
from ssl_core.runs.store import PHASE, Run
from ssl_core.runs.wall_record import WallRecord
from ssl_core.runs.worker_process import apart, leave, now, on_record, polite
from ssl_core.tasks import CLASSIFY, GENERATE, task_of
from ssl_core.train.config import Config
from ssl_core.train.loop import train
from ssl_core.train.meter import Diverged
from ssl_core.train.together import ALONE, Together

Report = Callable[[dict[str, Any]], None]
PUT_BACK = "put back"  # in the place of an end's state: this worker is over, its run is not
SAID = 0.5  # seconds between two words on how far a phase is


def work(
    folder: Path,
    watch: Any = None,
    beat: float = 0.0,
    again: Callable[[], bool] = lambda: False,
    *,
    together: Together = ALONE,
) -> dict[str, Any]:
    """Train the run of a folder to its end, under its lock, and return what end.json says.

    `watch(row)`, if given, sees every row as well; `beat` is the seconds between two heartbeats, 0 for none; where
    `again()` says so, a run that was stopped is left as one that waits; others may learn `together` with this one.
    Returns {} when another worker has or had the run.
    """
    run = Run(folder)
    try:
        held = run.lock().acquire(timeout=2)  # a page that looks at the lock holds it for an instant
    except Timeout:
        return {}
    with held, beating(folder, beat):
        if run.end:
            return {}
        try:
            write_whole(folder / "pid", str(os.getpid()).encode())
            clear_asides(folder)
            end = _train(run, watch, together)
        except (ValueError, Diverged) as wrong:
            end = {"state": "failed", "why": str(wrong)}
        except MemoryError:
            end = {"state": "failed", "why": "It ran out of memory: try a smaller batch."}
        except Exception as wrong:  # the one place that catches everything: the reason goes into end.json
            with contextlib.suppress(OSError):
                traceback.print_exc()
            end = {
                "state": "failed",
                "why": several.GONE if together.group and several.is_lost(wrong) else _sentence(wrong),
            }
        rows = run.tail.read()
        end |= {"step": rows[-1].get("step", 0), "seconds": rows[-1].get("seconds", 0.0)} if rows else {}
        task = task_of(run.config)
        measured = next((row for row in reversed(rows) if task.measure in row), {})
        end |= {key: measured.get(key) for key in (task.measure, task.judged, *task.beside)}
        if end["state"] == "stopped" and again():
            run.put_back()
            return {"state": PUT_BACK, "why": "The engine gives it another turn."}
        write_json(folder / "end.json", end)
        return end


def _train(run: Run, watch: Any, together: Together) -> dict[str, Any]:
    if not run.config:
        raise ValueError(run.why)
    task = run.config.get("task", CLASSIFY)
    if task not in LEARN:
        raise ValueError(f"Nothing here can run the task {task!r} yet.")
    checkpoint = load_checkpoint(run.folder / "checkpoint.pt")
    if checkpoint is not None:
        check_checkpoint(checkpoint, task)
    for name, check in {"metrics.jsonl": checked.row, **RECORDS}.items():
        _keep_rows(run.folder / name, checkpoint["step"] if checkpoint else -1, check)
    with Journal(run.folder / "metrics.jsonl") as journal:

        def report(row: dict[str, Any]) -> None:
            journal.write(row)
            if watch:
                watch(row)

        try:
            ended = LEARN[task](run, watch, report, checkpoint, together)
        except Stopped:
            return _ended("stopped", run)
        except OutOfTime as wrong:
            return {"state": "stopped", "why": str(wrong)}
    if ended == "out of time":
        limit = run.config["training"]["limit_minutes"]
        return {"state": "stopped", "why": f"It reached its limit of {limit:g} minutes; resume gives it no more."}
    return _ended(ended, run)


def _classify(
    run: Run, watch: Any, report: Report, checkpoint: dict[str, Any] | None, together: Together = ALONE
) -> str:
    config = Config.from_dict(run.config)
    began = time.monotonic()
    pictures, data = _data(run, config, watch)
    making = time.monotonic() - began if made_by(config.training.rebalance) else 0.0
    together.begin()
    with WallRecord(run.folder, pictures) as wall, AgentRecord(run.folder) as agent, ShownRecord(run.folder) as shown:
        return train(
            config,
            data,
            report,
            checkpoint=checkpoint,
            save=lambda state: save_checkpoint(run.folder / "checkpoint.pt", state),
            keep=lambda moment, weights: write_whole(run.folder / f"{moment}.pt", as_file(weights)),
            stop=run.stopping,
            look=lambda trainee: (wall(trainee), agent(trainee), shown(trainee)),
            together=together,
            spent=making,
        )


def follow(run: Run, together: Together) -> None:
    """Learn with the process that works on the run, if it comes to that; writes nothing into the folder."""
    if not together.begin():
        return
    config = Config.from_dict(run.config)
    _, data = _data(run, config, None, quiet=True)  # the first one has prepared it
    checkpoint = load_checkpoint(run.folder / "checkpoint.pt")
    train(config, data, lambda row: None, checkpoint=checkpoint, together=together)


def _make(run: Run, watch: Any, report: Report, checkpoint: dict[str, Any] | None, together: Together = ALONE) -> str:
    if together.group:
        raise ValueError("A maker of pictures is trained by one process: start it without --gpus.")
    from ssl_core.runs.making import learn  # a run of another task pays nothing for it

    return learn(run, report, checkpoint, lambda state: save_checkpoint(run.folder / "checkpoint.pt", state))


LEARN = {CLASSIFY: _classify, GENERATE: _make}  # what each task does


def _ended(state: str, run: Run) -> dict[str, Any]:
    return {"state": state, "why": (run.reason() or "Asked to stop.") if state == "stopped" else ""}


def _data(run: Run, config: Config, watch: Any, *, quiet: bool = False) -> tuple[Dataset, Dataset]:
    """The run's data set, and it as training takes it: looked at beforehand, or with made pictures; raises Stopped."""
    data = load(config.data)
    check_same(run.config, data.card)
    if not frozen(config.training.model) and not made_by(config.training.rebalance):
        return data, data
    path, said = run.folder / PHASE, 0.0

    def say(text: str, left: float | None) -> None:
        nonlocal said
        if quiet or time.monotonic() - said < SAID:
            return
        said = time.monotonic()
        write_json(path, {"text": text, "left": left})
        if watch:
            watch({"step": 0, "phase": text, "left": left})

    try:
        if made_by(config.training.rebalance):
            from ssl_core.runs.made import with_made  # a run without a maker pays nothing for it

            return data, with_made(run, config, data, say, run.stopping)
        return data, looked_at(config, data, say, run.stopping)
    finally:
        if not quiet:
            path.unlink(missing_ok=True)


def _keep_rows(path: Path, step: int, check: Check) -> None:
    """Drop rows after the checkpoint's step: training repeats them. And a torn last line."""
    try:
        content = read_plain(path, MOST_RECORD)
    except FileNotFoundError:
        return
    kept = [
        line
        for line in content.split(b"\n")[:-1]
        for rows, bad in (parse_lines(line, check),)
        if bad or (rows and rows[0]["step"] <= step)
    ]
    write_whole(path, b"".join(line + b"\n" for line in kept))


def _sentence(wrong: Exception) -> str:
    if says_full(wrong):
        return FULL
    if "out of memory" in str(wrong).lower() or "can't allocate memory" in str(wrong).lower():
        return "It ran out of memory: try a smaller batch."
    return f"{type(wrong).__name__}: {wrong}"


def child(folder: str, device: str | None, beat: float = 0.0) -> None:
    """A worker process of its own: out of reach of the terminal, polite, and first to go when memory ends."""
    began = now()
    apart()
    polite(Run(Path(folder)))
    os.environ["SSL_STORE"] = str(Path(folder).parent)  # where prepared data sets are kept
    if device is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = device
    on_record(Path(folder), began, lambda: worked(Path(folder), beat))


def worked(
    folder: Path, beat: float, again: Callable[[], bool] = lambda: False, together: Together = ALONE
) -> dict[str, Any]:
    """`work` in a process of its own, which ends with a code of its own where the disk holds not even its end."""
    try:
        return work(folder, beat=beat, again=again, together=together)
    except OSError as wrong:
        if says_full(wrong):
            sys.exit(EXIT)
        raise


def main(argv: list[str] | None = None) -> int:
    """Work on one run; 0 if it was done, or was somebody else's. Several are pack.py's."""
    words = sys.argv[1:] if argv is None else argv
    if "--list" in words or sum(not word.startswith("-") and Path(word).is_dir() for word in words) > 1:
        from ssl_core.runs.pack import main as pack

        return pack(words)
    parser = argparse.ArgumentParser(prog="python -m ssl_core.runs.worker", description="Train the run of a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--beat", type=float, default=0.0, metavar="SECONDS", help="between two heartbeats; 0 is none")
    parser.add_argument("--gpus", type=int, default=1, metavar="N", help="processes that share every batch, one a GPU")
    parser.add_argument("--job", default="", help="what an engine calls this; leave, if another has the run by now")
    parser.add_argument(
        "--again", action="store_true", help="asked to end by the system, leave the run as one that waits"
    )
    args = parser.parse_args(words)
    began, folder = now(), args.folder.resolve()
    os.environ["SSL_STORE"] = str(folder.parent)  # where prepared data sets are kept
    if args.gpus > 1 and several.processes() == 1:
        several.start(folder, args.gpus, args.beat)
    if several.processes() > 1:
        return int(several.work_together(folder, args.beat).get("state", "done") != "done")
    asked = polite(Run(folder))
    if not args.job:
        return int(worked(folder, args.beat).get("state", "done") != "done")
    if handed(folder).job != args.job:
        return 0
    end = on_record(folder, began, lambda: worked(folder, args.beat, asked if args.again else lambda: False))
    return TRY_AGAIN if end.get("state") == PUT_BACK else int(end.get("state", "done") != "done")


if __name__ == "__main__":
    leave(main())
