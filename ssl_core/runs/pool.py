"""Runs of a store that are worked on: what is handed to an engine, what is stopped, and the last word of what died."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable

from ssl_core.launch import Job, Launcher
from ssl_core.launch.local import Local
from ssl_core.people.classroom import PAUSED, classroom
from ssl_core.runs.disk import in_words, no_room, says_full
from ssl_core.runs.files import write_json
from ssl_core.runs.notes import note, noted
from ssl_core.runs.queue import OpenRuns, state_of
from ssl_core.runs.run import BY_SYSTEM, identity
from ssl_core.runs.store import WAITING, Run, Store
from ssl_core.runs.turns import in_turn, took_turn

PATIENCE = 5.0  # seconds between a polite stop and a kill, if the launcher's own way does not take longer
AGAIN = 5.0  # seconds until a worker that could not be started is tried again
SHARE, LONGEST = 0.1, 1.0  # of a core, for looks at very many runs; seconds between two looks that come of that


class Pool:
    """The queued runs of a store, or those in `only`, at most `most` at a time (None: as many as the engine has room).

    Runs that `takes` refuses are another pool's: they are waited for, and left alone.
    """

    def __init__(
        self,
        store: Store,
        most: int | None,
        only: set[str] | None = None,
        launcher: Launcher | None = None,
        takes: Callable[[Run], bool] = lambda run: True,
    ) -> None:
        self.store, self._most, self.takes = store, most, takes
        self.launcher: Launcher = launcher or Local()
        self.most = most or 1
        self.jobs: dict[str, Job] = {}  # of runs that we started, by name
        self.open_runs = OpenRuns(store, only or ())
        self.why = ""  # nothing new starts although there is a place for it, one sentence
        self._asked: dict[str, float] = {}  # when we first saw that a run should stop
        self._unsaid: dict[str, str] = {}  # why jobs ended without a word, until it has been written
        self._begun: set[str] = set()  # of our jobs, those whose worker was seen at work
        self._pids: dict[str, tuple[int, ...]] = {}  # their pid files as they were before we started them
        self._held_up = 0.0  # until when no worker is started, because one could not be
        self.free = self.most  # how many more runs could start now
        self.waiting = False  # whether a run that it takes waits, or a last word does
        self._cost = 0.0  # processor seconds of the latest look

    def tick(self) -> bool:
        """Bury, stop and start what there is to; returns whether there is still something to do."""
        self._bury()
        self.most = self._most or self.launcher.places()
        began, runs, others = time.thread_time(), [], []
        for run in self.open_runs():
            (runs if run.name in self.jobs or self.takes(run) else others).append(run)
        elsewhere = any(state_of(run) in WAITING for run in others)
        states = {run.name: state_of(run) for run in runs}
        if self.launcher.outlives:
            self._adopt([run for run in runs if states[run.name] in ("running", "lost")])
        mine = [run for run in runs if run.name in self.jobs]
        others = [run for run in runs if run.name not in self.jobs and states[run.name] == "running"]
        self._begun |= {run.name for run in mine if states[run.name] == "running"}
        for run in mine + others:
            with noted(run.folder):
                self._enforce(run, states[run.name])
        taken = {*self.jobs, *self._unsaid}
        queued = [run for run in runs if states[run.name] == "queued" and run.name not in taken]
        # A job whose run has ended counts until its process has: it still holds its place.
        theirs = 0 if self.launcher.outlives else len(others)  # what a job of an engine took up has its place
        room = max(0, self.most - len(self.jobs) - theirs) if self._may_start() else 0
        self._cost = time.thread_time() - began
        for place in in_turn(self.store, queued)[:room] if room else ():
            if not self.takes(place.run):  # no more, by what was started just now
                continue
            self._start(place.run)
            if place.run.name in self.jobs:
                took_turn(self.store, place)
        self.free, self.waiting = room - len(queued), bool(queued or self._unsaid)
        return bool(others or queued or self.jobs or self._unsaid or elsewhere)

    def _adopt(self, runs: Iterable[Run]) -> None:
        """Look after jobs that another pool handed over, which may be no more."""
        for run in runs:
            if run.name not in self.jobs and run.name not in self._unsaid and (job := self.launcher.find(run)):
                self.jobs[run.name] = job

    def wait(self, seconds: float) -> bool:
        """Until a job ends, or this long; longer where hundreds of runs wait, so that looking at them stays cheap.

        Returns whether a job is known to have ended.
        """
        return bool(self.launcher.wait(max(seconds, min(self._cost / SHARE, LONGEST))))

    def _may_start(self) -> bool:
        """Whether there is room on the disk, no pause, and no other reason to wait; `why` says it."""
        if time.monotonic() < self._held_up:
            return False
        self.why = no_room(self.store.root) or PAUSED * classroom(self.store).paused
        return not self.why

    def _start(self, run: Run) -> None:
        """Hand a run over; what the machine lacks now (processes, memory, files) it may have again in a moment."""
        self._begun.discard(run.name)
        self._pids[run.name] = identity(run.folder / "pid")
        try:
            self.jobs[run.name] = self.launcher.start(run)
        except OSError as wrong:
            sentence = f"No worker could be started: {wrong}." if wrong.strerror else str(wrong)
            self.why = in_words(wrong, self.store.root) if says_full(wrong) else sentence
            self._held_up = time.monotonic() + AGAIN
            note(self.why)
        except Exception as wrong:  # the next run must get its chance
            note(traceback.format_exc())
            self._end(run, {"state": "failed", "why": f"It could not be started ({type(wrong).__name__}: {wrong})."})

    def _bury(self) -> None:
        """Take note of jobs that ended; a run that could not say how it ended gets an epitaph, as soon as it can.

        Unless somebody was quicker and resumed it: then it has no lock, and waits for its next turn.
        """
        for name, job in list(self.jobs.items()):
            if self.launcher.state(job) == "ended":
                del self.jobs[name]
                if why := self.launcher.why(job):
                    self._unsaid[name] = why
        for name, why in list(self._unsaid.items()):
            with noted(self.store.root / name):
                run = self.store.run(name)
                if run is None or run.end or self._resumed(run) or self._end(run, _epitaph(run, why)):
                    del self._unsaid[name]
                if run is not None and self._resumed(run):  # while we were writing
                    (run.folder / "end.json").unlink(missing_ok=True)

    def _resumed(self, run: Run) -> bool:
        """Whether somebody put a run back into the queue that our worker had taken up."""
        return self._has_begun(run) and not (run.folder / "lock").exists()

    def _has_begun(self, run: Run) -> bool:
        """Whether the worker that we started took the run up, also where it did not live to see our next look."""
        return run.name in self._begun or identity(run.folder / "pid") != self._pids.get(run.name, ())

    def _end(self, run: Run, end: dict[str, str]) -> bool:
        """Write how a run ended; returns whether that is settled, or to be tried again when there is room."""
        try:
            write_json(run.folder / "end.json", end)
        except FileNotFoundError:  # the folder may have been deleted under the worker
            return True
        except OSError as wrong:
            note(f"{run.name}: end.json cannot be written yet ({wrong}).")
            return False
        return True

    def _enforce(self, run: Run, state: str) -> None:
        """End a job that need not begin any more, or that did not honour the stop file in time."""
        by_engine = self.launcher.outlives and run.reason().startswith(BY_SYSTEM)  # which knows what it does
        if by_engine or not run.stopping():
            self._asked.pop(run.name, None)
            return
        waited = time.monotonic() - self._asked.setdefault(run.name, time.monotonic())
        patience = min(PATIENCE, self.launcher.patience)
        alive = ("running", "lost") if self.launcher.outlives else ("running",)  # a frozen worker's heart stands still
        job = self.jobs.get(run.name) or self.launcher.find(run)
        if job and (self.launcher.state(job) == "waiting" or (waited > patience and state in alive)):
            self.launcher.stop(job)


def _epitaph(run: Run, why: str) -> dict[str, str]:
    if run.stopping() and not run.reason().startswith(BY_SYSTEM):
        return {"state": "stopped", "why": f"It did not stop by itself within {PATIENCE:g} seconds and was ended."}
    return {"state": "lost", "why": why}
