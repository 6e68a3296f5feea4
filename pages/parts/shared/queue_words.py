"""What would be trained, for how long, and what stands before it in the queue: said before anybody presses Start."""

from __future__ import annotations

from typing import Any

from ssl_core.figures.look import duration


def plan_words(plan: Any) -> str:
    """Sentences about a plan of ssl_core.runs.budget; one of its runs may be there to show how far labels alone go."""
    every = "One learns from every label, as a ceiling." if plan.experiment.ceiling else ""
    runs = f"{plan.runs} run{'s' if plan.runs > 1 else ''}"
    about = f", about {duration(plan.seconds)}" if plan.seconds else ""
    return " ".join(filter(None, (f"**{runs}{about}** {plan.note}", every, _behind(plan))))


def _behind(plan: Any) -> str:
    """A sentence about the runs that come before it; or nothing."""
    if not plan.before:
        return ""
    runs = f"{plan.before} run{'s come' if plan.before > 1 else ' comes'} first, about {duration(plan.wait)}"
    return f"{runs}: these would begin at place {plan.before + 1} in the queue."
