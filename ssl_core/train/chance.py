"""Randomness that needs no memory: what happens at step k follows from the seed and k alone.

So a run that was killed and resumed draws what it would have drawn, without saving any generator's state.
"""

from __future__ import annotations

import numpy as np
import torch


def generator_at(seed: int, step: int) -> torch.Generator:
    """The generator of everything drawn in one step."""
    mixed = int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0])
    return torch.Generator().manual_seed(mixed)


class Stream:
    """An endless walk through `indices`, reshuffled on every pass; `at(step)` is a function of the seed."""

    def __init__(self, indices: np.ndarray, batch: int, seed: int) -> None:
        self.indices, self.batch, self.seed = indices, batch, seed
        self._passes: dict[int, np.ndarray] = {}

    def at(self, step: int) -> np.ndarray:
        """The `batch` indices of this step."""
        size = len(self.indices)
        first, last = step * self.batch, (step + 1) * self.batch
        passes = range(first // size, (last - 1) // size + 1)
        self._passes = {p: self._passes[p] if p in self._passes else self._shuffled(p) for p in passes}
        walk = np.concatenate([self._passes[p] for p in passes])
        return walk[first - passes[0] * size :][: self.batch]

    def _shuffled(self, number: int) -> np.ndarray:
        random = np.random.Generator(np.random.PCG64([self.seed, number]))
        return random.permutation(self.indices)
