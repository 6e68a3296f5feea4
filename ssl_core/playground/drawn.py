"""What mixing and oversampling do, drawn among the labelled points by the functions that training uses."""

from __future__ import annotations

from typing import Any

import numpy as np

from ssl_core.playground.worlds import Points

DRAWN = {"nothing": "Nothing", "mixup": "Mixup of labelled points", "smote": "SMOTE between labelled points"}
EACH = 12  # new points of SMOTE a class
BLENDS = 24


def drawn(name: str, points: Points, alpha: float, seed: int) -> tuple[list[dict[str, float]], str]:
    """New points with the two they come from and label shares, and a sentence; raises ValueError for what cannot be.

    Each is x, y, from (x, y), to (x, y), and `share`, of the classes.
    """
    known = points.label >= 0
    x, y = points.x[known], points.label[known]
    if name == "mixup":
        return _mixed(x, y, alpha, seed)
    return _smote(x, y, seed) if name == "smote" else ([], "")


def _mixed(x: np.ndarray, y: np.ndarray, alpha: float, seed: int) -> tuple[list[dict[str, Any]], str]:
    import torch

    from ssl_core.methods.contract import one_hot
    from ssl_core.mix import draw_lam
    from ssl_core.mix.train import mix_given

    generator = torch.Generator().manual_seed(seed)
    rows = torch.arange(BLENDS) % len(x)
    partner = torch.randint(len(x), (BLENDS,), generator=generator)
    lam = draw_lam(alpha, BLENDS, generator, fold=True)
    spots = torch.tensor(x)
    labels = one_hot(torch.tensor(y), int(y.max()) + 1, spots)
    everything, targets = torch.cat([spots[rows], spots[partner]]), torch.cat([labels[rows], labels[partner]])
    other = torch.cat([torch.arange(BLENDS, 2 * BLENDS), torch.arange(BLENDS)])
    mixed, shares = mix_given("mixup", everything, targets, other, torch.cat([lam, lam]))
    lines = [
        _line(mixed[n].tolist(), x[rows[n]], x[partner[n]], shares[n].tolist())
        for n in range(BLENDS)
        if rows[n] != partner[n]
    ]
    far = sum(int(y[rows[n]] != y[partner[n]]) for n in range(BLENDS))
    return lines, (
        f"Diamonds are blends of two labelled points with λ ~ Beta({alpha:g}, {alpha:g}), the larger share first, as "
        f"MixMatch draws them; {far} of {BLENDS} lie between two classes, and their label is shared."
    )


def _smote(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[list[dict[str, Any]], str]:
    from ssl_core.oversample.smote import counts_of, smote

    counts = counts_of(y)
    least = min(counts.values())
    k = max(1, min(5, least - 1))
    traced = smote(x, y, k=k, seed=seed, wanted=dict.fromkeys(counts, EACH), names=dict(enumerate("ABC")))
    shares = np.eye(int(y.max()) + 1)[traced.label]
    lines = [
        _line(new, x[base], x[other], share)
        for new, base, other, share in zip(traced.new, traced.base, traced.neighbour, shares.tolist(), strict=True)
    ]
    near = "the nearest" if k == 1 else f"one of its {k} nearest"
    return lines, (
        f"Diamonds are SMOTE's new points, each on the line from a labelled point to {near} of the "
        "same class: where the class is curved, they leave it."
    )


def _line(new: Any, start: Any, end: Any, share: list[float]) -> dict[str, Any]:
    numbers = {"x": new[0], "y": new[1], "x0": start[0], "y0": start[1], "x1": end[0], "y1": end[1]}
    return {name: round(float(value), 4) for name, value in numbers.items()} | {"share": [round(s, 3) for s in share]}
