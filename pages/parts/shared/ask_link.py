"""Links that open the Predict page with runs to ask, and the Runs page with one of them looked into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

ENDED_ONLY = "Only a run that has come to its end has a network to ask."


def ask_link(label: str, names: Sequence[str], *, place: Any = st, about: str = "") -> None:
    """A link to the Predict page: the first of these runs is asked, up to three others beside it; none: it is off."""
    query: dict[str, str | list[str]] = {"trained": names[0]} if names else {}
    if names[1:]:
        query["beside"] = list(names[1:4])
    place.page_link(
        "predict.py",
        label=label,
        icon=":material/psychology_alt:",
        query_params=query,
        disabled=not names,
        help=about or ("Draw or upload a picture, and see what it says." if names else ENDED_ONLY),
    )


def mistakes_link(label: str, name: str | None, *, place: Any = st) -> None:
    """A link to the test pictures that a run gets wrong."""
    query = {"compare": name, "view": "mistakes"} if name else {}
    place.page_link("runs.py", label=label, icon=":material/search:", query_params=query, disabled=not name)
