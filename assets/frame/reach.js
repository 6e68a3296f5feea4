// What keyboards and screen readers need and Streamlit and plotly leave open, on every page and in every chart.
(() => {
  // Nobody sees a hidden tab: what asks the server again and again asks it once in half a minute there, and at once
  // when the tab is shown. Shorter pauses belong to what moves on the page, and stay as they are.
  const HIDDEN = 30_000, ASKS = 250, asking = new Map(), every = window.setInterval, end = window.clearInterval;
  window.setInterval = (what, pause, ...more) => {
    if (typeof what !== "function" || !(pause >= ASKS)) return every.call(window, what, pause, ...more);
    const one = { last: performance.now(), left: false };
    one.ask = () => { one.last = performance.now(); one.left = false; what(...more); };
    const id = every.call(window, () => {
      if (!document.hidden || performance.now() - one.last >= HIDDEN) one.ask(); else one.left = true;
    }, pause);
    asking.set(id, one);
    return id;
  };
  window.clearInterval = (id) => { asking.delete(id); end.call(window, id); };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) for (const one of [...asking.values()]) if (one.left) one.ask();
  });
  // A chart's tools are one tab stop; arrow keys go from tool to tool (the toolbar of the ARIA practices).
  function oneStop(bar) {
    const tools = [...bar.querySelectorAll(".modebar-btn")];
    bar.setAttribute("aria-label", "Chart tools");
    tools.forEach((tool, place) => { tool.tabIndex = place ? -1 : 0; });
    bar.dataset.tools = tools.length;
    bar.onkeydown = (event) => {
      const all = [...bar.querySelectorAll(".modebar-btn")], here = all.indexOf(document.activeElement);
      const steps = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: -1 };
      if (here < 0 || !(event.key in steps)) return;
      event.preventDefault();
      const next = all.at(steps[event.key] % all.length);
      all.forEach((tool) => { tool.tabIndex = tool === next ? 0 : -1; });
      next.focus();
    };
  }
  // Headings look as they do, and are announced without leaving out a level.
  function levels() {
    const open = [];
    for (const one of document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6), section :is(h1, h2, h3, h4, h5, h6)")) {
      const size = Number(one.localName[1]);
      while (open.length && open.at(-1).size >= size) open.pop();
      const level = (open.length ? open.at(-1).level : 0) + 1;
      open.push({ size, level });
      const words = level === size ? null : String(level);
      if (one.getAttribute("aria-level") !== words) words ? one.setAttribute("aria-level", words) : one.removeAttribute("aria-level");
    }
  }
  // A link to a part of the page goes there; the address, which holds the page's state, stays as it is.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='#to-']");
    if (!link) return;
    event.preventDefault();
    const part = document.querySelector(".st-key-" + CSS.escape(link.getAttribute("href").slice(4)));
    if (!part) return;
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    part.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  });
  // Back finds a page as it was left: before Streamlit goes to another page it takes what its widgets wrote out of the
  // address, as one more entry of the browser's history. Between the click on a link to a page and that page, none is made.
  let leaving = false;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { leaving = false; }, true);
  addEventListener("popstate", () => { leaving = false; }, true);
  addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    const elsewhere = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    leaving = Boolean(link && !elsewhere && !link.target && new URL(link.href).pathname !== location.pathname);
  }, true);
  const push = history.pushState;
  history.pushState = function (state, title, url) {
    const stays = url === undefined || url === null || new URL(url, location.href).pathname === location.pathname;
    if (leaving && stays) return undefined;
    leaving = false;
    return push.apply(this, arguments);
  };
  let asked = 0;
  const look = () => {
    asked = 0;
    // A formula or a table wider than its place is scrolled, also with the keyboard.
    for (const wide of document.querySelectorAll(".katex-display, [data-testid=stTable] > div")) {
      const words = wide.scrollWidth > wide.clientWidth ? "0" : null;
      if (wide.getAttribute("tabindex") !== words) words ? wide.setAttribute("tabindex", words) : wide.removeAttribute("tabindex");
    }
    for (const bar of document.querySelectorAll(".modebar")) {
      if (bar.dataset.tools !== String(bar.querySelectorAll(".modebar-btn").length)) oneStop(bar);
    }
    levels();
  };
  new MutationObserver(() => { asked ||= requestAnimationFrame(look); })
    .observe(document.documentElement, { childList: true, subtree: true });
})();
