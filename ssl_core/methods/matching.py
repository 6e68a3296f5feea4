"""Matching in its literal sense: unlabelled pictures take labels from labelled ones that look alike, once, beforehand.

No network takes part in the guessing. It is then trained on what was guessed, so that its accuracy can stand beside
that of the other methods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from ssl_core.knobs import knob
from ssl_core.methods.contract import (
    Batch,
    Belief,
    Method,
    State,
    Step,
    TrainingSet,
    all_learned,
    mu_knob,
    weight_knob,
)
from ssl_core.methods.losses import labelled_loss, labelled_seen, weights


def space_knob() -> str:
    """Where pictures are compared, as every matching method declares it."""
    return knob(
        "pca", "Where pictures are compared: all pixels, or their main components.",
        title="Where pictures are compared", choices=("pca", "pixels"), words={"pca": "main components"}, source="ours",
    )  # fmt: skip


def components_knob() -> int:
    """How many components, likewise."""
    return knob(
        32, "Main components kept, where the space is pca.", title="Main components", low=1, high=256, source="ours"
    )


def points(pictures: TrainingSet, space: str, components: int) -> tuple[np.ndarray, np.ndarray]:
    """Labelled [n, D] and unlabelled [m, D] rows as points, float32; bytes become 0..1, other numbers stay."""
    rows = pictures.images.cpu()[torch.cat([pictures.labelled, pictures.unlabelled]).cpu()]
    flat = (rows.flatten(1).float() / (255 if rows.dtype == torch.uint8 else 1)).numpy()
    if space == "pca":
        from sklearn.decomposition import PCA  # scikit-learn takes a second to import

        flat = PCA(min(components, *flat.shape), svd_solver="randomized", random_state=0).fit_transform(flat)
    return flat[: len(pictures.labelled)], flat[len(pictures.labelled) :]


@dataclass(frozen=True)
class Matching(Method):
    """Cross-entropy on labelled pictures, plus cross-entropy of unlabelled ones with what `match` gave them."""

    space: str = space_knob()
    components: int = components_knob()
    weight: float = weight_knob(1.0, "ours")
    mu: int = mu_knob(1, "ours")

    @property
    def unlabelled_views(self) -> tuple[str, ...]:
        """One weak view."""
        return ("weak",)

    def match(self, x: np.ndarray, y: np.ndarray, u: np.ndarray, classes: int) -> np.ndarray:
        """Class probabilities [m, L] of points u [m, D], from labelled points x [n, D] with labels y [n]."""
        raise NotImplementedError

    def start(self, pictures: TrainingSet) -> State:
        """Match once; the labels of unlabelled pictures are not in it."""
        x, u = points(pictures, self.space, self.components)
        matched = self.match(x, pictures.labels.cpu().numpy(), u, pictures.classes)
        return {"target": torch.from_numpy(matched.astype(np.float32))}

    def believe(self, logits: Tensor, state: State, index: Tensor) -> Belief:
        """What was matched beforehand, whatever the network answers."""
        return all_learned(torch.softmax(logits, dim=1), state["target"][index])

    def step(self, model: nn.Module, batch: Batch, state: State, generator: Generator) -> Step:
        """One joint forward pass."""
        of_x, of_u = model(torch.cat([batch.x, batch.u[0]])).split([len(batch.x), len(batch.index)])
        belief = self.believe(of_u.detach(), state, batch.index)
        labelled = labelled_loss(of_x, batch.y, batch.balance)
        unlabelled = F.cross_entropy(of_u, belief.targets.to(of_u))
        return Step(
            labelled + self.weight * unlabelled,
            {"labelled": labelled, "unlabelled": unlabelled},
            belief.stats,
            batch.show(
                lambda: {
                    "guesses": belief.guess,
                    "targets": belief.targets,
                    "answers": of_u.softmax(dim=1),
                    "unlabelled_each": F.cross_entropy(of_u, belief.targets.to(of_u), reduction="none"),
                    **labelled_seen(of_x, batch.y, batch.balance),
                    **weights(1.0, self.weight),
                }
            ),
        )


# Every matching method's loss; each says after it where q comes from.
FORMULA = r"\frac1B\sum_b H(y_b,\,p(x_b)) + \lambda_u\,\frac1{\mu B}\sum_b H(q_b,\,p(u_b)),\quad q_b "


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """‖a_i − b_j‖² [n, m]."""
    return np.maximum((a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)[None], 0)


__all__ = ["FORMULA", "Matching", "points", "squared_distances"]
