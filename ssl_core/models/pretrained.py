"""A network that has seen other pictures with a head of its own, whole or as the head alone on features kept before."""

from __future__ import annotations

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN = 128  # of the small head


class Dropout(nn.Module):
    """Hides a share of the numbers while training; what it hides follows from `begin`: a resumed run repeats it."""

    def __init__(self, share: float = 0.0) -> None:
        super().__init__()
        self.share, self.seed, self.calls = share, 0, 0

    def begin(self, seed: int) -> None:
        """A new step: everything it hides until the next one follows from this seed."""
        self.seed, self.calls = seed, 0

    def forward(self, x: Tensor) -> Tensor:
        """x with a share of its numbers 0 and the others larger by as much; x itself in evaluation mode."""
        if not self.training or not self.share:
            return x
        generator = torch.Generator().manual_seed(self.seed + self.calls)
        self.calls += 1
        stays = self.drawn(x.shape, generator) >= self.share
        return x * stays.to(x) / (1 - self.share)

    def drawn(self, shape: torch.Size, generator: torch.Generator) -> Tensor:
        """A number in 0..1 for each; which of them are hidden follows from it."""
        return torch.rand(shape, generator=generator)


class Probe(nn.Module):
    """Features [B, length] to logits [B, classes]: linear, or with one hidden layer."""

    def __init__(self, length: int, classes: int, hidden: int = 0) -> None:
        super().__init__()
        self.dropout = Dropout()
        self.inner = nn.Linear(length, hidden) if hidden else None
        self.head = nn.Linear(hidden or length, classes)
        nn.init.zeros_(self.head.weight)  # every class is as likely at first, so no guess passes a threshold by chance
        nn.init.zeros_(self.head.bias)

    def features(self, x: Tensor) -> Tensor:
        """What the last layer sees."""
        x = self.dropout(x)
        return F.relu(self.inner(x)) if self.inner else x

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.head(self.features(x))


class Standard(nn.Module):
    """Features [B, width] in numbers of about 1; nothing in it is trained, and at first it changes nothing.

    Each dimension by mean and deviation over the training pictures ("dimension"), or each row stretched to the length
    √width ("length"), whose direction alone counts: with one label a class that is worth ten points. "centred" takes
    the mean away first, so that what all pictures have in common does not hide what tells them apart.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))
        self.register_buffer("stretched", torch.tensor(False))

    def measure(self, rows: Tensor, scale: str) -> Standard:
        """Fitted to the training pictures' features [N, width], by "dimension", "length" or "centred"."""
        self.stretched.fill_(scale != "dimension")
        if scale != "length":
            self.mean.copy_(rows.mean(dim=0))
        if scale == "dimension":
            self.deviation.copy_(rows.std(dim=0, correction=0).clamp(min=1e-3))  # one that never moves says nothing
        return self

    def forward(self, x: Tensor) -> Tensor:
        """The same features in these units."""
        x = (x - self.mean) / self.deviation
        length = x.norm(dim=1, keepdim=True).clamp(min=1e-6) / x.shape[1] ** 0.5
        return torch.where(self.stretched, x / length, x)


class OnPictures(nn.Module):
    """Pictures [B, C, H, W] in 0..1, of any size, to logits: enlarged to `side`, seen by `body`, standardised, judged.

    `body` has `features`, from RGB [B, 3, side, side] to [B, width].
    """

    def __init__(self, body: nn.Module, width: int, classes: int, side: int, hidden: int = 0) -> None:
        super().__init__()
        self.body, self.side = body, side
        self.standard = Standard(width)
        self.probe = Probe(width, classes, hidden)

    @property
    def head(self) -> nn.Linear:
        """The last layer."""
        return self.probe.head

    @property
    def dropout(self) -> Dropout:
        """What hides features while it trains."""
        return self.probe.dropout

    def seen(self, x: Tensor) -> Tensor:
        """What the body sees of pictures, [B, width], as it is."""
        return self.body.features(enlarged(x, self.side))

    def features(self, x: Tensor) -> Tensor:
        """What the last layer sees."""
        return self.probe.features(self.standard(self.seen(x)))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.judged(self.seen(x))

    def judged(self, seen: Tensor) -> Tensor:
        """Logits, from what the body saw of pictures [B, width]."""
        return self.probe(self.standard(seen))


def enlarged(x: Tensor, side: int) -> Tensor:
    """Pictures [B, C, H, W] in 0..1 as RGB [B, 3, side, side], by cubic interpolation."""
    if x.shape[1] == 1:
        x = x.expand(-1, 3, -1, -1)
    if x.shape[-2:] == (side, side):
        return x.contiguous(memory_format=torch.channels_last)
    rows, columns = (_cubic(length, side).to(x) for length in x.shape[-2:])
    wide = torch.einsum("bchw,vw->bvch", x, columns)  # two products take half the time of interpolating in the plane
    return torch.einsum("bvch,uh->buvc", wide, rows).clamp(0, 1).permute(0, 3, 1, 2)


@cache
def _cubic(length: int, side: int) -> Tensor:
    """The weights [side, length] by which torch's cubic interpolation makes `side` numbers of `length`."""
    with torch.inference_mode(False), torch.no_grad():  # whoever asks first, it serves training as well
        unit = torch.eye(length)[None, None]
        return F.interpolate(unit, size=(side, length), mode="bicubic", align_corners=False)[0, 0]
