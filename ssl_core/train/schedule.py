"""The learning rate as a function of the step: it scales with the length of the run by itself."""

from __future__ import annotations

import math


def factor(schedule: str, step: int, steps: int, warmup_steps: int = 0) -> float:
    """Multiplier of the learning rate in force at `step` (0-based) of `steps`.

    "cosine_7_16" is cos(7πk/16K) (FixMatch section 2.4), ending at 0.195; "cosine" ends at 0.
    """
    if step < warmup_steps:
        return step / warmup_steps
    done = (step - warmup_steps) / max(steps - warmup_steps, 1)
    if schedule == "cosine_7_16":
        return max(0.0, math.cos(7 * math.pi / 16 * done))
    if schedule == "cosine":
        return (1 + math.cos(math.pi * min(done, 1.0))) / 2
    return 1.0
