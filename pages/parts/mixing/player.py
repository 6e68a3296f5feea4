"""Two pictures and what lies between them: the mixture, its mask, its label, a strip of nine, a slider, a play button.

Dragging and playing move all of it at once, in the browser; the page hears of λ when the hand or the play rests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

_HTML = """
<div class="player">
  <div class="tiles">
    <figure class="mixed"><span class="stack"><img class="picture"><img class="cover" alt="" hidden></span>
      <figcaption></figcaption></figure>
    <figure class="a"><img><figcaption></figcaption></figure>
    <figure class="b"><img><figcaption></figcaption></figure>
    <figure class="mask"><img><figcaption></figcaption></figure>
    <div class="bars"></div>
  </div>
  <div class="strip" role="group" aria-label="Nine steps from picture A to picture B"></div>
  <label class="lam"><span>λ, the share asked for A <output></output></span>
    <input type="range" min="0" max="1" step="0.01" aria-label="λ, the share asked for A"
      title="1 is all A, 0 is all B."></label>
  <p class="words"></p>
  <div class="row"><button type="button" class="play"></button>
    <label><input type="checkbox" class="over"> Show the mask on the picture</label></div>
</div>
"""
_JS = """
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const LATE = 30000;  // milliseconds that a slow server's answer to an earlier λ may come after the hand went on
const percent = (share) => (100 * share).toFixed(share > 0.0005 && share < 0.9995 ? 1 : 0) + " %";

