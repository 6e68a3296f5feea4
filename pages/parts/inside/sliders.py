"""The knobs of a step as sliders: what changes is what depends on them."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

SHAPE = ("threshold", "temperature", "views", "alpha", "mix_alpha", "weight")  # knobs that change what a step does
STEPS = {"threshold": 0.01, "temperature": 0.05, "alpha": 0.05, "mix_alpha": 0.05}
WIDE = ("alpha", "mix_alpha", "weight")  # what may be far larger than anybody wants it
WIDTH = 165  # pixels: two beside each other on a phone
ANEW = "inside_anew"


def forget_sliders() -> None:
    """Another run: from now on its own values."""
    st.session_state[ANEW] = True


def choose_knobs(method: str, knobs: Any) -> dict[str, Any]:
    """A slider for each of a method's knobs that shape a step; the values, by name of the knob.

    In the address they are fixmatch-threshold and the like: another method's do not disturb.
    """
    from ssl_core.knobs import knobs_of

    known, anew = knobs_of(type(knobs)), st.session_state.pop(ANEW, False)
    row, values = st.container(horizontal=True, gap="medium", key="inside_sliders"), {}
    for name in (name for name in SHAPE if name in known and not _off(name, knobs)):
        key, span = f"{method}-{name}", _span(name, known[name], getattr(knobs, name))
        if anew:
            st.session_state[key] = span[2]
        facts = {"key": key, "bind": "query-params", "help": known[name].help, "width": WIDTH}
        values[name] = row.slider(known[name].label(name), *span, **facts)
    return values


def _off(name: str, knobs: Any) -> bool:
    return name == "mix_alpha" and knobs.mix == "none"


def _span(name: str, knob: Any, value: Any) -> tuple[Any, Any, Any, Any]:
    """Lowest, highest, the run's own, and how fine; the same for all runs of a method, as far as it can be."""
    if isinstance(value, int):
        return int(knob.low), int(knob.high), value, 1
    usual = min(knob.high, _round_up(4 * knob.default)) if name in WIDE else knob.high
    top = usual if value <= usual else knob.high
    return float(knob.low), float(top), float(value), STEPS.get(name) or 10.0 ** math.floor(math.log10(top) - 2)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 ... ; 1 for nothing."""
    if value <= 0:
        return 1.0
    ten = 10.0 ** math.floor(math.log10(value))
    return float(next(step * ten for step in (1, 2, 5, 10) if step * ten >= value))
