"""The wall: the unlabelled pictures of a run, and what its method believes of each, live and at any moment of its past.

Sorting and replaying happen in the browser; the pictures come once, as one file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.code import kept
from pages.parts.shared.live_chart import shared_chart
from pages.parts.shared.once import once
from pages.parts.shared.plain import plain
from pages.parts.shared.wall_sheet import address_of_sheet
from ssl_core.data.catalog import find_card
from ssl_core.figures.replay import quality_frames
from ssl_core.figures.wall import SORTS, quality_bars, quality_words, wall_key, wall_moments, with_quality
from ssl_core.runs.origin import classes_of
from ssl_core.runs.store import WAITING, Run
from ssl_core.runs.wall import COLUMNS, changes, moments

_HTML = '<p class="words" role="status"></p>\n<div class="wall" role="list"></div>\n'
_JS = """
const percent = (share) => (100 * share).toFixed(share > 0.9995 || share < 0.0005 ? 0 : share > 0.99 ? 1 : 0) + " %";
const make = (tag, name, parent) => {
  const part = document.createElement(tag);
  part.className = name;
  parent.appendChild(part);
  return part;
};
function tile(wall) {
  const card = make("div", "tile", wall);
  card.setAttribute("role", "listitem");
  card.tabIndex = 0;
  const shot = make("span", "shot", card);
  for (const name of ["picture", "mark"]) make("i", name, shot);
  const guess = make("span", "guess", card);
  for (const name of ["name", "value"]) make("span", name, guess);
  const bar = make("span", "bar", card);
  for (const name of ["learned", "sure", "asked"]) make("i", name, bar);
  return card;
}
// Places in the order that was asked for; what is equal keeps its place.
function sorted(sort, now, truth) {
  const wrong = (n) => truth[n] >= 0 && now.guess[n] !== truth[n];
  const orders = {
    confidence: (a, b) => now.confidence[b] - now.confidence[a],
    class: (a, b) => now.guess[a] - now.guess[b] || now.confidence[b] - now.confidence[a],
    changed: (a, b) => now.changes[b] - now.changes[a] || now.confidence[a] - now.confidence[b],
    wrong: (a, b) => wrong(b) - wrong(a) || now.confidence[b] - now.confidence[a],
  };
  const places = truth.map((_, n) => n);
  return orders[sort] ? places.sort((a, b) => orders[sort](a, b) || a - b) : places;
}
function draw(root, data) {
  const { words, wall } = root;
  let now = data.moments[0];
  for (const one of data.moments) if (root.at === undefined || root.at >= 1 || one.at <= root.at + 1e-6) now = one;
  if (!now) return;
  const truth = data.truth, called = (n) => data.classes[n] ?? "class " + n;
  words.textContent = now.words;
  while (wall.children.length > truth.length) wall.lastChild.remove();
  while (wall.children.length < truth.length) tile(wall);
  const lines = Math.ceil(truth.length / data.columns);
  sorted(data.sort, now, truth).forEach((n, place) => {
    const card = wall.children[place], [shot, guess, bar] = card.children, [learned, sure, asked] = bar.children;
    const counts = now.counts[n], taught = now.taught ? now.taught[n] : now.guess[n];
    const known = truth[n] >= 0, right = now.guess[n] === truth[n], share = now.confidence[n];
    const across = n % data.columns, down = Math.floor(n / data.columns);
    const [picture, mark] = shot.children;
    picture.style.backgroundImage = data.sheet ? 'url("' + new URL(data.sheet, document.baseURI).href + '")' : "none";
    picture.style.backgroundSize = 100 * data.columns + "% " + 100 * lines + "%";
    picture.style.backgroundPosition = (100 * across) / (data.columns - 1) + "% "
      + (lines > 1 ? (100 * down) / (lines - 1) : 0) + "%";
    picture.style.opacity = 0.35 + 0.65 * counts;
    card.dataset.used = String(counts >= 0.5);
    card.dataset.right = known ? String(right) : "unknown";
    mark.textContent = known ? (right ? "✓" : "✗") : "";
    const weighed = !data.weighs ? "" : "w " + (counts < 0.995 ? counts.toFixed(2).slice(1) : "1");
    const arrow = taught !== now.guess[n] ? " → " + called(taught) : "";
    guess.firstChild.textContent = called(now.guess[n]) + arrow;
    guess.lastChild.textContent = weighed || percent(share);
    sure.style.width = 100 * share + "%";
    learned.style.width = now.learned ? 100 * now.learned[n] + "%" : "0";
    const needs = now.threshold ? now.threshold[n] : null;
    asked.hidden = needs === null;
    if (needs !== null) asked.style.left = 100 * Math.min(needs, 1) + "%";
    const said = ["Guess: " + called(now.guess[n]) + ", " + percent(share)];
    if (needs !== null) said.push("needs " + percent(needs));
    if (now.learned || arrow) {
      said.push("learned as " + called(taught) + (now.learned ? ", " + percent(now.learned[n]) : ""));
    }
    said.push(counts >= 1 ? "counts" : counts > 0 ? "counts by " + counts.toFixed(2) : "does not count");
    said.push(known ? (right ? "right" : "wrong, it is " + called(truth[n])) : "nobody knows the class");
    said.push("changed its mind " + (now.changes[n] === 1 ? "once" : now.changes[n] + " times"));
    card.title = said.join("; ");
    card.setAttribute("aria-label", card.title);
  });
}
export default function ({ data: bytes, parentElement }) {
  const wall = parentElement.querySelector(".wall");
  if (!wall || !bytes) return;
  const data = JSON.parse(new TextDecoder().decode(bytes));
  wall.words = parentElement.querySelector(".words");
  wall.wall = wall;
  wall.setAttribute("aria-label", data.label);
  wall.again = () => draw(wall, data);
  if (!wall.hears) {
    wall.hears = (event) => {
      if (!wall.isConnected) { window.removeEventListener("lab-moment", wall.hears); wall.hears = null; return; }
      wall.at = event.detail.at;
      if (!wall.asked) wall.asked = requestAnimationFrame(() => { wall.asked = 0; wall.again(); });
    };
    window.addEventListener("lab-moment", wall.hears);
  }
  draw(wall, data);
}
"""
_CSS = """
.words { margin: 0 0 0.5rem; font-family: var(--st-font); color: var(--st-text-color); font-size: 0.95rem;
  min-height: 1.4em; font-variant-numeric: tabular-nums; }
