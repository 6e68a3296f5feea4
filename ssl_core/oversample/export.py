"""What a reader takes home: the trace as a table, the samples as a file, and imbalanced-learn code that runs."""

from __future__ import annotations

import io

import numpy as np

from ssl_core.oversample.resample import Outcome
from ssl_core.oversample.variants import COMBINE, VARIANTS, M

FILE = "samples.npz"


def trace_rows(outcome: Outcome, names: dict[int, str] | None = None) -> list[dict[str, object]]:
    """One plain row for every new sample; start and neighbour are rows of the samples before."""
    names = names or {}
    return [
        {
            "new sample": number,
            "class": names.get(int(outcome.y[row]), str(outcome.y[row])),
            "start": int(outcome.base[number]) if outcome.base[number] >= 0 else None,
            "neighbour": int(outcome.neighbour[number]) if outcome.neighbour[number] >= 0 else None,
            "gap": float(outcome.gap[number]) if np.isfinite(outcome.gap[number]) else None,
        }
        for number, row in enumerate(outcome.new)
    ]


def as_file(X: np.ndarray, y: np.ndarray) -> bytes:
    """The samples as they were before, for the exported code to read."""
    out = io.BytesIO()
    np.savez_compressed(out, X=X, y=y)
    return out.getvalue()


def as_code(name: str, k: int, seed: int, m: int = M) -> str:
    """A script for imbalanced-learn that does the same to samples.npz."""
    variant = VARIANTS[name]
    arguments = ", ".join(f"{key}={value!r}" for key, value in variant.arguments(k, seed, m).items())
    imports = f"from {variant.module} import {variant.name}"
    if variant.module == COMBINE:
        imports += "\nfrom imblearn.over_sampling import SMOTE"
        arguments = f"smote=SMOTE(k_neighbors={k}, random_state={seed}), random_state={seed}"
    return f'''"""Balance {FILE}, which was saved beside this script. Needs: pip install imbalanced-learn"""

from collections import Counter

import numpy as np
{imports}

samples = np.load("{FILE}")
X, y = samples["X"], samples["y"]
sampler = {variant.name}({arguments})
X_new, y_new = sampler.fit_resample(X, y)
print("before", sorted(Counter(y.tolist()).items()))
print("after ", sorted(Counter(y_new.tolist()).items()))
np.savez_compressed("balanced.npz", X=X_new, y=y_new)
'''
