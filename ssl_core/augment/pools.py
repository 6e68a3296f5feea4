"""The named pools of operations in one table: what RandAugment, TrivialAugment, CTAugment and AutoAugment draw from.

Public code calls several different things RandAugment; each has its own name here, none is picked silently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Law = Callable[[float], float]  # where in the range, 0..1, to a strength in the operation's unit


@dataclass(frozen=True)
class Entry:
    """One operation of a pool and how its strength follows from its level.

    `signed` strengths are turned around half of the time. `unit` says what a translation is in: "share" of the
    side, "whole" for a share cut to whole pixels, "pixels" for pixels whatever the side.
    """

    name: str
    law: Law = lambda t: 0.0
    signed: bool = False
    unit: str = "share"


@dataclass(frozen=True)
class Pool:
    """Entries, and how a level is drawn: one of `bins` evenly spaced values of 0..1."""

    title: str
    source: str
    entries: tuple[Entry, ...]
    count: int
    bins: int
    level: int | None = None  # a fixed bin, None for any


def _line(low: float, high: float) -> Law:
    return lambda t: low + (high - low) * t


def _torchvision(shear: float, turn: float, enhance: float, bits: int, move: Entry | float) -> tuple[Entry, ...]:
    """The space that torchvision's RandAugment and TrivialAugmentWide share, in its order."""
    pixels = isinstance(move, float) and move > 1
    moves = [Entry(f"translate_{a}", _line(0, move), True, "pixels" if pixels else "whole") for a in "xy"]
    # A factor of 1 ± the level, so the sign is applied before adding 1; see strength_of.
    enhancers = [Entry(name, _line(0, enhance), True) for name in ("brightness", "color", "contrast", "sharpness")]
    return (
        Entry("identity"),
        Entry("shear_x", _line(0, shear), True),
        Entry("shear_y", _line(0, shear), True),
        *moves,
        Entry("rotate", _line(0, turn), True),
        *enhancers,
        Entry("posterize", lambda t: float(8 - round((8 - bits) * t))),
        Entry("solarize", _line(1, 0)),
        Entry("autocontrast"),
        Entry("equalize"),
    )


def _ctaugment() -> tuple[Entry, ...]:
    """ReMixMatch's space; its translation is meant as a share of the side, though its code takes it for pixels."""
    factors = [Entry(name, _line(0.1, 2.0)) for name in ("brightness", "color", "contrast", "sharpness")]
    parts = [
        Entry(name, _line(0, 1))
        for name in ("part_autocontrast", "blur", "part_equalize", "part_invert", "smooth", "rescale")
    ]
    return (
        *parts,
        *factors,
        Entry("cutout", _line(0, 0.5)),
        Entry("identity"),
        Entry("posterize", lambda t: float(1 + int(7.999 * t))),
        Entry("rotate", _line(-45, 45)),
        *(Entry(name, _line(-0.3, 0.3)) for name in ("shear_x", "shear_y", "translate_x", "translate_y")),
        Entry("solarize", _line(0, 1)),
    )


MOVE = 150 / 331  # AutoAugment's translation of at most 150 pixels on 331 x 331

POOLS: dict[str, Pool] = {
    "torchvision": Pool(
        "RandAugment as torchvision has it", "torchvision.transforms.v2.RandAugment(2, 9, 31)",
        _torchvision(0.3, 30, 0.9, 4, MOVE), count=2, bins=31, level=9,
    ),
    "trivial": Pool(
        "TrivialAugmentWide", "Mueller & Hutter 2021, arXiv:2103.10158",
        _torchvision(0.99, 135, 0.99, 2, 32.0), count=1, bins=31,
    ),
    "ctaugment": Pool(
        "CTAugment's space", "Berthelot 2020 (ReMixMatch), arXiv:1911.09785; bins drawn evenly, nothing learned",
        _ctaugment(), count=2, bins=17,
    ),
    "augmix": Pool(
        "AugMix's chains", "Hendrycks 2020, arXiv:1912.02781, as torchvision has it",
        _torchvision(0.3, 30, 0.9, 4, 1 / 3), count=3, bins=10,
    ),
}  # fmt: skip

FACTORS = ("brightness", "color", "contrast", "sharpness")


def strength_of(entry: Entry, level: float, negative: bool) -> float:
    """The strength a level stands for; enhancers of a signed entry are 1 plus or minus it."""
    value = entry.law(level)
    value = -value if negative and entry.signed else value
    return 1 + value if entry.signed and entry.name in FACTORS else value


# AutoAugment's 25 sub-policies for CIFAR-10 (Cubuk 2018, arXiv:1805.09501, appendix): operation, probability, level.
AUTOAUGMENT = (
    (("invert", 0.1, 0), ("contrast", 0.2, 6)),
    (("rotate", 0.7, 2), ("translate_x", 0.3, 9)),
    (("sharpness", 0.8, 1), ("sharpness", 0.9, 3)),
    (("shear_y", 0.5, 8), ("translate_y", 0.7, 9)),
    (("autocontrast", 0.5, 0), ("equalize", 0.9, 0)),
    (("shear_y", 0.2, 7), ("posterize", 0.3, 7)),
    (("color", 0.4, 3), ("brightness", 0.6, 7)),
    (("sharpness", 0.3, 9), ("brightness", 0.7, 9)),
    (("equalize", 0.6, 0), ("equalize", 0.5, 0)),
    (("contrast", 0.6, 7), ("sharpness", 0.6, 5)),
    (("color", 0.7, 7), ("translate_x", 0.5, 8)),
    (("equalize", 0.3, 0), ("autocontrast", 0.4, 0)),
    (("translate_y", 0.4, 3), ("sharpness", 0.2, 6)),
    (("brightness", 0.9, 6), ("color", 0.2, 8)),
    (("solarize", 0.5, 2), ("invert", 0.0, 0)),
    (("equalize", 0.2, 0), ("autocontrast", 0.6, 0)),
    (("equalize", 0.2, 0), ("equalize", 0.6, 0)),
    (("color", 0.9, 9), ("equalize", 0.6, 0)),
    (("autocontrast", 0.8, 0), ("solarize", 0.2, 8)),
    (("brightness", 0.1, 3), ("color", 0.7, 0)),
    (("solarize", 0.4, 5), ("autocontrast", 0.9, 0)),
    (("translate_y", 0.9, 9), ("translate_y", 0.7, 9)),
    (("autocontrast", 0.9, 0), ("solarize", 0.8, 3)),
    (("equalize", 0.8, 0), ("invert", 0.1, 0)),
    (("translate_y", 0.7, 9), ("autocontrast", 0.9, 0)),
)
