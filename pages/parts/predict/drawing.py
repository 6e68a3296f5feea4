"""A sheet to draw on and a place to paste a picture; both hand over a PNG as text."""

from __future__ import annotations

import streamlit as st

# Pen and keyboard draw the same strokes: arrow keys move the pen, space puts it down or lifts it.
_DRAW_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const box = parentElement.querySelector(".sheet");
  if (!box || box.ready) return;
  box.ready = true;
  const sheet = box.querySelector("canvas"), status = box.querySelector("p");
  const [undo, clear] = box.querySelectorAll("button");
  const ink = sheet.getContext("2d");
  let strokes = [], stroke = null, pen = { x: 140, y: 60 }, down = false, wait = 0;
  const paint = () => {
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, sheet.width, sheet.height);
    ink.strokeStyle = ink.fillStyle = "#111";
    ink.lineWidth = 26;
    ink.lineCap = ink.lineJoin = "round";
    for (const points of strokes) {
      ink.beginPath();
      ink.moveTo(points[0].x - 0.1, points[0].y);  // so that a single point is a dot
      for (const point of points) ink.lineTo(point.x, point.y);
      ink.stroke();
    }
  };
  const cursor = () => {
    if (document.activeElement !== sheet && sheet.getRootNode().activeElement !== sheet) return;
    ink.lineWidth = 3;
    ink.strokeStyle = down ? "#d55e00" : "#0072b2";
    ink.strokeRect(pen.x - 15, pen.y - 15, 30, 30);
  };
  const send = () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      paint();
      setStateValue("drawn", strokes.length ? sheet.toDataURL("image/png") : "");
      if (keyed) cursor();
    }, 250);
  };
  let keyed = false;
  const place = (event) => {
    const edge = sheet.getBoundingClientRect();
    return { x: (event.clientX - edge.left) * sheet.width / edge.width,
             y: (event.clientY - edge.top) * sheet.height / edge.height };
  };
  sheet.onpointerdown = (event) => {
    keyed = false;
    sheet.setPointerCapture(event.pointerId);
    strokes.push(stroke = [place(event)]);
    paint();
    event.preventDefault();
  };
  sheet.onpointermove = (event) => { if (stroke) { stroke.push(place(event)); paint(); } };
  sheet.onpointerup = sheet.onpointercancel = () => { if (stroke) { stroke = null; send(); } };
  sheet.onkeydown = (event) => {
    const way = { ArrowUp: [0, -14], ArrowDown: [0, 14], ArrowLeft: [-14, 0], ArrowRight: [14, 0] }[event.key];
    if (!way && event.key !== " " && event.key !== "Delete") return;
    event.preventDefault();
    keyed = true;
    if (event.key === " ") {
      down = !down;
      if (down) strokes.push([{ ...pen }]);
      status.textContent = down ? "Pen is down: arrow keys draw." : "Pen is up: arrow keys move it.";
    } else if (event.key === "Delete") {
      strokes = []; down = false;
      status.textContent = "The sheet is empty.";
    } else {
      const inside = (v) => Math.min(266, Math.max(14, v));
      pen = { x: inside(pen.x + way[0]), y: inside(pen.y + way[1]) };
      if (down) strokes[strokes.length - 1].push({ ...pen });
    }
    paint();
    cursor();
    send();
  };
  sheet.onblur = () => { keyed = false; paint(); };
  undo.onclick = () => { strokes.pop(); down = false; paint(); send(); };
  clear.onclick = () => { strokes = []; down = false; paint(); send(); };
  paint();
}
"""
_DRAW_CSS = """
.sheet { max-width: 280px; color: var(--st-text-color); font-family: var(--st-font); }
.sheet canvas { width: 100%; aspect-ratio: 1; touch-action: none; cursor: crosshair; display: block;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); background: #fff; }
.sheet canvas:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
.sheet div { display: flex; gap: 0.5rem; margin-top: 0.5rem; }
.sheet button { flex: 1; font: inherit; font-size: 0.875rem; padding: 0.35rem; cursor: pointer;
  color: var(--st-text-color); background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); }
.sheet button:hover { border-color: var(--st-primary-color); }
.sheet button:focus-visible { outline: 3px solid var(--st-primary-color); }
.sheet p { font-size: 0.8rem; line-height: 1.4; margin: 0.5rem 0 0; }
@media (max-width: 640px) {  /* the answer stands below it, on the same screen */
  .sheet { display: grid; grid-template-columns: minmax(0, 13.5rem) 1fr; gap: 0 0.7rem; max-width: none; }
  .sheet canvas { grid-row: 1 / 3; }
  .sheet div { flex-direction: column; margin-top: 0; }
  .sheet div button { flex: none; }
}
"""
_draw = st.components.v2.component(
    "lab_sheet",
    html='<div class="sheet"><canvas width="280" height="280" tabindex="0" role="application" aria-label="Sheet to '
    'draw on. Arrow keys move the pen, space puts it down or lifts it, Delete clears."></canvas>\n'
    '<div><button type="button">Undo</button><button type="button">Clear</button></div>'
    '<p aria-live="polite">Draw with finger, mouse or pen. On a keyboard: arrow keys move the pen, space puts it '
    "down.</p></div>\n",
    css=_DRAW_CSS,
    js=_DRAW_JS,
)

_PASTE_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const box = parentElement.querySelector(".paste");
  if (!box || box.ready) return;
  box.ready = true;
  box.onpaste = async (event) => {
    event.preventDefault();
    const item = [...event.clipboardData.items].find((one) => one.type.startsWith("image/"));
    box.textContent = item ? "Pasted. Paste another to replace it." : "The clipboard holds no picture.";
    if (!item) return;
    try {
      const picture = await createImageBitmap(item.getAsFile());
      const share = Math.min(1, 1024 / Math.max(picture.width, picture.height));
      const sheet = document.createElement("canvas");
      sheet.width = Math.max(1, Math.round(picture.width * share));
      sheet.height = Math.max(1, Math.round(picture.height * share));
      sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
      setStateValue("pasted", sheet.toDataURL("image/png"));
    } catch (wrong) { box.textContent = "That is no picture this browser can read."; }
  };
}
"""
_PASTE_CSS = """
.paste { padding: 0.6rem; border: 1px dashed var(--st-border-color); border-radius: var(--st-base-radius);
  font-family: var(--st-font); font-size: 0.875rem; color: var(--st-text-color); text-align: center; cursor: text; }
.paste:focus { outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
"""
_paste = st.components.v2.component(
    "lab_paste",
    html='<div class="paste" tabindex="0" role="textbox" aria-label="Place to paste a picture">Or click here and paste '
    "a picture (Ctrl+V)</div>\n",
    css=_PASTE_CSS,
    js=_PASTE_JS,
)


def drawing_sheet(*, key: str) -> str:
    """A white sheet; the drawing as a PNG data URL, empty before the first stroke."""
    return _draw(key=key, on_drawn_change=lambda: None).get("drawn") or ""


def paste_place(*, key: str) -> str:
    """A box that takes Ctrl+V; the picture as a PNG data URL of at most 1024 pixels a side, or nothing."""
    return _paste(key=key, on_pasted_change=lambda: None).get("pasted") or ""
