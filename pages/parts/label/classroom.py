"""A game with a class: the table that everybody chooses from, one's own labels, the link to join, and the board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages.parts.label.bench import opening, session_of
from pages.parts.label.board import TICK, board, large_board, match_of
from pages.parts.label.controls import ME, choose_who
from pages.parts.label.game import GAME, verdict
from pages.parts.label.stage import shortcuts
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.data.card import Card
from ssl_core.data.catalog import find_card
from ssl_core.label.game import TABLE, Game, find

BOARD = "label_board"  # in the address: the board alone, for the wall that all see


def game_asked() -> Game | None:
    """The game of this address, or of this visit; None where there is none."""
    code = st.query_params.get(GAME) or st.session_state.get(GAME)
    game = find(code)
    if code and game is None:
        st.warning(plain(f"There is no game {code!r} here: ask for a new link."))
        _leave()
    elif game:
        st.session_state[GAME] = game.code
        if st.query_params.get(GAME) != game.code:
            st.query_params[GAME] = game.code
    return game


def class_game(game: Game, root: str, progress: Callable[[str], None]) -> None:
    """The whole page of a game; `progress` shows how far the opening of its pictures is."""
    card = find_card(game.data)
    if card is None:
        st.error(plain(f"The pictures of this game, {game.data}, are no longer here."))
        st.button("Leave the game", on_click=_leave, key="label_leave")
        return
    opened = opening(game.data, root)
    if opened.wrong:
        st.error(plain(opened.wrong))
        return
    if not opened.done:
        ticking(progress, run_every=0.5, key="label_opening")(game.data)
        return
    session = session_of(game.data, opened)
    match = match_of(game.data, root, session)
    if st.query_params.get(BOARD):
        _board_alone(game, card, match)
        return
    table, side = st.columns([1.35, 1], gap="large")
    with side:
        who = choose_who()
        ticking(_standing, run_every=TICK, key="label_class_board")(game, card, match, who)
        _invite(game)
    with table:
        if who == ME:
            st.info("Choose a nickname first: by it the board shows your curve.", title=plain(card.title))
        ticking(_table, run_every=None, key="label_class_table")(game, card, session, who)


def _journal(game: Game, card: Card) -> Any:
    """This visitor's own reader of the game's journal."""
    kept = st.session_state.get("label_game_journal")
    if kept is None or kept[0] != game.code:
        kept = st.session_state["label_game_journal"] = (game.code, game.journal(tuple(card.classes), store()))
    return kept[1]


def _table(game: Game, card: Card, session: Any, who: str) -> None:
    mine = game.spent(_journal(game, card).acts()).get(who, {})
    left = game.budget - len(mine)
    st.markdown(f"**{left} of {game.budget} labels left.** Choose a picture, and say what it is.")
    on_table = game.table(session.pictures.numbers)
    pages = -(-len(on_table) // TABLE)
    page = st.session_state.setdefault("label_laid", 0) % pages
    numbers = on_table[page * TABLE : (page + 1) * TABLE]
    place = st.session_state.get("label_chosen", {}).get(page)
    _shown(card, session, numbers, mine, page, place)
    chosen = numbers[place] if place is not None and place < len(numbers) else None
    if who != ME and chosen and (left or chosen in mine):
        _answers(game, card, who, chosen, place)
    if who != ME and not left:
        st.success("All labels are spent. What you said can still be said otherwise.", title="Done")
    with st.container(horizontal=True):
        st.button("Those before", key="label_before", on_click=_lay, args=(page - 1, pages), disabled=not page)
        st.button("Lay out others", key="label_others", on_click=_lay, args=(page + 1, pages))
        st.markdown(f"{page + 1} of {pages}")
    if wrong := st.session_state.pop("label_wrong", ""):
        st.error(plain(wrong))


def _shown(card: Card, session: Any, numbers: list[str], mine: dict, page: int, place: int | None) -> None:
    from ssl_core.label.pictures import source_of

    data, rows = dataset(card.name), session.pictures.rows
    shots = [
        picture(
            source_of(data, rows[number][0]),
            str(mine[number] or "none of these") if number in mine else "",
            f"Picture {spot}" + (f", yours: {mine[number]}" if number in mine else ""),
            "open" if number in mine else "",
        )
        for spot, number in enumerate(numbers, 1)
    ]
    key = f"label_table_{page}"
    picture_grid(shots, key=key, label="Pictures to choose from", side=card.side, least=76, lines=1,
                 chosen=place, on_choose=lambda: _choose(key, page))  # fmt: skip


def _choose(key: str, page: int) -> None:
    if (chosen := st.session_state[key].get("chosen")) is not None:
        st.session_state["label_chosen"] = {page: int(chosen)}


def _lay(page: int, pages: int) -> None:
    st.session_state["label_laid"] = page % pages
    st.session_state.pop("label_chosen", None)


def _answers(game: Game, card: Card, who: str, number: str, place: int) -> None:
    st.markdown(f"Picture {place + 1} is a …")
    with st.container(horizontal=True, key="label_classes"):
        for spot, (name, shortcut) in enumerate(zip(card.classes, shortcuts(card.classes), strict=True)):
            st.button(plain(name, 40), key=f"label_game_say_{spot}_{number}", shortcut=shortcut, on_click=_say,
                      args=(game, card, who, number, name))  # fmt: skip


def _say(game: Game, card: Card, who: str, number: str, label: str) -> None:
    try:
        game.say(_journal(game, card), who, number, label)
    except (ValueError, OSError) as wrong:
        st.session_state["label_wrong"] = str(wrong)


def _standing(game: Game, card: Card, match: Any, who: str) -> None:
    lines = board(match, game.spent(_journal(game, card).acts()), game.budget, key="label_class", who=who)
    st.markdown(verdict(lines, who, game.budget))


def _board_alone(game: Game, card: Card, match: Any) -> None:
    def show() -> None:
        players = game.spent(_journal(game, card).acts())
        large_board(match, players, game.budget, key="label_class_large")

    st.markdown(f"## {plain(card.title)}: {game.budget} labels each")
    ticking(show, run_every=TICK, key="label_board_alone")()
    _invite(game)


def _invite(game: Game) -> None:
    """The link that the class opens, the board alone, and the way out."""
    here = (st.context.url or "").partition("?")[0]
    st.markdown("Whoever opens this address plays along:")
    st.code(f"{here}?{urlencode({GAME: game.code})}", language=None, wrap_lines=True)
    with st.container(horizontal=True):
        if st.query_params.get(BOARD):
            st.button("Back to the table", key="label_table_again", on_click=_show_board, args=("",))
        else:
            st.button("The board alone, large", key="label_board_alone_button", on_click=_show_board, args=("1",))
        st.button("Leave the game", key="label_leave", type="tertiary", on_click=_leave)


def _show_board(value: str) -> None:
    if value:
        st.query_params[BOARD] = value
    elif BOARD in st.query_params:
        del st.query_params[BOARD]


def _leave() -> None:
    for key in (GAME, BOARD):
        st.session_state.pop(key, None)
        if key in st.query_params:
            del st.query_params[key]
