"""What is labelled, by whom, who is asked about next, and what the classes are called."""

from __future__ import annotations

import contextlib
from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.visitor import browser
from pages.parts.shared.who import nickname, remembered, visible_data, whose
from ssl_core.data.card import Card
from ssl_core.data.catalog import cards, find_card, ours
from ssl_core.data.holds import holds
from ssl_core.label.journal import person
from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.people import register

USUAL = "typical"
ME = "me"  # the nickname of whoever has none
EACH = "Several people can label one set: each is asked about other pictures."


def choose_data() -> Card:
    """Any set of pictures that is here, those without a single class among them; in a class not what others brought."""
    whose()
    there = cards() | {name: card for name in ours() if (card := find_card(name)) and card.pictures}
    there = {name: there[name] for name in visible_data(there, "label_data")}
    name = choose_one(st.selectbox, "Pictures", {name: card.title for name, card in there.items()}, key="label_data")
    card = there[name]
    game = "" if card.unknown else " Its own labels stay hidden: you are asked as if nobody knew them."
    st.caption(plain(holds(card) + game))
    return card


def choose_who() -> str:
    """The nickname that stands with every label: asked here alone, in a class before the first page."""
    if known := nickname():
        st.caption(f"What you say is written down as **{plain(known)}**'s. {EACH}")
        return known
    if "label_who" not in st.session_state:
        st.session_state["label_who"] = remembered() or ME
    who = st.text_input(
        "Your nickname", max_chars=40, key="label_who", persist_state="session", help=EACH, on_change=_remember
    )
    return person(who) if who.strip() else ME


def _remember() -> None:
    """For the next visit; a name that cannot be kept is used all the same."""
    with contextlib.suppress(ValueError, OSError):
        register.call(store(), browser(), st.session_state["label_who"])


def choose_order() -> str:
    """Who is asked about next, and that order's card."""
    titles = {name: card.title for name, card in ORDER_CARDS.items()}
    order = choose_one(st.selectbox, "Ask next about", titles, USUAL, key="label_order")
    card = ORDER_CARDS[order]
    st.caption(card.idea)
    with st.expander("Where it comes from, and when it fails", type="compact"):
        from ssl_core.label.measured import verdict

        st.markdown(f"{card.paper}\n\nFails: {card.fails}")
        if measured := verdict(order):
            st.markdown(plain(measured))
    return order


def name_classes(journal: Any, who: str) -> None:
    """The classes that people name, one a line; those of the set itself stand in front and stay."""
    own, named = journal.own, [name for name in journal.classes if name not in journal.own]
    with st.expander("Name the classes" if not own else "More classes", expanded=not journal.classes):
        with st.form("label_name_form", border=False):
            text = st.text_area("One a line", "\n".join(named), key=f"label_names_{len(named)}", height=110)
            pressed = st.form_submit_button("Use these classes", width="stretch")
        if pressed:
            _name(journal, who, [line.strip() for line in text.splitlines() if line.strip()])


def _name(journal: Any, who: str, names: list[str]) -> None:
    try:
        journal.name_classes(who, names)
    except (ValueError, OSError) as wrong:
        st.error(plain(wrong))
        return
    st.rerun()
