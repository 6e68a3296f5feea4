"""Optuna's side of a search: the study, rebuilt from the trials each time it is needed, and what it proposes next.

Akiba et al. 2019 (Optuna), Bergstra et al. 2011 (TPE). Others import this file when they need it: pages open without.
"""

from __future__ import annotations

import json
from typing import Any

import optuna
from optuna import distributions
from optuna.trial import FrozenTrial, TrialState, create_trial

from ssl_core.search.plan import Search
from ssl_core.search.span import Span
from ssl_core.search.trials import Trial, task_of_trials

DRAWS = 30  # how often a setting that was tried already is drawn again


def load_figures() -> None:
    """Import everything that the figures and the importance need; seconds the first time."""
    import optuna.importance
    import optuna.visualization  # noqa: F401
    import sklearn.ensemble  # noqa: F401 - the forest behind fANOVA


def distribution(span: Span) -> distributions.BaseDistribution:
    """A range of ours as Optuna says it."""
    if span.choices:
        return distributions.CategoricalDistribution(span.choices)
    kind = distributions.IntDistribution if span.whole else distributions.FloatDistribution
    return kind(span.low, span.high, log=span.log)


def build_study(search: Search, trials: list[Trial], number: int = 0) -> optuna.Study:
    """The study that these trials make; `number` is the trial to be drawn next, and seeds the sampler.

    A trial outside of the ranges (the default may be) is not part of it.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if search.sampler == "tpe":
        first = max(4, min(10, search.most_trials // 4))
        sampler = optuna.samplers.TPESampler(seed=number, n_startup_trials=first, constant_liar=True)
    else:
        sampler = optuna.samplers.RandomSampler(seed=number)
    direction = "maximize" if task_of_trials(trials).higher else "minimize"
    study = optuna.create_study(direction=direction, sampler=sampler, study_name=search.id)
    spans = {name: distribution(span) for name, span in search.knobs.items()}
    for trial in trials:
        if search.holds(trial.values):
            study.add_trial(_frozen(trial, spans))
    return study


def _frozen(trial: Trial, spans: dict[str, Any]) -> FrozenTrial:
    states = {"done": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
    states |= dict.fromkeys(("queued", "running", "lost"), TrialState.RUNNING)
    state = states.get(trial.state, TrialState.FAIL)
    value = {TrialState.COMPLETE: trial.score, TrialState.PRUNED: trial.latest}.get(state)
    if value is None and state in (TrialState.PRUNED, TrialState.COMPLETE):  # its record says nothing, or is damaged
        state = TrialState.FAIL
    return create_trial(
        state=state,
        value=value,
        params=trial.values,
        distributions=spans,
        intermediate_values=trial.curve,
        user_attrs={"trial": trial.number},
    )


def propose(search: Search, trials: list[Trial]) -> dict[str, Any] | None:
    """The setting to try next, {} for the default, or None when there is nothing left to try."""
    if not trials:
        return {}
    tried = [trial.values for trial in trials]
    if search.all_tried(tried):
        return None
    if search.sampler == "grid":
        return next(cell for cell in search.cells() if cell not in tried)
    number = len(trials)
    for again in range(DRAWS):
        study = build_study(search, trials, number + 1000 * again)
        drawn = study.ask({name: distribution(span) for name, span in search.knobs.items()}).params
        drawn = {name: drawn[name] if span.choices else span.tidy(drawn[name]) for name, span in search.knobs.items()}
        if drawn not in tried:
            break
    return drawn


def importances(search: Search, trials: list[Trial]) -> dict[str, float]:
    """Share of the differences in accuracy that each knob explains (fANOVA); {} while there is too little to say."""
    study = build_study(search, trials)
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(done) < 4 or len({trial.value for trial in done}) < 2:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    try:
        shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    except RuntimeError:  # no tree of its forest sees a difference: the trials differ in nothing that was searched
        return {}
    return {name: float(share) for name, share in shares.items()}


def drawing(kind: str, search: Search, trials: list[Trial], names: list[str]) -> dict[str, Any] | None:
    """A figure of optuna.visualization as plain values: "parallel", "slice" or "contour" of the finished trials.

    `names` are the knobs to show, two for a contour; None while fewer than two trials have finished.
    """
    study = build_study(search, trials)
    if len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) < 2:
        return None
    plots = {
        "parallel": optuna.visualization.plot_parallel_coordinate,
        "slice": optuna.visualization.plot_slice,
        "contour": optuna.visualization.plot_contour,
    }
    task = task_of_trials(trials)
    name = ", ".join(filter(None, (task.judged_title.lower(), task.unit)))
    words = {"target": lambda trial: task.scale * trial.value, "target_name": name}
    return json.loads(plots[kind](study, params=names, **words).to_json())
