"""Pictures side by side, sharp however small they are; and one picture over another with a slider between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

_GRID_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const grid = parentElement.querySelector(".pictures");
  if (!grid || !data) return;
  grid.style.setProperty("--least", data.least + "px");
  grid.style.setProperty("--lines", data.lines);
  grid.style.setProperty("--most", data.shots.length > 1 ? "46%" : "100%");  // two side by side on any phone
  grid.style.setProperty("--columns", data.columns);
  grid.style.setProperty("--widest", data.columns > 1 ? data.wide * data.columns + "rem" : "none");
  grid.dataset.row = String(data.columns > 0);
  grid.dataset.sharp = String(data.sharp);
  grid.setAttribute("aria-label", data.label);
  grid.setAttribute("role", data.choosable ? "group" : "list");  // buttons are no items of a list
  const way = parentElement.querySelector(".way");
  way.hidden = data.way === null;
  if (!way.hidden) {
    way.style.setProperty("--at", data.way);
    way.style.setProperty("--columns", data.columns);
    way.style.setProperty("--widest", data.wide * data.columns + "rem");
    way.setAttribute("aria-label", "The new sample, " + data.way.toFixed(2) + " of the way");
  }
  while (grid.children.length > data.shots.length) grid.lastChild.remove();
  data.shots.forEach((shot, place) => {
    let card = grid.children[place];
    if (!card) {
      card = document.createElement(data.choosable ? "button" : "div");
      if (data.choosable) {
        card.type = "button";
        card.onclick = () => setStateValue("chosen", place);
      } else {
        card.setAttribute("role", "listitem");
      }
      card.appendChild(document.createElement("img"));
      card.appendChild(document.createElement("span"));
      grid.appendChild(card);
    }
    const [image, caption] = card.children;
    if (image.src !== shot.src) image.src = shot.src;
    image.alt = shot.alt;
    caption.textContent = shot.caption;
    card.title = shot.caption || shot.alt;
    card.dataset.mark = shot.mark || "";
    if (data.choosable) card.setAttribute("aria-pressed", String(place === data.chosen));
  });
}
"""
_GRID_CSS = """
.pictures {
  display: grid; gap: 0.5rem; padding: 3px;
  grid-template-columns: repeat(auto-fill, minmax(min(var(--least), var(--most)), 1fr));
}
.pictures > * {
  display: block; margin: 0; padding: 0.3rem; border: 1px solid transparent; border-radius: var(--st-base-radius);
  background: none; color: var(--st-text-color); font: inherit; text-align: left; min-width: 0;
}
.pictures > button { cursor: pointer; }
.pictures > button:hover { border-color: var(--st-border-color); }
.pictures > button[aria-pressed="true"] {
  border-color: var(--st-primary-color); box-shadow: 0 0 0 1px var(--st-primary-color);
}
.pictures > button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
.pictures img {
  display: block; width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 3px;
  background: var(--st-secondary-background-color);
}
.pictures[data-sharp="true"] img { image-rendering: pixelated; }
.pictures span {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: var(--lines); overflow: hidden;
  margin-top: 0.3rem; font-size: 0.78rem; line-height: 1.35; overflow-wrap: anywhere; white-space: pre-line;
  height: calc(var(--lines) * 1.35em);
}
.pictures[data-row="true"] {
  grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 4px; max-width: var(--widest);
}
.pictures[data-row="true"] > * { padding: 0; }
.pictures[data-row="true"] span {
  display: block; margin-top: 0.2rem; font-size: 0.75rem; text-align: center; white-space: nowrap;
  text-overflow: ellipsis;
}
.way { --edge: calc(50% / var(--columns)); position: relative; height: 18px; max-width: var(--widest); padding: 0 3px; }
.way[hidden] { display: none; }
.way::before, .way i { content: ""; position: absolute; }
.way::before {
  top: 8px; left: var(--edge); right: var(--edge); height: 2px; background: var(--st-text-color); opacity: 0.3;
}
.way i {
  top: 3px; width: 12px; height: 12px; background: #d55e00; transform: rotate(45deg);
  left: calc(var(--edge) + var(--at) * (100% - 2 * var(--edge)) - 6px);
}
@media (max-width: 640px) {  /* above a way every other one is named, and the last has the room of two */
  .pictures[data-row="true"]:has(+ .way:not([hidden])) > :nth-child(even) span { visibility: hidden; }
  .pictures[data-row="true"]:has(+ .way:not([hidden])) > :last-child span { overflow: visible; direction: rtl; }
  .pictures[data-row="true"] span { font-size: 0.7rem; }
}
.pictures [data-mark="open"] img { outline: 3px solid #009e73; outline-offset: -3px; }
.pictures [data-mark="shut"] img { opacity: 0.55; }
"""
_grid = st.components.v2.component(
    "lab_pictures",
    html='<div class="pictures" role="list"></div>\n<div class="way" role="img" hidden><i></i></div>\n',
    css=_GRID_CSS,
    js=_GRID_JS,
)

