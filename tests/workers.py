"""The process that has a run, which tests find by the number it writes down, and end without waiting for luck."""

from __future__ import annotations

import contextlib
import os
import signal
import time

PATIENT = 240.0  # seconds that a busy machine may take for what needs an instant


def worker_of(run) -> int:
    """The number of the process that has the run: it takes the run first and says its number a moment later."""
    limit = time.monotonic() + PATIENT
    while True:
        with contextlib.suppress(OSError, ValueError):
            return int((run.folder / "pid").read_text())
        assert time.monotonic() < limit, f"nobody has said that they have {run.name}: it is {run.state}"
        time.sleep(0.02)


def end_worker(run) -> None:
    """Nobody has the run afterwards, whatever the worker was doing; a run that nobody has is left as it is."""
    run.stop()
    limit = time.monotonic() + PATIENT
    while run.held():
        with contextlib.suppress(OSError, ValueError):  # it has not said its number yet, or is gone
            os.killpg(int((run.folder / "pid").read_text()), signal.SIGKILL)
        assert time.monotonic() < limit, f"{run.name} is still held"
        time.sleep(0.02)
