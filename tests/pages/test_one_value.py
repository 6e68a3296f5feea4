"""A value of the session, looked up by its key, is the one that Streamlit's own copy of the whole state has."""

from __future__ import annotations

import pytest
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from pages.parts.shared.one_value import ByKey


def page():
    import streamlit as st

    st.session_state["ours"] = [1, 2]
    st.session_state.setdefault("chosen", None)
    st.selectbox("Chosen before the widget was there", ["a", "b"], key="chosen")
    st.selectbox("With a key", ["a", "b"], 1, key="letter")
    st.selectbox("Without a key", ["a", "b"])
    st.number_input("A number", 0, 9, None, key="number")
    if st.toggle("Shows one more", True, key="more"):
        st.text_input("More", "words", key="text")


@pytest.fixture
def session():
    """As a session stands after a page was run twice, and a widget that was there is gone."""
    shown = AppTest.from_function(page).run()
    shown.number_input("number").set_value(3)
    return shown.toggle("more").set_value(False).run().session_state._state


@pytest.fixture
def looked(session):
    return ByKey(session)


def test_every_key_has_the_value_that_the_copy_has(session, looked):
    copied = SessionState.filtered_state.fget(session._state)
    assert {"ours", "chosen", "letter", "number", "more"} <= set(copied)
    assert {key: looked[key] for key in copied} == copied == dict(looked)
    assert len(looked) == len(copied) and repr(looked) == repr(copied)


def test_what_the_copy_leaves_out_is_not_there(session, looked):
    copied = SessionState.filtered_state.fget(session._state)
    inner = {key for key in session._state._keys() if key not in copied}
    assert inner, "keys that Streamlit gives by itself"
    for key in (*inner, "nobody's", "text", ""):
        assert (key in looked) == (key in copied), key


def test_the_frame_of_every_page_sees_to_it_and_no_widget_copies_the_state(visit, monkeypatch):
    visit("home.py")
    copies = []
    whole = SessionState.filtered_state.fget
    monkeypatch.setattr(SessionState, "filtered_state", property(lambda one: copies.append(1) or whole(one)))
    shown = visit("training.py")
    assert shown.selectbox and shown.number_input
    assert SafeSessionState.filtered_state.fget is ByKey and copies == []