_COMPARE_JS = """
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".compare");
  if (!box || !data) return;
  const [before, after] = box.querySelectorAll("img");
  const slider = box.querySelector("input");
  before.src = data.before;
  after.src = data.after;
  before.alt = "Before: " + data.alt;
  after.alt = "After: " + data.alt;
  box.dataset.sharp = String(data.sharp);
  const move = () => {
    after.style.clipPath = "inset(0 0 0 " + slider.value + "%)";
    slider.style.setProperty("--share", slider.value + "%");
  };
  slider.oninput = move;
  move();
}
"""
_COMPARE_CSS = """
.compare { max-width: 20rem; }
.compare .frame { position: relative; line-height: 0; }
.compare img { width: 100%; aspect-ratio: 1; border-radius: var(--st-base-radius); }
.compare img + img { position: absolute; inset: 0; }
.compare[data-sharp="true"] img { image-rendering: pixelated; }
.compare input {
  appearance: none; width: 100%; height: 4px; margin: 0.9rem 0 0.4rem; border-radius: 2px; cursor: pointer;
  background: linear-gradient(to right, var(--st-primary-color) var(--share), var(--st-border-color) var(--share));
}
.compare input::-webkit-slider-thumb {
  appearance: none; width: 14px; height: 14px; border-radius: 50%; background: var(--st-primary-color);
}
.compare input::-moz-range-thumb {
  border: none; width: 14px; height: 14px; border-radius: 50%; background: var(--st-primary-color);
}
.compare input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 6px; }
.compare p {
  margin: 0.2rem 0 0; display: flex; justify-content: space-between; font-size: 0.78rem; color: var(--st-text-color);
}
"""
_compare = st.components.v2.component(
    "lab_compare",
    html='<div class="compare"><div class="frame"><img alt=""><img alt=""></div>\n'
    '<input type="range" min="0" max="100" value="50" aria-label="Where the original ends, per cent">'
    "<p><span>original</span><span>augmented</span></p></div>\n",
    css=_COMPARE_CSS,
    js=_COMPARE_JS,
)


def picture(src: str, caption: str, alt: str, mark: str = "") -> dict[str, str]:
    """One picture of a grid; `mark` is "open" or "shut" at FixMatch's gate."""
    return {"src": src, "caption": caption, "alt": alt, "mark": mark}


def picture_grid(
    shots: Sequence[dict[str, str]],
    *,
    key: str,
    label: str,
    side: int,
    least: int = 104,
    lines: int = 2,
    columns: int = 0,
    wide: float = 5.2,
    way: float | None = None,
    chosen: int | None = None,
    on_choose: Callable[[], None] | None = None,
) -> Any:
    """Show pictures with captions of `lines` lines; with on_choose they can be clicked (state: .chosen).

    As many columns fit as are `least` pixels wide, or exactly `columns`, each at most `wide` rem. `way` in 0..1 points
    at a place under a row, between the middle of its first picture and that of its last.
    """
    grid = {
        "shots": list(shots),
        "label": label,
        "sharp": side < 128,
        "least": least,
        "lines": lines,
        "columns": columns,
        "wide": wide,
        "way": way,
        "choosable": on_choose is not None,
        "chosen": chosen,
    }
    return _grid(data=grid, key=key, on_chosen_change=on_choose or (lambda: None))


def compare(before: str, after: str, *, alt: str, side: int, key: str) -> None:
    """The augmented picture over the original, uncovered by a slider."""
    _compare(data={"before": before, "after": after, "alt": alt, "sharp": side < 128}, key=key)
