"""Whether the winner of a search wins on other seeds, too: the best of many is partly luck."""

from __future__ import annotations

from typing import Any, NamedTuple

from ssl_core.runs import runner
from ssl_core.runs.progress import describe, finished
from ssl_core.runs.queue import adding
from ssl_core.runs.store import Store
from ssl_core.search.plan import Search, read_search
from ssl_core.search.trials import Trial, best_of, trials_of
from ssl_core.tasks import CLASSIFY, TASKS, Task, task_of

SEEDS = 3


class Confirmed(NamedTuple):
    """How good the default and the winner are with seeds that the search never saw, in what `measure` names."""

    seeds: list[int]
    default: list[float]
    best: list[float]
    number: int  # of the trial that won
    waiting: int  # runs still to finish
    measure: str = "Test accuracy"
    task: Task = TASKS[CLASSIFY]


def fresh_seeds(search: Search) -> list[int]:
    """Seeds that no trial used."""
    return [max(search.seeds) + 1 + i for i in range(SEEDS)]


def confirm(store: Store, ident: str) -> None:
    """Queue the default and the best trial's setting with fresh seeds; what is there already is kept or resumed.

    Raises ValueError, one sentence, while nothing has beaten the default.
    """
    search = read_search(store, ident)
    best = best_of(trials_of(store, ident, search))
    if best is None or best.number == 0:
        raise ValueError("Nothing has beaten the default yet, so there is nothing to confirm.")
    with adding(store):
        there = {(run.config.get("trial"), run.config["seed"]): run for run in _runs(store, ident)}
        wanted = [(number, values, seed) for seed in fresh_seeds(search) for number, values in _pair(best)]
        store.check_room(sum((number, seed) not in there for number, _, seed in wanted))
        for number, values, seed in wanted:
            if (number, seed) in there:
                there[number, seed].resume()
            else:
                store.add(search.config(seed, values) | {"confirms": ident, "trial": number})
    runner.ensure_runner(store)


def _pair(best: Trial) -> list[tuple[int, dict[str, Any]]]:
    return [(0, {}), (best.number, best.values)]


def _runs(store: Store, ident: str) -> list[Any]:
    return store.confirming(ident)


def confirmed(store: Store, ident: str, best: Trial | None) -> Confirmed | None:
    """How this winner did, or None if nobody asked yet."""
    if best is None:
        return None
    rows = [describe(run) | {"trial": run.config.get("trial")} for run in _runs(store, ident)]
    rows = [row for row in rows if row["trial"] in (0, best.number)]
    if best.number == 0 or not any(row["trial"] == best.number for row in rows):
        return None
    done, task = [row for row in rows if row["state"] == "done"], task_of(rows[0])
    tested = all(row["value"] is not None for row in done)  # a set without a test has validation pictures alone
    key, measure = ("value", task.title) if tested else ("judged", task.judged_title)
    default, winner = ([row[key] for row in done if row["trial"] == number] for number in (0, best.number))
    seeds = sorted({row["seed"] for row in rows})
    return Confirmed(seeds, default, winner, best.number, sum(not finished(row) for row in rows), measure, task)


def confirmed_words(result: Confirmed) -> str:
    """The comparison in a sentence."""
    seeds = ", ".join(map(str, result.seeds))
    if result.waiting:
        return f"Training both with the fresh seeds {seeds}: {result.waiting} runs to go."
    if not result.default or not result.best:
        return f"The runs with the fresh seeds {seeds} did not finish."

    task = result.task

    def mean(scores: list[float]) -> float:
        return sum(scores) / len(scores)

    def range_of(scores: list[float]) -> str:
        low, high = (f"{task.scale * end:{'.1f' if task.unit else '.4g'}}" for end in (min(scores), max(scores)))
        return f"{task.words(mean(scores))} ({low} to {high})"

    gain = task.scale * (mean(result.best) - mean(result.default))
    change = f"{gain:+.1f} points" if task.unit == "%" else f"{gain:+.4g} {task.unit}".rstrip()
    holds = gain > 0 if task.higher else gain < 0
    verdict = "The gain holds." if holds else "The gain was luck: look at more seeds, or search with more."
    return (
        f"{result.measure} with the fresh seeds {seeds}: default {range_of(result.default)}, trial {result.number} "
        f"{range_of(result.best)}, {change}. {verdict}"
    )
