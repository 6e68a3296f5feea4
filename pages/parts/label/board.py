"""The board of a game: everybody's curve beside the machine's, and who is ahead, in letters that a class can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.shared.data_cache import fingerprint, follows_data
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from ssl_core.figures.game import Line, game_chart, game_words, order_line, person_line, ranked
from ssl_core.figures.look import percent
from ssl_core.label.order_cards import ORDER_CARDS

TICK = 2.0  # seconds between two looks
NAMED = 3  # in the chart of a whole class
LISTED = 12  # people on the board; those behind are counted
_JS = """
export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".ranking");
  if (!list || !data) return;
  list.dataset.large = String(data.large);
  while (list.children.length > data.rows.length) list.lastChild.remove();
  data.rows.forEach((row, place) => {
    let line = list.children[place];
    if (!line) {
      line = document.createElement("li");
      for (const part of ["colour", "name", "share", "spent"]) {
        const span = document.createElement("span");
        span.className = part;
        line.appendChild(span);
      }
      list.appendChild(line);
    }
    line.dataset.machine = String(row.machine);
    line.querySelector(".colour").style.background = row.colour;
    for (const part of ["name", "share", "spent"]) line.querySelector("." + part).textContent = row[part];
  });
}
"""
_CSS = """
.ranking { margin: 0; padding: 0; list-style: none; font-family: var(--st-font); color: var(--st-text-color);
  font-size: 1rem; }
.ranking[data-large="true"] { font-size: clamp(1.2rem, 1.9vw, 2.4rem); }
li { display: grid; grid-template-columns: 0.5em minmax(0, 1fr) auto 4.4em; gap: 0.5em; align-items: center;
  padding: 0.18em 0; border-bottom: 1px solid var(--st-border-color); }
.colour { height: 1em; border-radius: 2px; }
.name { font-weight: 700; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
li[data-machine="true"] .name { font-weight: 400; font-style: italic; }
.share { font-variant-numeric: tabular-nums; font-weight: 700; }
.spent { text-align: right; opacity: 0.85; font-size: 0.65em; white-space: nowrap; }
"""
_ranking = st.components.v2.component(
    "lab_ranking", html='<ol class="ranking" aria-label="Who is ahead"></ol>\n', css=_CSS, js=_JS
)


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
    match: Any, players: Mapping[str, Mapping[str, str | None]], budget: int, *, key: str, who: str = ""
) -> list[Line]:
    """The chart, who is ahead, and how far the machine has played; returns what is drawn.

    For `who` looks at it; without, for a whole class: large, with the three best by name in the chart.
    """
    large = not who
    lines = lines_of(match, players, budget)
    chance = 1 / max(len(match.session.data.card.classes), 1)
    named = [who] if who else [line.title for line in ranked([line for line in lines if line.person])[:NAMED]]
    figure = game_chart(lines, budget, chance=chance, key=f"{key}{budget}", large=large, named=named)
    words = game_words(lines, budget)
    if large:
        chart, names = st.columns([1.35, 1], gap="medium")
    else:
        chart = names = st.container()
    with chart:
        live_chart(figure, alt=words, key=f"{key}_chart", height=560 if large else 380)
    with names:
        _ranking(data={"rows": _rows(lines, players, budget), "large": large}, key=f"{key}_ranking")
        _machine_words(match, budget)
    return lines


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
