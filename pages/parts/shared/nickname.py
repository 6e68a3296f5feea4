"""In a class: the question for a nickname before the first page, the nickname in the head, and two of the same one."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.pages import entry_at
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.visitor import browser
from pages.parts.shared.who import nickname
from ssl_core.people import register
from ssl_core.people.names import MOST, class_mode, clean, trouble

WALL = "label_board"  # in the address: the board of a game alone
IN_HEAD = 20  # letters: wider ones are cut by assets/frame/look.css, so that a phone's menu stays free
WHY = (
    "A class works here. By your nickname the others know what you started and labelled, and you find it again. It is "
    "no account and proves nothing, so your real name need not be in it."
)


def introduced(page: str) -> bool:
    """Whether the page may be shown: alone at once, in a class once this browser said a nickname."""
    if not class_mode() or entry_at(page).wall or WALL in st.query_params:
        return True
    who = nickname()
    if not who:
        _ask()
        return False
    _head(who)
    _wrong()
    if register.unsettled(store(), browser()):
        _two(who)
    return True


def _ask() -> None:
    st.title("What are you called here?")
    st.markdown(WHY)
    with st.container(width=480, key="who_ask"):
        if taken := st.session_state.get("who_taken"):
            _choose(taken)
        else:
            with st.form("who_form", border=False):
                st.text_input("Nickname", key="who_name", max_chars=MOST, placeholder="Anna, Team 3, …")
                st.form_submit_button("Go in", type="primary", key="who_go", on_click=_said, args=("who_name",))
        _wrong()


def _choose(name: str) -> None:
    """The nickname is somebody's already: it may be the same person's."""
    st.info(
        f"Somebody here is called **{plain(name)}** already. If that is you, at another computer, go on as "
        f"{plain(name)}: what you began there is yours here, too. If not, take another nickname."
    )
    other = register.another_name(store(), name)
    with st.container(horizontal=True):
        st.button(f"Be {plain(other)}", type="primary", key="who_other", on_click=_call, args=(other,))
        st.button(f"I am that {plain(name)}", key="who_same", on_click=_call, args=(name, True))
        st.button("Another one", key="who_again", type="tertiary", on_click=_ask_again)


def _two(who: str) -> None:
    """Above the page of either browser, until it decides."""
    other = register.another_name(store(), who)
    with st.container(border=True, key="who_two"):
        st.markdown(
            f"Another browser here is called **{plain(who)}**, too. If both are yours, all is well. If not, agree on "
            f"who stays {plain(who)}."
        )
        with st.container(horizontal=True):
            st.button(f"Stay {plain(who)}", key="who_stay", on_click=_call, args=(who, True))
            st.button(f"Be {plain(other)}", key="who_change", on_click=_call, args=(other,))


def _head(who: str) -> None:
    """What this browser is called, and another name, beside the Share button."""
    with (
        st.container(key="who"),
        st.popover(plain(who, IN_HEAD), icon=":material/person:", key="who_box"),
        st.container(width=300),
    ):
        st.caption(
            f"What you start is {plain(who)}'s. With another nickname you stay the same person: what you began stays "
            "yours, and so does your turn in the queue. Labels and notes keep the name they were given under."
        )
        with st.form("who_rename", border=False):
            st.text_input("Another nickname", key="who_new", max_chars=MOST)
            st.form_submit_button("Change", key="who_rename_go", on_click=_said, args=("who_new",))


def _said(key: str) -> None:
    """What stands in a field is this browser's name, unless it is none or somebody else's."""
    name = clean(st.session_state.get(key, ""))
    if not trouble(name) and register.same_name(store(), browser(), name) and name != nickname():
        if nickname():  # in the head there is no room for the question
            st.session_state["who_wrong"] = f"Somebody is called {name} already: take another one."
        else:
            st.session_state["who_taken"] = name
        return
    _call(name)


def _ask_again() -> None:
    st.session_state.pop("who_taken", None)


def _call(name: str, sure: bool = False) -> None:
    """This browser is called so; `sure` of it where another one is, too."""
    _ask_again()
    try:
        register.call(store(), browser(), name, sure)
    except (ValueError, OSError) as wrong:
        st.session_state["who_wrong"] = str(wrong)


def _wrong() -> None:
    if wrong := st.session_state.pop("who_wrong", None):
        st.error(plain(wrong))
