"""The Share button of every page: it copies the address, which holds the page's whole state."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.visitor import visitors_may
from pages.parts.shared.who import ALL
from ssl_core.people.names import class_mode

_HTML = """
<div class="lab-share">
  <button type="button" class="open" aria-expanded="false" aria-haspopup="dialog">Share</button>
  <div class="panel" role="dialog" aria-label="Link to this view" hidden>
    <p class="told" role="status"></p>
    <input type="text" readonly aria-label="Link to this view">
    <p class="may"></p>
    <p class="near" hidden>This address works on this computer only. For others, start the server with
      <code>--server.address 0.0.0.0</code> and replace <code class="host"></code> by this computer's name.</p>
  </div>
</div>
"""
_JS = """
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".lab-share");
  if (!box) return;
  box.querySelector(".may").textContent = data ? data.may : "";
  box.dataset.whose = data ? data.whose : "";
  if (box.dataset.ready) return;
  box.dataset.ready = "yes";
  const [button, panel, field] = [".open", ".panel", "input"].map((name) => box.querySelector(name));
  const told = box.querySelector(".told");
  const show = (open) => { panel.hidden = !open; button.setAttribute("aria-expanded", String(open)); };
  button.onclick = async () => {
    if (!panel.hidden) return show(false);
    const link = new URL(window.location.href);
    if (box.dataset.whose) link.searchParams.set("whose", box.dataset.whose);
    field.value = link.href;
    const local = ["localhost", "127.0.0.1", "[::1]"].includes(window.location.hostname);
    box.querySelector(".near").hidden = !local;
    box.querySelector(".host").textContent = window.location.hostname;
    show(true);
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = "Copied: whoever opens this link sees what you see.";
    } catch (refused) {
      told.textContent = "Copy this link: whoever opens it sees what you see.";
    }
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) { show(false); button.focus(); }
  });
  const outside = (event) => { if (!event.composedPath().includes(box)) show(false); };
  document.addEventListener("pointerdown", outside);
  return () => { document.removeEventListener("pointerdown", outside); delete box.dataset.ready; };
}
"""
_CSS = """
.lab-share { position: absolute; right: 0; top: 0; font-family: var(--st-font); color: var(--st-text-color); }
.lab-share .open { font: inherit; font-size: 0.85rem; color: inherit; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: 0.3rem 0.7rem;
  cursor: pointer; }
.lab-share .open:hover { border-color: var(--st-primary-color); }
.lab-share .open:focus-visible, .lab-share input:focus-visible { outline: 2px solid var(--st-primary-color);
  outline-offset: 1px; }
.lab-share .panel { position: absolute; right: 0; top: 2.4rem; width: 24rem; padding: 0.8rem;
  box-sizing: border-box; background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); box-shadow: 0 4px 16px rgba(0, 0, 0, 0.18); }
.lab-share .panel[hidden], .lab-share .near[hidden] { display: none; }
.lab-share p { margin: 0 0 0.5rem; font-size: 0.85rem; line-height: 1.35; }
.lab-share .near, .lab-share .may { margin: 0.5rem 0 0; opacity: 0.85; }
.lab-share input { width: 100%; box-sizing: border-box; font: inherit; font-size: 0.8rem; padding: 0.35rem 0.5rem;
  color: inherit; background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); }
@media (max-width: 640px) {
  .lab-share .panel { position: fixed; left: 0.8rem; right: 0.8rem; top: 3.2rem; width: auto; }
}
"""  # where it stands: assets/frame/look.css; Streamlit's menu, and its Stop button in a run, stand to its right

_share = st.components.v2.component("lab_share", html=_HTML, css=_CSS, js=_JS, isolate_styles=False)


def share_button() -> None:
    """Put the button into the page's head, where it takes no room from the page.

    In a class a link shows everybody's, or its reader would see nothing of what it is about.
    """
    with st.container(key="share"):
        _share(data={"may": visitors_may(), "whose": ALL if class_mode() else ""}, key="share_button")
