"""The experiment behind the button on the first page, and the choices that pages start from."""

from __future__ import annotations

DATA = "digits"
METHODS = ("supervised", "mixmatch", "fixmatch")
LABELS = (10, 20, 40, 100)
SEEDS = 1


def default_experiment():  # noqa: ANN201 - importing the type here would import torch
    """Supervised, MixMatch and FixMatch on digits with 10 to 100 labels, and the ceiling."""
    from ssl_core.runs.experiment import Experiment

    return Experiment(DATA, METHODS, LABELS, range(SEEDS), ceiling=True)


OWN_BUDGET = 600  # seconds that three runs on somebody's own pictures may take, unless they say otherwise
PHOTOGRAPH = 48  # pixels a side from which pictures in colour count as photographs


def own_experiment(data: str, labels: int, model: str = ""):  # noqa: ANN201 - as above
    """The same three methods with all labels of somebody's own pictures, from `model` or from nothing."""
    from ssl_core.runs.experiment import Experiment

    knobs = {method: {"model": model} for method in METHODS} if model else {}
    return Experiment(data, METHODS, [labels], range(SEEDS), knobs)


def label_counts(classes: int, most: int) -> tuple[list[int], list[int]]:
    """Label counts to choose from, from one a class up to `most`, all there are, and the ones chosen at first."""
    usual = [each * classes for each in (1, 2, 4, 10) if 0 < each * classes <= most]
    round_ones = (10, 20, 40, 100, 250, 500, 1000, 2000, 4000)
    every = {most} if 0 < classes <= most else set()
    return sorted({*usual, *every, *(count for count in round_ones if 0 < classes <= count <= most)}), usual


def count_words(count: int, most: int) -> str:
    """A label count as a choice, which says when it is all there are."""
    return f"all {count:,}" if count == most else f"{count:,}"


# Where the Search page begins: two knobs a method whose grid is worth seeing, and the part of their range that is.
SEARCHED: dict[str, dict[str, tuple[float, float]]] = {
    "fixmatch": {"threshold": (0.5, 0.99), "weight": (0.1, 5.0)},
    "mixmatch": {"weight": (1.0, 200.0), "alpha": (0.1, 4.0)},
}
SEARCHED_ELSE = {"lr": (0.005, 0.5), "weight_decay": (0.0, 0.01)}
SEARCH_STEPS = 300  # a trial takes seconds: 20 of them about a minute on two cores
SEARCH_LABELS = 20
