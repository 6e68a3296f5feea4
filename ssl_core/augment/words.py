"""What was drawn, as a person reads it."""

from __future__ import annotations

from ssl_core.augment.operations import OPERATIONS


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


def done(name: str, strength: float) -> str:
    """An operation and its strength, empty for identity: "rotate −12.3°"."""
    if name == "identity":
        return ""
    return f"{OPERATIONS[name].title} {amount(name, strength)}".strip()
