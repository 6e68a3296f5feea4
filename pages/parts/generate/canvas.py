"""The picture that learns, large, beside the two it learns from; at the moment that the replay bar shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

_HTML = """
<div class="canvas">
  <figure class="made"><img alt=""><figcaption></figcaption></figure>
  <div class="two"><figure><img alt=""><figcaption></figcaption></figure>
    <figure><img alt=""><figcaption></figcaption></figure></div>
</div>
"""
_JS = """
function draw(canvas, data) {
  let now = null;
  for (const one of data.moments) if (!now || canvas.at === undefined || one.at <= canvas.at + 1e-6) now = one;
  const [image, words] = canvas.querySelector(".made").children;
  const source = now ? now.src : data.content.src;
  if (image.src !== source) image.src = source;
  const when = now ? "after " + now.step + " steps" : "before the first step";
  image.alt = data.content.title + " in the style of " + data.style.title + ", " + when;
  words.textContent = data.content.title + " in the style of " + data.style.title + ": " + when;
  canvas.dataset.step = now ? now.step : "";
}
export default function ({ data, parentElement }) {
  const canvas = parentElement.querySelector(".canvas");
  if (!canvas || !data) return;
  canvas.querySelectorAll(".two figure").forEach((figure, place) => {
    const [image, words] = figure.children, shown = place ? data.style : data.content;
    if (image.src !== shown.src) image.src = shown.src;
    image.alt = shown.alt;
    words.textContent = (place ? "Style: " : "Content: ") + shown.title;
  });
  canvas.again = () => draw(canvas, data);
  if (!canvas.hears) {
    canvas.hears = (event) => {
      if (!canvas.isConnected) { window.removeEventListener("lab-moment", canvas.hears); canvas.hears = null; return; }
      canvas.at = event.detail.at;
      if (!canvas.asked) canvas.asked = requestAnimationFrame(() => { canvas.asked = 0; canvas.again(); });
    };
    window.addEventListener("lab-moment", canvas.hears);
  }
  draw(canvas, data);
}
"""
_CSS = """
.canvas { display: grid; grid-template-columns: minmax(0, 2.6fr) minmax(0, 1fr); gap: 0.9rem; max-width: 46rem;
  font-family: var(--st-font); color: var(--st-text-color); font-size: 0.85rem; }
figure { margin: 0; display: grid; gap: 0.3rem; align-content: start; min-width: 0; }
img { width: 100%; aspect-ratio: 1; border-radius: 0.35rem; background: var(--st-secondary-background-color); }
.two { display: grid; gap: 0.9rem; align-content: start; }
@media (max-width: 640px) {
  .canvas { grid-template-columns: minmax(0, 1fr); }
  .two { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
"""
_canvas = st.components.v2.component("lab_canvas", html=_HTML, css=_CSS, js=_JS)


def canvas(
    moments: Sequence[Mapping[str, Any]], content: Mapping[str, str], style: Mapping[str, str], *, steps: int, key: str
) -> None:
    """Show the picture at a moment of ssl_core.runs.makers.moments; both others are {"src", "title", "alt"}."""
    shown = [
        {"at": one["step"] / max(steps, 1), "step": one["step"], "src": one["rows"]["picture"]["src"]}
        for one in moments
        if "picture" in one["rows"]
    ]
    _canvas(data={"moments": shown, "content": dict(content), "style": dict(style)}, key=key)
