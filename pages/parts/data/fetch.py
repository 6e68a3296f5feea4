"""Getting a data set that is not ready: download or prepare it, with progress; delete one that was brought."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.data_cache import forget
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking
from pages.parts.shared.visitor import may_delete_data, may_fetch
from ssl_core.data import kept
from ssl_core.data.catalog import CATALOG, needs
from ssl_core.data.official import SOURCES, local, tiles
from ssl_core.runs.fetch import fetch, fetching
from ssl_core.runs.store import Store

TICK = 1.0  # seconds between two looks while something is being fetched


def fetch_box(store: Store, name: str) -> None:
    """What can be done about a data set that is not ready, or about one that was brought."""
    if name not in CATALOG:
        _delete(name)
    elif needs(name):
        busy = fetching(name).busy
        ticking(_progress, run_every=TICK if busy else None, key="fetching")(store, name, busy)


def _progress(store: Store, name: str, was_busy: bool) -> None:
    state = fetching(name)
    if was_busy and not state.busy:
        forget()
        st.rerun()
    here, size = local(name) or tiles(name), SOURCES[name].megabytes
    label = "Prepare" if here or not size else f"Download, {size:,} MB"
    why, off = may_fetch(), state.busy or not (here or size)
    facts = {"type": "primary", "width": "stretch", "disabled": off or bool(why), "help": why or None}
    if st.button(label, key="fetch", **facts) and not why:
        fetch(store, name)
        st.rerun()
    if state.busy:
        words = "Preparing …" if here and state.share in (0.0, 1.0) else f"Downloading, {100 * state.share:.0f} % …"
        st.progress(state.share, words)
    elif state.why:
        st.error(plain(state.why))


def _delete(name: str) -> None:
    with st.popover("Delete this data set", icon=":material/delete:", width="stretch"):
        st.markdown("Its pictures are deleted for good. Runs that used it keep their results but cannot be resumed.")
        why = may_delete_data(name)
        facts = {"type": "primary", "disabled": bool(why), "help": why or None}
        st.button("Delete it", key="delete", on_click=_forget, args=(name,), **facts)


def _forget(name: str) -> None:
    if kept.find(name) and not may_delete_data(name):
        from ssl_core.features.forget import forget_set

        forget_set(name)
    forget()
    st.session_state.pop("data", None)
