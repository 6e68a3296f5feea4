"""Many operations over one batch: each picture gets the one it drew, without a loop over pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from ssl_core.augment.chance import sent
from ssl_core.augment.operation import warp
from ssl_core.augment.operations import OPERATIONS


def spread(
    x: Tensor,
    names: tuple[str, ...],
    index: Tensor,
    strength: Tensor,
    luck: Tensor | None,
    sampling: str,
    *,
    in_place: bool = False,
) -> Tensor:
    """Apply operation names[index] to each row of x [B, C, H, W]; index −1 leaves a row alone.

    index [B] and strength [B] may be on the CPU; luck [B, n] is for operations that need places or noise. All
    affine maps go through one sampling, "nearest" or "bilinear". `in_place` writes into x, which is safe because
    every row has one operation, and saves a batch of fresh memory.
    """
    out = x if in_place else x.clone()
    moved_rows, matrices = [], []
    for name, rows in zip(names, _rows_of(index, len(names)), strict=True):
        if not len(rows) or name == "identity":
            continue
        operation = OPERATIONS[name]
        if operation.matrix:
            moved_rows.append(rows)
            matrices.append(operation.matrix(strength[rows], x.shape[-2] / x.shape[-1]))
            continue
        chance = sent(luck[rows], x) if operation.luck else None
        rows, amount = sent(rows, x), sent(strength[rows], x).to(x.dtype)
        out[rows] = operation(x[rows], amount, chance)
    if moved_rows:
        rows = sent(torch.cat(moved_rows), x)
        out[rows] = warp(x[rows], sent(torch.cat(matrices), x), sampling)
    return out


def _rows_of(index: Tensor, count: int) -> tuple[Tensor, ...]:
    """The rows of each number 0..count−1 of index [B], in order; one sorting is cheaper than a search for each."""
    sizes = torch.bincount(index + 1, minlength=count + 1).tolist()
    return index.argsort(stable=True).split(sizes)[1:]
