"""The folder of runs: what is there, what state each is in, and how to add, stop and resume.

State is derived from the folder, never stored, so nothing can disagree with anything.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ssl_core.runs.beat import Pulse
from ssl_core.runs.files import Tail, read_json, write_json
from ssl_core.runs.origin import origin_of
from ssl_core.tasks import CLASSIFY, TASKS

NAME = re.compile(r"[a-z0-9-]{1,80}")
STATES = ("queued", "running", "done", "stopped", "failed", "lost", "broken")
WAITING = ("queued", "running")  # for its turn, or for its end
ENDED = ("done", "stopped", "failed", "lost")
RESUMABLE = ("stopped", "failed", "lost")  # what ended early can go on
MOST_QUEUED = 200
FREE_BYTES = 200 * 2**20
PHASE = "phase.json"  # what a run does before its first step, while it does it
ARCHIVE = "archive"  # the folder of runs put aside: a store of its own


class Run:
    """One run folder. Reading it never raises for a missing or damaged file: such a run is "broken"."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.name
        self.tail = Tail(folder / "metrics.jsonl")
        self.why = ""  # the sentence behind a broken config
        self._config: dict[str, Any] | None = None
        self._unreadable: tuple[int, ...] | None = None  # which config.json was found broken
        self._pulse = Pulse(folder)
        self._probe = threading.Lock()  # two probes of this process must not take each other for a worker

    @property
    def config(self) -> dict[str, Any]:
        """config.json, or {} with the reason in `why`."""
        if self._config is None:
            seen = identity(self.folder / "config.json")
            if seen == self._unreadable:
                return {}
            try:
                self._config = _checked(read_json(self.folder / "config.json"))
            except (OSError, ValueError) as wrong:
                self.why = str(wrong) if isinstance(wrong, ValueError) else "config.json is missing."
                self._unreadable = seen
                return {}
        return self._config

    @property
    def end(self) -> dict[str, Any]:
        """end.json: how the run ended, or {} while it has not."""
        try:
            return read_json(self.folder / "end.json")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            return {"state": "broken", "why": "end.json cannot be read."}

    @property
    def state(self) -> str:
        """One of STATES."""
        if not self.config:
            return "broken"
        end = self.end
        if end:
            return end.get("state") if end.get("state") in STATES else "broken"
        if not (self.folder / "lock").exists():
            return "stopped" if (self.folder / "stop").exists() else "queued"
        beats = self._pulse.alive()  # None, as a rule: then the lock alone knows
        if self.held() if beats is None else beats:
            return "running"
        return self.end.get("state", "lost")  # it may have ended between the two looks

    @property
    def phase(self) -> dict[str, Any]:
        """What it does before its first step: {"text", "left" seconds or None}; {} when there is nothing to say."""
        try:
            return read_json(self.folder / PHASE)
        except (OSError, ValueError):
            return {}

    def lock(self) -> FileLock:
        """The lock a worker holds from its first to its last line."""
        return FileLock(self.folder / "lock")

    def held(self) -> bool:
        """Whether a living worker holds the lock; the kernel lets go of a dead one's."""
        with self._probe:
            try:
                with self.lock().acquire(blocking=False):
                    return False
            except Timeout:
                return True

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return (self.folder / "stop").exists()

    def stop(self, why: str = "") -> None:
        """Ask it to stop; the worker looks before every step, and says `why` in the end."""
        with open(self.folder / "stop", "a") as file:
            file.write(why)

    def reason(self) -> str:
        """Why it was asked to stop, if somebody said so."""
        try:
            return (self.folder / "stop").read_text()
        except (OSError, UnicodeDecodeError):
            return ""

    def resume(self) -> None:
        """Put a run that ended without being done back into the queue, its checkpoint kept."""
        if self.state not in RESUMABLE:
            return
        for name in ("stop", "pid", "beat", "lock", "end.json"):  # in this order no moment looks like another state
            (self.folder / name).unlink(missing_ok=True)

    def log(self, most: int = 4000) -> str:
        """The end of the worker's output."""
        try:
            return (self.folder / "log.txt").read_bytes()[-most:].decode(errors="replace")
        except FileNotFoundError:
            return ""


def stop(runs: Iterable[Run], why: str = "") -> list[Run]:
    """Ask those that wait or run to stop, each once; returns whom it asked."""
    asked = [run for run in runs if run.state in WAITING and not run.stopping()]
    for run in asked:
        run.stop(why)
    return asked


