"""What a maker of pictures is: knobs, and a making that learns step by step and shows what it can.

A new maker is one file here and one line in ssl_core/maker_cards.py. It sees a `Material`, which holds only what may be
learned from, and knows no file, no run and no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import torch
from torch import Generator, Tensor, nn

from ssl_core.train.chance import Stream

if TYPE_CHECKING:
    from ssl_core.data import Card
    from ssl_core.generate.config import Training


class Material(NamedTuple):
    """What may be learned from, on the device that learns: never a test picture, never a label nobody gave."""

    images: Tensor  # uint8 [N, C, H, W]
    labels: Tensor  # int64 [N]; −1 where nobody said the class, and then only for makers that need none
    classes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a picture."""
        return tuple(self.images.shape[1:])


class Making:
    """A maker at work: everything it carries from step to step.

    Subclasses fill `modules` and `optimizers`, or say themselves what their state is. All chance comes from the
    generators they are handed, which draw on the CPU; what is drawn is moved.
    """

    def modules(self) -> dict[str, nn.Module]:
        """The networks, by name."""
        return {}

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """What turns them, by name."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """Tensors and plain values that another making of the same configuration goes on from, bit for bit."""
        return {
            "modules": {name: module.state_dict() for name, module in self.modules().items()},
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.optimizers().items()},
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Stand where `state_dict` stood."""
        for name, module in self.modules().items():
            module.load_state_dict(saved["modules"][name])
        for name, optimizer in self.optimizers().items():
            optimizer.load_state_dict(saved["optimizers"][name])

    def step(self, k: int, generator: Generator) -> dict[str, Tensor | float]:
        """Take step k, 0 the first, and say the losses by name, detached; "loss" is there, and is charted first."""
        raise NotImplementedError

    def views(self, generator: Generator) -> dict[str, Tensor]:
        """Rows of pictures in 0..1 [n, C, H, W] by name, n at most 100; names and order are those of Maker.rows.

        The generator is always the same, so that what is drawn stays and only the pictures change.
        """
        raise NotImplementedError

    def measures(self, generator: Generator) -> dict[str, float | list[float]]:
        """Further numbers for the row of a moment at which pictures are taken; lists have at most 2,000 entries."""
        return {}

    def make(self, labels: Tensor, generator: Generator) -> Tensor:
        """Pictures in 0..1 [n, C, H, W], one of each class asked for, int64 [n]; a plain maker ignores the class."""
        raise NotImplementedError


@dataclass(frozen=True)
class Maker:
    """Base of every maker; a subclass adds knobs and `begin`."""

    title: ClassVar[str]  # said in ssl_core/maker_cards.py
    idea: ClassVar[str]  # two sentences
    formula: ClassVar[str]  # what is minimised, LaTeX
    symbols: ClassVar[tuple[tuple[str, str], ...]] = ()  # of the formula: LaTeX, and what it means
    paper: ClassVar[str]
    watch: ClassVar[str]  # what to look at while it learns
    breaks: ClassVar[str]  # what makes it fail
    rows: ClassVar[dict[str, str]]  # the rows of Making.views, each with its caption
    losses: ClassVar[dict[str, str]]  # what Making.step says, each with its title
    own_data: ClassVar[str] = ""  # what a run's data is called where it learns from no data set: Material is empty

    @property
    def makes_classes(self) -> bool:
        """Whether `make` makes the class that is asked for: the knob `conditional` of a maker that has it."""
        return bool(getattr(self, "conditional", False))

    @classmethod
    def recipe(cls, card: Card | None) -> dict[str, Any]:
        """Values of knobs, its own and the shared ones, for this data set, where they differ from the defaults."""
        return {}

    def begin(self, material: Material, seed: int, training: Training) -> Making:
        """A making before its first step; equal ones on a CPU for equal arguments."""
        raise NotImplementedError


class Batches:
    """The pictures of every step: an endless walk through the material, shuffled anew on each pass."""

    def __init__(self, material: Material, batch: int, seed: int) -> None:
        self.material, self._stream = material, Stream(torch.arange(len(material.images)).numpy(), batch, seed)

    def at(self, k: int) -> tuple[Tensor, Tensor]:
        """Pictures in 0..1 [batch, C, H, W] and labels [batch] of step k."""
        rows = torch.from_numpy(self._stream.at(k)).to(self.material.images.device)
        return self.material.images[rows].float().div_(255), self.material.labels[rows]


@contextmanager
def weights_of(seed: int) -> Iterator[None]:
    """Networks made inside begin with the weights of this seed; nothing outside notices."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def normal(*shape: int, generator: Generator, like: Tensor) -> Tensor:
    """Numbers from N(0, 1) of this shape, drawn on the CPU, in the type and place of `like`."""
    return torch.randn(shape, generator=generator).to(like)


def spread(material: Material, count: int) -> Tensor:
    """Rows of `count` pictures to look at, the classes in turn; fewer where there are fewer, int64 [n]."""
    labels = material.labels.cpu()
    piles = [torch.nonzero(labels == c).flatten().tolist() for c in labels.unique().tolist()]
    turns = [pile[turn] for turn in range(max(map(len, piles), default=0)) for pile in piles if turn < len(pile)]
    return torch.tensor(turns[:count], dtype=torch.int64, device=material.images.device)
