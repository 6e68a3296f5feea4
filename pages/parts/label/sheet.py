"""A sheet of small pictures of which the wrong ones are clicked away: at once, before the server has heard of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const sheet = parentElement.querySelector(".sheet");
  if (!sheet || !data) return;
  sheet.setAttribute("aria-label", data.label);
  sheet.dataset.sharp = String(data.sharp);
  while (sheet.children.length > data.shots.length) sheet.lastChild.remove();
  data.shots.forEach((shot, place) => {
    let card = sheet.children[place];
    if (!card) {
      card = document.createElement("button");
      card.type = "button";
      card.tabIndex = place ? -1 : 0;  // one stop for Tab; arrows go from picture to picture
      card.setAttribute("aria-pressed", "false");
      card.appendChild(document.createElement("img")).alt = "";
      sheet.appendChild(card);
    }
    const image = card.firstChild;
    if (image.src !== shot.src) image.src = shot.src;
    card.setAttribute("aria-label", shot.alt);
    card.title = shot.alt;
    card.onclick = () => {
      card.setAttribute("aria-pressed", String(card.getAttribute("aria-pressed") === "false"));
      const away = (c) => c.getAttribute("aria-pressed") === "true";
      setStateValue("away", [...sheet.children].flatMap((c, n) => away(c) ? [n] : []));
    };
  });
  sheet.onkeydown = (event) => {
    const cards = [...sheet.children], here = cards.indexOf(event.target);
    const across = cards.filter((card) => card.offsetTop === cards[0].offsetTop).length;
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -here,
      End: cards.length - 1 - here }[event.key];
    if (way === undefined || here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = cards[Math.min(Math.max(here + way, 0), cards.length - 1)];
    cards.forEach((card) => { card.tabIndex = card === next ? 0 : -1; });
    next.focus();
  };
}
"""
_CSS = """
.sheet { display: grid; gap: 4px; padding: 3px; grid-template-columns: repeat(auto-fill, minmax(52px, 1fr)); }
.sheet button {
  position: relative; display: block; min-width: 0; padding: 2px; border: 1px solid transparent; cursor: pointer;
  border-radius: var(--st-base-radius); background: none;
}
.sheet button:hover { border-color: var(--st-border-color); }
.sheet button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: -1px; }
.sheet img {
  display: block; width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 3px;
  background: var(--st-secondary-background-color);
}
.sheet[data-sharp="true"] img { image-rendering: pixelated; }
.sheet [aria-pressed="true"] img { opacity: 0.2; }
.sheet [aria-pressed="true"]::after {
  content: ""; position: absolute; inset: 22%;
  background: linear-gradient(45deg, transparent 46%, #d55e00 46%, #d55e00 54%, transparent 54%),
    linear-gradient(-45deg, transparent 46%, #d55e00 46%, #d55e00 54%, transparent 54%);
}
"""
_sheet = st.components.v2.component("lab_sheet", html='<div class="sheet" role="group"></div>\n', css=_CSS, js=_JS)


def sheet(shots: Sequence[dict[str, str]], *, key: str, label: str, side: int) -> set[int]:
    """Show pictures (`src`, `alt`); the places of those that are clicked away. Other pictures need another key.

    One stop for Tab, arrows from picture to picture, space or Enter to take one away or put it back.
    """
    data = {"shots": list(shots), "label": label, "sharp": side < 128}
    _sheet(data=data, key=key, on_away_change=lambda: None)
    return taken_away(key, len(shots))


def taken_away(key: str, count: int) -> set[int]:
    """The places 0..count−1 that are clicked away on a sheet, as a button's callback finds them."""
    state: Any = st.session_state.get(key)
    away = state.get("away") if hasattr(state, "get") else None
    return {n for n in away if type(n) is int and 0 <= n < count} if isinstance(away, list) else set()
