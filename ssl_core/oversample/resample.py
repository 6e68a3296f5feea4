"""Balance by any variant, and compare what came with what was asked: most of them fall short in silence."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ssl_core.oversample.smote import (
    NO_NAMES,
    Names,
    Traced,
    check,
    check_class,
    counts_of,
    fitted,
    missing,
    smote,
)
from ssl_core.oversample.variants import VARIANTS, K, M, Neighbours, sampler

TRACED = ("smote", "smoteenn", "smotetomek")  # SMOTE of our own, which takes every class as it is


class Outcome(NamedTuple):
    """Samples after resampling. `origin` [m] is the row a sample has in X, or -1 for a new one."""

    X: np.ndarray
    y: np.ndarray
    origin: np.ndarray
    base: np.ndarray  # of every new sample, in order; -1 where the variant does not say
    neighbour: np.ndarray
    gap: np.ndarray
    got: dict[int, int]
    wanted: dict[int, int]
    notes: tuple[str, ...]
    shortfalls: tuple[str, ...]  # those of the notes that say which class did not become as large as asked

    @property
    def new(self) -> np.ndarray:
        """Rows of the new samples."""
        return np.flatnonzero(self.origin < 0)

    @property
    def traced(self) -> bool:
        """Whether every new sample knows where it comes from."""
        return bool((self.base >= 0).all())


def resample(
    name: str,
    X: np.ndarray,
    y: np.ndarray,
    *,
    k: int = K,
    m: int = M,
    seed: int = 0,
    spread: str = "random",
    names: Names = NO_NAMES,
    lenient: bool = False,
) -> Outcome:
    """Balance float samples [n, d] by the named variant, and compare what came with what was asked.

    `m` is for the variants that ask who is in danger, `spread` for SMOTE alone. `lenient` lowers k and m to what there
    is; SMOTE then also copies the only sample of a class. Sentences call a class by its name in `names`, else by its
    number. Raises ValueError, one sentence, where the variant cannot work.
    """
    if name not in VARIANTS:
        raise ValueError(f"There is no variant {name!r}. Choose one of {', '.join(VARIANTS)}.")
    check(X, y)
    asked = _Asked(Neighbours(k, m), seed, spread, names, lenient)
    said = ()
    if VARIANTS[name].k and not (lenient and name in TRACED):
        asked, said = _checked(name, y, asked)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn's about its own defaults; ours is to count
        *parts, notes = _METHODS.get(name, _untraced)(name, X, y, asked)
    got, before = counts_of(parts[1]), counts_of(y)
    target = max(before.values())
    short = _shortfalls(got, before, target, names)
    return Outcome(*parts, got, dict.fromkeys(before, target), (*said, *notes, *short), short)


class _Asked(NamedTuple):
    """How to balance: what every variant is called with besides the samples."""

    near: Neighbours
    seed: int
    spread: str
    names: Names
    lenient: bool


def _checked(name: str, y: np.ndarray, asked: _Asked) -> tuple[_Asked, tuple[str, ...]]:
    """The same with neighbours that every class has; raises ValueError, one sentence, where it may not be changed."""
    (k, m), names, said = (asked.near.k, asked.near.m), asked.names, []
    sizes = counts_of(y)
    for label in missing(y):
        fit, note = fitted(label, sizes[label], k, names) if asked.lenient else (k, "")
        check_class(label, sizes[label], fit or k, names)
        k, said = fit, [note] if note else said
    if VARIANTS[name].m and not 1 <= m < len(y):
        if not asked.lenient:
            raise ValueError(
                f"With m = {m} every sample needs {m} others, and there are {len(y) - 1}: "
                f"choose m from 1 to {len(y) - 1}."
            )
        m, said = len(y) - 1, [*said, f"There are {len(y)} samples, so m is {len(y) - 1}."]
    return asked._replace(near=Neighbours(k, m)), tuple(said)


def _shortfalls(got: dict[int, int], before: dict[int, int], target: int, names: Names) -> tuple[str, ...]:
    """A sentence for every class that did not become as large as asked."""
    sentences = []
    for label, count in before.items():
        now = got.get(label, 0)
        if now == target:
            continue
        what = "nothing was added" if now == count < target else f"got {now}"
        sentences.append(f"Class {names.get(label, label)}: {what}, wanted {target}.")
    return tuple(sentences)


def _smote(name: str, X: np.ndarray, y: np.ndarray, asked: _Asked) -> tuple:
    near, seed, spread, names, lenient = asked
    traced: Traced = smote(X, y, k=near.k, seed=seed, spread=spread, names=names, lenient=lenient)
    origin = np.concatenate([np.arange(len(X)), np.full(len(traced.base), -1)])
    return traced.X, traced.y, origin, traced.base, traced.neighbour, traced.gap, traced.notes


def _cleaned(name: str, X: np.ndarray, y: np.ndarray, asked: _Asked) -> tuple:
    """SMOTE and the cleaning that imbalanced-learn would do after it, keeping the trace of those that survive."""
    from imblearn.under_sampling import EditedNearestNeighbours, TomekLinks

    allX, ally, origin, *trace, notes = _smote(name, X, y, asked)
    cleaner = EditedNearestNeighbours if name == "smoteenn" else TomekLinks
    tool = cleaner(sampling_strategy="all")
    tool.fit_resample(allX, ally)
    kept = np.sort(tool.sample_indices_) if name == "smotetomek" else tool.sample_indices_
    alive = kept[kept >= len(X)] - len(X)
    lost = len(X) - int((kept < len(X)).sum())
    notes = (*notes, f"The cleaning removed {lost} real and {len(trace[0]) - len(alive)} new samples.")
    return allX[kept], ally[kept], origin[kept], *(part[alive] for part in trace), notes


def _copied(name: str, X: np.ndarray, y: np.ndarray, asked: _Asked) -> tuple:
    from imblearn.over_sampling import RandomOverSampler

    tool = RandomOverSampler(random_state=asked.seed)
    tool.fit_resample(X, y)
    rows = tool.sample_indices_
    base = rows[len(X) :]
    origin = np.concatenate([np.arange(len(X)), np.full(len(base), -1)])
    return X[rows], y[rows], origin, base, base, np.zeros(len(base)), ()


def _untraced(name: str, X: np.ndarray, y: np.ndarray, asked: _Asked) -> tuple:
    try:
        newX, newy = sampler(name, asked.near.k, asked.seed, asked.near.m).fit_resample(X, y)
    except (ValueError, RuntimeError) as wrong:
        raise ValueError(_plain(name, str(wrong))) from None
    unknown = np.full(len(newX) - len(X), -1)
    origin = np.concatenate([np.arange(len(X)), unknown])
    return newX, newy, origin, unknown, unknown, np.full(len(unknown), np.nan), ()


def _plain(name: str, message: str) -> str:
    """imbalanced-learn's complaint as one sentence that says what to do."""
    title = VARIANTS[name].title
    if name == "adasyn" and (
        "neighbours belong" in message or "majority class" in message or "No samples will be" in message
    ):
        return f"{title} found no sample near another class, so it has nowhere to add: choose SMOTE."
    if name == "kmeans" and "cluster" in message.lower():
        return f"{title} found no cluster rich enough in the class: choose SMOTE, or more samples."
    first = " ".join(message.split()).split(". ")[0].rstrip(".")
    return f"{title} could not work on these samples ({first}): choose SMOTE, or other samples."


_METHODS: dict[str, Callable[..., tuple]] = {
    "smote": _smote,
    "smoteenn": _cleaned,
    "smotetomek": _cleaned,
    "random": _copied,
}
