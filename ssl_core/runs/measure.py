"""A short measurement in a process of its own, so that what it imports never burdens the server."""

from __future__ import annotations

import json
from typing import Any

from ssl_core.runs.process import last_line

LONGEST = 90  # seconds


def measure_speed(text: str, side: int, channels: int, batch: int) -> dict[str, Any]:
    """Pictures a second of a pipeline, {"ours": ..., "torchvision": ...}; raises ValueError, one sentence."""
    try:
        return json.loads(last_line("ssl_core.studio.speed", text, side, channels, batch, seconds=LONGEST))
    except TimeoutError:
        raise ValueError(f"The measurement took more than {LONGEST} s: try smaller pictures.") from None
    except (ValueError, OSError) as wrong:
        raise ValueError(f"The measurement did not come to an end ({type(wrong).__name__}): try again.") from None
