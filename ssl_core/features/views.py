"""The views of a data set that training on features draws from: which there are, and how each is drawn.

Weak and strong views are drawn once, by the policies that training uses, at the size the data set is kept in. What is
drawn for a picture follows from the view's number and the picture's place alone: whoever goes on after a kill draws
the same.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ssl_core.augment import Policy

BLOCK = 256  # pictures of a file
COPIES = {"plain": 1, "weak": 2, "strong": 3}
WEAK, STRONG = range(COPIES["weak"]), range(COPIES["strong"])


class View(NamedTuple):
    """Every picture once: as it is (`policy` None), or as the `number`-th draw of a policy makes it."""

    name: str  # plain, weak or strong; "test" is the test as it is
    number: int
    policy: Policy | None

    def key(self, pictures: str, network: str) -> str:
        """The name under which it is kept: equal for equal pictures, network, policy and number, else different."""
        stages = repr(self.policy.stages) if self.policy else ""
        facts = "\n".join([pictures, network, stages, str(self.number), str(BLOCK)])
        return f"{self.name}-{hashlib.sha256(facts.encode()).hexdigest()[:24]}"


def views_of(policies: dict[str, Policy]) -> list[View]:
    """The plain view, then every copy of each policy of "weak" and "strong"."""
    drawn = [View(name, number, policy) for name, policy in policies.items() for number in range(COPIES[name])]
    return [View("plain", 0, None), *drawn]


def pictures_key(images: Tensor) -> str:
    """The same for the same pictures in the same order, whatever their labels are and whoever brought them."""
    digest = hashlib.sha256(str((tuple(images.shape), str(images.dtype))).encode())
    digest.update(images.contiguous().numpy().data)
    return digest.hexdigest()[:32]


def drawn(view: View, images: Tensor, first: int) -> Tensor:
    """Pictures uint8 [n, C, H, W], the first of which is number `first` of its set, as this view shows them, 0..1."""
    x = images.float() / 255
    if view.policy is None:
        return x
    mixed = np.random.SeedSequence([view.number, first]).generate_state(1, np.uint64)[0]
    return view.policy(x, torch.Generator().manual_seed(int(mixed)))


def stages_that_learn(policies: dict[str, Any]) -> list[str]:
    """Names of the policies that change while a network trains: their views cannot be drawn once for all."""
    return [name for name, policy in policies.items() if policy.learns]
