"""A run's checkpoint, tensors and plain values: written whole, read through the safe path only, or one sentence."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from ssl_core.runs.files import write_whole
from ssl_core.runs.plain_files import open_plain
from ssl_core.tasks import CLASSIFY, GENERATE

MOST_BYTES = 2**33  # of a checkpoint: the largest network here has 0.3 GB with its average and its optimizer
PARTS = {
    CLASSIFY: {
        **{"model": dict, "average": dict, "optimizer": dict, "state": dict, "meter": dict},
        **{"step": int, "seconds": (int, float), "updates": int},
    },
    GENERATE: {"step": int, "seconds": (int, float), "making": dict, "losses": list},
}


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Tensors and plain values, whole or not at all."""
    write_whole(path, as_file(state))


def as_file(state: dict[str, Any]) -> bytes:
    """The same as the bytes of a file."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The checkpoint, or None if there is none; raises ValueError, one sentence, for a file that is not one."""
    try:
        with open_plain(path, MOST_BYTES) as file:
            saved = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except Exception:  # what a damaged file makes of a reader has no end; and torch advises to load it unsafely
        raise ValueError(unusable("cannot be read", path.name)) from None
    return saved


def load_moment(folder: Path, moment: str) -> dict[str, Any] | None:
    """The weights of a moment, "twentieth", "quarter" or "end" (the checkpoint), or None where none were kept.

    Raises ValueError, one sentence, for a file that is not one.
    """
    name = "checkpoint.pt" if moment == "end" else f"{moment}.pt"
    saved = load_checkpoint(folder / name)
    step = saved.get("step") if isinstance(saved, dict) else None
    if saved is not None and not (type(step) is int and 0 <= step < 2**31):
        raise ValueError(unusable("is not one of a run", name))
    return saved


def check_checkpoint(saved: Any, task: str = CLASSIFY) -> dict[str, Any]:
    """The checkpoint, if training can go on from it as far as its parts tell; else ValueError, one sentence."""
    whole = isinstance(saved, dict) and all(isinstance(saved.get(name), kind) for name, kind in PARTS[task].items())
    if not whole or saved["step"] < 0:
        raise ValueError(unusable("is not one of a run"))
    return saved


def unusable(what: str, name: str = "checkpoint.pt") -> str:
    """The sentence about a checkpoint that a run cannot go on from, or about the weights of another moment."""
    if name != "checkpoint.pt":
        return f"{name} {what}: choose another moment of this run."
    return f"{name} {what}: start this run afresh, on the Runs page or with train --resume RUN --afresh."
