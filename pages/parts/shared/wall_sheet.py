"""The pictures of a run's wall as a file that the browser keeps: a live page then sends numbers alone."""

from __future__ import annotations

from pages.parts.shared.store import store
from ssl_core.runs.wall import sheet


def wall_png(name: str) -> bytes | None:
    """The sheet of a run of the store; None where there is no such run, or it has no sheet that could be shown."""
    try:
        run = store().run(name)
    except OSError:
        return None
    return sheet(run) if run else None


def address_of_sheet(name: str) -> str:
    """Where the browser finds it, relative to the app."""
    return f"lab/wall/{name}.png"
