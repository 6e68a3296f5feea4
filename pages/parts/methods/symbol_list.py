"""Every symbol of a method's formula in words, and the knob that turns it."""

from __future__ import annotations

from typing import Any

import streamlit as st


def formula(tex: str) -> None:
    """A formula, small enough for a phone there."""
    with st.container(key="formula"):
        st.latex(tex)


def symbol_list(method: type[Any]) -> None:
    """A line a symbol, in the order of the formula; one that is a knob names it."""
    from ssl_core.methods.symbols import symbols_of

    lines = []
    for symbol in symbols_of(method):
        knob = f" (knob *{symbol.knob.replace('_', ' ')}*)" if symbol.knob else ""
        lines.append(f"- ${symbol.tex}$: {symbol.words}{knob}")
    with st.expander(f"What the {len(lines)} symbols mean", expanded=True, key="symbols"):
        st.markdown("\n".join(lines))
