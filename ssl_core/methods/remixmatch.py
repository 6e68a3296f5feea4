"""ReMixMatch (Berthelot et al. 2020, arXiv:1911.09785): MixMatch with aligned guesses, strong views and rotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.align import SMALL, aligned
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
    ramp,
    ramp_knob,
    weight_knob,
)
from ssl_core.methods.losses import soft_cross_entropy, weights
from ssl_core.methods.mixmatch import interleave, sharpen
from ssl_core.methods.symbols import Symbol
from ssl_core.mix import draw_lam, mixup


def quarter_turns(x: Tensor) -> tuple[Tensor, Tensor]:
    """Four parts of a batch, turned by 0°, 180°, 90° left and 90° right, and labels 0 to 3 for that (section 3.3)."""
    parts = x.tensor_split(4)
    turned = [parts[0], *(torch.rot90(part, k, (2, 3)) for part, k in zip(parts[1:], (2, 1, -1), strict=True))]
    label = [torch.full((len(part),), n, device=x.device) for n, part in enumerate(parts)]
    return torch.cat(turned), torch.cat(label)


@dataclass(frozen=True)
class ReMixMatch(Method):
    """Aligned and sharpened guesses of a weak view for K strong ones, mixed, with a rotation task beside."""

    idea: ClassVar[str] = (
        "Guess from a weak view, correct the guess so that classes come up as often as they should, sharpen it, and "
        "teach it to several strong views, all blended as in MixMatch. Beside that the network learns to tell how far "
        "a picture was turned, which needs no label at all."
    )
    formula: ClassVar[str] = (
        r"\frac1B\sum_b H(\tilde y_b,\,p(\tilde x_b))"
        r" + \lambda_u(t)\,\frac1{(K+1)B}\sum_b H(\tilde q_b,\,p(\tilde u_b))"
        r" + \lambda_1(t)\,\frac1B\sum_b H(q_b,\,p(u_b^{s,1}))"
        r" + \lambda_r\,\frac1B\sum_b H(r_b,\,p_r(\mathrm{turn}_{r_b} u_b^{s,1}))"
    )
    symbols: ClassVar[tuple[Symbol, ...]] = (
        Symbol("K", "how many strong views of each unlabelled picture are made", "views"),
        Symbol("q_b", "the guess from the weak view, aligned with how often classes should come up, and sharpened"),
        Symbol("u_b^{s,1}", "the first strong view of an unlabelled picture, not blended"),
        Symbol(r"\lambda_1(t)", "how much that unblended view counts; it climbs from 0", "anchor_weight"),
        Symbol(r"\lambda_r", "how much telling the turn of a picture counts", "rotation_weight"),
        Symbol("r_b", "by how many quarters the picture was turned"),
        Symbol("p_r", "the answer of a second head on the network: how far was this turned?"),
        Symbol(r"\mathrm{turn}_{r_b}", "turning a picture by that many quarters"),
    )
    paper: ClassVar[str] = "Berthelot et al. 2020, arXiv:1911.09785, algorithm 1."
    watch: ClassVar[str] = "Guessed labels of each class: alignment keeps them even, whatever the network prefers."
    breaks: ClassVar[str] = (
        "Pictures that have no upright: a turned digit 6 is a 9, and the rotation task then misleads."
    )
    training: ClassVar[dict] = {
        "optimizer": "adam",
        "lr": 0.002,
        "decay": "decoupled",
        "weight_decay": 0.02,
        "schedule": "constant",
    }  # reference code
    needs_pixels: ClassVar[bool] = True  # it turns them
    head: ClassVar[int] = 4

    views: int = knob(
        8, "K: strong views of each unlabelled picture.", title="Strong views", low=1, high=8,
        source="section 4; 1 with 40 labels",
    )  # fmt: skip
    temperature: float = knob(
        0.5, "T: sharpening of the guess.", title="Temperature", low=0.05, high=1.0, source="section 4"
    )
    alpha: float = knob(
        0.75, "α: λ ~ Beta(α, α), the larger share to the first; 0 is off.", title="Mixing", low=0.0, high=16.0,
        source="section 4",
    )  # fmt: skip
    weight: float = weight_knob(1.5, "section 4")
    anchor_weight: float = knob(
        0.5, "Weight of one strong view left unblended; ramped.", title="Unblended view's weight", low=0.0, high=20.0,
        source="section 4",
    )  # fmt: skip
    rotation_weight: float = knob(
        0.5, "Weight of telling how far a picture was turned.", title="Rotation's weight", low=0.0, high=20.0,
        source="section 4; 2 with 40 labels",
    )  # fmt: skip
    ramp: float = ramp_knob(1 / 64, "reference code: 1,024 of 65,536 kimg")
    window: int = knob(
        128, "Batches whose guesses make up the running class frequency.", title="Batches remembered", low=1,
        high=1024, source="reference code",
    )  # fmt: skip
    wanted: str = knob(
        "uniform", "The class frequencies that guesses are aligned to: all equal, or as among the labels seen.",
        title="Classes aligned to", choices=("uniform", "labels"), source="section 3.1",
    )  # fmt: skip
    guess: str = knob(
        "weak",
        "Whose answer is a view's target: the weak view's (anchoring), the mean of all views', or the next view's.",
        title="Whose answer is learned", choices=("weak", "mean", "swap"),
        source="section 3.2; the others are options of the reference code",
    )  # fmt: skip

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """One weak view to guess from, K strong ones to learn on."""
        return ("weak", *["strong"] * self.views)

    @property
    def ratio(self) -> int:
        """As many unlabelled pictures as labelled ones."""
        return 1

    def start(self, pictures: TrainingSet) -> State:
        """A window full of even frequencies, and even frequencies of labels."""
        even = torch.full((pictures.classes,), 1 / pictures.classes)
        return {"window": even.repeat(self.window, 1), "place": torch.zeros((), dtype=torch.int64), "wanted": even}

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """Draw λ and the partners of all rows, then `mixed_step`."""
        rows = len(batch.x) * (2 + self.views)
        lam = draw_lam(self.alpha, rows, generator, fold=True)
        return self.mixed_step(model, batch, lam, torch.randperm(rows, generator=generator), state)

    def answers(self, model: nn.Module, batch: Batch) -> Tensor:
        """Logits from which each of the K+1 unlabelled views is guessed, [V, (K+1)·B, L]: V views vote on each."""
        with torch.no_grad(), frozen_statistics(model):
            used = batch.u[:1] if self.guess == "weak" else batch.u
            answers = [model(u) for u in used]
        if self.guess == "swap":
            return torch.cat([*answers[1:], answers[0]])[None]
        return torch.stack(answers).repeat(1, len(batch.u), 1)

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """The mean answer of the views that vote, aligned with earlier ones, then sharpened; every one counts."""
        p = torch.softmax(logits if logits.dim() == 3 else logits[None], dim=-1).mean(dim=0)
        even = aligned(p, SMALL + state["wanted"].to(p), SMALL + state["window"].mean(dim=0).to(p))
        return all_learned(p, sharpen(even, self.temperature))

    def take_in(self, p: Tensor, batch: Batch, state: State) -> None:
        """The running frequencies of answers p [n, L] and of labels move towards those of this batch."""
        window = state["window"]
        window[state["place"] % self.window] = p.mean(dim=0).to(window)
        state["place"] += 1
        if self.wanted == "labels":
            share = one_hot(batch.y, batch.classes, state["wanted"]).mean(dim=0)
            state["wanted"] = 0.999 * state["wanted"] + 0.001 * share  # reference code

    def mixed_step(self, model: nn.Module, batch: Batch, lam: Tensor, partner: Tensor, state: State) -> Step:
        """Algorithm 1 for given λ [B·(K+2)] and one permutation of all rows."""
        belief = self.believe(self.answers(model, batch), state, batch.index)
        q = belief.targets
        self.take_in(belief.guess, batch, state)
        strong = batch.u[1]
        everything = torch.cat([batch.x, *batch.u])
        targets = torch.cat([one_hot(batch.y, batch.classes, q), q])
        partner = partner.to(q.device)
        mixed, target = mixup(everything, everything[partner], targets, targets[partner], lam.to(everything))

        # Only the last of the blended forward passes moves batch norm's running statistics (reference code).
        parts, size = interleave(list(mixed.split(len(batch.x)))), len(batch.x)
        with frozen_statistics(model):
            outputs = [model(part) for part in parts[:-1]]
            turned, turns = quarter_turns(strong)
            features = model.features(torch.cat([strong, turned]))
        logits = torch.cat(interleave([*outputs, model(parts[-1])]))

        labelled = soft_cross_entropy(target[:size], logits[:size], batch.balance)
        unlabelled = soft_cross_entropy(target[size:], logits[size:])
        of_strong, of_turned = model.head(features[: len(strong)]), batch.head(features[len(strong) :])
        anchor, rotation = soft_cross_entropy(q[:size], of_strong), F.cross_entropy(of_turned, turns)
        ramped = ramp(batch.progress, self.ramp)
        loss = labelled + ramped * (self.weight * unlabelled + self.anchor_weight * anchor)
        return Step(
            loss + self.rotation_weight * rotation,
            {"labelled": labelled, "unlabelled": unlabelled, "anchor": anchor, "rotation": rotation},
            {name: value[:size] for name, value in belief.stats.items()},
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": q,
                    "lam": lam,
                    "partner": partner,
                    "blends": mixed,
                    "blend_targets": target,
                    "labelled_answers": logits[:size].softmax(dim=1),
                    "answers": logits[size:].softmax(dim=1),
                    "labelled_each": soft_cross_entropy(target[:size], logits[:size], batch.balance, "none"),
                    "unlabelled_each": soft_cross_entropy(target[size:], logits[size:], reduction="none"),
                    "anchor_each": soft_cross_entropy(q[:size], of_strong, reduction="none"),
                    "rotation_each": F.cross_entropy(of_turned, turns, reduction="none"),
                    **weights(1.0, ramped * self.weight, ramped * self.anchor_weight, self.rotation_weight),
                }
            ),
        )
