"""A run's weights on its way: kept at a twentieth and a quarter of its steps, so that a step of then can be looked at.

Its beginning follows from its seed, and its end is its checkpoint.
"""

from __future__ import annotations

from typing import Any

from ssl_core.train.trainee import Trainee

MOMENTS = {"twentieth": 1 / 20, "quarter": 1 / 4}  # name to the share of the planned steps
MOST_BYTES = 2**24  # of one moment: network and average of a WRN-28-2 have 12 MB; a larger network keeps none
PARTS = ("step", "model", "average", "state", "memory", "head", "companion", "bits")


def step_of(name: str, planned: int) -> int:
    """After how many of the planned steps that is; never before the first, never after the last."""
    return min(max(1, round(MOMENTS[name] * planned)), planned)


def due(trainee: Trainee) -> list[str]:
    """The moments that are now; none where rows are no pictures, or the network is large."""
    planned = trainee.config.training.steps
    now = [name for name in MOMENTS if step_of(name, planned) == trainee.step]
    return now if now and can_be_kept(trainee) else []


def can_be_kept(trainee: Trainee) -> bool:
    """Whether moments of this run are kept: of networks on pictures that are not too large."""
    if trainee.kept or trainee.images.dim() != 4:
        return False
    networks = [trainee.model, trainee.average.shadow]
    networks += [trainee.companion, trainee.companion_average.shadow] if trainee.companion_average else []
    numbers = [value for network in networks for value in network.state_dict().values()]
    numbers += list(trainee.state.values())
    return sum(value.numel() * value.element_size() for value in numbers) <= MOST_BYTES


def moment_of(trainee: Trainee) -> dict[str, Any]:
    """What `Trainee.stand_at` needs to stand here again: tensors and plain values only."""
    whole = trainee.state_dict()
    return {name: whole[name] for name in PARTS}