export default function ({ data, parentElement, setStateValue }) {
  const find = (name) => parentElement.querySelector(name);
  const root = find(".player");
  if (!root || !data) return;
  root.dataset.sharp = String(data.sharp);
  if (root.timer) { clearInterval(root.timer); root.timer = null; }
  const picture = (where, source, words, note) => {
    const image = find(where + " img");
    image.src = source;
    image.alt = words;
    find(where + " figcaption").textContent = note;
  };
  picture(".a", data.a, "Picture A: " + data.names[0], "A: " + data.names[0]);
  picture(".b", data.b, "Picture B: " + data.names[1], "B: " + data.names[1]);
  const bars = find(".bars");
  if (!bars.children.length) {
    for (const side of ["first", "second"]) {
      const bar = document.createElement("div");
      bar.className = "bar " + side;
      bar.innerHTML = '<span class="name"></span><span class="track"><i></i></span><span class="value"></span>';
      bar.setAttribute("role", "meter");
      bar.setAttribute("aria-valuemin", "0");
      bar.setAttribute("aria-valuemax", "100");
      bars.appendChild(bar);
    }
  }
  const slider = find(".lam input");
  const show = (frame, hand = frame.lam) => {
    const lam = frame.lam;
    slider.value = hand;
    slider.style.setProperty("--share", 100 * hand + "%");
    slider.setAttribute("aria-valuetext", hand.toFixed(2));
    find(".lam output").textContent = hand.toFixed(2);
    find(".words").textContent = "Asked for λ = " + lam.toFixed(2) + "; the mask gives A " + percent(frame.mass)
      + " of the picture; A gets " + percent(frame.share) + " of the label.";
    picture(".mixed", frame.picture, "Mixture at λ = " + lam.toFixed(2), "mixture at λ = " + lam.toFixed(2));
    find(".cover").src = frame.mask;
    picture(".mask", frame.mask, "Mask: " + percent(frame.mass) + " of the picture is A",
      "mask: " + percent(frame.mass) + " is A");
    [frame.share, 1 - frame.share].forEach((share, place) => {
      const bar = bars.children[place];
      bar.querySelector(".name").textContent = data.labels[place];
      bar.querySelector("i").style.width = 100 * share + "%";
      bar.querySelector(".value").textContent = percent(share);
      bar.setAttribute("aria-label", "Share of the label: " + data.labels[place]);
      bar.setAttribute("aria-valuenow", (100 * share).toFixed(1));
    });
    root.dataset.lam = lam.toFixed(4);
    const pressed = Math.round((1 - lam) * (strip.children.length - 1));
    [...strip.children].forEach((step, place) => step.setAttribute("aria-pressed", String(place === pressed)));
  };
  const strip = find(".strip");
  const last = data.frames.length - 1;
  const every = last / 8;
  while (strip.children.length < 9) {
    const step = document.createElement("button");
    step.type = "button";
    step.innerHTML = "<img><span></span>";
    strip.appendChild(step);
  }
  [...strip.children].forEach((step, place) => {
    const frame = data.frames[place * every], lam = 1 - place / 8;
    step.querySelector("img").src = frame.picture;
    step.querySelector("img").alt = "";
    step.querySelector("span").textContent = lam.toFixed(3).replace(/0+$/, "").replace(/[.]$/, "");
    step.setAttribute("aria-label", "λ = " + lam + ", label " + percent(frame.share) + " A");
    step.onclick = () => ask(lam);
  });
  let place = Math.round((1 - data.now.lam) * last), way = place >= last ? -1 : 1;
  const near = (lam) => {
    place = Math.round((1 - lam) * last);
    show(data.frames[place], lam);
  };
  root.send = setStateValue;  // of this mount: one of an earlier mount is heard no more
  const ask = (lam, wait = 0, tries = 4) => {
    clearTimeout(root.wait);
    clearTimeout(root.again);
    root.asked.push(lam);
    root.asking = Date.now();
    root.wait = setTimeout(() => {
      root.send("lam", [lam, Date.now()]);  // with the time, since what is equal to the last value is not sent
      if (tries > 1) root.again = setTimeout(() => ask(lam, 0, tries - 1), 3000);  // a page that redraws may not hear
    }, wait);
  };
  const latest = root.asked?.at(-1);
  if (root.asked?.includes(data.now.lam) && data.now.lam !== latest && Date.now() - root.asking < LATE) {
    near(latest);  // the page answers to an earlier λ: the hand went on while it was drawing
    ask(latest);
  } else {
    if (Math.abs(data.now.lam - latest) < 0.006) clearTimeout(root.again);  // answered, rounded to a hundredth
    root.asked = [data.now.lam];
    show(data.now);
  }
  slider.oninput = () => {
    stop();
    near(Number(slider.value));  // the nearest frame at once, the exact one when the page has drawn it
    ask(Number(slider.value), 150);  // a held arrow key is one change, not thirty
  };

  const over = find(".over"), cover = find(".cover");
  cover.hidden = !over.checked;
  over.onchange = () => { cover.hidden = !over.checked; };

  const play = find(".play");
  const name = () => { play.textContent = root.timer ? "Pause" : still() ? "Next step" : "Play"; };
  const stop = () => { clearInterval(root.timer); root.timer = null; name(); };
  play.onclick = () => {
    if (still()) {  // one step a press, no movement of its own
      const next = (Math.round((1 - data.now.lam) * 8) + 1) % 9;
      ask(1 - next / 8);
    } else if (root.timer) {
      stop();
      ask(Math.round(100 * data.frames[place].lam) / 100);
    } else {
      root.timer = setInterval(() => {
        if (!root.isConnected) { clearInterval(root.timer); return; }
        if (place + way < 0 || place + way > last) way = -way;
        place += way;
        show(data.frames[place]);
      }, 90);
      name();
    }
  };
  name();
}
"""
_CSS = """
.player { display: grid; gap: 0.7rem; font-family: var(--st-font); color: var(--st-text-color); font-size: 0.85rem; }
.tiles { display: grid; grid-template: "mixed a b" auto "mixed mask bars" 1fr / 2.15fr 1fr 1fr; gap: 0.5rem 0.8rem;
  align-items: start; max-width: 46rem; }
