"""The part of the page that a slider, an arrow key or a chosen picture redraws: sliders, flow and formula."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.parts.inside.choice import Choice
from pages.parts.inside.flow_view import flow_view
from pages.parts.inside.formula import formula
from pages.parts.inside.scene import scene_of
from pages.parts.inside.sliders import choose_knobs
from pages.parts.shared.address import choose_one, say
from pages.parts.shared.plain import plain


def take_stage() -> None:
    """An arrow key or a button of the flow."""
    if asked := st.session_state["inside_flow"].get("stage"):
        say("at_stage", asked[0])


def take_row() -> None:
    """A picture was chosen, or let go."""
    if asked := st.session_state["inside_flow"].get("row"):
        say("at_row", asked[0])


def heard() -> float:
    """When the hand said the last that the page knows of: what it said since is newer than what the page draws."""
    said = st.session_state.get("inside_flow") or {}
    return max([asked[1] for part in ("stage", "row") if (asked := said.get(part))], default=0)


def walk(choice: Choice) -> None:
    """Sliders, flow, formula."""
    from ssl_core.inside.trace import as_method, cannot, with_knobs
    from ssl_core.methods.flow import flow_of

    try:
        if why := cannot(choice.config):
            st.info(plain(why))
            return
        config = as_method(choice.config, choice.method)
        values = choose_knobs(choice.method, config.knobs)
        config = with_knobs(config, values)
        stages = flow_of(choice.method, config.knobs)
        stage = choose_one(st.selectbox, "Stage", {s.name: s.title for s in stages}, key="at_stage")
        row = st.session_state.get("at_row") or st.query_params.get("at_row", "")
        scene = scene_of(choice, values, stages, stage, str(row))
    except ValueError as wrong:
        st.error(plain(wrong))
        return
    rows = {"": "none"} | {r["id"]: r["title"] for r in scene["rows"]}
    scene["row"] = choose_one(st.selectbox, "Picture", rows, "", key="at_row")
    scene["heard"] = heard()
    # Neither choice is seen (assets/frame/look.css): they hold the address, and the flow has buttons of its own.
    flow_view(scene, key="inside_flow", on_stage=take_stage, on_row=take_row)
    formula(dataclasses.replace(config), next(s for s in stages if s.name == stage))
