"""A time slider over a finished experiment: charts and wall show any moment of its past, played in the browser.

The bar only says which moment, as an event of the window; what is drawn then was sent to each chart beforehand.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.code import kept
from pages.parts.shared.store import store
from ssl_core.figures.replay import accuracy_frames
from ssl_core.runs.progress import describe
from ssl_core.runs.replay import past
from ssl_core.runs.store import Run

_HTML = """
<div class="replay">
  <button type="button"></button>
  <input type="range" min="0" max="100" step="1" value="100" aria-label="Moment of the training, per cent of its steps">
  <output></output>
</div>
"""
_JS = """
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const TICK = 80, STEP = 10;  // milliseconds a per cent; per cent a press where nothing may move by itself

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".replay");
  if (!root || !data) return;
  const [play, slider, words] = root.children;
  const name = () => { play.textContent = root.timer ? "Pause" : still() ? "Next moment" : "Play again"; };
  const stop = () => { clearInterval(root.timer); root.timer = null; name(); };
  const show = (at) => {
    slider.value = at;
    slider.style.setProperty("--share", at + "%");
    const text = !data.ready ? data.wait : at >= 100 ? "the end" : "after " + at + " % of every run's steps";
    words.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    window.dispatchEvent(new CustomEvent("lab-moment", { detail: { at: at / 100 } }));
  };
  const start = () => {
    let at = Number(slider.value) >= 100 ? 0 : Number(slider.value);
    show(at);
    root.timer = setInterval(() => {
      if (!root.isConnected || at >= 100) { stop(); return; }
      show(++at);
    }, TICK);
    name();
  };
  play.disabled = slider.disabled = !data.ready;
  play.onclick = () => {
    if (root.timer) stop();
    else if (still()) show(Number(slider.value) >= 100 ? 0 : Math.min(100, Number(slider.value) + STEP));
    else start();
  };
  slider.oninput = () => { stop(); show(Number(slider.value)); };
  if (root.of !== data.of || !data.ready) { stop(); show(100); } else if (!root.timer) show(Number(slider.value));
  root.of = data.of;
  if (data.ready && data.again && root.again !== data.again) {
    stop();
    slider.value = 100;
    still() ? show(0) : start();
    root.scrollIntoView({ block: "center", behavior: still() ? "auto" : "smooth" });
  }
  root.again = data.again;
  if (data.begun && window.labBegun !== data.begun) {  // on a phone the controls stand above: go and watch
    window.labBegun = data.begun;
    const chart = document.querySelector(".st-key-accuracy_chart");
    if (chart && window.matchMedia("(max-width: 640px)").matches) chart.scrollIntoView({ block: "start" });
  }
  name();
}
"""
_CSS = """
.replay { display: grid; grid-template-columns: auto 1fr minmax(9.5rem, auto); gap: 0.8rem; align-items: center;
  font-family: var(--st-font); color: var(--st-text-color); font-size: 0.85rem; }
button { all: unset; box-sizing: border-box; cursor: pointer; min-width: 6.6rem; text-align: center;
  padding: 0.35rem 0.8rem; border-radius: var(--st-button-radius, 0.5rem); border: 1px solid var(--st-border-color); }
button:hover:enabled { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
button:disabled, input:disabled, input:disabled ~ output { opacity: 0.5; cursor: default; }
input { appearance: none; width: 100%; min-width: 0; height: 4px; margin: 0.7rem 0; border-radius: 2px; cursor: pointer;
  background: linear-gradient(to right, var(--st-primary-color) var(--share), var(--st-border-color) var(--share)); }
input::-webkit-slider-thumb { appearance: none; width: 16px; height: 16px; border-radius: 50%;
  background: var(--st-primary-color); }
input::-moz-range-thumb { border: none; width: 16px; height: 16px; border-radius: 50%;
  background: var(--st-primary-color); }
input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 6px; }
output { font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { .replay { grid-template-columns: auto 1fr; gap: 0.4rem 0.8rem; }
  output { grid-column: 1 / -1; min-height: 1.3em; } }
"""
_bar = st.components.v2.component("lab_replay", html=_HTML, css=_CSS, js=kept(_JS))
AGAIN = "replay_again"


def show_again() -> None:
    """From now on the bar plays once by itself."""
    st.session_state[AGAIN] = st.session_state.get(AGAIN, 0) + 1


def replay_bar(experiment: str, *, ready: bool, empty: bool = False, of: str = "every run") -> None:
    """The slider under the chart; always there, so that nothing jumps, and asleep until `of` has ended."""
    wait = "" if empty else f"replay: when {of} has ended"
    again, begun = st.session_state.get(AGAIN, 0), st.session_state.get("started_at", 0)
    _bar(data={"of": experiment, "ready": ready, "wait": wait, "again": again, "begun": begun}, key="replay")


def accuracy_past(runs: list[Run], pictures: int | None) -> dict[str, Any]:
    """What the main chart shows of the past of these ended runs; `pictures` as of accuracy_frames."""
    written = tuple((run.name, len(run.tail.read()), run.state) for run in runs)
    return {"frames": _frames(written, pictures)}


@st.cache_data(max_entries=16, show_spinner=False)
def _frames(written: tuple[tuple[str, int, str], ...], pictures: int | None) -> list[dict[str, Any]]:
    runs = [run for name, *_ in written if (run := store().run(name))]
    return accuracy_frames(past(runs, [describe(run) for run in runs]), pictures)
