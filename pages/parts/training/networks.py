"""Of a run with several networks: what each got right and what their mean did, and how often they disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from ssl_core.figures.networks import disagreement_chart, networks_chart, networks_words


def networks_view(
    rows: Sequence[Mapping[str, Any]], revision: str, past: Mapping[str, Any] | None, *, empty: bool = False
) -> None:
    """Both charts and a sentence; `rows` are its record. Of a run of one network nothing, or `empty` charts."""
    if not empty and not any(row.get("each_accuracy") for row in rows):
        return
    words = networks_words(rows)
    st.markdown("##### Its networks")
    left, right = st.columns([1.6, 1])
    with left:
        alt = f"Validation accuracy of each network and of the mean of their answers over steps. {words}"
        live_chart(networks_chart(rows, revision), alt=alt, key="networks_chart", height=320, past=past)
    with right:
        alt = f"Share of validation pictures on which not all networks name the same class, over steps. {words}"
        live_chart(disagreement_chart(rows, revision), alt=alt, key="disagreement_chart", height=320, past=past)
    if words:
        st.caption(plain(words))
