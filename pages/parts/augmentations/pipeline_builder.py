"""Build a pipeline block by block; the pipeline itself is the one line of text in the box, and in the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ssl_core.knobs import knobs_of

TEXT = "pipeline"  # the key of the text box: session state and query parameter
STAGE = "stage"  # the key of the choice between the gallery and what the pipeline makes


def see_views() -> None:
    """What the pipeline makes comes to the fore: somebody changed it, or how it is drawn."""
    st.session_state[STAGE] = "views"


def _put(text: str) -> None:
    st.session_state[TEXT] = text
    see_views()


def change(edit: Callable[..., str], *values: Any, seen: str | None = None) -> None:
    """Put an edited pipeline into the text box; what cannot be done is said beside it.

    Somebody quick may press what a page shows of the pipeline before, the one `seen`: its places are gone.
    """
    if seen not in (None, st.session_state[TEXT]):
        return
    try:
        _put(edit(st.session_state[TEXT], *values))
    except ValueError as wrong:
        st.session_state["pipeline_error"] = str(wrong)


def take_preset(card: Any) -> None:
    """Replace the pipeline by the chosen preset, made for these pictures."""
    from ssl_core.augment import preset, to_text

    name = st.session_state["preset"]
    if name:
        _put(to_text(preset(name, card)))
    st.session_state["preset"] = None


def take_added(side: int) -> None:
    """Append what was chosen in "Add"."""
    from ssl_core.studio import edit

    if st.session_state["add"]:
        change(edit.add, st.session_state["add"], side)
    st.session_state["add"] = None


def take_import() -> None:
    """Read JSON or a line of text."""
    from ssl_core.augment import from_text, to_text
    from ssl_core.augment.jsonform import from_json

    text = st.session_state["import_text"].strip()
    try:
        _put(to_text(from_json(text) if text.startswith("{") else from_text(text)))
    except ValueError as wrong:
        st.session_state["pipeline_error"] = str(wrong)


def pipeline_builder(policy: Any, card: Any) -> None:
    """Presets, blocks, and a menu of what can be added."""
    from ssl_core.augment import PRESETS
    from ssl_core.studio import edit

    st.selectbox(
        "Start from",
        PRESETS,
        index=None,
        format_func=lambda name: PRESETS[name].title,
        placeholder="a preset (replaces the pipeline)",
        key="preset",
        on_change=take_preset,
        args=(card,),
    )
    for place, stage in enumerate(policy.stages):
        _block(place, stage, len(policy.stages), card.side)
    if not policy.stages:
        st.caption("The pipeline is empty: pictures stay as they are.")
    names = edit.can_add()
    st.selectbox(
        "Add",
        names,
        index=None,
        format_func=names.get,
        placeholder="an operation or a block",
        key="add",
        on_change=take_added,
        args=(card.side,),
    )


def _block(place: int, stage: Any, count: int, side: int) -> None:
    from ssl_core.studio import edit

    seen = {"seen": st.session_state[TEXT]}
    with st.expander(f"{place + 1}. {edit.title_of(stage)}", type="compact", key=f"block-{place}"):
        _values(place, stage, None, side)
        with st.container(horizontal=True, gap="small"):
            for name, words, off, call in (
                ("earlier", "Earlier", place == 0, (edit.move, place, -1)),
                ("later", "Later", place == count - 1, (edit.move, place, 1)),
                ("copy", "Copy", False, (edit.duplicate, place)),
                ("remove", "Remove", False, (edit.remove, place)),
            ):
                st.button(words, key=f"{name}-{place}", disabled=off, on_click=change, args=call, kwargs=seen)


def _values(place: int, stage: Any, choice: int | None, side: int) -> None:
    """The widgets of one stage, or of one choice in a group."""
    from ssl_core.augment.steps import OneOf, Step

    if isinstance(stage, OneOf):
        _group(place, stage, side)
    elif isinstance(stage, Step):
        _step(place, stage, choice)
    else:
        _knobs(place, stage)


def _widget(
    kind: Callable[..., Any], label: str, key: str, value: Any, target: tuple, *facts: Any, **more: Any
) -> None:
    """A widget that shows what the text says and writes back what is chosen."""
    st.session_state[key] = value
    (place, choice, field), seen = target, st.session_state[TEXT]

    def write() -> None:
        from ssl_core.studio import edit

        now = st.session_state[key]
        values = {"low": float(now[0]), "high": float(now[1])} if field == "range" else {field: now}
        change(edit.adjust, place, values, choice, seen=seen)

    kind(label, *facts, key=key, on_change=write, **more)


def _step(place: int, step: Any, choice: int | None) -> None:
    operation, key = step.operation, f"{place}-{choice}-{step.name}"
    st.caption(operation.does)
    if operation.has_strength:
        least, most = (float(end) for end in operation.bounds)
        whole = operation.meaning in ("bits kept", "quality")
        _widget(
            st.slider, f"Strength: {operation.meaning}", f"range-{key}", (step.low, step.high),
            (place, choice, "range"),
            least, most, step=1.0 if whole else (most - least) / 100, format="%.0f" if whole or most > 20 else "%.2f",
            help="Each picture draws anywhere between the two ends; put both on one value to fix it.",
        )  # fmt: skip
    if choice is None:
        _widget(st.slider, "Probability", f"chance-{key}", step.chance, (place, choice, "chance"), 0.0, 1.0, step=0.05)
    if operation.signed:
        _widget(
            st.radio,
            "Direction",
            f"sign-{key}",
            step.sign,
            (place, choice, "sign"),
            ("both", "plus", "minus"),
            horizontal=True,
        )
    if operation.matrix:
        _widget(
            st.radio, "Sampling", f"sampling-{key}", step.sampling, (place, choice, "sampling"),
            ("nearest", "bilinear"),
            horizontal=True, help="Nearest keeps pixels sharp; on tiny pictures small moves then do nothing.",
        )  # fmt: skip


def _group(place: int, group: Any, side: int) -> None:
    from ssl_core.studio import edit

    _widget(
        st.slider, "Probability that one of these acts", f"chance-{place}-group", group.chance, (place, None, "chance"),
        0.0, 1.0, step=0.05,
    )  # fmt: skip
    for number, choice in enumerate(group.choices):
        words, button = st.columns([2, 1], vertical_alignment="center")
        words.markdown(f"**{edit.title_of(choice)}**")
        button.button(
            "Remove", key=f"choice-{place}-{number}", on_click=change, args=(edit.remove_choice, place, number),
            width="stretch",
        )  # fmt: skip
        if hasattr(choice, "operation"):
            _step(place, choice, number)
    from ssl_core.augment import OPERATIONS

    names = [name for name in OPERATIONS if name != "identity"]
    key = f"choice-add-{place}"

    def take() -> None:
        if st.session_state[key]:
            change(edit.add_choice, place, st.session_state[key], side)
        st.session_state[key] = None

    st.selectbox("Add a choice", names, index=None, key=key, on_change=take, placeholder="an operation")


def _knobs(place: int, stage: Any) -> None:
    for name, knob in knobs_of(type(stage)).items():
        key, value = f"{place}-{type(stage).__name__}-{name}", getattr(stage, name)
        target, words = (place, None, name), {"help": f"{knob.help} Source: {knob.source}."}
        label = knob.label(name)
        if knob.kind is bool:
            _widget(st.toggle, label, key, value, target, **words)
        elif knob.choices:
            _widget(st.selectbox, label, key, value, target, knob.choices, **words)
        elif knob.kind is int:
            _widget(st.number_input, label, key, value, target, int(knob.low), int(knob.high), **words)
        else:
            _widget(st.slider, label, key, value, target, float(knob.low), float(knob.high), step=0.01, **words)
