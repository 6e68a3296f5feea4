"""A widget that asks the session for one value gets that one: Streamlit 1.67 copies all of them for every widget.

A selectbox, number or text input looks for the value of its own key in a copy of the whole state. With the 110 knobs of
the Training page that copying was half of what the page cost the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.common import is_element_id
from streamlit.runtime.state.safe_session_state import SafeSessionState  # names of streamlit 1.67, which is pinned
from streamlit.runtime.state.session_state import _is_internal_key


class ByKey(Mapping[str, Any]):
    """What `filtered_state` of a session has, looked up key by key; copied only for who goes through all of it."""

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    def __getitem__(self, key: str) -> Any:
        if is_element_id(key) or _is_internal_key(key):
            raise KeyError(key)
        with self._session._lock:
            return self._session._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._copied())

    def __len__(self) -> int:
        return len(self._copied())

    def __repr__(self) -> str:
        return repr(self._copied())

    def _copied(self) -> dict[str, Any]:
        with self._session._lock:
            return self._session._state.filtered_state


def look_up_by_key() -> None:
    """From now on every session of this process does so."""
    SafeSessionState.filtered_state = property(ByKey)