def identity(path: Path) -> tuple[int, ...]:
    """What changes whenever a file is replaced or grows; () if there is none."""
    try:
        facts = path.stat()
    except OSError:
        return ()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def _checked(config: dict[str, Any]) -> dict[str, Any]:
    """The config if it has what a listing needs; raises ValueError, one sentence. A worker checks the rest."""
    words, numbers = ("data", "method"), ("labels", "seed")
    training = config.get("training")
    whole = (
        all(isinstance(config.get(key), str) for key in words)
        and all(isinstance(config.get(key, ""), str) for key in ("experiment", "role", "task"))
        and isinstance(training, dict)
        and all(type(n) is int and abs(n) < 2**53 for n in (*map(config.get, numbers), training.get("steps")))
    )
    if not whole:
        raise ValueError("config.json does not describe a run.")
    if config.get("task", CLASSIFY) not in TASKS:
        raise ValueError(f"config.json names a task that is not known here: {config['task']!r}.")
    return config


class Store:
    """All runs under one root. Cheap to ask again: folders are listed anew only when the root changed."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        self.root.mkdir(parents=True, exist_ok=True)
        self._runs: dict[str, Run] = {}
        self._files: dict[Any, list[Run]] = {}  # by experiment, and by data, method and label count
        self._unfiled: list[Run] = []
        self._listed = -1
        self._latest = 0.0
        self._lock = threading.Lock()

    def runs(self) -> list[Run]:
        """Every run, oldest first; names of folders that are not ours are skipped."""
        with self._lock:
            try:
                stamp = self.root.stat().st_mtime_ns
            except FileNotFoundError:  # somebody deleted the store: it is empty, and there again for the next run
                self.root.mkdir(parents=True, exist_ok=True)
                stamp = self.root.stat().st_mtime_ns
            # A second change within the clock's grain would be missed, so a fresh stamp is not trusted.
            if stamp != self._listed or time.time_ns() - stamp < 50_000_000:
                with os.scandir(self.root) as entries:
                    ours = [e.name for e in entries if NAME.fullmatch(e.name) and e.is_dir(follow_symlinks=False)]
                names = sorted(set(ours) - {ARCHIVE})
                if names != list(self._runs):
                    self._runs = {name: self._runs.get(name) or Run(self.root / name) for name in names}
                    self._files, self._unfiled = {}, list(self._runs.values())
                self._listed = stamp
            return list(self._runs.values())

    def run(self, name: str) -> Run | None:
        """The run of that name, if it is one of the listing; the name never becomes a path by itself."""
        self.runs()
        return self._runs.get(name)

    def of_experiment(self, experiment: str) -> list[Run]:
        """The runs of one experiment, oldest first."""
        return self._filed_under(experiment)

    def of_kind(self, data: str, method: str, labels: int) -> list[Run]:
        """The runs of one method with one label count on one data set, oldest first."""
        return self._filed_under((data, method, labels))

    def _filed_under(self, key: Any) -> list[Run]:
        """Each run is filed once: a live page asks every second, and must not look at a thousand others each time."""
        self.runs()
        with self._lock:
            waiting, self._unfiled = self._unfiled, []
            for run in waiting:
                config = run.config
                if not config:
                    self._unfiled.append(run)  # broken now; somebody may repair it
                    continue
                for mine in (config.get("experiment"), (config["data"], config["method"], config["labels"])):
                    if mine:
                        self._files.setdefault(mine, []).append(run)
            return sorted(self._files.get(key, []), key=lambda run: run.name)

    def check_room(self, more: int = 1) -> None:
        """Raise ValueError, one sentence, if this many more runs should not be queued."""
        queued = sum(run.state == "queued" for run in self.runs() if not (run.folder / "end.json").exists())
        if queued + more > MOST_QUEUED:
            raise ValueError(f"{queued} runs are waiting already: let some finish before adding {more} more.")
        if shutil.disk_usage(self.root).free < FREE_BYTES:
            raise ValueError(f"The disk is nearly full: free 200 MB at {self.root.name}/ and start again.")

    def add(self, config: dict[str, Any]) -> Run:
        """Queue a checked configuration, with what its data is now: the folder appears whole.

        Its name sorts by submission.
        """
        with self._lock:
            now = self._latest = max(time.time(), self._latest + 0.001)
        stamp = datetime.datetime.fromtimestamp(now).strftime("%Y%m%d-%H%M%S") + f"{int(now * 1000) % 1000:03d}"
        method = str(config["method"]).replace("_", "-")
        name = f"{stamp}-{method}-{config['labels']}-s{config['seed']}-{secrets.token_hex(2)}"
        aside = self.root / f".{name}"
        aside.mkdir()
        write_json(aside / "config.json", config | origin_of(config.get("data")) | {"created": round(now, 3)})
        aside.rename(self.root / name)
        return self.run(name) or Run(self.root / name)

    def wake(self) -> None:
        """Tell the runner to look again, and to stay."""
        with contextlib.suppress(FileNotFoundError):
            (self.root / "wake").touch()
