"""MixMatch (Berthelot et al. 2019, arXiv:1905.02249): guess by averaging views, sharpen, and mix everything."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.align import align_knob, align_momentum_knob, evened, take_in, uniform_frequency
from ssl_core.methods.contract import (
    Batch,
    Belief,
    Method,
    State,
    Step,
    TrainingSet,
    all_learned,
    frozen_statistics,
    one_hot,
    teacher_logits,
)
from ssl_core.methods.losses import PLAIN, Balance, soft_cross_entropy, squared_difference, weights
from ssl_core.methods.symbols import Symbol
from ssl_core.mix import draw_lam
from ssl_core.mix.train import MATCHABLE, TITLES, mix_given, places


def sharpen(p: Tensor, temperature: float) -> Tensor:
    """p^(1/T), made to sum to one (equation 7)."""
    powered = p ** (1 / temperature)
    return powered / powered.sum(dim=-1, keepdim=True)


def guess(logits: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """Mean over views of the softmax of logits [K, B, L], and that mean sharpened: first mean, then sharpen."""
    mean = torch.softmax(logits, dim=-1).mean(dim=0)
    return mean, sharpen(mean, temperature)


def interleave_offsets(batch: int, parts: int) -> list[int]:
    """Where the segments of a batch begin; what does not divide evenly goes to the last ones."""
    sizes = [batch // parts + (i >= parts - batch % parts) for i in range(parts)]
    return [sum(sizes[:i]) for i in range(parts + 1)]


def interleave(parts: list[Tensor]) -> list[Tensor]:
    """Swap segment i of part 0 with segment i of part i; doing it twice changes nothing.

    Part 0, the only one that updates batch norm's running statistics, then holds some of everything.
    """
    edges = interleave_offsets(len(parts[0]), len(parts))
    cut = [[part[a:b] for a, b in zip(edges, edges[1:], strict=False)] for part in parts]
    for i in range(1, len(parts)):
        cut[0][i], cut[i][i] = cut[i][i], cut[0][i]
    return [torch.cat(pieces) for pieces in cut]


MIXED = ("together", "apart", "labelled", "unlabelled", "none")  # what is blended with what


def partners(mixed: str, labelled: int, rows: int, generator: Generator) -> Tensor:
    """A permutation of rows 0..rows−1, the first `labelled` of which are labelled pictures.

    All rows together, or labelled and unlabelled ones each among themselves.
    """
    if mixed == "together":
        return torch.randperm(rows, generator=generator)
    among = torch.randperm(labelled, generator=generator), torch.randperm(rows - labelled, generator=generator)
    return torch.cat([among[0], labelled + among[1]])


def unmixed(lam: Tensor, mixed: str, labelled: int) -> Tensor:
    """λ [rows] with 1, no partner at all, for the rows that are not blended."""
    lam = lam.clone()
    if mixed in ("unlabelled", "none"):
        lam[:labelled] = 1
    if mixed in ("labelled", "none"):
        lam[labelled:] = 1
    return lam


def losses(
    logits_x: Tensor,
    logits_u: Tensor,
    target_x: Tensor,
    target_u: Tensor,
    balance: Balance = PLAIN,
    reduction: str = "mean",
) -> tuple[Tensor, Tensor]:
    """Equations 3 and 4: cross-entropy with soft labels, and squared error over all entries of [K·B, L]."""
    labelled = soft_cross_entropy(target_x, logits_x, balance, reduction)
    return labelled, squared_difference(target_u, logits_u, reduction)


@dataclass(frozen=True)
class MixMatch(Method):
    """The 2019 recipe; each place where public ports differ is a named option with the reference first."""

    idea: ClassVar[str] = (
        "Guess the class of each unlabelled picture from several shifted views, sharpen the guess, "
        "then blend labelled and unlabelled pictures, labels included, and train on the blends."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(\tilde y_b,\,p(\tilde x_b)) + \lambda_u(t)\,\frac1{KBL}\sum_b "
        r"\lVert \tilde q_b - p(\tilde u_b)\rVert^2,\quad "
        r"q_b = \mathrm{sharpen}\Big(\tfrac1K\sum_k p(u_b^{(k)}),\,T\Big)"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol(r"\mathrm{sharpen}", "raises each probability to the power 1/T and makes them sum to 1 again"),
        Symbol("q_b", "the guess for an unlabelled picture: the mean over its views, sharpened"),
    )
    paper: ClassVar[str] = "Berthelot et al. 2019, arXiv:1905.02249, algorithm 1."
    watch: ClassVar[str] = "How often the sharpened guesses are right; every one of them counts, confident or not."
    breaks: ClassVar[str] = "A weight too large too early: the network then learns its own first guesses."
    training: ClassVar[dict] = {
        "optimizer": "adam",
        "lr": 0.002,
        "decay": "decoupled",
        "weight_decay": 0.02,
        "schedule": "constant",
    }  # reference code, 2019

    views: int = knob(
        2, "K: views whose guesses are averaged.", title="Views", low=1, high=8, source="MixMatch, section 3.5"
    )
    temperature: float = knob(
        0.5, "T: sharpening; 1 leaves the guess, towards 0 makes it certain.", title="Temperature", low=0.05,
        high=1.0, source="section 3.5",
    )  # fmt: skip
    alpha: float = knob(
        0.75, "α: mixing, λ ~ Beta(α, α), the larger share to the first picture; 0 is off.", title="Mixing", low=0.0,
        high=16.0, source="section 4.1",
    )  # fmt: skip
    mix: str = knob(
        "mixup", "What a blend looks like: see-through (mixup), or one picture's part in the other, λ of the area.",
        title="Blend", choices=MATCHABLE, words=TITLES, source="algorithm 1, line 14",
    )  # fmt: skip
    mixed: str = knob(
        "together", "What is blended: all pictures together, labelled and unlabelled apart, one kind alone, or none.",
        title="What is blended", choices=MIXED, source="algorithm 1, lines 12 to 14; the others are table 4's",
    )  # fmt: skip
    weight: float = knob(
        75.0, "λᵤ: weight of the unlabelled loss after its ramp.", title="Unlabelled weight", low=0.0, high=500.0,
        source="section 4.2, CIFAR-10",
    )  # fmt: skip
    ramp_counts: str = knob(
        "images", "What the ramp of the weight counts: labelled pictures seen (reference) or a share of the run.",
        title="The ramp counts", choices=("images", "fraction"),
        words={"images": "pictures", "fraction": "the run"}, source="reference code",
    )  # fmt: skip
    ramp_images: int = knob(
        2**20, "Pictures until full weight, if the ramp counts pictures.", title="Ramp in pictures", low=1,
        high=2**27, log=True, source="code",
    )  # fmt: skip
    ramp: float = knob(
        0.4, "Share of the run until full weight, if the ramp counts that.", title="Ramp of the weight", low=0.01,
        high=1.0, source="TorchSSL",
    )  # fmt: skip
    lam: str = knob(
        "per_sample", "One λ for every row (reference) or one for the whole batch (all PyTorch ports).",
        title="One λ for each", choices=("per_sample", "per_batch"),
        words={"per_sample": "row", "per_batch": "batch"}, source="reference code",
    )  # fmt: skip
    lam_fold: str = knob(
        "max", "λ becomes max(λ, 1−λ) (reference) or stays as drawn (a known slip).", title="Larger share first",
        choices=("max", "none"), words={"max": "yes", "none": "no"}, source="equation 9",
    )  # fmt: skip
    guesser: str = knob(
        "live", "Whose guesses are sharpened: the trained network's, or those of its moving average.",
        title="Who guesses", choices=("live", "average"),
        words={"live": "the network", "average": "its moving average"},
        source="algorithm 1, line 7; the average is table 4's",
    )  # fmt: skip
    bn_update: str = knob(
        "first", "Which forward passes move batch norm's running statistics.", title="Passes that move batch norm",
        choices=("first", "all"), source="reference code; the YU1ut port updates in all",
    )  # fmt: skip

    align: bool = align_knob("ReMixMatch, section 3.1; MixMatch has none")
    align_momentum: float = align_momentum_knob()

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """K weak views."""
        return ("weak",) * self.views

    @property
    def guesses_by_average(self) -> bool:
        """If the knob says so."""
        return self.guesser == "average"

    @property
    def ratio(self) -> int:
        """As many unlabelled pictures as labelled ones."""
        return 1

    def ramped_weight(self, images: int, progress: float) -> float:
        """λᵤ(t): linear from 0, then constant."""
        done = images / self.ramp_images if self.ramp_counts == "images" else progress / self.ramp
        return self.weight * min(max(done, 0.0), 1.0)

    def start(self, pictures: TrainingSet) -> State:
        """Running class frequencies of the guesses, if they are aligned."""
        return uniform_frequency(pictures.classes) if self.align else {}

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """The mean over views of the answers to them [K, n, L] or [n, L], sharpened; every one of them counts."""
        mean, q = guess(logits if logits.dim() == 3 else logits[None], self.temperature)
        return all_learned(mean, sharpen(evened(mean, state), self.temperature) if self.align else q)

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Draw λ and the partners, then algorithm 1."""
        size, rows = len(batch.x), len(batch.x) * (1 + self.views)
        one = self.lam == "per_batch"
        lam = draw_lam(self.alpha, 1 if one else rows, generator, fold=self.lam_fold == "max").expand(rows)
        partner = partners(self.mixed, size, rows, generator)
        chance = places(self.mix, rows, batch.x.shape[2:], generator)
        return self.mixed_step(model, batch, unmixed(lam, self.mixed, size), partner, state, chance)

    def mixed_step(
        self,
        model: nn.Module,
        batch: Batch,
        lam: Tensor,
        partner: Tensor,
        state: State,
        chance: dict[str, Tensor] | None = None,
    ) -> Step:
        """Algorithm 1 for given λ [B·(1+K)], one permutation of all rows, and where the blends' parts lie."""
        quiet = (lambda: frozen_statistics(model)) if self.bn_update == "first" else nullcontext
        if self.guesses_by_average:
            of_views = torch.stack([teacher_logits(batch.teacher, u) for u in batch.u])
        else:
            with torch.no_grad(), quiet():
                of_views = torch.stack([model(u) for u in batch.u])
        if self.align:
            take_in(torch.softmax(of_views, dim=-1).mean(dim=0), state, self.align_momentum)
        belief = self.believe(of_views, state, batch.index)
        q = belief.targets

        everything = torch.cat([batch.x, *batch.u])
        targets = torch.cat([one_hot(batch.y, batch.classes, q), *[q] * self.views])
        mixed, target = mix_given(self.mix, everything, targets, partner, lam.to(everything), chance)

        parts = interleave(list(mixed.split(len(batch.x))))
        outputs = [model(parts[0])]
        with quiet():
            outputs += [model(part) for part in parts[1:]]
        logits = torch.cat(interleave(outputs))

        size = len(batch.x)
        compared = (logits[:size], logits[size:], target[:size], target[size:], batch.balance)
        labelled, unlabelled = losses(*compared)
        weight = self.ramped_weight(batch.images, batch.progress)
        return Step(
            labelled + weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "view_guesses": of_views.softmax(dim=-1).flatten(0, 1),
                    "guesses": belief.guess,
                    "targets": q,
                    "lam": lam,
                    "partner": partner,
                    "blends": mixed,
                    "blend_targets": target,
                    "labelled_answers": logits[:size].softmax(dim=1),
                    "answers": logits[size:].softmax(dim=1),
                    **dict(zip(("labelled_each", "unlabelled_each"), losses(*compared, "none"), strict=True)),
                    **weights(1.0, weight),
                }
            ),
        )


@dataclass(frozen=True)
class MixMatchSGD(MixMatch):
    """The second official recipe: the same step, trained as FixMatch is."""

    idea: ClassVar[str] = (
        "The same step as MixMatch, trained with momentum, a falling learning rate and decay in the loss. "
        "This is the MixMatch of FixMatch's comparison tables; recipe and method are different things."
    )
    paper: ClassVar[str] = "Sohn et al. 2020, arXiv:2001.07685, section 4: MixMatch run again with its own recipe."
    training: ClassVar[dict] = {"schedule": "cosine_7_16"}
