"""Mixing as a training step uses it: one call that draws and mixes a batch with itself."""

from __future__ import annotations

from torch import Generator, Tensor

from ssl_core.mix.blend import mixup
from ssl_core.mix.mask import Chance
from ssl_core.mix.method import Aids, Drawn, draw, draw_chance, mix_drawn
from ssl_core.mix.table import MIXES, mixing

# Needs nothing but the batch: no network, no chain of augmentations, no class counts.
TRAINABLE = ("mixup", "mixmatch", "sample_pairing", "cutmix", "cutout", "resizemix", "fmix", "moex", "remix")
WITHOUT_PIXELS = ("mixup", "mixmatch", "sample_pairing", "remix")  # one weight for a whole row: blends vectors, too
OFF = "none"
TITLES = {name: MIXES[name].title for name in TRAINABLE}


def mix_batch(
    name: str,
    x: Tensor,
    y: Tensor,
    generator: Generator,
    *,
    alpha: float | None = None,
    grain: str = "sample",
    counts: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Pictures [B, C, H, W] in 0..1 and labels [B, L], mixed by the named method; "none" and α = 0 change nothing.

    Vectors [B, D] are mixed as pictures of one pixel: see WITHOUT_PIXELS for what that is good for.
    `counts` [L], training pictures of each class, is for Remix. Train on the result with soft-label cross-entropy.
    """
    if name == OFF or (alpha == 0 and mixing(name).lam.beta):
        return x, y
    if x.dim() == 2:
        pixel = x[:, :, None, None]
        mixed, labels = mix_batch(name, pixel, y, generator, alpha=alpha, grain=grain, counts=counts)
        return mixed.flatten(1), labels
    method = MIXES[mixing_name(name)]
    drawn = draw(method, y.argmax(dim=1), (x.shape[-2], x.shape[-1]), generator, alpha=alpha, grain=grain)
    mixed = mix_drawn(method, x, y, drawn, Aids(counts=counts))
    return mixed.pictures, mixed.labels


def mixing_name(name: str) -> str:
    """`name`, if training can use it; raises ValueError, one sentence, otherwise."""
    if name not in TRAINABLE:
        raise ValueError(f"Training cannot mix by {name!r}. Choose {OFF} or one of {', '.join(TRAINABLE)}.")
    return name


# For MixMatch, which draws partners and a folded λ itself: the label's share must follow the picture's.
MATCHABLE = ("mixup", "cutmix", "fmix", "resizemix")


def places(name: str, count: int, size: tuple[int, int], generator: Generator) -> Chance:
    """What a mask leaves to chance besides λ and partner; mixup leaves nothing and draws nothing."""
    return draw_chance(MIXES[_matchable(name)], count, size, generator)


def mix_given(
    name: str, x: Tensor, y: Tensor, partner: Tensor, lam: Tensor, chance: Chance | None = None
) -> tuple[Tensor, Tensor]:
    """Pictures and labels mixed with given partners [B] and λ [B]; "mixup" is ssl_core.mix.mixup to the bit."""
    if _matchable(name) == "mixup":
        partner = partner.to(x.device)
        return mixup(x, x[partner], y, y[partner], lam.to(x))
    mixed = mix_drawn(MIXES[name], x, y, Drawn(partner, lam, chance or {}))
    return mixed.pictures, mixed.labels


def _matchable(name: str) -> str:
    if name not in MATCHABLE:
        raise ValueError(f"MixMatch cannot mix by {name!r}. Choose one of {', '.join(MATCHABLE)}.")
    return name
