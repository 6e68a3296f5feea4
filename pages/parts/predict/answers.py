"""The answers of several networks to one picture, a card each: they stand beside the drawing, on a phone below it."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.parts.predict.network import Network
from ssl_core.figures.look import percent

BARS = 3  # classes drawn of each answer, the first choices
_JS = """
export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".answers");
  if (!list || !data) return;
  list.setAttribute("aria-label", data.label);
  const part = (card, name, tag) => {
    let found = card.querySelector("." + name);
    if (!found) {
      found = document.createElement(tag || "span");
      found.className = name;
      card.appendChild(found);
    }
    return found;
  };
  while (list.children.length > data.cards.length) list.lastChild.remove();
  data.cards.forEach((said, place) => {
    let card = list.children[place];
    if (!card) {
      card = document.createElement("div");
      card.setAttribute("role", "listitem");
      list.appendChild(card);
    }
    card.style.setProperty("--mine", said.colour);
    card.dataset.line = said.line;
    part(card, "who").textContent = said.who;
    part(card, "note").textContent = said.note;
    const seen = part(card, "seen", "img");
    seen.hidden = !said.src;
    if (said.src && seen.src !== said.src) seen.src = said.src;
    seen.alt = said.alt;
    seen.dataset.sharp = String(said.sharp);
    part(card, "best").textContent = said.best;
    part(card, "sure").textContent = said.sure;
    const bars = part(card, "bars", "ul");
    while (bars.children.length > said.bars.length) bars.lastChild.remove();
    said.bars.forEach((one, number) => {
      let bar = bars.children[number];
      if (!bar) {
        bar = document.createElement("li");
        for (const name of ["name", "track", "share"]) {
          const span = document.createElement("span");
          span.className = name;
          if (name === "track") span.appendChild(document.createElement("i"));
          bar.appendChild(span);
        }
        bars.appendChild(bar);
      }
      bar.querySelector(".name").textContent = one.name;
      bar.querySelector(".share").textContent = one.share;
      bar.querySelector("i").style.width = one.width + "%";
    });
  });
}
"""
_CSS = """
.answers { display: grid; gap: 0.6rem; grid-template-columns: repeat(auto-fit, minmax(min(10rem, 100%), 1fr));
  font-family: var(--st-font); color: var(--st-text-color); }
.answers > div { display: grid; grid-template-columns: 3.2rem minmax(0, 1fr); column-gap: 0.6rem; row-gap: 0.1rem;
  align-content: start; align-items: center; padding: 0.55rem 0.65rem; min-width: 0;
  border: 1px solid var(--st-border-color); border-left: 4px solid var(--mine); border-radius: 0.4rem; }
.answers > div[data-line="dash"] { border-left-style: dashed; }
.who, .note, .bars { grid-column: 1 / -1; }
.who { font-weight: 600; font-size: 0.9rem; line-height: 1.3; overflow-wrap: anywhere; }
.note { font-size: 0.75rem; line-height: 1.3; opacity: 0.85; overflow-wrap: anywhere; margin-bottom: 0.25rem; }
.seen { grid-row: span 2; width: 3.2rem; aspect-ratio: 1; object-fit: contain; border-radius: 3px;
  background: var(--st-secondary-background-color); }
.seen[hidden] { display: none; }
.seen[hidden] + .best { grid-column: 1 / -1; font-size: 0.85rem; font-weight: 400; line-height: 1.35; }
.seen[data-sharp="true"] { image-rendering: pixelated; }
.best { font-size: 1.5rem; font-weight: 600; line-height: 1.15; overflow-wrap: anywhere; }
.sure { font-size: 0.78rem; line-height: 1.3; }
.bars { list-style: none; margin: 0.3rem 0 0; padding: 0; display: grid; gap: 0.15rem; font-size: 0.75rem; }
.bars:empty { display: none; }
.bars li { display: grid; grid-template-columns: minmax(1.2rem, 32%) 1fr 3.1rem; gap: 0.4rem; align-items: center; }
.bars .name { unicode-bidi: plaintext; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.bars .track { height: 6px; border-radius: 3px; background: var(--st-border-color); overflow: hidden; }
.bars i { display: block; height: 100%; background: var(--mine); }
.bars .share { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 640px) {
  .answers { gap: 0.4rem; }
  .note, .bars li:nth-child(n + 3) { display: none; }
}
"""
_answers = st.components.v2.component("lab_answers", html='<div class="answers" role="list"></div>\n', css=_CSS, js=_JS)


class Told(NamedTuple):
    """A network, the picture as it sees it, and what it says; or one sentence on why it says nothing."""

    network: Network
    asked: Any = None
    answer: Any = None
    why: str = ""

    @property
    def right(self) -> str:
        """Whether it is right, where that is known."""
        if self.asked is None or self.asked.truth is None:
            return ""
        return "right" if self.asked.truth == self.answer.best else f"wrong, it is {self.asked.truth}"


def answer_cards(told: list[Told], *, key: str, label: str) -> None:
    """A card for each network; `label` says for those who do not see them what they are together."""
    _answers(data={"cards": [_card(one) for one in told], "label": label}, key=key)


def _card(told: Told) -> dict[str, Any]:
    who = {"who": told.network.title, "note": told.network.note, "colour": told.network.colour}
    who["line"] = "dash" if told.network.ceiling else "solid"
    if told.answer is None:
        silent = {"src": "", "alt": "", "sharp": False, "best": told.why, "sure": "", "bars": []}
        return who | silent
    names, said = told.network.classifier.card.classes, told.answer.probability
    first = sorted(range(len(names)), key=lambda n: -said[n])[:BARS]
    sure = f"{percent(told.answer.sure)} sure" + (f", {told.right}" if told.right else "")
    return who | {
        "src": told.asked.source,
        "alt": f"{told.asked.title}, as {told.network.title} sees it",
        "sharp": told.network.classifier.card.side < 128,
        "best": told.answer.best,
        "sure": sure,
        "bars": [{"name": names[n], "share": percent(said[n]), "width": round(100 * said[n], 2)} for n in first],
    }
