"""Label's game on the board: everybody's way through their budget, the class mean, and the machine."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.board.shown import heading
from pages.parts.label.bench import opening, session_of
from pages.parts.label.board import TICK, large_board, match_of
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.data.catalog import find_card
from ssl_core.figures.look import duration
from ssl_core.label.game import Game


def game_on_board(game: Game) -> None:
    """The game, live, in large letters."""
    card = find_card(game.data)
    heading(f"{card.title if card else game.data}: {game.budget} labels each")
    if card is None:
        st.error(plain(f"The pictures of this game, {game.data}, are no longer here."))
        return
    opened = opening(game.data, str(store().root))
    if opened.wrong:
        st.error(plain(opened.wrong))
    elif not opened.done:
        ticking(_opening, run_every=0.5, key="board_opening")(game.data)
    else:
        session = session_of(game.data, opened)
        match, journal = match_of(game.data, str(store().root), session), game.journal(tuple(card.classes), store())
        ticking(_standing, run_every=TICK, key="board_game")(game, match, journal)


def _opening(data: str) -> None:
    now = opening(data, str(store().root))
    if now.done:
        st.rerun()
    left = f", {duration(now.left)} left" if now.left else ""
    st.status(plain(f"{now.phase}{left}"), state="running")


def _standing(game: Game, match: Any, journal: Any) -> None:
    large_board(match, game.spent(journal.acts()), game.budget, key="board_game")
