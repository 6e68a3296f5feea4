"""Policies that draw from a named pool: RandAugment's kin, AutoAugment and AugMix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Generator, Tensor

from ssl_core.augment.policy import Change, Drawn, Frame, changes
from ssl_core.augment.pools import AUTOAUGMENT, POOLS, Entry, strength_of
from ssl_core.augment.spread import spread
from ssl_core.knobs import knob

LUCK = 8  # as many as the most demanding operation of a pool takes


@cache
def _strengths(pool: str) -> Tensor:
    """Strength by entry, bin and sign, [entries, bins, 2]; a translation in the unit its entry says."""
    table = POOLS[pool]
    levels = [b / (table.bins - 1) for b in range(table.bins)]
    return torch.tensor([[[strength_of(e, t, sign) for sign in (False, True)] for t in levels] for e in table.entries])


def to_share(entries: tuple[Entry, ...], index: Tensor, strength: Tensor, side: int) -> Tensor:
    """Translations as shares of this side: whole pixels where the pool cuts fractions off."""
    unit = [entry.unit if entry.name.startswith("translate") else "share" for entry in entries]
    whole = torch.tensor([u == "whole" for u in unit])[index]
    pixels = torch.tensor([u == "pixels" for u in unit])[index]
    strength = torch.where(whole, (strength * side).trunc() / side, strength)
    return torch.where(pixels, strength.trunc() / side, strength)


@dataclass(frozen=True)
class Variant:
    """`count` operations of a pool a picture, with replacement; `level` fixes the bin, -1 draws it."""

    pool: str = knob("torchvision", "Which table.", choices=("torchvision", "trivial", "ctaugment"), source="pools.py")
    count: int = knob(2, "Operations a picture.", low=1, high=6, source="each paper")
    level: int = knob(
        9, "Strength, 0 to 30 of torchvision's bins; -1 draws one.", low=-1, high=30, source="torchvision"
    )
    sampling: str = knob(
        "nearest", "How moved pixels are read.", choices=("nearest", "bilinear"), source="torchvision: nearest"
    )

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """operation, bin, strength [B, count] and luck [B, count, n]."""
        table, shape = POOLS[self.pool], (batch_size, self.count)
        index = torch.randint(len(table.entries), shape, generator=generator)
        bins = torch.randint(table.bins, shape, generator=generator)
        if self.level >= 0:
            bins = torch.full_like(bins, min(self.level, table.bins - 1))
        negative = (torch.rand(shape, generator=generator) < 0.5).long()
        strength = _strengths(self.pool)[index, bins, negative]
        luck = torch.rand((*shape, LUCK), generator=generator)
        return {"operation": index, "bin": bins, "strength": strength, "luck": luck}

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """Slot by slot."""
        for slot in range(self.count):
            x = self._slot(drawn, slot, x)
        return x

    def _slot(self, drawn: Drawn, slot: int, x: Tensor) -> Tensor:
        entries, index = POOLS[self.pool].entries, drawn["operation"][:, slot]
        names = tuple(entry.name for entry in entries)
        strength = _moves(entries, index, drawn["strength"][:, slot], x)
        return spread(x, names, index, strength, drawn["luck"][:, slot], self.sampling)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame a slot."""
        frames, entries = [], POOLS[self.pool].entries
        for slot in range(self.count):
            index = drawn["operation"][:, slot]
            strength = _moves(entries, index, drawn["strength"][:, slot], x)
            x = self._slot(drawn, slot, x)
            frames.append(Frame(x, changes([entry.name for entry in entries], index.tolist(), strength.tolist())))
        return frames


def _moves(entries: tuple[Entry, ...], index: Tensor, strength: Tensor, x: Tensor) -> Tensor:
    """Strengths with translations as shares, of the width sideways and of the height up and down."""
    down = torch.tensor([entry.name == "translate_y" for entry in entries])[index]
    height, width = x.shape[-2:]
    return torch.where(down, to_share(entries, index, strength, height), to_share(entries, index, strength, width))


