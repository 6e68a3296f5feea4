"""The formula, a frame around what the stage is, and every symbol in words."""

from __future__ import annotations

from typing import Any

import streamlit as st


def formula(config: Any, stage: Any) -> None:
    """Formula to the left, symbols to the right, those in the frame first."""
    from ssl_core.methods.flow import in_lines
    from ssl_core.methods.symbols import symbols_in, symbols_of

    method = type(config.knobs)
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.markdown("**The loss, which this step makes smaller**")
        st.latex(in_lines(method.formula, stage.spans))
        words = f"Framed: what the stage {stage.title} is."
        st.caption(words if stage.spans else f"The stage {stage.title} has no sign of its own in it.")
    framed = symbols_in(method, stage.spans)
    others = [symbol for symbol in symbols_of(method) if symbol not in framed]
    with right:
        st.markdown("**Its symbols**")
        st.markdown("\n".join(_line(symbol, config, True) for symbol in framed))
        st.markdown("\n".join(_line(symbol, config, False) for symbol in others))


def _line(symbol: Any, config: Any, framed: bool) -> str:
    value = getattr(config.knobs, symbol.knob, getattr(config.training, symbol.knob, None)) if symbol.knob else None
    climbs = symbol.tex.endswith("(t)") and symbol.knob != "ramp"
    now = f" ({'climbs to ' if climbs else ''}{value:g}{'' if climbs else ' here'})" if _number(value) else ""
    words = f"**{symbol.words}**" if framed else symbol.words
    return f"- ${symbol.tex}$ {words}{now}"


def _number(value: Any) -> bool:
    return type(value) in (int, float)
