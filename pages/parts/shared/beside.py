"""Places for a picture and for the controls that change it: side by side, and on a phone within sight of each other."""

from __future__ import annotations

from typing import Any

import streamlit as st


def beside(name: str) -> tuple[Any, Any, Any]:
    """Containers for the picture, its controls, and what is said or asked about the picture.

    On a wide screen the controls stand to the right of both others. On a phone the picture stays at the upper edge
    while the controls, and then the rest, go by under it (assets/frame/look.css).
    """
    with st.container(key=f"beside_{name}"):
        return st.container(key=f"{name}_stage"), st.container(key=f"{name}_controls"), st.container(key=f"{name}_rest")