@dataclass(frozen=True)
class AutoAugment:
    """One of the 25 pairs found for CIFAR-10 a picture; each half acts with its own probability."""

    sampling: str = knob(
        "nearest", "How moved pixels are read.", choices=("nearest", "bilinear"), source="torchvision: nearest"
    )

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """pair [B], and acts and negative [B, 2]."""
        return {
            "pair": torch.randint(len(AUTOAUGMENT), (batch_size,), generator=generator),
            "acts": torch.rand((batch_size, 2), generator=generator),
            "negative": torch.rand((batch_size, 2), generator=generator) < 0.5,
        }

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """First halves, then second halves."""
        return self.film(drawn, x)[-1].x

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """Two frames."""
        frames, entries = [], (*POOLS["torchvision"].entries, Entry("invert"))
        names = tuple(entry.name for entry in entries)
        for half in range(2):
            pairs = [AUTOAUGMENT[p][half] for p in drawn["pair"].tolist()]
            acts = drawn["acts"][:, half] < torch.tensor([chance for _, chance, _ in pairs])
            index = torch.tensor([names.index(name) for name, _, _ in pairs])
            signs = drawn["negative"][:, half].tolist()
            strength = torch.tensor(
                [
                    strength_of(entries[i], level / 9, sign)
                    for i, (_, _, level), sign in zip(index.tolist(), pairs, signs, strict=True)
                ]
            )
            strength = _moves(entries, index, strength, x)
            index = torch.where(acts, index, -1)
            x = spread(x, names, index, strength, None, self.sampling)
            frames.append(Frame(x, changes(names, index.tolist(), strength.tolist())))
        return frames


@dataclass(frozen=True)
class AugMix:
    """Several chains of one to three operations, mixed with random weights and then with the picture itself."""

    severity: int = knob(3, "Strengths are drawn from the first so many of ten.", low=1, high=10, source="torchvision")
    width: int = knob(3, "Chains.", low=1, high=5, source="Hendrycks 2020")
    sampling: str = knob(
        "bilinear", "How moved pixels are read.", choices=("nearest", "bilinear"), source="torchvision: bilinear"
    )

    def draw(self, batch_size: int, generator: Generator) -> Drawn:
        """operation and strength [B, width, 3], depth [B, width], weight [B, width] and share [B]."""
        table, shape = POOLS["augmix"], (batch_size, self.width, 3)
        index = torch.randint(len(table.entries), shape, generator=generator)
        bins = torch.randint(self.severity, shape, generator=generator)
        negative = (torch.rand(shape, generator=generator) < 0.5).long()
        # Dirichlet(1, …, 1) is exponentials over their sum; Beta(1, 1) is uniform.
        slow = -torch.log1p(-torch.rand((batch_size, self.width), generator=generator))
        return {
            "operation": index,
            "strength": _strengths("augmix")[index, bins, negative],
            "depth": torch.randint(1, 4, shape[:2], generator=generator),
            "weight": slow / slow.sum(1, keepdim=True),
            "share": torch.rand((batch_size,), generator=generator),
        }

    def apply(self, drawn: Drawn, x: Tensor) -> Tensor:
        """(1 − share)·x + share·Σ weight·chain(x)."""
        entries = POOLS["augmix"].entries
        names = tuple(entry.name for entry in entries)
        share = drawn["share"].to(x)[:, None, None, None]
        out = (1 - share) * x
        for chain in range(self.width):
            y = x
            for slot in range(3):
                index = drawn["operation"][:, chain, slot]
                strength = _moves(entries, index, drawn["strength"][:, chain, slot], x)
                index = torch.where(drawn["depth"][:, chain] > slot, index, -1)
                y = spread(y, names, index, strength, None, self.sampling)
            out = out + share * drawn["weight"][:, chain].to(x)[:, None, None, None] * y
        return out.clamp(0, 1)

    def film(self, drawn: Drawn, x: Tensor) -> list[Frame]:
        """One frame: the mixture cannot be taken apart in time."""
        entries, parts = POOLS["augmix"].entries, ("operation", "strength", "depth")
        rows = zip(drawn["share"].tolist(), *(drawn[part].tolist() for part in parts), strict=True)
        seen = []
        for share, operations, strengths, depths in rows:
            pairs = [list(zip(*chain, strict=True)) for chain in zip(operations, strengths, strict=True)]
            chains = [
                tuple(Change(entries[i].name, s) for i, s in chain[:depth])
                for chain, depth in zip(pairs, depths, strict=True)
            ]
            seen.append((Change("mixture", share, tuple(chains)),))
        return [Frame(self.apply(drawn, x), seen)]
