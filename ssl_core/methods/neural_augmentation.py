"""Neural augmentation (Perez & Wang 2017, arXiv:1712.04621): a network that makes pictures for the one that learns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import Batch, Method, State, Step
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights
from ssl_core.methods.symbols import Symbol

LEAK = 0.1  # ReLU in the paper; at the rates of short runs whole layers of it died, and the maker with them
LAYERS = 5  # of the augmentation network; the paper's section 3.3


class Augmenter(nn.Module):
    """Two pictures [B, C, H, W] in 0..1 to one: five 3×3 convolutions over the channels of both."""

    def __init__(self, channels: int, width: int = 16) -> None:
        super().__init__()
        sizes = [2 * channels, *[width] * (LAYERS - 1), channels]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(sizes, sizes[1:], strict=False))
        for layer in self.layers[:-1]:
            nn.init.kaiming_normal_(layer.weight, a=LEAK, nonlinearity="leaky_relu")
            nn.init.zeros_(layer.bias)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """The made picture, in 0..1."""
        x = torch.cat([first, second], dim=1)
        for layer in self.layers[:-1]:
            x = nn.functional.leaky_relu(layer(x), LEAK)
        return torch.sigmoid(self.layers[-1](x))


def mates(y: Tensor, generator: Generator) -> Tensor:
    """For each row of labels [B] another row of its class, by lot, int64 [B]; itself where it is alone."""
    keys = torch.rand(len(y), len(y), generator=generator).to(y.device)
    same = (y[:, None] == y[None, :]) & ~torch.eye(len(y), dtype=torch.bool, device=y.device)
    chosen = keys.masked_fill(~same, -1).argmax(dim=1)
    return torch.where(same.any(dim=1), chosen, torch.arange(len(y), device=y.device))


def content_loss(made: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of the pixels, a row each [B]."""
    return (made - target).square().mean(dim=(1, 2, 3))


def gram(x: Tensor) -> Tensor:
    """How strongly the channels of pictures [B, C, H, W] go together: G = F Fᵀ / HW, [B, C, C]."""
    flat = x.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def style_loss(made: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of the Gram matrices, a row each [B]."""
    return (gram(made) - gram(target)).square().mean(dim=(1, 2))


LIKENESS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"content": content_loss, "style": style_loss}


@dataclass(frozen=True)
class NeuralAugmentation(Method):
    """Cross-entropy on labelled pictures and on ones made from two of a class; both networks learn from it."""

    idea: ClassVar[str] = (
        "A small second network gets two labelled pictures of one class and makes a third. "
        "The classifier learns on all of them, and its mistakes tell the maker which pictures would help."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b \Big(\alpha\,\tfrac12\big(H(y_b,\,p(x_b)) + H(y_b,\,p(a_b))\big) "
        r"+ \beta\,D(a_b,\,x_{b''})\Big),\quad a_b = g(x_b,\,x_{b'})"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol(r"\alpha", "how much the classifier's loss counts", "classifier_weight"),
        Symbol(r"\beta", "how much it counts that the made picture is like a real one", "likeness_weight"),
        Symbol("a_b", "the made picture: it has the label of the two that it is made of"),
        Symbol("g", "the augmentation network: five small convolutions over both pictures"),
        Symbol("x_{b'}", "the second picture: another labelled one of the same class, drawn by lot"),
        Symbol("x_{b''}", "a third labelled picture of that class, which the made one is compared with"),
        Symbol(
            "D", "how unlike: the mean squared difference of pixels (content) or of Gram matrices (style)", "likeness"
        ),
    )
    paper: ClassVar[str] = "Perez & Wang 2017, arXiv:1712.04621, section 3.3."
    watch: ClassVar[str] = (
        "The made pictures: how much of both they are made of is in them, and whether you still know their class. And "
        "the clock: the second network is as large as the pictures, so that a step is nearly all convolution."
    )
    breaks: ClassVar[str] = (
        "It sees labelled pictures only: the maker invents nothing that two of them do not hold, and it, too, learns "
        "from few labels. Measured on digits it helps with 10 and is a little below supervised with 40 and 100."
    )
    needs_pixels: ClassVar[bool] = True

    likeness: str = knob(
        "content",
        "What a made picture must share with a third of its class: pixels (content), how its colours go together "
        "(style; of one channel only the brightness), or nothing.",
        title="Likeness",
        choices=("none", "content", "style"),
        source="Perez & Wang 2017, section 3.3",
    )
    classifier_weight: float = knob(
        0.75, "α: weight of the classifier's loss.", title="Classifier's weight", low=0.0, high=1.0,
        source="ours: a weighted sum in the paper",
    )  # fmt: skip
    likeness_weight: float = knob(
        0.25, "β: weight of the likeness.", title="Likeness's weight", low=0.0, high=10.0,
        source="ours: a weighted sum in the paper",
    )  # fmt: skip
    pairs: str = knob(
        "class",
        "Whom a picture is paired with: another of its class, or itself (the paper's control: no second picture).",
        title="Partner", choices=("class", "self"), source="Perez & Wang 2017, section 3.3",
    )  # fmt: skip
    width: int = knob(
        16, "Channels of the augmentation network's layers.", title="Channels a layer", low=4, high=64, log=True,
        source="section 3.3",
    )  # fmt: skip

    def companion(self, another: Callable[[], nn.Module], row: tuple[int, ...]) -> nn.Module | None:
        """The augmentation network."""
        return Augmenter(row[0], self.width)

    def mates(self, y: Tensor, generator: Generator) -> Tensor:
        """The row that each of these labels is paired with [B]."""
        return mates(y, generator) if self.pairs == "class" else torch.arange(len(y), device=y.device)

    def shown(self, companion: nn.Module | None, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """Both pictures, and the one that is made of them."""
        second = second if self.pairs == "class" else first
        return {"first": first, "second": second, "made": companion(first, second)}

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Draw second and third pictures, then `made_step`."""
        return self.made_step(model, batch, self.mates(batch.y, generator), self.mates(batch.y, generator))

    def made_step(self, model: nn.Module, batch: Batch, second: Tensor, third: Tensor) -> Step:
        """For given second and third pictures, rows of the batch [B]: one forward for real and made ones."""
        made = batch.companion(batch.x, batch.x[second])
        answers, y = model(torch.cat([batch.x, made])), batch.y.repeat(2)
        labelled = labelled_loss(answers, y, batch.balance)
        parts, each, weight = {"labelled": labelled}, {}, [self.classifier_weight]
        loss = self.classifier_weight * labelled
        if self.likeness != "none":
            unlike = LIKENESS[self.likeness](made, batch.x[third])
            parts["likeness"], each["likeness_each"] = unlike.mean(), unlike
            weight.append(self.likeness_weight)
            loss = loss + self.likeness_weight * parts["likeness"]
        return Step(
            loss,
            parts,
            seen=batch.show(
                lambda: {
                    "second": second,
                    "third": third,
                    "made": made,
                    **each,
                    **labelled_seen(answers, y, batch.balance),
                    **weights(*weight),
                }
            ),
        )
