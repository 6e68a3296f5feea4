"""The one cache of trained networks that all pages share. A finished run never changes, so its name is the key."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.data_cache import dataset, fingerprint, follows_data
from pages.parts.shared.store import store


@follows_data
@st.cache_resource(max_entries=8, show_spinner=False)
def _trained(name: str) -> Any:
    from ssl_core.runs.trained import load_trained

    return load_trained(store().run(name))


def network(name: str) -> Any:
    """The averaged network of a finished run; raises ValueError, one sentence, if it cannot be read."""
    return _trained(name)[1]


def classifier(name: str) -> Any:
    """The same network with its temperature fitted, ready to be asked; raises ValueError, one sentence."""
    run = store().run(name)
    return _classifier(name, fingerprint(run.config.get("data") if run else None))


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Reading the network and fitting its temperature")
def _classifier(name: str, fingerprint: str) -> Any:
    from ssl_core.runs.trained import classifier_of

    return classifier_of(store().run(name), dataset, lambda _: _trained(name))
