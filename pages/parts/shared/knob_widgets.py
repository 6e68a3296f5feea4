"""A widget for every knob, made from what the knob says about itself."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from ssl_core.knobs import Knob


def knob_widget(name: str, knob: Knob, value: Any, *, key: str, bound: bool = True) -> Any:
    """Show the widget of one knob, starting at `value`; `bound` says that its state is in the link."""
    label = name.replace("_", " ")
    facts = {"key": key, "help": f"{knob.help} Source: {knob.source}."} | ({"bind": "query-params"} if bound else {})
    if knob.kind is bool:
        return st.toggle(label, value, **facts)
    if knob.free:
        return st.text_input(label, value, **facts)
    if knob.choices:
        return st.selectbox(label, knob.choices, knob.choices.index(value), **facts)
    if knob.kind is int:
        return st.number_input(label, int(knob.low), int(knob.high), value, **facts)
    small = min(abs(v) for v in (value, knob.high) if v) if value else knob.high
    step = 10.0 ** (math.floor(math.log10(small)) - 1) if small else 0.01
    return st.number_input(label, float(knob.low), float(knob.high), value, step=step, format=_digits(step), **facts)


def _digits(step: float) -> str:
    return f"%.{max(0, -math.floor(math.log10(step)))}f"
