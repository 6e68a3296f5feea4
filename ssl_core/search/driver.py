"""What keeps searches going: between two looks of the runner it prunes, resumes and queues the next trials."""

from __future__ import annotations

import sys
import time
import traceback
from pathlib import Path

from ssl_core.launch.choice import usual
from ssl_core.people.owners import owners
from ssl_core.runs.files import write_json
from ssl_core.runs.handed import for_whom
from ssl_core.runs.origin import changed_since
from ssl_core.runs.store import WAITING, Run, Store, stop
from ssl_core.search.plan import Search, folder_of, locked, read_search, searches
from ssl_core.search.prune import falls_behind
from ssl_core.search.trials import PRUNED, Trial, may_resume, status, trial_of, trials_of

LOOK = 0.5  # seconds between two looks at the journals when nothing else has changed


class Driver:
    """Proposes the next trials of the searches of a store, or of `only` one; holds nothing that a restart would miss.

    Two drivers of the same store never propose the same trial: each search has a lock. What it queues is for
    `launcher`, the usual one without a name.
    """

    def __init__(self, store: Store, only: str | None = None, launcher: str = "") -> None:
        self.store, self.only, self.launcher = store, only, launcher
        self.active = False
        self._over: set[str] = set()
        self._last = (0.0, -1, 0)
        self._lost: dict[str, float] = {}

    def tick(self, free: int, at_once: int) -> list[Run]:
        """Look after every search once; `free` is how many more runs could start now. Returns the runs it queued."""
        wake = self.store.root / "wake"
        woken = wake.stat().st_mtime_ns if wake.exists() else 0
        then, before, was = self._last
        if (free, woken) == (before, was) and time.monotonic() < then + LOOK:
            return []
        if woken != was:
            self._over = set()
        self._last = (time.monotonic(), free, woken)
        queued: list[Run] = []
        open_ones = [name for name in reversed(searches(self.store)) if name not in self._over]
        self.active = False
        for name in open_ones:
            if self.only in (None, name):
                queued += self._look_after(name, free - len(queued), at_once)
        return queued

    def _look_after(self, name: str, free: int, at_once: int) -> list[Run]:
        folder = folder_of(self.store, name)
        try:
            with locked(folder):
                return self._advance(name, free, at_once)
        except TimeoutError:  # another driver is at it
            self.active = True
        except Exception as wrong:  # a search must not take the runner with it: the reason goes into end.json
            if not isinstance(wrong, ValueError):
                traceback.print_exc()
            why = str(wrong) if isinstance(wrong, ValueError) else f"{type(wrong).__name__}: {wrong}"
            self._over.add(name)
            try:
                write_json(folder / "end.json", {"state": "failed", "why": why})
            except OSError as full:
                print(f"{name}: end.json could not be written: {full}", file=sys.stderr)
        return []

    def _advance(self, name: str, free: int, at_once: int) -> list[Run]:
        search = read_search(self.store, name)
        trials = trials_of(self.store, name, search)
        now = status(self.store, name, search, trials, at_once)
        if now.state != "running":
            if now.state != "stopping":
                self._over.add(name)
            return []
        self.active = True
        self._tend(search, trials)
        return self._more(name, search, trials, free, now.share)

    def _tend(self, search: Search, trials: list[Trial]) -> None:
        """Prune what falls behind, and resume what lost its worker."""
        for trial in trials:
            for run in trial.runs if trial.state == "lost" and may_resume(trial) else ():
                self._resume(run)
            behind = search.prune and trial.number and trial.state == "running" and falls_behind(trial, trials)
            stop(trial.runs if behind or trial.state == "pruned" else (), PRUNED)

    def _resume(self, run: Run) -> None:
        """Queue a lost run again, unless it was not lost a second ago: a worker's first breath looks like that."""
        if run.state != "lost":
            return
        since = self._lost.setdefault(run.name, time.monotonic())
        if time.monotonic() > since + 1:
            del self._lost[run.name]
            run.resume()
            self._for_whom(run.folder)

    def _for_whom(self, folder: Path) -> None:
        if self.launcher:
            for_whom(folder, self.launcher, usual())

    def _more(self, name: str, search: Search, trials: list[Trial], free: int, share: float) -> list[Run]:
        """Queue the runs that are missing of a trial that was begun, then new trials while there is room."""
        from ssl_core.search.proposer import propose  # imports Optuna, which a runner without a search does not need

        added: list[Run] = []
        if trials and (why := changed_since(trials[0].runs[0].config)):
            raise ValueError(f"{why} Begin this search again to look over the pictures of now.")
        for trial in trials:
            there = {run.config["seed"] for run in trial.runs}
            if trial.state in WAITING:
                added += self._add(name, search, trial.number, trial.values, set(search.seeds) - there)
        trials, free = list(trials), max(free, self._turn(name, search, trials))
        while len(added) < free and share < 1 and len(trials) < search.most_trials:
            values = propose(search, trials)
            if values is None:
                break
            number = max((trial.number for trial in trials), default=-1) + 1
            runs = self._add(name, search, number, values, set(search.seeds))
            added += runs
            trials.append(trial_of(number, runs, search))
        return added

    def _turn(self, name: str, search: Search, trials: list[Trial]) -> int:
        """1 where a search of a class has nothing in the queue: a place for its turn, however many others wait."""
        if not owners(self.store).get(name) or any(trial.state in WAITING for trial in trials):
            return 0
        try:
            self.store.check_room(len(search.seeds))
        except ValueError:  # the disk, or the queue, is full: it waits as it would alone
            return 0
        return 1

    def _add(self, name: str, search: Search, number: int, values: dict, seeds: set[int]) -> list[Run]:
        if not seeds:
            return []
        self.store.check_room(len(seeds))
        belongs = {"search": name, "trial": number}
        return [self.store.add(search.config(seed, values) | belongs, self._for_whom) for seed in sorted(seeds)]
