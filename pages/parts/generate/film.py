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
      make("div", "frame", card);
      make("img", "", card.lastChild);
    }
    const [words, frame] = card.children, image = frame.firstChild, shown = now && now.rows[row.name];
    words.textContent = row.title;
    card.dataset.empty = String(!shown);
    frame.style.setProperty("--columns", shown ? shown.columns : 10);
    frame.style.setProperty("--lines", shown ? Math.ceil(shown.count / shown.columns) : row.lines);
    if (!shown) { image.removeAttribute("src"); image.alt = ""; return; }
    if (image.getAttribute("src") !== shown.src) image.src = shown.src;
    image.alt = row.title + ": " + shown.count + " pictures after " + now.step + " steps";
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
.frame { aspect-ratio: var(--columns) / var(--lines); width: 100%; max-width: calc(var(--columns) * 10rem);
  border-radius: 0.35rem; overflow: hidden; background: var(--st-secondary-background-color); }
.frame img { display: block; width: 100%; height: 100%; }
.film[data-sharp="true"] img { image-rendering: pixelated; }
.row[data-empty="true"] img { visibility: hidden; }
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
