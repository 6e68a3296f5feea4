"""A second key for a button: Streamlit gives a button one."""

from __future__ import annotations

import streamlit as st

_JS = """
export default function ({ data }) {
  const press = (event) => {
    const target = event.composedPath()[0];
    const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName || "");
    if (typing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === data.letter) document.querySelector(".st-key-" + data.button + " button")?.click();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
"""
_keys = st.components.v2.component("lab_second_key", html="<span hidden></span>", js=_JS)


def second_key(letter: str, button: str) -> None:
    """This letter, typed anywhere but into a field, presses the button of that key, too."""
    _keys(data={"letter": letter, "button": button}, key=f"{button}_{letter}", width=1, height=1)