.wall { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.1rem, 1fr)); gap: 0.45rem;
  font-family: var(--st-font); color: var(--st-text-color); }
.tile { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.15rem; min-width: 0; border-radius: 0.35rem; }
.tile:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.shot { position: relative; display: block; aspect-ratio: 1; border-radius: 0.3rem; }
.picture { position: absolute; inset: 0; border-radius: 0.3rem; image-rendering: pixelated;
  background-repeat: no-repeat; background-color: var(--st-secondary-background-color); }
.tile[data-used="true"] .shot { box-shadow: 0 0 0 2px var(--st-text-color); }
.tile[data-used="false"] .shot { outline: 1px dashed var(--st-text-color); }
.mark { position: absolute; right: 0; bottom: 0; width: 1rem; line-height: 1rem; font-size: 0.75rem; font-style: normal;
  font-weight: 700; text-align: center; border-top-left-radius: 0.3rem; border-bottom-right-radius: 0.25rem;
  color: #fff; }
.tile[data-right="true"] .mark { background: #00795a; }
.tile[data-right="false"] .mark { background: #b84d00; }
.tile[data-right="unknown"] .mark { display: none; }
.guess { display: flex; justify-content: space-between; gap: 0.3em; font-size: 0.75rem; line-height: 1.3;
  white-space: nowrap; font-variant-numeric: tabular-nums; }
.name { unicode-bidi: plaintext; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.bar { position: relative; height: 6px; border-radius: 3px; background: var(--st-border-color); }
.bar i { position: absolute; inset: 0 auto 0 0; border-radius: 3px; }
.bar .sure { background: #0072b2; }
.bar .learned { background: #56b4e9; opacity: 0.75; }
.bar .asked { inset: -3px auto -3px 0; width: 2px; margin-left: -1px; border-radius: 0; background: #e69f00; }
.bar .asked[hidden] { display: none; }
@media (max-width: 640px) { .wall { grid-template-columns: repeat(auto-fill, minmax(3.6rem, 1fr)); gap: 0.35rem; } }
"""
_wall = st.components.v2.component("lab_wall", html=_HTML, css=_CSS, js=kept(_JS))
NONE_YET = "They hang here as soon as the first step is taken."
NO_RECORD = "This run has no record of its unlabelled pictures: it was trained before runs kept one, or has none."


def wall_view(run: Run, row: dict[str, Any], over: bool) -> None:
    """The wall of a run and the pseudo-labels of its classes; `row` is the run as describe makes it.

    With `over` the whole past is sent, which is then played; else the newest moment alone, every second.
    """
    st.markdown("##### Unlabelled pictures, as this run sees them")
    rows = once(("moments", run.name), (run.wall.read(),), lambda: moments(run))
    if not rows:
        st.caption(NONE_YET if row["state"] in (*WAITING, "stopping") else NO_RECORD)
        return
    classes, steps = class_names(run, row, rows), row["steps"]
    sort = choose_one(st.selectbox, "Sorted by", SORTS, key="wall", width=260)
    of = rows, classes, steps
    message = once(("wall", run.name, sort, over), of, lambda: _message(run.name, *of, sort, over))
    _wall(data=message, key="wall_pictures")
    st.caption(plain(wall_key(rows[-1]), most=1000))
    _quality(run, classes, steps, over)


def _message(name: str, rows: list[dict[str, Any]], classes: list[str], steps: int, sort: str, over: bool) -> bytes:
    counted = changes(rows)
    if not over:
        rows, counted = rows[-1:], counted[-1:]
    drawn = wall_moments(rows, counted, steps)
    message = {
        "moments": drawn,
        "truth": rows[-1]["truth"],
        "classes": classes,
        "columns": COLUMNS,
        "sheet": address_of_sheet(name),
        "sort": sort,
        "weighs": any(0 < share < 1 for moment in drawn for share in moment["counts"]),
        "label": f"{len(rows[-1]['truth'])} unlabelled pictures",
    }
    return json.dumps(message).encode()


def class_names(run: Run, row: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[str]:
    """What the run calls its classes; numbers for one that did not write that down and whose data set is gone."""
    card = find_card(row["data"])
    names = classes_of(run.config) or (card.classes if card else ())
    most = max(max(one["truth"] + one["guess"]) for one in rows[-1:])
    return [*names, *(f"class {number}" for number in range(len(names), most + 1))]


def _quality(run: Run, classes: Sequence[str], steps: int, over: bool) -> None:
    record = run.tail.read()
    rows = once(("quality of classes", run.name), (record, classes), lambda: with_quality(record, classes))
    if not rows:
        return
    most = max(max(row["pseudo_counts"]) for row in rows)
    past = {"frames": quality_frames(rows, classes, steps, most)} if over else None
    words = quality_words(rows[-1], classes)

    def draw() -> tuple[Any, str]:
        return quality_bars(rows[-1], classes, most), words

    shared_chart(draw, of=(rows[-1], classes, most), name=run.name, key="class_quality", height=260, past=past)
    st.caption(plain(words))
