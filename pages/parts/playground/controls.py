"""What can be set beside the plane; all of it stands in the address, and what a prepared world says is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one, choose_some
from pages.parts.shared.seed import seed_box
from ssl_core.playground import edits
from ssl_core.playground.cases import CASES, Case
from ssl_core.playground.drawn import DRAWN
from ssl_core.playground.play import MOST_METHODS, SLIDERS, Play, playable, sliders
from ssl_core.playground.worlds import WORLDS

Films = tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]


def _reset() -> None:
    """Another prepared world: everything as it says."""
    case = CASES[st.session_state["case"]]
    play = case.play
    st.session_state.update(
        {
            "world": play.world,
            "plane_noise": play.noise,
            "plane_labels": play.labels,
            "plane_draw": play.seed,
            "weak_jitter": play.weak,
            "strong_jitter": play.strong,
            "edits": play.edits,
            "plane_methods": list(case.methods),
        }
    )
    for name in playable():
        for knob, about in sliders(name).items():
            st.session_state[f"plane-{name}-{knob}"] = case.knobs.get(name, {}).get(knob, about.default)


def _forget_edits() -> None:
    """Another world or draw has other points: what was changed by hand was about the old ones."""
    st.session_state["edits"] = edits.NONE
    st.session_state["plane_noise"] = WORLDS[st.session_state["world"]].noise


def _undo() -> None:
    st.session_state["edits"] = CASES[st.session_state["case"]].play.edits


def take_acts() -> None:
    """Points were changed in the plane: what is new becomes part of the address."""
    state, classes = st.session_state, WORLDS[st.session_state["world"]].classes
    heard = state.get("plane heard", 0)
    state["edits"], state["plane heard"] = edits.hear(state["edits"], state["plane"].get("acts"), heard, classes)


def choose_case() -> Case:
    """A prepared world to start from."""
    titles = {name: case.title for name, case in CASES.items()}
    return CASES[choose_one(st.selectbox, "Start from", titles, key="case", on_change=_reset)]


def choose_play(case: Case) -> Play:
    """The world and its points."""
    play = case.play
    titles = {name: world.title for name, world in WORLDS.items()}
    world = choose_one(st.selectbox, "World", titles, play.world, key="world", on_change=_forget_edits)
    left, right = st.columns(2, vertical_alignment="bottom")
    labels = left.slider("Labels", 2, 60, play.labels, key="plane_labels", bind="query-params")
    seed = seed_box(
        right, "The same one draws the same points and gives the same ones a label.", key="plane_draw",
        value=play.seed, on_change=_forget_edits,
    )  # fmt: skip
    left, right = st.columns(2, vertical_alignment="bottom")
    noise = left.slider("Noise", 0.0, 0.5, play.noise, 0.01, key="plane_noise", bind="query-params")
    # Not seen (assets/frame/look.css): it holds what was changed by hand, and its address.
    text = st.text_input("Changed by hand", play.edits, key="edits", bind="query-params", max_chars=1000)
    changes = edits.read(text, WORLDS[world].classes)
    right.button(
        f"Undo changes ({changes.count})", on_click=_undo, width="stretch", disabled=text == play.edits,
        help="Points as they were before anybody moved, named, added or removed one.",
    )  # fmt: skip
    left, right = st.columns(2)
    weak = left.slider(
        "Weak jitter", 0.0, 0.6, play.weak, 0.01, key="weak_jitter", bind="query-params",
        help="The size of the normal numbers added to a point in its weak view; the plane is 4 wide.",
    )  # fmt: skip
    strong = right.slider(
        "Strong jitter", 0.0, 1.0, play.strong, 0.01, key="strong_jitter", bind="query-params",
        help="The same in the strong view, which FixMatch and its kin learn on.",
    )  # fmt: skip
    return replace(
        play, world=world, noise=noise, labels=int(labels), seed=int(seed), weak=weak, strong=strong,
        edits=edits.write(changes),
    )  # fmt: skip


def choose_knobs(case: Case) -> tuple[Films, str]:
    """The methods side by side, each with its knobs that are not as usual, and what is drawn among the points."""
    from ssl_core.methods import METHODS

    titles = {name: METHODS[name].title for name in playable()}
    names = choose_some(
        st.multiselect, "Methods side by side", titles, case.methods, key="plane_methods", max_selections=MOST_METHODS
    )[:MOST_METHODS] or list(case.methods)
    films = tuple((name, _sliders(case, name, titles[name])) for name in names)
    drawn = choose_one(st.selectbox, "Draw into the plane", DRAWN, key="drawn")
    return films, drawn


def _sliders(case: Case, name: str, title: str) -> tuple[tuple[str, Any], ...]:
    """The sliders of one method: what is not as usual."""
    known = sliders(name)
    if not known:
        return ()
    st.markdown(f"**{title}**")
    columns, chosen = st.columns(2), []
    for place, (knob, about) in enumerate(known.items()):
        usual = case.knobs.get(name, {}).get(knob, about.default)
        kind, step = about.kind, SLIDERS[knob][2]
        value = columns[place % 2].slider(
            about.label(knob), kind(about.low), kind(about.high), kind(usual), kind(step),
            key=f"plane-{name}-{knob}", bind="query-params", help=f"{about.help} Source: {about.source}.",
        )  # fmt: skip
        if value != about.default:
            chosen.append((knob, value))
    return tuple(chosen)
