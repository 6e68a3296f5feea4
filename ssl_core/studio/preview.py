"""What a pipeline does to pictures, ready to show: a grid of views, the film of one, a sweep, a difference."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from ssl_core.augment.dead import VISIBLE
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policy import Policy
from ssl_core.augment.steps import Step, rows_of, without_normalise
from ssl_core.augment.words import amount, captions
from ssl_core.images.writing import to_shown_source
from ssl_core.studio.sources import Pictures


class Shot(NamedTuple):
    """One view: its picture, what was done, and how much of it changed."""

    src: str
    words: tuple[str, ...]
    alt: str
    unchanged: float
    clipped: float


class View(NamedTuple):
    """Everything the page shows of one set of draws."""

    shots: list[Shot]
    before: list[str]
    names: list[str]
    x: Tensor
    y: Tensor
    drawn: tuple
    policy: Policy


def view(policy: Policy, pictures: Pictures, picture: int, count: int, seed: int, many: bool) -> View:
    """`count` views drawn from `seed`: of one picture, or of as many pictures from there on."""
    size = len(pictures.images)
    rows = [(picture + (k if many else 0)) % size for k in range(count)]
    x = pictures.images[rows].float() / 255
    shown = without_normalise(policy)
    drawn = shown.draw(count, Generator().manual_seed(seed))
    frames = shown.film(drawn, x)
    y = frames[-1].x if frames else x
    names = [pictures.names[row] for row in rows]
    words = [captions(frames, k) for k in range(count)]
    same, ends = _unchanged(x, y), _clipped(y)
    shots = [
        Shot(source, done, f"{name}, view {k + 1}: {', '.join(done) or 'unchanged'}", u, c)
        for k, (source, done, name, u, c) in enumerate(zip(sources(y), words, names, same, ends, strict=True))
    ]
    before = sources(x) if many else sources(x[:1]) * count
    return View(shots, before, names, x, y, drawn, shown)


def sources(x: Tensor) -> list[str]:
    """Pictures in 0..1 as texts for <img>, large ones good to look at."""
    return [to_shown_source(picture) for picture in x.cpu()]


def _unchanged(x: Tensor, y: Tensor) -> list[float]:
    """Share of each picture's pixels that no channel of changed visibly."""
    return ((y - x).abs().amax(1) <= VISIBLE).double().mean(dim=(1, 2)).tolist()


def _clipped(y: Tensor) -> list[float]:
    """Share of each picture's values that are pure black or white."""
    return ((y <= 0) | (y >= 1)).double().mean(dim=(1, 2, 3)).tolist()


def film(shown: View, sample: int) -> list[tuple[str, str]]:
    """One sample after every stage, from its own draws: (picture, caption), the original first."""
    row = torch.tensor([sample])
    frames = shown.policy.film(tuple(rows_of(d, row) for d in shown.drawn), shown.x[row])
    strip = [(sources(shown.x[row])[0], "original")]
    return strip + [(sources(frame.x)[0], ", ".join(captions([frame], 0)) or "nothing") for frame in frames]


def sweep(
    name: str, pictures: Pictures, picture: int, seed: int, sampling: str, steps: int = 9
) -> list[tuple[str, str]]:
    """One picture under one operation from one end of its range to the other; all else drawn once."""
    operation = OPERATIONS[name]
    low, high = operation.sweep()
    count = steps if operation.has_strength else 1
    strength = torch.linspace(low, high, count)
    x = (pictures.images[picture % len(pictures.images)].float() / 255).expand(count, -1, -1, -1)
    luck = torch.rand((1, operation.luck), generator=Generator().manual_seed(seed)).expand(count, -1)
    y = operation(x, strength, luck if operation.luck else None, sampling)
    captions = [amount(name, s) or "always full" for s in strength.tolist()]
    return list(zip(sources(y), captions, strict=True))


def difference(shown: View, sample: int) -> str:
    """Where a sample became brighter (orange) or darker (blue); grey is unchanged."""
    change = (shown.y[sample] - shown.x[sample]).mean(0, keepdim=True)
    grey, orange, blue = (torch.tensor(c)[:, None, None] for c in ((0.6,) * 3, (0.9, 0.45, 0.0), (0.0, 0.35, 0.8)))
    # A square root shows small changes, too.
    strength = change.abs().sqrt()
    return sources(((1 - strength) * grey + strength * torch.where(change > 0, orange, blue))[None])[0]


def histogram(shown: View, bins: int = 32) -> tuple[list[float], list[float]]:
    """Share of values in each bin of 0..1, of all originals and of all views."""
    counts = [torch.histc(t, bins, 0, 1) for t in (shown.x, shown.y)]
    return tuple((c / c.sum()).tolist() for c in counts)


def table(shown: View) -> list[dict]:
    """What was drawn, one row a sample, for a table or a CSV."""
    return [
        {
            "sample": k + 1,
            "picture": shown.names[k],
            "drawn": "; ".join(shot.words),
            "unchanged": shot.unchanged,
            "clipped": shot.clipped,
        }
        for k, shot in enumerate(shown.shots)
    ]


def sampling_of(policy: Policy, name: str, side: int) -> str:
    """How a pipeline reads moved pixels for an operation, else what suits the size."""
    mine = [s.sampling for s in policy.stages if isinstance(s, Step) and s.name == name]
    return mine[0] if mine else "bilinear" if side < 24 else "nearest"
