"""The board of a game: everybody's curve beside the machine's, and who is ahead, in letters that a class can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.board.shown import board_screen
from pages.parts.shared.data_cache import fingerprint, follows_data
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from pages.parts.shared.ranking import LISTED, Figure, big_figures, ranking
from ssl_core.figures.board import at_the_end, best_point, mean_line
from ssl_core.figures.game import Line, game_chart, game_words, order_line, person_line, ranked
from ssl_core.figures.look import percent
from ssl_core.label.order_cards import ORDER_CARDS

TICK = 2.0  # seconds between two looks
NAMED = 3  # in the chart of a whole class


@follows_data
@st.cache_resource(max_entries=4, show_spinner=False)
def _match(name: str, fingerprint: str, root: str, _session: Any) -> Any:
    from ssl_core.label.match import Match

    return Match(_session)


def match_of(name: str, root: str, session: Any) -> Any:
    """The machine's games on a data set, one for all visitors."""
    return _match(name, fingerprint(name), root, session)


def lines_of(match: Any, players: Mapping[str, Mapping[str, str | None]], budget: int) -> list[Line]:
    """A line for each of the machine's orders that has played, and for each player."""
    lines = []
    for name, card in ORDER_CARDS.items():
        sessions = [session.points for session in match.machine(name, budget)]
        drawn = name == "random"
        if sessions:
            title = f"{card.title} ({len(sessions)} draw{'s' * (len(sessions) > 1)})" if drawn else card.title
            lines.append(order_line(title, card.colour, card.marker, sessions, band=drawn))
    people = enumerate(players.items())
    return lines + [person_line(who, place, match.judge(words, budget)) for place, (who, words) in people]


def board(
    match: Any, players: Mapping[str, Mapping[str, str | None]], budget: int, *, key: str, who: str
) -> list[Line]:
    """The chart, who is ahead, and how far the machine has played, for `who` looks at it; returns what is drawn."""
    lines = lines_of(match, players, budget)
    figure = game_chart(lines, budget, chance=_chance(match), key=f"{key}{budget}", named=[who])
    live_chart(figure, alt=game_words(lines, budget), key=f"{key}_chart", height=380)
    ranking(_rows(lines, players, budget), large=False, key=f"{key}_ranking")
    _machine_words(match, budget)
    return lines


def large_board(match: Any, players: Mapping[str, Mapping[str, str | None]], budget: int, *, key: str) -> None:
    """The same for a whole class, with its mean: large, the three best by name in the chart."""
    lines = lines_of(match, players, budget)
    mean = mean_line(lines)
    named = at_the_end(lines, NAMED)

    def draw() -> tuple[dict[str, Any], str]:
        all_lines = [mean, *lines]
        chance = _chance(match)
        figure = game_chart(all_lines, budget, chance=chance, key=f"{key}{budget}", large=True, named=named)
        return figure, game_words(all_lines, budget)

    big_figures(_figures(lines, mean, players, budget), key=f"{key}_figures")
    rows = _rows(lines, players, budget)
    board_screen(draw, (lines, mean, budget), rows, name=key, key=key)
    _machine_words(match, budget)


def _figures(lines: list[Line], mean: Line, players: Mapping[str, Any], budget: int) -> list[Figure]:
    """Best so far, the class mean at the last round that two have reached, and how many labels are spent."""
    best = best_point(lines)
    labels, share = mean.points[-1] if mean.points else (0, None)
    spent = sum(map(len, players.values()))
    return [
        Figure("Best so far", percent(best[2] if best else None), best[0].title if best else "nothing yet"),
        Figure("Class mean", percent(share), f"with {labels} labels" if labels else "once two were judged"),
        Figure("Labels spent", f"{spent:,}", f"of {budget * len(players):,}, by {len(players)}"),
    ]


def _chance(match: Any) -> float:
    return 1 / max(len(match.session.data.card.classes), 1)


def _rows(lines: list[Line], players: Mapping[str, Mapping[str, str | None]], budget: int) -> list[dict[str, Any]]:
    machine = [line for line in lines if not line.person]
    people = ranked([line for line in lines if line.person])
    waiting = [who for who in players if who not in {line.title for line in people}]
    rows = [
        {
            "name": line.title,
            "share": percent(line.points[-1][1]),
            "spent": f"{len(players[line.title])} of {budget}" if line.person else "machine",
            "colour": line.colour,
            "machine": not line.person,
        }
        for line in ranked([*people[:LISTED], *machine])
    ]
    behind = len(people[LISTED:]) + len(waiting)
    first = {who: len(players[who]) for who in waiting[: LISTED - len(people)]}
    rows += [
        {"name": who, "share": "–", "spent": f"{spent} of {budget}", "colour": "transparent", "machine": False}
        for who, spent in first.items()
    ]
    if more := behind - len(first):
        rows.append({"name": f"and {more} more", "share": "", "spent": "", "colour": "transparent", "machine": True})
    return rows


def _machine_words(match: Any, budget: int) -> None:
    left = match.left(budget)
    if match.wrong:
        st.error(plain(match.wrong))
    elif left:
        st.caption(f"The machine plays: {left} of its sessions to go. They are kept for the next time.")
    else:
        st.caption(
            "Everybody's labels teach the same network, FixMatch on kept features; its test is of other pictures. "
            "Random draws: their mean, and where nine in ten of them lie."
        )
