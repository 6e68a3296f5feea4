"""Which moments of a run can be looked at: its start, what it kept on its way, and its checkpoint."""

from __future__ import annotations

from typing import Any

from ssl_core.runs.plain_files import kind_of
from ssl_core.runs.saved import load_moment
from ssl_core.runs.store import Run
from ssl_core.train.moments import MOMENTS, step_of

TITLES = {"start": "At the start", "twentieth": "After a twentieth", "quarter": "After a quarter", "end": "At the end"}


def moments_of(run: Run | None) -> dict[str, str]:
    """The moments of a run, or of a network that has not been trained: name to a title with its step."""
    titles = {"start": TITLES["start"]}
    if run is None:
        return titles
    planned = run.config["training"]["steps"]
    for name in MOMENTS:
        if kind_of(run.folder / f"{name}.pt") == "file":
            titles[name] = f"{TITLES[name]}, step {step_of(name, planned):,}"
    if kind_of(run.folder / "checkpoint.pt") == "file":
        done = run.state == "done"
        titles["end"] = f"{TITLES['end']}, step {planned:,}" if done else "At its last checkpoint"
    return titles


def weights_of(run: Run | None, moment: str) -> dict[str, Any] | None:
    """What `trace` starts from; None for the start. Raises ValueError, one sentence, where it is gone or unreadable."""
    if run is None or moment == "start":
        return None
    saved = load_moment(run.folder, moment)
    if saved is None:
        raise ValueError("These weights are not there any more: choose another moment.")
    return saved
