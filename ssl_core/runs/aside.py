"""A short measurement in a process of its own, so that what it imports never burdens the server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent.parent
LONGEST = 90  # seconds


def measure_speed(text: str, side: int, channels: int, batch: int) -> dict[str, Any]:
    """Pictures a second of a pipeline, {"ours": ..., "torchvision": ...}; raises ValueError, one sentence."""
    command = [sys.executable, "-m", "ssl_core.studio.speed", text, str(side), str(channels), str(batch)]
    try:
        done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=LONGEST, check=True)
        return json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        raise ValueError(f"The measurement took more than {LONGEST} s: try smaller pictures.") from None
    except (subprocess.CalledProcessError, ValueError, IndexError, OSError) as wrong:
        raise ValueError(f"The measurement did not come to an end ({type(wrong).__name__}): try again.") from None
