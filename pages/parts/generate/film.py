"""Rows of made pictures, each at the moment that the replay bar of the page shows; the newest while it learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

_HTML = '<div class="film"></div>\n'
_JS = """
const make = (tag, name, parent) => {
  const part = document.createElement(tag);
  part.className = name;
  parent.appendChild(part);
  return part;
};
function draw(film, data) {
  let now = data.moments[0];
  for (const one of data.moments) if (film.at === undefined || film.at >= 1 || one.at <= film.at + 1e-6) now = one;
  while (film.children.length > data.rows.length) film.lastChild.remove();
  data.rows.forEach((row, place) => {
    let card = film.children[place];
    if (!card) {
      card = make("figure", "row", film);
      make("figcaption", "", card);
      make("div", "frame", card).setAttribute("role", "img");
    }
    const [words, frame] = card.children, shown = now && now.rows[row.name];
    words.textContent = row.title;
    const columns = shown ? shown.columns : 10, count = shown ? shown.count : 10 * row.lines;
    const lines = Math.ceil(count / columns);
    frame.style.setProperty("--columns", columns);
    frame.style.setProperty("--sheet", shown ? 'url("' + shown.src + '")' : "none");
    frame.style.setProperty("--size", 100 * columns + "% " + 100 * lines + "%");
    frame.setAttribute("aria-label", row.title + ": " + (shown ? count + " pictures after " + now.step + " steps"
      : "none yet"));
    while (frame.children.length > count) frame.lastChild.remove();
    while (frame.children.length < count) make("i", "", frame);
    [...frame.children].forEach((cell, n) => {
      const across = n % columns, down = Math.floor(n / columns);
      cell.style.backgroundPosition = (columns > 1 ? 100 * across / (columns - 1) : 0) + "% "
        + (lines > 1 ? 100 * down / (lines - 1) : 0) + "%";
    });
  });
}
export default function ({ data, parentElement }) {
  const film = parentElement.querySelector(".film");
  if (!film || !data) return;
  film.dataset.sharp = String(data.sharp);
  film.again = () => draw(film, data);
  if (!film.hears) {
    film.hears = (event) => {
      if (!film.isConnected) { window.removeEventListener("lab-moment", film.hears); film.hears = null; return; }
      film.at = event.detail.at;
      if (!film.asked) film.asked = requestAnimationFrame(() => { film.asked = 0; film.again(); });
    };
    window.addEventListener("lab-moment", film.hears);
  }
  draw(film, data);
}
"""
_CSS = """
.film { display: grid; gap: 0.9rem; font-family: var(--st-font); color: var(--st-text-color); max-width: 46rem; }
.row { margin: 0; display: grid; gap: 0.3rem; min-width: 0; }
figcaption { font-size: 0.85rem; }
.frame { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 3px;
  max-width: calc(var(--columns) * 10rem); }
.frame i { aspect-ratio: 1; border-radius: 2px; background: var(--sheet) var(--st-secondary-background-color);
  background-size: var(--size); }
.film[data-sharp="true"] i { image-rendering: pixelated; }
@media (max-width: 640px) { .frame { gap: 2px; } }
"""
_film = st.components.v2.component("lab_film", html=_HTML, css=_CSS, js=_JS)


def film(
    moments: Sequence[Mapping[str, Any]],
    rows: Mapping[str, str],
    *,
    steps: int,
    side: int,
    key: str,
    lines: Mapping[str, int] | None = None,
) -> None:
    """Show rows of pictures by name and caption, at a moment of ssl_core.runs.makers.moments.

    `steps` are those of the whole run, `side` the pixels of a picture; `lines` says of a row that has no picture yet
    how many lines of ten it will have, so that nothing jumps.
    """
    shown = [{"at": one["step"] / max(steps, 1), "step": one["step"], "rows": one["rows"]} for one in moments]
    places = [{"name": name, "title": title, "lines": (lines or {}).get(name, 1)} for name, title in rows.items()]
    _film(data={"moments": shown, "rows": places, "sharp": side < 128}, key=key)
