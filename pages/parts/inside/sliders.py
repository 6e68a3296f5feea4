"""The knobs of a step as sliders: what changes is what depends on them."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

# The knob to its name in the address and on the page; no other page's widgets have these names.
NAMES = {
    "threshold": ("tau", "τ, threshold"),
    "temperature": ("sharpening", "T, temperature"),
    "views": ("k", "K, views"),
    "alpha": ("beta", "α, mixing"),
    "mix_alpha": ("beta", "α, mixing"),
    "weight": ("lambda", "λᵤ, unlabelled weight"),
}
WIDTH = 165  # pixels: two beside each other on a phone
STEPS = {"threshold": 0.01, "temperature": 0.05, "alpha": 0.05, "mix_alpha": 0.05}


def forget_sliders() -> None:
    """Another run or method: its own values."""
    for key, _ in NAMES.values():
        st.session_state.pop(key, None)
        if key in st.query_params:
            del st.query_params[key]


def choose_knobs(knobs: Any) -> dict[str, Any]:
    """A slider for each of a method's knobs that shape a step; the values, by name of the knob."""
    from ssl_core.knobs import knobs_of

    known = knobs_of(type(knobs))
    there = [name for name in NAMES if name in known and not _off(name, knobs)]
    values: dict[str, Any] = {}
    row = st.container(horizontal=True, gap="medium", key="inside_sliders")
    for name in there:
        key, label = NAMES[name]
        value, low, high = getattr(knobs, name), known[name].low, known[name].high
        if isinstance(value, int):
            span = (int(low), int(high), value, 1)
        else:
            top = min(high, _round_up(4 * value)) if name in ("weight", "alpha", "mix_alpha") else high
            span = (float(low), float(top), float(value), STEPS.get(name) or 10.0 ** math.floor(math.log10(top) - 2))
        values[name] = row.slider(label, *span, key=key, bind="query-params", help=known[name].help, width=WIDTH)
    return values


def _off(name: str, knobs: Any) -> bool:
    return name == "mix_alpha" and knobs.mix == "none"


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 ... ; 1 for nothing."""
    if value <= 0:
        return 1.0
    ten = 10.0 ** math.floor(math.log10(value))
    return float(next(step * ten for step in (1, 2, 5, 10) if step * ten >= value))
