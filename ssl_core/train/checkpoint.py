"""A checkpoint: what a trainee carries from step to step, as tensors and plain values, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ssl_core.train.trainee import Trainee

# What a checkpoint of something else makes of its reader: as many as torch has words.
FOREIGN = (KeyError, IndexError, TypeError, AttributeError, ValueError, RuntimeError)


def checkpoint_of(trainee: Trainee) -> dict[str, Any]:
    """The checkpoint: tensors and plain values only."""
    return {
        "step": trainee.step,
        "seconds": trainee.seconds,
        "model": trainee.model.state_dict(),
        "average": trainee.average.shadow.state_dict(),
        "updates": trainee.average.updates,
        "optimizer": trainee.optimizer.state_dict(),
        "state": dict(trainee.state),
        "memory": dict(trainee.memory),
        "head": trainee.head.state_dict() if trainee.head else {},
        "companion": _companion_of(trainee),
        "meter": trainee.meter.state_dict(),
        "bits": trainee.bits,
    } | ({"standard": trainee.standard} if trainee.kept else {})


def _companion_of(trainee: Trainee) -> dict[str, Any]:
    if not trainee.companion_average:
        return {}
    return {"live": trainee.companion.state_dict(), "average": trainee.companion_average.shadow.state_dict()}


def go_on_from(trainee: Trainee, saved: dict[str, Any]) -> None:
    """Let it go on from a checkpoint of the same configuration; raises ValueError, one sentence, for another's."""
    try:
        _stand(trainee, saved)
        trainee.seconds, trainee.average.updates = saved["seconds"], saved["updates"]
        if trainee.companion_average:
            trainee.companion_average.updates = saved["updates"]
        trainee.optimizer.load_state_dict(saved["optimizer"])
        trainee.meter.load_state_dict(saved["meter"], trainee.device)
    except FOREIGN:
        raise ValueError("The checkpoint is of another network or another version: start afresh.") from None


def stand_at(trainee: Trainee, saved: dict[str, Any]) -> None:
    """Let it stand where a checkpoint or a moment (ssl_core/train/moments.py) stands, to look at the next step.

    Raises ValueError, one sentence, for another configuration's.
    """
    try:
        _stand(trainee, saved)
    except FOREIGN:
        raise ValueError("What was kept of this network is of another network or another version.") from None


def _stand(trainee: Trainee, saved: dict[str, Any]) -> None:
    trainee.step = saved["step"]
    if trainee.bits is None:
        trainee.bits = saved.get("bits", 32)  # before there was a choice, a processor had 32
    trainee.model.load_state_dict(saved["model"])
    trainee.average.shadow.load_state_dict(saved["average"])
    state = dict(saved["state"])
    for name, memory in trainee.memory.items():  # CTAugment's rates once were among the method's own state
        kept = saved["memory"][name] if "memory" in saved else [{k: state.pop(k) for k in part} for part in memory]
        trainee.memory[name] = trainee.here(kept)
    trainee.state.update({k: v.to(trainee.device) for k, v in state.items()})
    if trainee.head:
        trainee.head.load_state_dict(saved["head"])
    if trainee.companion_average:
        trainee.companion.load_state_dict(saved["companion"]["live"])
        trainee.companion_average.shadow.load_state_dict(saved["companion"]["average"])
