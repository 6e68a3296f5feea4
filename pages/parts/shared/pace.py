"""How often a page looks at an experiment: often for whoever has just started it, until there is something to see."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ssl_core.runs.progress import finished

TICK = 1.0  # seconds between two looks while something trains
SOON = 0.2  # in the first seconds of what one has started: an untrained network's dot comes, then a learned one's
PATIENCE = 5.0  # how many: later ones may wait for a second, also where others have their turn first


def started() -> None:
    """The visitor has just started an experiment."""
    st.session_state["started_at"] = time.monotonic()


def pace(rows: Sequence[dict[str, Any]]) -> float | None:
    """Seconds until the next look at these runs; None where there is nothing to wait for."""
    if all(map(finished, rows)):
        return None
    fresh = time.monotonic() - st.session_state.get("started_at", -PATIENCE) < PATIENCE
    return SOON if fresh else TICK
