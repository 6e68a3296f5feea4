"""Did it help? A plain classifier before and after, on test data that was never touched, over several draws."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ssl_core.oversample.threads import one_thread

CLASSIFIERS = {"logistic": "Logistic regression", "neighbour": "Nearest neighbour"}


class Effect(NamedTuple):
    """Recall of every class before and after, one row a seed, [seeds, classes]."""

    classes: np.ndarray
    before: np.ndarray
    after: np.ndarray
    wrong: tuple[str, ...] = ()  # why some seeds could not be used, a sentence each

    def balanced(self) -> tuple[np.ndarray, np.ndarray]:
        """Balanced accuracy, the mean recall over classes, before and after [seeds]."""
        return self.before.mean(axis=1), self.after.mean(axis=1)


def recalls(name: str, X: np.ndarray, y: np.ndarray, testX: np.ndarray, testy: np.ndarray) -> np.ndarray:
    """Share of each class's test samples that a classifier trained on X, y gets right [classes], classes ascending."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if name not in CLASSIFIERS:
        raise ValueError(f"There is no classifier {name!r}. Choose one of {', '.join(CLASSIFIERS)}.")
    head = LogisticRegression(max_iter=200) if name == "logistic" else KNeighborsClassifier(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 200 iterations are enough to compare, converged or not
        guess = make_pipeline(StandardScaler(), head).fit(X, y).predict(testX)
    return np.array([(guess[testy == label] == label).mean() for label in np.unique(testy)])


Draw = Callable[[int], tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]  # seed to X, y, testX, testy
Balance = Callable[[np.ndarray, np.ndarray, int], tuple[np.ndarray, np.ndarray]]


def effect(name: str, draw: Draw, balance: Balance, seeds: int) -> Effect:
    """Every seed draws another unbalanced set, balances it, and trains twice; test data stay as they are."""
    before, after, wrong, classes = [], [], [], np.empty(0)
    for seed in range(seeds):
        X, y, testX, testy = draw(seed)
        classes = np.unique(testy)
        try:
            newX, newy = balance(X, y, seed)
        except ValueError as reason:
            wrong.append(f"Seed {seed}: {reason}")
            continue
        with one_thread():
            before.append(recalls(name, X, y, testX, testy))
            after.append(recalls(name, newX, newy, testX, testy))
    if not before:
        raise ValueError(wrong[0])
    return Effect(classes, np.array(before), np.array(after), tuple(wrong))


def interval(values: np.ndarray) -> tuple[float, float]:
    """Mean, and half the width of its 95 % interval over seeds (Student's t); NaN for one seed."""
    mean = float(values.mean())
    if len(values) < 2:
        return mean, float("nan")
    from scipy.stats import t

    return mean, float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))


def effect_rows(seen: Effect, names: dict[int, str]) -> list[dict[str, Any]]:
    """Plain rows: every class and then the balanced accuracy, with means, half intervals and the paired difference."""
    columns = [(names[int(label)], seen.before[:, i], seen.after[:, i]) for i, label in enumerate(seen.classes)]
    rows = []
    for name, before, after in [*columns, ("balanced accuracy", *seen.balanced())]:
        (b, b_half), (a, a_half), (gain, gain_half) = (interval(v) for v in (before, after, after - before))
        rows.append(
            {"class": name, "before": b, "before_half": b_half, "after": a, "after_half": a_half}
            | {"gain": gain, "gain_half": gain_half}
        )
    return rows


def percent_rows(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The same as a person reads them: per cent with their 95 % intervals, the gain in points."""
    return [
        {"class": row["class"]}
        | {
            f"recall {when}": f"{100 * row[when]:.1f} ± {100 * row[f'{when}_half']:.1f} %"
            for when in ("before", "after")
        }
        | {"change, points": f"{100 * row['gain']:+.1f} ± {100 * row['gain_half']:.1f}"}
        for row in rows
    ]
