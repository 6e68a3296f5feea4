"""What people say of an experiment: its name, a note, tags and a pin, where it is chosen."""

from __future__ import annotations

import hashlib
from typing import Any

import streamlit as st

from pages.parts.shared.experiments import tags_in_use
from pages.parts.shared.plain import plain
from pages.parts.shared.visitor import may_end
from pages.parts.shared.who import nickname
from ssl_core.people.names import MOST, class_mode
from ssl_core.runs.about import LONGEST_NAME, LONGEST_NOTE, MOST_TAGS, About, about, say
from ssl_core.runs.disk import in_words
from ssl_core.runs.experiment_names import usual_name
from ssl_core.runs.store import Store


def say_box(store: Store, experiment: str | None) -> None:
    """The button behind which an experiment is named, noted, tagged and pinned."""
    with st.popover(
        "Name", icon=":material/edit:", key="about_box", disabled=not experiment, on_change="rerun",
        help="Give this experiment a name, a note and tags, or pin it to the top of the list.",
    ) as box:  # fmt: skip
        if box.open and experiment:  # built when it is opened, so that it shows what was said last, by anybody
            _form(store, experiment)


def _form(store: Store, experiment: str) -> None:
    said, runs = about(store, experiment), store.of_experiment(experiment)
    key, why = hashlib.sha256(experiment.encode(errors="replace")).hexdigest()[:8], may_end(store, runs)
    if said.why:
        st.caption(plain(f"{said.why} Keeping something here writes it anew."))
    seen = st.session_state.setdefault(f"about_seen-{key}", {})  # what the form began from, by field
    for what, now in _fields(said).items():
        field = f"about_{what}-{key}"
        if field not in st.session_state or seen.get(what) != now:  # new here, or another browser's word
            st.session_state[field] = seen[what] = now
    with st.form(f"about-{key}", border=False):
        st.text_input(
            "Name", max_chars=LONGEST_NAME, key=f"about_name-{key}",
            placeholder=usual_name([run.config for run in runs]),
        )  # fmt: skip
        st.text_area("Note", max_chars=LONGEST_NOTE, height=90, key=f"about_note-{key}")
        tags = list(dict.fromkeys([*said.tags, *tags_in_use()]))
        st.multiselect(
            "Tags", tags, max_selections=MOST_TAGS, accept_new_options=True, key=f"about_tags-{key}",
            placeholder="words to find it by",
        )  # fmt: skip
        st.toggle("Pin to the top of the list", key=f"about_pin-{key}")
        st.form_submit_button(
            "Keep", key="about_keep", width="stretch", disabled=bool(why), help=why or None, on_click=_keep,
            args=(store, experiment, key),
        )  # fmt: skip


def _fields(said: About) -> dict[str, Any]:
    """What stands in each field of the form."""
    return {"name": said.name, "note": said.note, "tags": list(said.tags), "pin": said.pinned}


def _keep(store: Store, experiment: str, key: str) -> None:
    """Write down what was changed in the form, unless this visitor may not change the experiment.

    The rest stays as it is now: others may have said something since the form was opened.
    """
    state = st.session_state
    if why := may_end(store, store.of_experiment(experiment)):  # a button that is off can still be pressed by a program
        state["error"] = why
        return
    kept, seen = _fields(about(store, experiment)), state.get(f"about_seen-{key}", {})
    typed = {what: state.get(f"about_{what}-{key}", value) for what, value in kept.items()}
    kept |= {what: value for what, value in typed.items() if value != seen.get(what)}
    name, note, tags, pin = kept.values()
    try:
        say(store, experiment, About(name or "", note or "", tuple(tags or ()), bool(pin), who=nickname()))
    except ValueError as wrong:
        state["error"] = str(wrong)
    except OSError as wrong:
        state["error"] = in_words(wrong, store.root)


def note_of(store: Store, experiment: str | None) -> None:
    """The note of an experiment, where somebody wrote one."""
    said = about(store, experiment) if experiment else About()
    lines = list(filter(None, said.note.splitlines()))
    if lines and said.who and class_mode():
        lines[0] = f"{said.who}: {lines[0]}"
    for line in lines:
        st.caption(plain(line, LONGEST_NOTE + MOST))
