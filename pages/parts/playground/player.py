"""The plane itself: films side by side, one scrub bar for all, and tools to change the points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.playground.paint_script import DRAWING
from pages.parts.playground.script import PLAYING

_HTML = """
<div class="plane-player">
  <div class="tools" role="group" aria-label="What a click in the plane does">
    <button type="button" value="move">Move a point</button>
    <button type="button" value="A"><i class="a"></i>Label A</button>
    <button type="button" value="B"><i class="b"></i>Label B</button>
    <button type="button" value="C"><i class="c"></i>Label C</button>
    <button type="button" value="none">No label</button>
    <button type="button" value="remove">Remove</button>
  </div>
  <div class="row"><button type="button" class="play">Play</button>
    <label class="scrub"><input type="range" min="0" max="60" step="any" value="0" aria-label="Moment of the training">
      <output></output></label></div>
  <div class="stage"></div>
  <p class="said" role="status"></p>
</div>
"""
_CSS = """
.plane-player { display: grid; gap: 0.6rem; font-family: var(--st-font); color: var(--st-text-color);
  font-size: 0.85rem; }
.tools, .row { display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; }
.tools button, .play { all: unset; box-sizing: border-box; cursor: pointer; padding: 0.3rem 0.7rem;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.5rem); display: inline-flex;
  gap: 0.4rem; align-items: center; }
.tools button[hidden] { display: none; }
.tools button:hover, .play:hover { background: var(--st-secondary-background-color); }
.tools button[aria-pressed="true"] { border-color: var(--st-primary-color);
  box-shadow: 0 0 0 1px var(--st-primary-color); }
.tools button:focus-visible, .play:focus-visible, .plane:focus-visible {
  outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.tools i { width: 0.7rem; height: 0.7rem; display: inline-block; }
.tools .a { background: #0072b2; border-radius: 50%; } .tools .b { background: #d55e00; }
.tools .c { background: #009e73; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.stage { display: grid; grid-template-columns: repeat(var(--films), minmax(0, 1fr)); gap: 0.9rem; }
.panel { margin: 0; display: grid; gap: 0.25rem; min-width: 0; align-content: start; width: 100%; max-width: 34rem; }
.title { font-weight: 600; font-size: 1rem; }
.plane { width: 100%; aspect-ratio: 1; display: block; border: 1px solid var(--st-border-color);
  border-radius: 0.35rem; box-sizing: border-box; }
.curves { width: 100%; height: 78px; display: block; }
.panel p { margin: 0; font-variant-numeric: tabular-nums; line-height: 1.4; }
.numbers { min-height: 2.8em; }
.key { white-space: pre; font-size: 0.78rem; opacity: 0.85; overflow: hidden; }
.play { min-width: 6.4rem; justify-content: center; }
.scrub { flex: 1; min-width: 12rem; display: flex; gap: 0.8rem; align-items: center; }
.scrub output { min-width: 8.5rem; font-variant-numeric: tabular-nums; }
.scrub input { appearance: none; flex: 1; min-width: 0; height: 4px; margin: 0.5rem 0; border-radius: 2px;
  cursor: pointer;
  background: linear-gradient(to right, var(--st-primary-color) var(--share), var(--st-border-color) var(--share)); }
.scrub input::-webkit-slider-thumb { appearance: none; width: 16px; height: 16px; border-radius: 50%;
  background: var(--st-primary-color); }
.scrub input::-moz-range-thumb { border: none; width: 16px; height: 16px; border-radius: 50%;
  background: var(--st-primary-color); }
.scrub input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 6px; }
.said { margin: 0; min-height: 1.4em; opacity: 0.85; }
@media (max-width: 640px) { .stage { grid-template-columns: minmax(0, 1fr); } }
"""
_player = st.components.v2.component("lab_plane", html=_HTML, css=_CSS, js=DRAWING + PLAYING)


def plane_player(scene: dict[str, Any], *, key: str, on_acts: Callable[[], None]) -> None:
    """Play films; whoever changes a point puts [when, [[number of the act, act], …]] into session_state[key].acts.

    scene: films and points (ssl_core.playground.message), drawn (ssl_core.playground.drawn), id of what is filmed,
    world (how many points are the world's own), removed_added, and heard, the number of the last act that counted.
    """
    _player(data=scene, key=key, on_acts_change=on_acts)
