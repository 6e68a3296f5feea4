"""The store of runs that every page of this server shares."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from ssl_core.runs.store import Store


@st.cache_resource
def store() -> Store:
    """The runs under $SSL_STORE, or runs/ beside app.py."""
    root = os.environ.setdefault("SSL_STORE", str(Path(__file__).resolve().parents[3] / "runs"))
    return Store(root)
