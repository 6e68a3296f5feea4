"""The plane of an autoencoder's codes to walk in: the picture follows mouse, finger and arrow keys at once.

The pictures of a lattice were painted ahead and lie in one file; between its places the browser blends four of them.
What is exactly there, in every class, the page paints when the hand rests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

_HTML = """
<div class="walk">
  <div class="land"><canvas class="map" tabindex="0" role="application"></canvas></div>
  <div class="here"><canvas class="picture" role="img"></canvas><p class="words" role="status"></p>
    <label><input type="checkbox" class="pictures" checked> Pictures behind the points</label>
    <label><input type="checkbox" class="points" checked> Points</label></div>
</div>
"""
_JS = """
const SHAPES = [(k, r) => k.arc(0, 0, r, 0, 7), (k, r) => k.rect(-r * 0.9, -r * 0.9, 1.8 * r, 1.8 * r),
  (k, r) => { k.moveTo(0, -1.2 * r); k.lineTo(1.1 * r, r); k.lineTo(-1.1 * r, r); k.closePath(); },
  (k, r) => {
    for (const [x, y] of [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]]) k.lineTo(x * r, y * r);
    k.closePath();
  }];
const clamp = (value, most) => Math.max(-most, Math.min(most, value));

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".walk");
  if (!root || !data) return;
  const find = (name) => root.querySelector(name);
  const map = find(".map"), picture = find(".picture"), words = find(".words");
  const showPictures = find(".pictures"), showPoints = find(".points");
  root.at = root.at || data.at;
  root.send = (at) => setStateValue("place", at);
  const grid = data.grid, n = grid.side, reach = grid.reach;
  const sheet = root.sheet = root.sheet || new Image();
  const theme = getComputedStyle(root);
  const colour = (name, other) => theme.getPropertyValue(name).trim() || other;

  const drawMap = () => {
    const ratio = window.devicePixelRatio || 1, width = map.clientWidth || 320;
    if (map.width !== Math.round(width * ratio)) map.width = map.height = Math.round(width * ratio);
    const ink = map.getContext("2d"), scale = width / (2 * reach);
    const X = (x) => (x + reach) * scale, Y = (y) => (reach - y) * scale;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, width, width);
    if (showPictures.checked && sheet.complete && sheet.naturalWidth) {
      const cell = width / (n - 1);  // a picture lies around its place; those of the edge are cut
      ink.imageSmoothingEnabled = false;
      ink.globalAlpha = showPoints.checked ? 0.75 : 1;
      ink.drawImage(sheet, -cell / 2, -cell / 2, width + cell, width + cell);
      ink.globalAlpha = 1;
    }
    if (showPoints.checked) {
      data.points.x.forEach((x, place) => {
        const label = data.points.label[place];
        ink.setTransform(ratio, 0, 0, ratio, ratio * X(x), ratio * Y(data.points.y[place]));
        ink.globalAlpha = data.label < 0 || data.label === label ? 1 : 0.25;
        ink.beginPath();
        SHAPES[Math.max(0, label) % SHAPES.length](ink, 4);
        ink.fillStyle = label < 0 ? "#888" : data.colours[label % data.colours.length];
        ink.fill();
        ink.strokeStyle = "#fff"; ink.lineWidth = 1; ink.stroke();
      });
      ink.globalAlpha = 1;
      ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    const [x, y] = root.at;
    for (const [line, wide] of [["#000", 5], ["#fff", 3], [colour("--st-primary-color", "#1d4ed8"), 2]]) {
      ink.strokeStyle = line; ink.lineWidth = wide;
      ink.beginPath(); ink.arc(X(x), Y(y), 9, 0, 7); ink.stroke();
    }
  };
  const drawPicture = () => {
    const { height, width } = grid, [x, y] = root.at;
    if (picture.width !== width) picture.width = width;
    if (picture.height !== height) picture.height = height;
    const ink = picture.getContext("2d");
    if (!sheet.complete || !sheet.naturalWidth) return;
    const across = (x + reach) / (2 * reach) * (n - 1), down = (reach - y) / (2 * reach) * (n - 1);
    const c = Math.min(Math.floor(across), n - 2), r = Math.min(Math.floor(down), n - 2);
    const right = across - c, low = down - r;
    let taken = 0;  // each layer over the others, so that together they are the weighted mean of four
    for (const [dc, dr, weight] of [[0, 0, (1 - right) * (1 - low)], [1, 0, right * (1 - low)],
      [0, 1, (1 - right) * low], [1, 1, right * low]]) {
      taken += weight;
      if (!weight) continue;
      ink.globalAlpha = weight / taken;
      ink.drawImage(sheet, (c + dc) * width, (r + dr) * height, width, height, 0, 0, width, height);
    }
    ink.globalAlpha = 1;
    const near = nearest(x, y);
    words.textContent = "Place " + x.toFixed(1) + ", " + y.toFixed(1) + (data.name ? ", asked for: " + data.name : "")
      + (near < 0 ? "" : ". Nearest point: " + (data.classes[data.points.label[near]] ?? "unknown") + ".");
    picture.setAttribute("aria-label", "Decoded picture at " + words.textContent);
    map.setAttribute("aria-label", "Plane of codes. Arrow keys walk, with Shift farther. " + words.textContent);
    root.dataset.place = x.toFixed(2) + "," + y.toFixed(2);
  };
  const nearest = (x, y) => {
    let best = -1, least = Infinity;
    data.points.x.forEach((px, place) => {
      const far = (px - x) ** 2 + (data.points.y[place] - y) ** 2;
      if (far < least) { least = far; best = place; }
    });
    return best;
  };
  const draw = () => { drawMap(); drawPicture(); };
  root.draw = draw;
  const go = (x, y) => {
    root.at = [clamp(x, reach), clamp(y, reach)];
    if (!root.asked) root.asked = requestAnimationFrame(() => { root.asked = 0; root.draw(); });
    clearTimeout(root.rests);
    root.rests = setTimeout(() => root.send([Number(root.at[0].toFixed(2)), Number(root.at[1].toFixed(2))]), 350);
  };
  const follow = (event) => {
    const box = map.getBoundingClientRect(), unit = 2 * reach / box.width;
    go((event.clientX - box.left) * unit - reach, reach - (event.clientY - box.top) * unit);
  };
  map.onpointermove = (event) => { if (event.pointerType === "mouse" || event.buttons) follow(event); };
  map.onpointerdown = (event) => { map.setPointerCapture(event.pointerId); follow(event); };
  map.onkeydown = (event) => {
    const step = event.shiftKey ? 0.5 : 0.1, [x, y] = root.at;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    go(x + move[0], y + move[1]);
  };
  showPictures.onchange = showPoints.onchange = draw;
  picture.dataset.sharp = String(data.sharp);
  sheet.onload = () => root.draw();
  if (sheet.src !== grid.src) sheet.src = grid.src;
  if (!root.watches) {
    root.watches = new ResizeObserver(() => root.draw());
    root.watches.observe(map);
  }
  draw();
}
"""
_CSS = """
.walk { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(0, 1fr); gap: 1rem; max-width: 46rem;
  font-family: var(--st-font); color: var(--st-text-color); font-size: 0.85rem; }
