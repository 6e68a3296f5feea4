"""More steps for a run that has come to its end, as a button beside it."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.address import write_text
from pages.parts.shared.pace import started
from pages.parts.shared.plain import plain
from pages.parts.shared.visitor import starting
from ssl_core.runs.disk import in_words
from ssl_core.runs.onward import MOST_STEPS, go_on, onward_words, why_not
from ssl_core.runs.store import Run, Store


def more_steps(store: Store, run: Run | None, *, done: bool) -> None:
    """A button behind which a finished run gets more steps; off where it can have none."""
    before = run.config["training"]["steps"] if run and done else 0
    off = not done or before >= MOST_STEPS
    with st.popover(
        "More steps", icon=":material/fast_forward:", key="more_steps", disabled=off, type="tertiary",
        on_change="rerun", help="For a run that is finished: go on from its end, in a run of its own.",
    ) as box:  # fmt: skip
        if not box.open or off:
            return
        steps = st.number_input(
            "Steps in all", before + 1, MOST_STEPS, min(2 * before, MOST_STEPS), before, key=f"onward-{run.name}",
            help=f"It has {before:,} now.",
        )  # fmt: skip
        why = why_not(run)
        st.caption(plain(why or onward_words(run.config, int(steps))))
        st.button(
            "Go on", key="go_on", type="primary", width="stretch", disabled=bool(why), on_click=_go_on,
            args=(store, run.name, int(steps)),
        )  # fmt: skip
        st.caption("This run stays as it is; the new one stands beside it, in the same chart.")


def _go_on(store: Store, name: str, steps: int) -> None:
    run = store.run(name)
    try:
        if run:
            child = starting(store, lambda: go_on(store, run, steps))
            write_text("run", child.name)
            started()
    except ValueError as wrong:
        st.session_state["error"] = str(wrong)
    except OSError as wrong:
        st.session_state["error"] = in_words(wrong, store.root)
