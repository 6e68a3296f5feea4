"""The trials of a search as its runs tell them: values, state, accuracy, and how far the whole search is."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from ssl_core.runs.files import read_json
from ssl_core.runs.progress import START, describe
from ssl_core.runs.store import WAITING, Run, Store
from ssl_core.search.plan import Search, folder_of
from ssl_core.tasks import Task, task_of

FAILURES = 3  # in a row, and the search gives up
PRUNED = "Pruned: its validation accuracy was below the median of the other trials at the same point."


class Trial(NamedTuple):
    """One setting that was tried: a run for each seed."""

    number: int
    values: dict[str, Any]  # of the searched knobs
    state: str  # queued, running, done, pruned, stopped, failed or lost
    score: float | None  # validation accuracy at the end, mean over seeds
    latest: float | None  # the same, last seen
    test: float | None  # test accuracy at the end: to be told, never chosen by
    seconds: float
    curve: dict[int, float]  # validation accuracy at per cents of the run, mean over seeds
    runs: list[Run]
    why: str


def trials_of(store: Store, ident: str, search: Search) -> list[Trial]:
    """Every trial so far, by number."""
    by_number: dict[int, list[Run]] = defaultdict(list)
    for run in store.of_search(ident):
        if isinstance(run.config.get("trial"), int):
            by_number[run.config["trial"]].append(run)
    return [trial_of(number, runs, search) for number, runs in sorted(by_number.items())]


def trial_of(number: int, runs: list[Run], search: Search) -> Trial:
    """The trial that these runs, one a seed, make."""
    rows = [describe(run) for run in runs]
    config = runs[0].config
    knobs = config.get("training", {}) | (config.get("knobs") or {})
    states = {state_of(run, row) for run, row in zip(runs, rows, strict=True)}
    order = ("failed", "broken", "pruned", "running", "stopping", "lost", "stopped", "queued")
    odd = next((name for name, span in search.knobs.items() if not span.fits(knobs.get(name))), "")
    whole = states == {"done"} and len(runs) >= len(search.seeds) and not odd
    state = "failed" if odd else "done" if whole else next((s for s in order if s in states), "queued")
    curves = [curve_of(run) for run in runs]
    common = set.intersection(*(set(curve) for curve in curves))
    seen = [curve[max(curve)] for curve in curves if curve]
    tests = [row["value"] for row in rows if row["value"] is not None]
    latest = sum(seen) / len(seen) if seen else None
    return Trial(
        number=number,
        values={name: knobs.get(name) if span.fits(knobs.get(name)) else None for name, span in search.knobs.items()},
        state={"broken": "failed", "stopping": "running"}.get(state, state),
        score=latest if whole else None,
        latest=latest,
        test=sum(tests) / len(tests) if whole and tests else None,
        seconds=sum(row["seconds"] for row in rows),
        curve={at: sum(curve[at] for curve in curves) / len(curves) for at in sorted(common)},
        runs=runs,
        why=next((row["why"] for row in rows if row["why"]), f"config.json does not say its {odd}." if odd else ""),
    )


def state_of(run: Run, row: dict[str, Any] | None = None) -> str:
    """The state of a run of a search: as of any run, and "pruned"."""
    state = (row or describe(run))["state"]
    return "pruned" if state == "stopped" and run.reason() == PRUNED else state


def curve_of(run: Run) -> dict[int, float]:
    """Validation accuracy by how many per cent of the run were done."""
    steps = max(1, run.config.get("training", {}).get("steps", 1))
    judged = task_of(run.config).judged
    rows = [row for row in run.tail.read() if row.get(judged) is not None]
    return {round(100 * row["step"] / steps): row[judged] for row in rows}


def task_of_trials(trials: list[Trial]) -> Task:
    """What the runs of these trials are for, which says what they are judged by and which way is better."""
    return task_of(next((run.config for trial in trials for run in trial.runs), {}))


def best_of(trials: list[Trial]) -> Trial | None:
    """The finished trial with the best validation; of equal ones the earliest, so the default first."""
    done, sign = [trial for trial in trials if trial.score is not None], 1 if task_of_trials(trials).higher else -1
    return max(done, key=lambda trial: (sign * trial.score, -trial.number), default=None)


class Status(NamedTuple):
    """How far a search is."""

    state: str  # running, stopping, stopped, failed or done
    why: str
    share: float  # of the budget


def status(store: Store, ident: str, search: Search, trials: list[Trial], at_once: int) -> Status:
    """Whether a search goes on; `at_once` is how many runs share the machine."""
    folder = folder_of(store, ident)
    share = share_used(search, trials, at_once)
    going = any(trial.state in WAITING for trial in trials)
    moving = any(trial.state == "running" for trial in trials)
    if (folder / "end.json").exists():
        try:
            why = str(read_json(folder / "end.json").get("why", ""))
        except (OSError, ValueError):
            why = "It ended, and end.json does not say why."
        return Status("failed", why, share)
    if (folder / "stop").exists():
        return Status("stopping" if moving else "stopped", "", share)
    if giving_up(trials):
        why = f"The last {FAILURES} trials failed: {ended(trials)[-1].why or 'their logs say why.'}"
        return Status("stopping" if moving else "failed", why, share)
    if share >= 1 and not going and not any(trial.state == "lost" and may_resume(trial) for trial in trials):
        return Status("done", "", share)
    return Status("running", "", share)


def ended(trials: list[Trial]) -> list[Trial]:
    """The trials that are over: finished, pruned, failed, or lost for good."""
    return [trial for trial in trials if trial.state in ("done", "pruned", "failed") or _given_up(trial)]


def _given_up(trial: Trial) -> bool:
    return trial.state == "lost" and not may_resume(trial)


def giving_up(trials: list[Trial]) -> bool:
    """Whether the last trials that ended all failed."""
    last = ended(trials)[-FAILURES:]
    return len(last) == FAILURES and all(trial.state == "failed" or _given_up(trial) for trial in last)


def may_resume(trial: Trial) -> bool:
    """Whether a lost trial is tried again: not for ever, if it is the trial that kills its worker."""
    return all(run.log(100_000).count(" begins") <= FAILURES for run in trial.runs if run.state == "lost")


def share_used(search: Search, trials: list[Trial], at_once: int) -> float:
    """Share of the budget that is used up."""
    tried = [trial.values for trial in trials]
    if search.all_tried(tried):
        return 1.0
    by_runs = len(trials) / search.most_trials
    if not search.minutes:
        return min(1.0, by_runs)
    seconds = sum(trial.seconds + START * len(trial.runs) for trial in trials) / at_once
    return min(1.0, max(by_runs, seconds / (60 * search.minutes)))
