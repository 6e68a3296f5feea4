"""What stands before a plan in the queue, said before anybody presses Start."""

from __future__ import annotations

from typing import Any

from ssl_core.figures.look import duration


def behind(plan: Any) -> str:
    """A space and a sentence about the runs that come before a plan of ssl_core.runs.budget; or nothing."""
    if not plan.before:
        return ""
    runs = f"{plan.before} run{'s come' if plan.before > 1 else ' comes'} first, about {duration(plan.wait)}"
    return f" {runs}: these would begin at place {plan.before + 1} in the queue."
