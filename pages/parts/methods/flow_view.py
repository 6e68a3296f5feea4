"""A method's step as a small drawing: from left to right where there is room, from top to bottom on a phone."""

from __future__ import annotations

from typing import Any

import streamlit as st

_JS = """
const SVG = "http://www.w3.org/2000/svg";
function shape(parent, tag, facts, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(facts)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}
function draw(svg, told, flow) {
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${flow.width} ${flow.height}`);
  svg.style.maxWidth = flow.width + "px";
  const head = shape(shape(svg, "defs", {}), "marker", {
    id: "flow-head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  shape(head, "path", { d: "M0 0L8 4L0 8z", class: "head" });
  for (const arrow of flow.arrows) {
    const points = arrow.points.map((point) => point.join(",")).join(" ");
    shape(svg, "polyline", { points, class: "way", "marker-end": "url(#flow-head)" });
    if (!arrow.words) continue;
    const place = { x: arrow.at.x, y: arrow.at.y, class: "words" };
    if (arrow.at.turned) place.transform = `rotate(-90 ${arrow.at.x} ${arrow.at.y})`;
    place["text-anchor"] = arrow.at.beside ? "start" : "middle";
    shape(svg, "text", place, arrow.words);
  }
  for (const box of flow.boxes) {
    const stage = shape(svg, "g", { class: "stage " + box.lane, tabindex: 0, role: "button",
      "aria-label": box.title + ": " + box.sentence });
    shape(stage, "rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 7, class: "box" });
    for (const [tag, facts] of box.icon) shape(stage, tag, facts);
    shape(stage, "text", { x: box.x + box.width / 2, y: box.y + flow.title_at, class: "title",
      "text-anchor": "middle" }, box.title);
    const say = () => {
      told.replaceChildren();
      const name = document.createElement("b");
      name.textContent = box.title + ". ";
      told.append(name, box.sentence);
      for (const other of svg.querySelectorAll(".stage")) other.classList.toggle("open", other === stage);
    };
    stage.onpointerenter = stage.onfocus = stage.onclick = say;
  }
}
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".flow");
  if (!box || !data) return;
  const svg = box.querySelector("svg"), told = box.querySelector("p");
  svg.setAttribute("aria-label", data.alt);
  let shown = null;
  const fit = () => {
    if (!box.clientWidth) return;
    const flow = box.clientWidth >= 0.78 * data.across.width ? data.across : data.down;
    if (flow === shown) return;
    shown = flow;
    draw(svg, told, flow);
  };
  told.textContent = data.hint;
  fit();
  const watch = new ResizeObserver(fit);
  watch.observe(box);
  return () => watch.disconnect();
}
"""
_CSS = """
.flow { font-family: var(--st-font); color: var(--st-text-color); }
.flow svg { display: block; width: 100%; height: auto; margin: 0 auto 0.3rem 0; }
.flow p { margin: 0; min-height: 2.7em; font-size: 0.9rem; line-height: 1.35; }
.box { fill: var(--st-secondary-background-color); stroke: var(--st-border-color); stroke-width: 1.5; }
.stage.labelled .box { stroke: #0072b2; }
.stage.unlabelled .box { stroke: #d55e00; }
.stage { cursor: pointer; outline: none; }
.stage:hover .box, .stage.open .box { stroke-width: 3; }
.stage:focus-visible .box { stroke: var(--st-primary-color); stroke-width: 4; }
.title { fill: currentColor; font-size: 12.5px; }
.words { fill: currentColor; font-size: 11px; opacity: 0.85; }
.way { fill: none; stroke: currentColor; stroke-opacity: 0.55; stroke-width: 1.5; }
.head { fill: currentColor; fill-opacity: 0.75; }
.line, .dash { fill: none; stroke: currentColor; stroke-width: 1.4; }
.dash { stroke-dasharray: 3 2; }
.full { fill: currentColor; }
.half { fill: currentColor; fill-opacity: 0.4; }
"""
_flow = st.components.v2.component(
    "lab_flow",
    html='<div class="flow"><svg role="group"></svg><p aria-live="polite"></p></div>\n',
    css=_CSS,
    js=_JS,
)
HINT = "Point at a stage, or tap it, to read what it does."


def flow_view(across: dict[str, Any], down: dict[str, Any], *, alt: str, key: str) -> None:
    """Show a drawing of ssl_core.figures.flow in the one of its two shapes that fits; the chosen stage says itself."""
    _flow(data={"across": across, "down": down, "alt": alt, "hint": HINT}, key=key)
