"""Distribution alignment: no class may be guessed more often than it is due.

ReMixMatch, Berthelot et al. 2019b, arXiv:1911.09785, section 3.1.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ssl_core.knobs import knob
from ssl_core.methods.contract import State, moved

SMALL = 1e-6  # keeps the ratio of frequencies finite; ReMixMatch's reference code


def align_knob(source: str) -> bool:
    """The switch, as every method that offers it declares it."""
    return knob(
        False, "Distribution alignment: correct guesses so that, over time, all classes come up equally often.",
        title="Align classes", source=source,
    )  # fmt: skip


def align_momentum_knob() -> float:
    """How slowly the running class frequencies move."""
    return knob(
        0.98, "How slowly the running class frequencies of the alignment move.", title="Memory of the alignment",
        low=0.5, high=0.9999, source="ours",
    )  # fmt: skip


def uniform_frequency(classes: int) -> State:
    """The memory of alignment before the first guess."""
    return {"frequency": torch.full((classes,), 1 / classes)}


def aligned(p: Tensor, wanted: Tensor | float, guessed: Tensor) -> Tensor:
    """p [n, L] · wanted / guessed class frequency, rows made to sum to one.

    `wanted` [L] may be any one positive number for classes that are all due equally often; `guessed` [L] holds no 0.
    """
    q = p * wanted / guessed
    return q / q.sum(dim=1, keepdim=True)


def take_in(guess: Tensor, state: State, momentum: float) -> None:
    """The running frequency of classes, state["frequency"] [L], moves towards that of these guesses [n, L]."""
    state["frequency"] = moved(state["frequency"].to(guess.device, guess.dtype), guess.mean(dim=0), momentum)


def evened(guess: Tensor, state: State) -> Tensor:
    """q · uniform / frequency, rows made to sum to one; guess [n, L]."""
    return aligned(guess, 1.0, state["frequency"].to(guess.device, guess.dtype).clamp(min=SMALL))
