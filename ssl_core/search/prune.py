"""The median rule: a trial that is worse than half of the others were at the same point need not be trained on."""

from __future__ import annotations

import statistics

from ssl_core.search.trials import Trial, task_of_trials

WARM_TRIALS = 4  # finished trials before one may be pruned
FROM, TO = 30, 80  # per cent of its run in which a trial may be pruned: too early misjudges, too late saves nothing


def falls_behind(trial: Trial, others: list[Trial]) -> bool:
    """Golovin et al. 2017, section 3.2.2, as Optuna's MedianPruner has it.

    True when the best so far is worse than the median of what finished trials had at the same point.
    """
    at = max(trial.curve, default=0)
    past = [other.curve[at] for other in others if other.state == "done" and at in other.curve]
    if not FROM <= at <= TO or len(past) < WARM_TRIALS:
        return False
    seen, median = trial.curve.values(), statistics.median(past)
    return max(seen) < median if task_of_trials([trial, *others]).higher else min(seen) > median
