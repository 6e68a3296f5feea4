"""You against the machine: what your labels of a set brought, beside the same budget spent by each order."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.label.bench import Bench
from pages.parts.label.board import TICK, board, match_of
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.figures.look import percent
from ssl_core.label.acts import of_each
from ssl_core.label.game import BUDGETS, begin, playable
from ssl_core.label.order_cards import ORDER_CARDS

GAME = "label_game"
SHOWN = 7  # first pictures of each
OTHERS = 7  # people beside oneself


def against(bench: Bench) -> None:
    """The chart of everybody who labelled this set, who asked about what first, and a game for a class."""
    if wrong := playable(bench.card):
        st.info(plain(wrong), title="No game without the truth")
        return
    titles = {budget: f"{budget} labels" for budget in BUDGETS}
    budget = choose_one(st.segmented_control, "Budget", titles, 20, key="label_budget", required=True)
    match = match_of(bench.card.name, str(store().root), bench.session)
    ticking(_standing, run_every=TICK, key="label_against")(bench, match, budget)
    _with_a_class(bench, budget)


def asked_first(bench: Bench) -> None:
    """Beside the chart: the first pictures that each order, and oneself, spent a label on."""
    if not playable(bench.card):
        match, budget = match_of(bench.card.name, str(store().root), bench.session), st.session_state["label_budget"]
        ticking(_first_pictures, run_every=5 * TICK, key="label_firsts")(bench, match, budget)


def _standing(bench: Bench, match: Any, budget: int) -> None:
    players = _players(bench)
    mine = min(len(players.get(bench.who, {})), budget)
    st.markdown(f"**{mine} of {budget} labels spent by you**, one by one, on the wall or on the map.")
    lines = board(match, players, budget, key="label_against", who=bench.who)
    st.markdown(verdict(lines, bench.who, budget))


def _players(bench: Bench) -> dict[str, dict[str, str | None]]:
    """Oneself first, then who labelled most of this set."""
    each = of_each(bench.session.journal.acts())
    others = sorted((who for who in each if who != bench.who), key=lambda who: -len(each[who]))[:OTHERS]
    return {who: each[who] for who in (bench.who, *others) if who in each}


def verdict(lines: list[Any], who: str, budget: int) -> str:
    """Where somebody stands against the machine at the last number of labels that both have, in a sentence."""
    mine = next((line for line in lines if line.person and line.title == who and line.points), None)
    if mine is None:
        return f"Your labels are judged from the third on, and again up to the {budget}th."
    labels, share = mine.points[-1]
    reached = {line.title: dict(line.points).get(labels) for line in lines if not line.person}
    reached = {title: other for title, other in reached.items() if other is not None}
    behind = [title for title, other in reached.items() if other < share]
    words = f"With {labels} labels you reached **{percent(share)}**"
    if not reached:
        return f"{words}; the machine has not played yet."
    ahead = "; ".join(f"{title} {percent(other)}" for title, other in reached.items() if other >= share)
    return f"{words}, ahead of {len(behind)} of the machine's {len(reached)} orders." + (
        f" Not behind you: {plain(ahead)}." if ahead else ""
    )


def _first_pictures(bench: Bench, match: Any, budget: int) -> None:
    from ssl_core.label.pictures import source_of

    data, rows_of = dataset(bench.card.name), bench.session.pictures.rows
    firsts = {"you": list(_players(bench).get(bench.who, {}))}
    firsts |= {name: games[0].first for name in ORDER_CARDS if (games := match.machine(name, budget))}
    st.markdown("**Asked about first**, from left to right, by")
    for name, numbers in firsts.items():
        title = "You" if name == "you" else ORDER_CARDS[name].title
        rows = [rows_of[number][0] for number in numbers[:SHOWN] if number in rows_of]
        said = [bench.card.class_of(int(data.labels[row])) for row in rows]
        shots = [picture(source_of(data, row), label, label) for row, label in zip(rows, said, strict=True)]
        st.caption(title if shots else f"{title}: nothing yet")
        if shots:
            picture_grid(shots, key=f"label_first_{name}", label=f"Asked about first by {title}", side=bench.card.side,
                         columns=SHOWN, lines=1)  # fmt: skip


def _with_a_class(bench: Bench, budget: int) -> None:
    with st.container(border=True):
        st.markdown(
            f"**Play it with a class.** Everybody gets {budget} labels for the same pictures and chooses "
            "what to spend them on; one board shows all curves by nickname."
        )
        if st.button("Begin a game", key="label_begin_game", icon=":material/groups:"):
            try:
                game = begin(bench.card, budget)
            except (ValueError, OSError) as wrong:
                st.error(plain(wrong))
                return
            st.query_params[GAME] = st.session_state[GAME] = game.code
            st.rerun()
