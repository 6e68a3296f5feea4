"""What the chart shows of the steps since the last row; kept on the device and read back once a row."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ssl_core.data.card import UNKNOWN
from ssl_core.methods import Step


class Diverged(ArithmeticError):
    """The loss is no longer a number."""


class Meter:
    """Means of losses and quality of pseudo-labels over a few steps.

    The hidden labels of unlabelled rows are used here, for display, and nowhere else. Where nobody knows one (UNKNOWN)
    a guess counts for the share that was used, and for nothing that speaks of right and wrong.
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.losses: list[Tensor] = []
        self.names: list[str] = []
        self.guesses: list[Tensor] = []  # [guessed, selected, known], then per guessed class: known, and right of these

    def add(self, step: Step, hidden: Tensor) -> None:
        """Note one step; no value is read back from the device here."""
        self.names = ["loss", *(f"loss_{name}" for name in step.parts)]
        self.losses.append(torch.stack([step.loss.detach(), *(part.detach() for part in step.parts.values())]))
        if "pseudo" in step.stats:
            pseudo, mask = step.stats["pseudo"], step.stats["mask"].float()
            known, none = mask * (hidden != UNKNOWN), torch.zeros(self.classes, device=mask.device)
            per_class = [none.index_add(0, pseudo, share) for share in (known, mask * (pseudo == hidden))]
            selected = mask.sum()
            sums = torch.stack([torch.full_like(selected, len(pseudo)), selected, known.sum()])
            self.guesses.append(torch.cat([sums, *per_class]))

    def read(self, step: int) -> dict[str, Any]:
        """The row's numbers, and start afresh; raises Diverged, one sentence, if a loss was NaN or infinite."""
        losses = torch.stack(self.losses).double().cpu()
        finite = torch.isfinite(losses[:, 0])
        if not finite.all():
            at = step - len(losses) + int(finite.int().argmin()) + 1
            raise Diverged(f"The loss became {losses[at - step - 1, 0].item()} at step {at}: lower the learning rate.")
        row = dict(zip(self.names, losses.mean(dim=0).tolist(), strict=True))
        if self.guesses:
            guessed, selected, known, *per_class = torch.stack(self.guesses).double().sum(dim=0).tolist()
            counts, right = per_class[: self.classes], per_class[self.classes :]
            row["mask_rate"] = selected / guessed
            row["pseudo_accuracy"] = sum(right) / known if known else None
            row |= {"pseudo_counts": counts, "pseudo_right": right}
        self.losses, self.guesses = [], []
        return row

    def state_dict(self) -> dict[str, Any]:
        """What has been noted since the last row."""
        return {"names": self.names, "losses": self.losses, "guesses": self.guesses}

    def load_state_dict(self, saved: dict[str, Any], device: torch.device | str = "cpu") -> None:
        """Go on noting from there, where the run now trains: a checkpoint is read into the processor's memory."""
        self.names, self.losses = saved["names"], [losses.to(device) for losses in saved["losses"]]
        rows = [row for row in saved["guesses"] if len(row) >= 2 + 2 * self.classes]  # the oldest were shorter
        # Before labels could be unknown, all that was selected was known.
        self.guesses = [row if len(row) % 2 else torch.cat([row[:2], row[1:]]) for row in rows]
        self.guesses = [row.to(device) for row in self.guesses]
