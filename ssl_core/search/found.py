"""What finished searches say of each knob, in a sentence: the best value, and what the knob did to accuracy."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from ssl_core.runs.store import Store
from ssl_core.search.plan import read_search, searches
from ssl_core.search.trials import Trial, best_of, task_of_trials, trials_of

LEAST = 6  # finished trials, before they say something of a knob
MOST_SEARCHES = 20  # newest ones that are read


def found_by_searches(store: Store, data: str, method: str) -> dict[str, str]:
    """A sentence for each knob that a search of this method on this data varied; the newest search says it."""
    said: dict[str, str] = {}
    for name in searches(store)[:MOST_SEARCHES]:
        try:
            search = read_search(store, name)
        except ValueError:
            continue
        if (search.data, search.method) != (data, method):
            continue
        done = [trial for trial in trials_of(store, name, search) if trial.score is not None]
        if len(done) >= LEAST:
            said = {knob: f"{words_on(knob, done)} ({search.labels:,} labels)." for knob in search.knobs} | said
    return said


def words_on(knob: str, done: Sequence[Trial]) -> str:
    """What these finished trials say of one knob, without an end: others moved along, so it is a hint, no proof."""
    best, task = best_of(list(done)), task_of_trials(list(done))
    words = f"Searched in {len(done)} trials: best with {_value(best.values[knob])} ({task.words(best.score)})"
    groups = _groups(knob, done)
    if len(groups) < 2:
        return words
    means = {name: statistics.mean(scores) for name, scores in groups.items()}
    high, low = (pick(means, key=means.get) for pick in (max, min))
    good, bad = (high, low) if task.higher else (low, high)
    apart = abs(means[high] - means[low])
    gap = f"{100 * apart:.1f} points" if task.unit == "%" else task.words(apart)
    return f"{words}; {good} did {gap} better than {bad} in the mean"


def _groups(knob: str, done: Sequence[Trial]) -> dict[str, list[float]]:
    """Scores by choice, or by the lower and the upper half of the values."""
    pairs = [(trial.values[knob], trial.score) for trial in done if trial.values[knob] is not None]
    numbers = all(type(value) in (int, float) for value, _ in pairs)
    middle = statistics.median(value for value, _ in pairs) if numbers and pairs else None
    groups: dict[str, list[float]] = {}
    for value, score in pairs:
        side = f"below {_value(middle)}" if numbers and value < middle else f"{_value(middle)} and more"
        groups.setdefault(side if numbers else _value(value), []).append(score)
    return groups


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
