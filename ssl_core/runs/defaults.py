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


def label_counts(classes: int, most: int) -> tuple[list[int], list[int]]:
    """Label counts to choose from, between one a class and `most`, and the ones chosen at first."""
    usual = [each * classes for each in (1, 2, 4, 10) if each * classes <= most]
    round_ones = (10, 20, 40, 100, 250, 500, 1000, 2000, 4000)
    return sorted({*usual, *(count for count in round_ones if classes <= count <= most)}), usual


# Where the Search page begins: two knobs a method whose grid is worth seeing, and the part of their range that is.
SEARCHED: dict[str, dict[str, tuple[float, float]]] = {
    "fixmatch": {"threshold": (0.5, 0.99), "weight": (0.1, 5.0)},
    "mixmatch": {"weight": (1.0, 200.0), "alpha": (0.1, 4.0)},
}
SEARCHED_ELSE = {"lr": (0.005, 0.5), "weight_decay": (0.0, 0.01)}
SEARCH_STEPS = 300  # a trial takes seconds: 20 of them about a minute on two cores
SEARCH_LABELS = 20
