"""What an eye and a hand meet on a page: where things lie, what jumps, how far the keyboard is, what can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe

# The score that browsers report: shifts close in time are one session of at most 5 s; the worst session counts.
WATCH = """
window.labShifts = [];
new PerformanceObserver((list) => window.labShifts.push(...list.getEntries()))
  .observe({ type: "layout-shift", buffered: true });
"""
SHIFTED = """() => {
  let worst = 0, sum = 0, began = 0, last = -1e9;
  for (const one of window.labShifts.filter((one) => !one.hadRecentInput)) {
    if (one.startTime - last > 1000 || one.startTime - began > 5000) { sum = 0; began = one.startTime; }
    last = one.startTime;
    sum += one.value;
    worst = Math.max(worst, sum);
  }
  return worst;
}"""
MOVED = """() => window.labShifts.filter((one) => one.value > 0.01).map((one) => [Math.round(one.startTime),
  one.value.toFixed(3), one.sources.map((s) => {
    const box = s.node && (s.node.closest ? s.node : s.node.parentElement);
    const keyed = box && box.closest("[class*=st-key-]");
    const name = box ? (box.dataset.testid || box.localName + "." + box.className) : "gone";
    const from = s.previousRect, to = s.currentRect;
    return [name.slice(0, 60), keyed ? keyed.className.match(/st-key-\\S+/)[0] : "", (box ? box.textContent : "")
      .slice(0, 30), [from.x, from.y, from.width, from.height].map(Math.round) + " > "
      + [to.x, to.y, to.width, to.height].map(Math.round)].join(" | ");
  })])"""
SETTLED = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app || app.dataset.testScriptState !== "notRunning") return false;
  if (document.querySelector("[data-testid=stSkeleton], [data-testid=stSpinner]")) return false;
  const charts = [...document.querySelectorAll(".lab-chart")];
  return charts.every((one) => one.querySelector(".main-svg")) && document.fonts.status === "loaded";
}"""
# A tick that takes long makes what it will draw anew fade; nothing has while nobody looks (see assets/frame/reach.js).
HIDE = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
CALM = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app || app.dataset.testScriptState !== "notRunning" || document.fonts.status !== "loaded") return false;
  const parts = [...document.querySelectorAll("[data-testid=stElementContainer]")];
  return parts.every((one) => one.dataset.stale !== "true" && getComputedStyle(one).opacity === "1");
}"""
COUNT_RUNS = """() => {
  window.labRuns = 0;
  window.labCounts ??= new MutationObserver(() => { window.labRuns += 1; });
  window.labCounts.observe(document.querySelector("[data-testid=stApp]"), { attributeFilter: ["data-test-script-state"] });
}"""
FOCUSED = """() => {
  let here = document.activeElement;
  while (here && here.shadowRoot && here.shadowRoot.activeElement) here = here.shadowRoot.activeElement;
  if (!here || here === document.body) return ["", ""];
  const name = here.getAttribute("aria-label") || here.textContent || here.dataset.testid || "";
  const style = getComputedStyle(here), around = getComputedStyle(here.parentElement);
  const ring = (one) => (one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0) || one.boxShadow !== "none";
  return [name.trim().slice(0, 60), here.localName, ring(style) || ring(around)];
}"""
# The text of every caption, open tab and chart's axis against what lies behind it, as WCAG counts it.
CONTRASTS = """() => {
  const rgba = (text) => {
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    probe.fillStyle = text;
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((n) => top[n] * top[3] + below[n] * (1 - top[3]));
  const light = (colour) => colour.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (node) => {
    const chain = [];
    for (let at = node; at; at = at.parentElement) chain.push(rgba(getComputedStyle(at).backgroundColor));
    return chain.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const faint = (node) => {
    let share = 1;
    for (let at = node; at; at = at.parentElement) share *= Number(getComputedStyle(at).opacity);
    return share;
  };
  const small = ["[data-testid=stCaptionContainer] :is(p, li)", "[data-testid=stCaptionContainer]",
    "[role=tab][aria-selected=true] p", ".js-plotly-plot :is(.xtitle, .ytitle, .xtick text, .ytick text)"];
  return [...document.querySelectorAll(small)]
    .filter((node) => node.textContent.trim() && node.getClientRects().length).map((node) => {
      const back = behind(node), style = getComputedStyle(node);
      const ink = rgba(node.ownerSVGElement ? style.fill : style.color);
      const [a, b] = [light(over([...ink.slice(0, 3), ink[3] * faint(node)], back)), light(back)].sort();
      return [(b + 0.05) / (a + 0.05), node.textContent.slice(0, 40)];
    });
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6, [role=heading]")]
  .filter((one) => one.getClientRects().length)
  .map((one) => [Number(one.getAttribute("aria-level") || one.localName[1]), one.textContent.trim()])"""
# How far the page, or what scrolls in it, reaches to the right.
WIDTH = """() => Math.max(document.documentElement.scrollWidth,
  document.querySelector("[data-testid=stMain]").scrollWidth)"""
# Where a chart's toolbar and its legend lie over each other, in pixels of height.
COVERED = """() => [...document.querySelectorAll(".js-plotly-plot")].map((chart) => {
  const bar = chart.querySelector(".modebar"), names = [...chart.querySelectorAll(".legend .legendtext")];
  if (!bar || !names.length) return null;
  const tools = [...bar.querySelectorAll(".modebar-btn")].map((one) => one.getBoundingClientRect());
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  return names.filter((name) => tools.some((tool) => over(tool, name.getBoundingClientRect())))
    .map((name) => name.textContent);
}).filter(Boolean).flat()"""

# Controls that cannot be brought on the screen below a picture that is all on it: scrolled to, each in turn.
APART = """(controls, selector) => {
  const picture = document.querySelector(selector), apart = [];
  let seen = 0;
  for (const one of controls.querySelectorAll("[data-testid=stElementContainer]:has(label, button)")) {
    if (!one.checkVisibility()) continue;  // in a fold that is closed
    one.scrollIntoView({ block: "end", behavior: "instant" });
    const [above, here] = [picture, one].map((node) => node.getBoundingClientRect());
    if (above.top < 0 || above.bottom > here.top + 1 || here.bottom > innerHeight + 1)
      apart.push([one.textContent.slice(0, 40), above.top, above.bottom, here.top, here.bottom]);
    seen += 1;
  }
  return seen > 5 ? apart : ["hardly any control", seen];
}"""


def watched(context: Any) -> Any:
    """A new tab whose layout shifts are written down from the first moment."""
    page = context.new_page()
    page.add_init_script(WATCH)
    return page


def settle(page: Any, address: str) -> None:
    """Open an address and wait until everything on the page has come and two frames were drawn."""
    page.goto(address)
    page.wait_for_function(SETTLED)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(SETTLED)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def calmly(page: Any, look: Callable[[], Any]) -> Any:
    """What `look` gives while nothing of the page runs or fades; it looks again where a tick came in between."""
    page.evaluate(HIDE)
    while True:  # the test's own limit ends it
        page.wait_for_function(CALM)
        page.evaluate(COUNT_RUNS)
        seen = look()
        if not page.evaluate("window.labRuns") and page.evaluate(CALM):
            return seen


def faint(page: Any) -> list[str]:
    """Captions that hardly stand out from what lies behind them."""
    return calmly(page, lambda: [text for ratio, text in page.evaluate(CONTRASTS) if ratio < 4.5])


def broken_rules(page: Any, *but: str) -> list[tuple[str, list[str]]]:
    """Rules of axe that the page breaks, and where; without those of these names."""
    found = calmly(page, lambda: Axe().run(page).response["violations"])
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found if one["id"] not in but]


def stops_until(page: Any, name: str, most: int = 120) -> tuple[int, list[list[Any]]]:
    """(how often Tab is pressed from the page's beginning until the focus is on what is called `name`, the stops)."""
    page.evaluate("() => { document.activeElement.blur(); window.getSelection().removeAllRanges(); }")
    stops: list[list[Any]] = []
    for count in range(1, most + 1):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
        if stops[-1][0].startswith(name):
            return count, stops
    return most + 1, stops
