"""A widget for every knob, made from what the knob says about itself."""

from __future__ import annotations

import math
import re
from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from ssl_core.knobs import Knob


def knob_widget(name: str, knob: Knob, value: Any, *, key: str, bound: bool = True) -> Any:
    """Show the widget of one knob, starting at `value`; `bound` says that its state is in the link."""
    label = knob.label(name)
    facts = {"key": key, "help": f"{knob.help} Source: {knob.source}."} | ({"bind": "query-params"} if bound else {})
    if knob.kind is bool:
        return st.toggle(label, value, **facts)
    if knob.free:
        return st.text_input(label, value, **facts)
    if knob.choices:
        return _choice(label, knob, value, bound, {"key": key, "help": facts["help"]})
    if knob.kind is int:
        return st.number_input(label, int(knob.low), int(knob.high), value, **facts)
    small = min(abs(v) for v in (value, knob.high) if v) if value else knob.high
    step = 10.0 ** (math.floor(math.log10(small)) - 1) if small else 0.01
    return st.number_input(label, float(knob.low), float(knob.high), value, step=step, format=_digits(step), **facts)


def knob_slider(name: str, knob: Knob, value: Any, *, key: str) -> Any:
    """A slider for a number with both ends near, which says its symbol and what that is; else its usual widget."""
    if knob.kind not in (int, float) or knob.log or knob.choices:
        return knob_widget(name, knob, value, key=key)
    kind, label = knob.kind, re.split(r"[;,.]", knob.help)[0] if knob.symbol else knob.label(name)
    step = 1 if kind is int else 10.0 ** (math.floor(math.log10(knob.high - knob.low)) - 2)
    facts = {} if kind is int else {"format": _digits(step / 10 if round(value / step, 6) % 1 else step)}
    return st.slider(
        label, kind(knob.low), kind(knob.high), kind(value), step, key=key, bind="query-params",
        help=f"{knob.help} In a terminal --{name}. Source: {knob.source}.", **facts,
    )  # fmt: skip


def _choice(label: str, knob: Knob, value: str, bound: bool, facts: dict[str, Any]) -> str:
    words = {choice: knob.said(choice) for choice in knob.choices}
    if bound:
        return choose_one(st.selectbox, label, words, value, **facts)
    return st.selectbox(label, knob.choices, knob.choices.index(value), format_func=words.get, **facts)


def _digits(step: float) -> str:
    return f"%.{max(0, -math.floor(math.log10(step)))}f"