.mixed { grid-area: mixed; } .a { grid-area: a; } .b { grid-area: b; } .mask { grid-area: mask; }
figure { margin: 0; display: grid; gap: 0.25rem; min-width: 0; }
figure img { width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 0.35rem;
  background: var(--st-secondary-background-color); box-sizing: border-box; display: block; }
.a img { border: 3px solid #0072b2; } .b img { border: 3px solid #d55e00; }
.stack { position: relative; display: block; }
.cover { position: absolute; inset: 0; opacity: 0.42; }
.cover[hidden] { display: none; }
figcaption { text-align: center; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.player[data-sharp="true"] img { image-rendering: pixelated; }
.bars { grid-area: bars; display: grid; gap: 0.7rem; min-width: 0; }
.bar { display: grid; grid-template: "name value" auto "track track" auto / 1fr auto; gap: 0.25rem 0.5rem; }
.bar .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track { grid-area: track; }
.track { height: 0.95rem; border-radius: 0.3rem; background: var(--st-secondary-background-color); overflow: hidden; }
.track i { display: block; height: 100%; background: #0072b2; }
.second .track i { background: #d55e00; }
.value { font-variant-numeric: tabular-nums; }
.strip { display: grid; grid-template-columns: repeat(9, minmax(0, 1fr)); gap: 0.3rem; max-width: 46rem; }
.strip button { all: unset; box-sizing: border-box; cursor: pointer; display: grid; gap: 0.1rem; text-align: center;
  border: 2px solid transparent; border-radius: 0.4rem; padding: 2px; font-size: 0.75rem; min-width: 0; }
.strip img { width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 0.25rem;
  display: block; }
.strip button[aria-pressed="true"] { border-color: var(--st-text-color); font-weight: 600; }
.strip button:focus-visible, .play:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.lam { display: grid; gap: 0.2rem; max-width: 46rem; }
.lam span { display: flex; justify-content: space-between; }
.lam output { font-variant-numeric: tabular-nums; font-weight: 600; }
.lam input { appearance: none; width: 100%; height: 4px; margin: 0.5rem 0; border-radius: 2px; cursor: pointer;
  background: linear-gradient(to right, var(--st-primary-color) var(--share), var(--st-border-color) var(--share)); }
.lam input::-webkit-slider-thumb { appearance: none; width: 14px; height: 14px; border-radius: 50%;
  background: var(--st-primary-color); }
.lam input::-moz-range-thumb { border: none; width: 14px; height: 14px; border-radius: 50%;
  background: var(--st-primary-color); }
.lam input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 6px; }
.words { margin: 0; font-size: 1rem; line-height: 1.5; min-height: 1.5em; font-variant-numeric: tabular-nums; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; }
.play { all: unset; box-sizing: border-box; cursor: pointer; min-width: 6.2rem; text-align: center;
  padding: 0.4rem 1rem;  border-radius: var(--st-button-radius, 0.5rem); border: 1px solid var(--st-border-color); }
.play:hover { background: var(--st-secondary-background-color); }
label:not(.lam) { display: inline-flex; gap: 0.4rem; align-items: center; cursor: pointer; }
@media (max-width: 640px) {
  .tiles { grid-template: "mixed mixed a" auto "mixed mixed b" 1fr "mask bars bars" auto / 1fr 1fr 1fr; }
  .strip { grid-template-columns: repeat(9, minmax(0, 1fr)); gap: 0.1rem; }
  .strip span { font-size: 0.6rem; }
}
"""
_player = st.components.v2.component("lab_mix_player", html=_HTML, css=_CSS, js=_JS)


def mix_player(scene: dict[str, Any], *, key: str, on_lam: Callable[[], None]) -> None:
    """Show frames; whatever settles on a λ puts [λ, when] into session_state[key].lam and calls `on_lam`.

    scene: a and b (addresses), sharp (whether single pixels are to be seen), names, labels (of the two bars), frames
    (λ from 1 to 0) and now (a frame); see ssl_core.figures.mixing_pictures.frames.
    """
    _player(data=scene, key=key, on_lam_change=on_lam)
