"""Where a run is computed."""

from __future__ import annotations

import torch


def pick_device(name: str) -> torch.device:
    """auto is cuda, then mps, then cpu; raises ValueError, one sentence, for a device that is not there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, available in there.items() if available)
    if not there[name]:
        raise ValueError(f"This machine has no {name} device: choose auto or cpu.")
    return torch.device(name)
