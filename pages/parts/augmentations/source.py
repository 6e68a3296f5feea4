"""The pictures of the Augmentations page: those of a data set, a photograph, or a file of one's own."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.data_cache import dataset
from ssl_core.data.catalog import cards


@st.cache_resource(max_entries=16, show_spinner=False, scope="session")
def _single(source: str, side: int, digest: int | None, _content: bytes | None) -> Any:
    """A photograph or a file, kept while this session looks at it."""
    from ssl_core.studio.sources import pictures

    return pictures(source, side, _content)


def pictures_of(source: str, side: int, content: bytes | None) -> Any:
    """The pictures of a source; raises ValueError, one sentence, for a file that is none."""
    if source in cards():
        from ssl_core.studio.sources import of_data

        return of_data(dataset(source))
    return _single(source, side, hash(content) if content else None, content)
