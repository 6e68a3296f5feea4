"""One run: a folder. Its state is derived from what lies in it, never stored: nothing can disagree with anything."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from ssl_core.runs import checked
from ssl_core.runs.beat import Pulse
from ssl_core.runs.files import Journal, Tail, read_json
from ssl_core.runs.handed import JOB
from ssl_core.runs.plain_files import append_plain, because, kind_of, open_plain, read_plain, there

ENDED = checked.ENDED
STATES = ("queued", "running", "done", "stopped", "failed", "lost", "broken")
WAITING = ("queued", "running")  # for its turn, or for its end
RESUMABLE = ("stopped", "failed", "lost")  # what ended early can go on
PHASE = "phase.json"  # what a run does before its first step, while it does it
WALL, SHEET = "wall.jsonl", "wall.png"  # what was believed of some unlabelled pictures; and these
PICTURES = "pictures.jsonl"  # what a maker of pictures showed while it learned
AGENT = "agent.jsonl"  # what an agent thought that chose the augmentation
RESUMED = ".resumed.jsonl"  # in the store, beside its runs: names of those that went on after their end
MADE = "made.pt"  # the pictures that a maker made for a run, beside the labelled ones
# Beside the rows, and how a line of each is read.
RECORDS = {WALL: checked.wall, PICTURES: checked.pictures, AGENT: checked.agent}
MOMENTS = ("twentieth.pt", "quarter.pt")  # the weights on the way: see ssl_core/train/moments.py
BY_SYSTEM = "The system asked it to end. Resume goes on."  # in the stop file of a run that nobody of us stopped
OURS = ("config.json", "end.json", "lock", "metrics.jsonl", "stop", "pid", "beat", "log.txt", "checkpoint.pt", PHASE)
OURS += (*MOMENTS, *RECORDS, SHEET, MADE, JOB)


class Unreachable(OSError):
    """The folder of runs cannot be made, read or written: the message is a whole sentence with what to do."""


class Standing(NamedTuple):
    """One of STATES, and the sentence behind it: why it ended, or what is broken."""

    state: str
    why: str = ""


class Run:
    """One run folder. Reading it never raises, whatever lies in it: a run that cannot be read is "broken"."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.name
        self.why = ""  # the sentence behind a broken config
        self._config: dict[str, Any] | None = None
        self._unreadable: tuple[int, ...] | None = None  # which config.json was found broken
        self._pulse = Pulse(folder)
        self._probe = threading.Lock()  # two probes of this process must not take each other for a worker

    # Made when somebody asks: most of ten thousand runs are only counted.
    tail = cached_property(lambda self: Tail(self.folder / "metrics.jsonl", checked.row))
    wall = cached_property(lambda self: Tail(self.folder / WALL, checked.wall))
    pictures = cached_property(lambda self: Tail(self.folder / PICTURES, checked.pictures))
    agent = cached_property(lambda self: Tail(self.folder / AGENT, checked.agent))

    @property
    def config(self) -> dict[str, Any]:
        """config.json as `checked.config` lets it pass, or {} with the reason in `why`."""
        if self._config is None:
            seen = identity(self.folder / "config.json")
            if seen and seen == self._unreadable:
                return {}
            values, self.why = self._read("config.json", checked.config)
            if self.why or not values:
                self.why, self._unreadable = self.why or "config.json is missing.", seen
                return {}
            self._config = values
        return self._config

    @property
    def config_read(self) -> dict[str, Any]:
        """The configuration if it has been read before, else {}: of a folder that is gone, this is what there was."""
        return self._config or {}

    def _read(self, name: str, check: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[dict[str, Any], str]:
        """What a JSON file of the folder says, {} if there is none; and the sentence where it cannot be read."""
        try:
            return check(read_json(self.folder / name)), ""
        except FileNotFoundError:
            return {}, ""
        except ValueError as wrong:
            return {}, str(wrong)
        except OSError as wrong:
            return {}, f"{name} cannot be read: {because(wrong)}."

    @property
    def end(self) -> dict[str, Any]:
        """How the run ended, as `checked.end` lets it pass; {} while it has not. "broken" if that cannot be read."""
        end, wrong = self._read("end.json", checked.end)
        return {"state": "broken", "why": wrong} if wrong else end

    @property
    def state(self) -> str:
        """One of STATES."""
        return self.standing().state

    def standing(self) -> Standing:
        """Its state, and why; derived from the folder at each call."""
        if not self.config:
            return Standing("broken", self.why)
        if end := self.end:
            return Standing(end["state"], end["why"])
        try:
            names, foreign = self._files()
        except OSError as wrong:
            return Standing("broken", f"Its folder cannot be read: {because(wrong)}.")
        if foreign:
            return Standing("broken", f"{foreign} is {kind_of(self.folder / foreign)}, not a file: delete it.")
        if "lock" not in names:
            return Standing("stopped" if "stop" in names else "queued")
        beats = self._pulse.alive()  # None, as a rule: then the lock alone knows
        try:
            if self.held() if beats is None else beats:
                return Standing("running")
        except OSError as wrong:
            return Standing("broken", f"lock cannot be opened: {because(wrong)}. Another account may have made it.")
        end = self.end  # it may have ended between the two looks
        return Standing(end["state"], end["why"]) if end else Standing("lost")

    def _files(self) -> tuple[set[str], str]:
        """The names of a run's files that are there, and one under which something else lies."""
        # One look at the folder: the runner takes ten of each waiting run every second.
        with os.scandir(self.folder) as entries:
            kinds = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries if entry.name in OURS}
        return set(kinds), next((name for name, is_file in kinds.items() if not is_file), "")

    @property
    def phase(self) -> dict[str, Any]:
        """What it does before its first step: {"text", "left" seconds or None}; {} when there is nothing to say."""
        return self._read(PHASE, checked.phase)[0]

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
        return there(self.folder / "stop")

    def stop(self, why: str = "") -> None:
        """Ask it to stop; the worker looks before every step, and says `why` in the end."""
        with self._changing(), append_plain(self.folder / "stop") as file:
            file.write(why.encode())

    def reason(self) -> str:
        """Why it was asked to stop, if somebody said so."""
        try:
            return read_plain(self.folder / "stop").decode()
        except (OSError, ValueError):
            return ""

    def resume(self) -> None:
        """Put a run that ended without being done back into the queue, its checkpoint kept."""
        if self.state not in RESUMABLE:
            return
        with self._changing():
            for name in (JOB, "stop", "pid", "beat", "lock", "end.json"):  # in this order no moment looks otherwise
                (self.folder / name).unlink(missing_ok=True)
        self.tell_resumed()

    def put_back(self) -> None:
        """Let it wait again where it is, its checkpoint kept: its engine will give it another turn by itself."""
        with self._changing():
            for name in ("stop", "pid", "beat", "lock", "end.json"):
                (self.folder / name).unlink(missing_ok=True)
        self.tell_resumed()

    def tell_resumed(self) -> None:
        """Say to whoever looks after the store that this run has no end any more; on a full disk they see by and by."""
        with contextlib.suppress(OSError), Journal(self.folder.parent / RESUMED) as journal:
            journal.write({"run": self.name})

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            yield
        except OSError as wrong:
            why = because(wrong) if wrong.strerror else str(wrong).rstrip(".")
            raise Unreachable(f"The run {self.name} cannot be changed: {why}.") from None

    def log(self, most: int = 4000) -> str:
        """The end of the worker's output."""
        try:
            with open_plain(self.folder / "log.txt", 2**62) as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - most))
                return file.read(most).decode(errors="replace")
        except (OSError, ValueError):
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
        facts = path.lstat()
    except OSError:
        return ()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_mode, facts.st_uid
