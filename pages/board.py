"""The wall screen of a class: everybody's runs live, or one experiment, or Label's game, read from the back row."""

from __future__ import annotations

import streamlit as st

from pages.parts.board.games import game_on_board
from pages.parts.board.shown import TICK, data_sets, heading, of_class, of_experiment, show
from pages.parts.shared.address import choose_one
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.data.catalog import find_card
from ssl_core.label.game import find
from ssl_core.people.classroom import classroom
from ssl_core.people.names import class_mode
from ssl_core.runs.experiment_names import called
from ssl_core.runs.progress import latest_experiment

HELP = "The address of this page holds what it shows: open it on the computer behind the projector."
GAME = "label_game"  # in the address, as on Label

screen = st.container(key="board_screen")
with screen.container(key="board_title"):  # said, not shown: what is on the board is written large
    st.title("Board")  # first, so that the screen has its room before what is chosen below it
below = st.container(key="board_below")


def choose() -> tuple[str | None, str | None]:
    """The experiment, and in a class without one the data set; chosen below the screen, where it hides nothing."""
    nothing = "everybody's" if class_mode() else "the newest one"
    titles = {"": nothing} | {name: one.title for name, one in called(store()).items()}  # in a class everybody's, too
    left, right = st.columns(2)
    if experiment := choose_one(left.selectbox, "One experiment", titles, key="experiment", help=HELP):
        return experiment, None
    sets = data_sets(store()) if class_mode() else []
    if not sets:
        return None if class_mode() else latest_experiment(store()), None
    titles = {name: plain(card.title if (card := find_card(name)) else name) for name in sets}
    return None, choose_one(right.selectbox, "Everybody's runs on", titles, key="board_data")


def _live(experiment: str | None, data: str | None) -> None:
    if not experiment and class_mode():
        experiment = classroom(store()).shown  # what the teacher puts on everybody's screen
    shown = of_experiment(store(), experiment) if experiment else of_class(store(), data) if data else None
    if shown is None:
        heading("Nothing to show yet")
        what = "No run of this experiment is measured by its accuracy." if experiment else "Nobody has started a run."
        st.markdown(f"{what} As soon as somebody presses Start on Training, a curve grows here.")
        return
    heading(shown.title)
    show(store(), shown, "board")


code = st.query_params.get(GAME)
if code:
    with screen:
        if game := find(code):
            game_on_board(game)
        else:
            st.warning(plain(f"There is no game {code!r} here: ask for a new link."))
else:
    with below:
        chosen = choose()
        query = {"experiment": chosen[0]} if chosen[0] else {}
        with st.container(horizontal=True):
            st.page_link(
                "training.py",
                label="Back to Training",
                icon=":material/arrow_back:",
                query_params=query,
                width="content",
            )
            if class_mode():
                st.page_link("classroom.py", label="Class: the queue", icon=":material/groups:", width="content")
    with screen:
        ticking(_live, run_every=TICK, key="board_live")(*chosen)
