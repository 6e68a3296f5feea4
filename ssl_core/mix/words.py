"""Mixing in words: the grid as a table, a method as a sentence, and small scenes a page shows."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ssl_core.mix.inside import edges
from ssl_core.mix.mask import MASKS
from ssl_core.mix.method import FORMS, SPACES, Aids, Drawn, Mixed, draw, mix_drawn
from ssl_core.mix.pair import batch
from ssl_core.mix.partner import PARTNERS
from ssl_core.mix.share import SHARES
from ssl_core.mix.strip import square
from ssl_core.mix.table import MIXES


def cells(name: str) -> dict[str, str]:
    """A method's place in the grid, every cell in words."""
    method = MIXES[name]
    alpha = f", α = {method.alpha:g}" if method.lam.beta else ""
    return {
        "Partner": PARTNERS[method.partner].text,
        "It arrives": FORMS[method.form],
        "Mask": MASKS[method.mask].text,
        "A's share of the label": SHARES[method.share].text,
        "Law of λ": method.lam.text + alpha,
        "Where": SPACES[method.space],
    }


def grid_rows() -> list[dict[str, str]]:
    """One row a method."""
    return [{"Method": method.title} | cells(name) for name, method in MIXES.items()]


def grid_sentence(name: str) -> str:
    """The method as a product, in markdown."""
    partner, arrives, mask, share, law, where = cells(name).values()
    return (
        f"**{MIXES[name].title}**: the partner is *{partner}*, arriving *{arrives}*; the mask is *{mask}*; "
        f"A's share of the label is *{share}*; *{law}*; in *{where}*."
    )


def batch_of(
    name: str,
    images: Tensor,
    labels: Tensor,
    count: int,
    alpha: float,
    seed: int,
    grain: str,
    partner: str | None,
    chain: Any,
) -> tuple[Tensor, Drawn, Mixed]:
    """A batch of a data set, what was drawn for it, and the mixture."""
    classes = int(labels.max()) + 1
    x, y = batch(images, labels, classes, count, seed)
    drawn = draw(
        MIXES[name],
        y.argmax(dim=1),
        (x.shape[-2], x.shape[-1]),
        torch.Generator().manual_seed(seed),
        alpha=alpha,
        grain=grain,
        partner=partner,
    )
    counts = 100.0 / (1 + torch.arange(classes))  # an example of a long tail, for Remix
    return x, drawn, mix_drawn(MIXES[name], x, y, drawn, Aids(edges(x), counts, chain))


def four_corners(
    images: Tensor, labels: Tensor, classes: tuple[str, ...], rows: list[int], seed: int
) -> tuple[Tensor, list[str], list[str]]:
    """Five by five mixtures of the named pictures and random others, the label of each in words, and the corners'."""
    more = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))[: 4 - len(rows)].tolist()
    rows = [*rows, *more]
    pictures, share = square(images[rows].float() / 255, torch.eye(4))
    names = [classes[label] if label >= 0 else "unknown" for label in labels[rows].tolist()]
    shares = [
        ", ".join(f"{100 * w:.0f} % {name}" for w, name in zip(part.tolist(), names, strict=True) if w > 0)
        for part in share
    ]
    return pictures, shares, names
