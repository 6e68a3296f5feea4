"""A search in a terminal: driven by this process, shown as a bar, summed up in one table."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from tqdm import tqdm

from ssl_core.launch.choice import own
from ssl_core.runs.experiment import hand_over
from ssl_core.runs.runner import Pool
from ssl_core.runs.store import WAITING, Store
from ssl_core.search.driver import Driver
from ssl_core.search.plan import Search, same_but_for_pictures
from ssl_core.search.start_stop import halt, submit
from ssl_core.search.trials import best_of, status, task_of_trials, trials_of
from ssl_core.search.words import as_row, verdict


def search_here(
    store: Store,
    search: Search,
    interrupts: Callable[[Callable[[], None]], AbstractContextManager],
    as_json: bool,
    begun: Callable[[str], None] = lambda name: None,
    launcher: str = "local",
) -> int:
    """Run or continue a search to its end; returns the exit code. Raises ValueError, one sentence.

    `begun` is told the search's name once it is written down.
    """
    if news := same_but_for_pictures(store, search.of_now()):
        print(news, file=sys.stderr)
    engine, takes = own(launcher, store.root)
    name = submit(store, search)
    begun(name)
    driver = Driver(store, name, launcher)
    there = [run for trial in trials_of(store, name, search) for run in trial.runs]
    hand_over(there, launcher)
    mine = {run.name for run in there} | {"none"}
    pool = Pool(store, None, mine, engine, takes)
    asked: list[bool] = []  # a signal may come while this thread holds the search's lock, so it is only noted
    with tqdm(total=search.most_trials, unit="trial", file=sys.stderr) as bar, interrupts(lambda: asked.append(True)):
        busy = True
        while busy:
            if asked:
                asked.clear()
                halt(store, name)
            mine |= {run.name for run in driver.tick(pool.free, pool.most)}
            busy = pool.tick() or driver.active
            bar.set_description_str(pool.why)
            trials = trials_of(store, name, search)
            ended = sum(trial.state not in WAITING for trial in trials)
            if ended != bar.n:
                best, task = best_of(trials), task_of_trials(trials)
                bar.set_postfix_str(f"best {task.words(best.score)} in trial {best.number}" if best else "")
                bar.update(ended - bar.n)
            pool.wait(0.2)
    trials = trials_of(store, name, search)
    now = status(store, name, search, trials, pool.most)
    out = sys.stderr if as_json else sys.stdout
    task = task_of_trials(trials)
    for trial in trials:
        values = "  ".join(f"{knob} {value}" for knob, value in trial.values.items())
        score = "-" if trial.latest is None else task.words(trial.latest)
        print(f"trial {trial.number:>3}  {trial.state:<8} validation {score:>7}  {values}", file=out)
    print(verdict(trials) + (f" {now.why}" if now.why else ""), file=out)
    if as_json:
        print(json.dumps({"search": name, "state": now.state, "trials": [as_row(trial) for trial in trials]}))
    return 0 if now.state == "done" else 1
