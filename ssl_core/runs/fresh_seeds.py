"""The same experiment with seeds that it has not been trained with yet."""

from __future__ import annotations

import dataclasses

from ssl_core.runs.experiment import Experiment
from ssl_core.runs.store import Store


def with_fresh_seeds(store: Store, experiment: Experiment) -> Experiment:
    """As many seeds as before, the next ones of which this store has no run yet."""
    count, first = len(experiment.seeds), max(experiment.seeds) + 1
    while True:
        other = dataclasses.replace(experiment, seeds=tuple(range(first, first + count)))
        if not store.of_experiment(other.id):
            return other
        first += count
