"""A plotly chart that keeps zoom, legend choices and hover while its data grow.

Streamlit's own st.plotly_chart is mounted anew on every change of data; this one calls Plotly.react on the same
element with an unchanged uirevision.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import streamlit as st

from pages.parts.shared.code import kept
from pages.parts.shared.once import once

_JS = (
    """
const VERSION = "%s";
function library() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!window.labPlotly) {
    window.labPlotly = new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL("lab/plotly.js?v=" + VERSION, document.baseURI).href;
      script.onload = () => done(window.Plotly);
      script.onerror = () => { window.labPlotly = null; failed(new Error("chart library not reached")); };
      document.head.appendChild(script);
    });
  }
  return window.labPlotly;
}
"""
    % version("plotly")
    + """
// What is shown at a moment of the past (see pages/parts/training/replay.py): a frame's traces, or lines cut there.
function then(figure, past, at) {
  if (!past || at === undefined || at >= 1) return figure.data;
  if (past.until !== undefined) {
    return figure.data.map((trace) => {
      const count = trace.x.filter((x) => x <= at * past.until + 1e-6).length;
      return { ...trace, x: trace.x.slice(0, count), y: trace.y.slice(0, count) };
    });
  }
  let shown = past.frames[0];
  for (const frame of past.frames) if (frame.at <= at + 1e-6) shown = frame;
  return shown ? shown.data : figure.data;
}
// Letters for the back row, on a phone: each a good half as large.
function small(thing) {
  for (const [name, value] of Object.entries(thing)) {
    if (name === "size" && typeof value === "number") thing[name] = Math.max(9, 0.6 * value);
    else if (value && typeof value === "object") small(value);
  }
}
function hear(box) {
  if (box.hears) return;
  box.hears = (event) => {
    if (!box.isConnected) { window.removeEventListener("lab-moment", box.hears); box.hears = null; return; }
    box.at = event.detail.at;
    if (box.again && !box.asked) box.asked = requestAnimationFrame(() => { box.asked = 0; box.again?.(); });
  };
  window.addEventListener("lab-moment", box.hears);
}
export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".lab-chart");
  if (!box || !bytes) return;
  const data = JSON.parse(new TextDecoder().decode(bytes));
  box.chosen = (name) => setTriggerValue("chosen", name);
  const filling = !data.height;  // then a style of the page says how high it is
  if (filling) box.classList.add("filling"); else box.style.height = data.height + "px";
  box.setAttribute("aria-label", data.alt);
  const theme = getComputedStyle(parentElement);
  const colour = (name, other) => theme.getPropertyValue(name).trim() || other;
  const text = colour("--st-text-color", "#31333f");
  const grid = colour("--st-border-color-light", colour("--st-border-color", "#e5e7eb"));
  const { figure, past } = data;
  const layout = figure.layout;
  if (!filling) layout.height = data.height;
  layout.autosize = true;
  layout.font = { color: text, family: colour("--st-font", "sans-serif"), size: 13 };
  for (const axis of Object.keys(layout).filter((name) => /^[xy]axis/.test(name)).map((name) => layout[name])) {
    axis.gridcolor = grid;
    axis.linecolor = grid;
    axis.automargin = true;
    axis.ticks ??= "outside";
    axis.tickcolor = grid;
  }
  layout.modebar = { ...layout.modebar, color: colour("--st-gray-text-color", text), activecolor: text };
  (layout.annotations || []).forEach((note) => { note.font = { ...note.font, color: text }; });
  layout.hoverlabel = { bgcolor: colour("--st-background-color", "#fff"), font: { color: text } };
  if (filling && box.clientWidth < 640) small(figure);
  box.latest = figure;
  library().then((Plotly) => {
    if (box.latest !== figure) return;
    // plotly's default offers to upload the chart to its makers' cloud: nothing leaves this machine
    const config = { displaylogo: false, showSendToCloud: false, plotlyServerURL: "",
      responsive: true, doubleClickDelay: 500,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
    box.again = past && (() => {
      if (box.at < 1) {  // axes stay as they are while lines and bars grow
        for (const axis of ["xaxis", "yaxis"]) {
          layout[axis].range ||= [...box._fullLayout[axis].range];
          layout[axis].autorange = false;
        }
      }
      return Plotly.react(box, then(figure, past, box.at), layout, config);
    });
    if (past) hear(box);
    const drawn = Plotly.react(box, figure.data, layout, config);
    return past && box.at < 1 ? drawn.then(() => box.again?.()) : drawn;
  }).then((drawn) => {
    if (!drawn || !data.choosable || box.listens) return;
    box.listens = true;
    box.on("plotly_click", (event) => {
      const name = event.points.map((point) => point.customdata).find((name) => typeof name === "string");
      if (name) box.chosen(name);
    });
  }).catch((wrong) => { box.textContent = data.alt; });
}
"""
)
TAG = re.compile(r"<(?!br>|/?extra>)")  # Plotly reads more tags, links among them; those in a figure are a stranger's
_CSS = ".lab-chart { width: 100%; min-width: 0; }\n.lab-chart.filling { height: var(--chart-height, 420px); }\n"

_chart = st.components.v2.component(
    "lab_live_chart",
    html='<div class="lab-chart" role="figure" aria-label=""></div>\n',
    css=_CSS,
    js=kept(_JS),
    isolate_styles=False,  # plotly writes its styles into the document, which a shadow root would hide
)


Past = dict[str, Any] | None


def live_chart(
    figure: Any,
    *,
    alt: str,
    key: str,
    height: int = 420,
    on_choose: Callable[[], None] | None = None,
    past: Past = None,
) -> None:
    """Show a plotly figure, plain values or an object; the same key updates it in place.

    With `on_choose`, a click on a point whose customdata is a name puts it into session_state[key].chosen and calls it;
    what can be chosen so must be chosen by keyboard elsewhere on the page. `past` is what the replay bar of the page
    (pages/parts/training/replay.py) makes it show: {"frames": [{"at": share, "data": traces}, ...]}, or
    {"until": the x of the end}, where lines are cut.
    """
    show_message(chart_message(figure, alt, height, on_choose is not None, past), key, height, on_choose)


def shared_chart(
    draw: Callable[[], tuple[Any, str]],
    *,
    of: tuple[Any, ...],
    name: str,
    key: str,
    height: int = 420,
    on_choose: Callable[[], None] | None = None,
    past: Past = None,
) -> None:
    """live_chart of a figure and its words that are the same for all who look at `name`.

    They are drawn anew only when what they are made `of`, or their past, is another: see once.py. With height 0 the
    page's style says how high it is: --chart-height.
    """
    message = once(
        (key, name, height, on_choose is not None),
        (of, past),
        lambda: chart_message(*draw(), height, on_choose is not None, past),
    )
    show_message(message, key, height, on_choose)


def chart_message(figure: Any, alt: str, height: int, choosable: bool, past: Past) -> bytes:
    """What the browser is sent: JSON in UTF-8. Bytes, because Streamlit passes those on as they are."""
    plain = figure if isinstance(figure, dict) else figure.to_plotly_json()
    text, frames = (TAG.sub("&lt;", json.dumps(values)) for values in (plain, past))
    rest = json.dumps({"alt": alt, "height": height, "choosable": choosable})
    return f'{{"figure": {text}, "past": {frames}, {rest[1:]}'.encode()


def show_message(message: bytes, key: str, height: int, on_choose: Callable[[], None] | None) -> None:
    """Mount the chart, or update the one that is there."""
    _chart(data=message, key=key, height=height or "content", on_chosen_change=on_choose or _nothing)


def _nothing() -> None:
    """Nobody asked to hear of clicks."""
