"""What was done to a picture, as a person reads it: words are made last, from operations and strengths."""

from __future__ import annotations

from collections.abc import Iterable

from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policy import Change, Frame

TITLES = {"shift_right": "shift", "shift_down": "shift", "hflip": "mirrored", "vflip": "upside down"}
"""Names that read better in another form."""


def amount(name: str, strength: float) -> str:
    """A strength with its unit: −12.3°, 8 %, 0.42; empty for an operation that has none."""
    operation = OPERATIONS[name]
    if not operation.has_strength:
        return ""
    if operation.meaning.startswith("share"):
        text = f"{round(100 * strength)} %"  # a whole number has no −0
    elif operation.meaning == "degrees":
        text = f"{strength:.1f}°"
    elif operation.meaning in ("bits kept", "quality"):
        text = f"{int(strength)}"
    else:
        text = f"{strength:.2f}"
    return text.replace("-", "−")


def title(name: str) -> str:
    """What a change is called, without its strength: an operation's title, "shift", "hole", "mixture"."""
    return TITLES.get(name, name.replace("_", " "))


def caption(change: Change) -> str:
    """One change in words: "rotate −12.3°", "3 px left", "hole 38 %"."""
    name, strength, chains = change
    if name in ("shift_right", "shift_down"):
        ways = ("right", "left") if name == "shift_right" else ("down", "up")
        return f"{abs(strength)} px {ways[strength < 0]}"
    if name == "mixture":
        parts = [" + ".join(title(step.name) for step in chain) for chain in chains]
        return f"{100 * strength:.0f} % mixture of {', '.join(parts)}"
    if name in ("hole", "pixel_hole"):
        return f"hole {100 * strength:.0f} %" + (" of the area" if name == "pixel_hole" else "")
    return f"{title(name)} {amount(name, strength)}".strip() if name in OPERATIONS else title(name)


def captions(frames: Iterable[Frame], row: int) -> tuple[str, ...]:
    """What each frame did to one picture, in words; frames that did nothing to it have none."""
    seen = (", ".join(caption(change) for change in frame.changes[row]) for frame in frames)
    return tuple(words for words in seen if words)