.map { display: block; width: 100%; aspect-ratio: 1; border: 1px solid var(--st-border-color); border-radius: 0.35rem;
  box-sizing: border-box; cursor: crosshair; touch-action: none; }
.map:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.here { display: grid; gap: 0.5rem; align-content: start; min-width: 0; }
.picture { width: 100%; aspect-ratio: 1; border-radius: 0.35rem; background: var(--st-secondary-background-color); }
.picture[data-sharp="true"] { image-rendering: pixelated; }
.words { margin: 0; min-height: 4.2em; line-height: 1.4; font-variant-numeric: tabular-nums; }
label { display: inline-flex; gap: 0.4rem; align-items: center; cursor: pointer; }
@media (max-width: 640px) { .walk { grid-template-columns: minmax(0, 1fr); }
  .here { grid-template-columns: 8rem minmax(0, 1fr); } .words { min-height: 0; }
  .here label { grid-column: 1 / -1; } }
"""
_walk = st.components.v2.component("lab_plane_walk", html=_HTML, css=_CSS, js=_JS)


def plane_walk(scene: dict[str, Any], *, key: str, on_place: Callable[[], None]) -> None:
    """Show the plane; whoever rests at a place puts [x, y] into session_state[key].place and calls `on_place`.

    scene: grid and points (ssl_core.generate.vae_scene), at [x, y] to begin at, classes, their colours, the name and
    number of the class that is painted ("" and −1 of a plain maker), and whether pictures are shown sharp.
    """
    _walk(data=scene, key=key, on_place_change=on_place)
