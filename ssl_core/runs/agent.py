"""Reading what a run's agent thought, moment by moment."""

from __future__ import annotations

from typing import Any

from ssl_core.runs.run import Run

MOST_MOMENTS = 200


def thoughts(run: Run) -> list[dict[str, Any]]:
    """The rows of agent.jsonl in the order of their steps, those with the newest row's actions; [] without any."""
    rows = run.agent.read()
    if not rows:
        return []
    actions = [(rows[-1]["operations"], rows[-1]["levels"])]
    by_step = {row["step"]: row for row in rows[-MOST_MOMENTS:] if (row["operations"], row["levels"]) in actions}
    return [by_step[step] for step in sorted(by_step)]
