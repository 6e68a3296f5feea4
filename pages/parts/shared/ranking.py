"""Who is ahead, as a list; and a few figures that are read from the back row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.code import kept
from ssl_core.figures.board import MEAN, Line, ranked
from ssl_core.figures.look import percent

LISTED = 10  # lines of a board; those behind are counted
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
.ranking[data-large="true"] { font-size: clamp(1.2rem, 1.9vw, 2.4rem); line-height: 1.35; }
li { display: grid; grid-template-columns: 0.5em minmax(0, 1fr) auto 4.4em; gap: 0.5em; align-items: center;
  padding: 0.18em 0; border-bottom: 1px solid var(--st-border-color); }
.colour { height: 1em; border-radius: 2px; }
.name { unicode-bidi: plaintext; font-weight: 700; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
li[data-machine="true"] .name { font-weight: 400; font-style: italic; }
.share { font-variant-numeric: tabular-nums; font-weight: 700; }
.spent { text-align: right; opacity: 0.85; font-size: 0.65em; white-space: nowrap; }
"""
_ranking = st.components.v2.component(
    "lab_ranking", html='<ol class="ranking" aria-label="Who is ahead"></ol>\n', css=_CSS, js=kept(_JS)
)
_BIG_JS = """
export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".figures");
  if (!list || !data) return;
  while (list.children.length > data.length) list.lastChild.remove();
  data.forEach((figure, place) => {
    let tile = list.children[place];
    if (!tile) {
      tile = document.createElement("div");
      for (const [tag, part] of [["dt", "name"], ["dd", "value"], ["dd", "about"]]) {
        const text = document.createElement(tag);
        text.className = part;
        tile.appendChild(text);
      }
      list.appendChild(tile);
    }
    for (const part of ["name", "value", "about"]) tile.querySelector("." + part).textContent = figure[part];
  });
}
"""
_BIG_CSS = """
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 0.4rem 2vw;
  margin: 0; font-family: var(--st-font); color: var(--st-text-color); min-height: 5.2rem; }
dt, dd { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 1.2; }
.name, .about { font-size: clamp(1rem, 1.3vw, 1.6rem); min-height: 1.2em; }
.value { font-size: clamp(1.8rem, 3vw, 3.8rem); font-weight: 700; font-variant-numeric: tabular-nums; }
"""
_figures = st.components.v2.component("lab_figures", html='<dl class="figures"></dl>\n', css=_BIG_CSS, js=kept(_BIG_JS))


class Figure(NamedTuple):
    """One number of a board: what it is, the number in words, and whose or of how many."""

    name: str
    value: str
    about: str


def big_figures(figures: Sequence[Figure], *, key: str) -> None:
    """The numbers in a row, in letters for the back row."""
    with st.container(key=f"figures_{len(figures)}"):  # look.css keeps their room until they are drawn
        _figures(data=[one._asdict() for one in figures], key=key)


def ranking(rows: Sequence[dict[str, Any]], *, large: bool, key: str) -> None:
    """The list; a row has name, share, spent (beside it, small), colour, and machine: whether it is no person."""
    _ranking(data={"rows": rows, "large": large}, key=key)


def ranking_rows(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The best LISTED of these lines with their best point, and how many there are behind."""
    best = {line.title: max(line.points, key=lambda point: (point[1], -point[0])) for line in ranked(lines)}
    order = sorted(ranked(lines), key=lambda line: (-best[line.title][1], best[line.title][0]))
    rows = [
        {
            "name": line.title,
            "share": percent(best[line.title][1]),
            "spent": f"{best[line.title][0]:,} labels",
            "colour": line.colour,
            "machine": not line.person,
        }
        for line in order[:LISTED]
    ]
    waiting = [line for line in lines if not line.points and line.title != MEAN]
    rows += [
        {"name": line.title, "share": "–", "spent": "", "colour": line.colour, "machine": False}
        for line in waiting[: LISTED - len(rows)]
    ]
    if more := len(order) + len(waiting) - len(rows):
        rows.append({"name": f"and {more} more", "share": "", "spent": "", "colour": "transparent", "machine": True})
    return rows
