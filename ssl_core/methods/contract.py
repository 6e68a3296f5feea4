"""What a method is: knobs, the views it wants to see, and one step from a batch to a loss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Generator, Tensor, nn

State = dict[str, Tensor]  # what a method remembers from step to step; saved with the checkpoint


class Batch(NamedTuple):
    """One step's pictures in 0..1. A method never sees the labels of unlabelled pictures."""

    x: Tensor  # labelled [B, C, H, W], in the method's labelled view
    y: Tensor  # their labels, int64 [B]
    u: tuple[Tensor, ...]  # the unlabelled pictures [mu·B, C, H, W], once for every view the method asked for
    index: Tensor  # which unlabelled pictures these are, int64 [mu·B]
    classes: int
    progress: float  # share of the planned steps that is done, 0..1
    images: int  # labelled pictures seen so far
    counts: Tensor | None = None  # labelled pictures of each class, int64 [classes]


class Step(NamedTuple):
    """What a step hands back; `loss` alone is differentiated."""

    loss: Tensor
    parts: dict[str, Tensor]  # named terms of the loss, for the chart
    stats: dict[str, Tensor] = {}  # "pseudo" int64 [n] and "mask" [n]: guessed labels and which of them count


@dataclass(frozen=True)
class Method:
    """Base of every method; a subclass adds knobs and `step`."""

    title: ClassVar[str]
    idea: ClassVar[str]
    paper: ClassVar[str]
    labelled: ClassVar[str] = "weak"  # the view of labelled pictures
    unlabelled_set: ClassVar[str] = "excludes"  # whether unlabelled includes the labelled pictures
    training: ClassVar[dict[str, Any]] = {}  # the paper's training knobs where they differ from Training's

    @property
    def labelled_view(self) -> str:
        """The view labelled pictures are shown in."""
        return self.labelled

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """The views of every unlabelled picture, drawn independently."""
        return ()

    @property
    def ratio(self) -> int:
        """Unlabelled pictures for each labelled one in a batch (mu); 0 for none."""
        return 0

    def start(self, classes: int, unlabelled: int) -> State:
        """What the method remembers before its first step."""
        return {}

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Loss of one batch; may update `state` in place. All chance comes from `generator`."""
        raise NotImplementedError


@contextmanager
def frozen_statistics(model: nn.Module) -> Iterator[None]:
    """Batch norm normalises by the batch but leaves its running statistics alone."""
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.track_running_stats]
    for norm in norms:
        norm.track_running_stats = False
    try:
        yield
    finally:
        for norm in norms:
            norm.track_running_stats = True


def one_hot(y: Tensor, classes: int, like: Tensor) -> Tensor:
    """Labels [B] as rows [B, classes] in the type of `like`."""
    return torch.nn.functional.one_hot(y, classes).to(like.dtype)


__all__ = ["Batch", "Method", "State", "Step", "frozen_statistics", "one_hot"]
