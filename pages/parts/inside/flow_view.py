"""The flow of one batch: a row a picture, a column a stage; hovering lights a path, arrow keys walk the stages.

It draws at once what a hand does to it; the page hears of the stage and of the chosen picture, for its address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.inside.flow_script import SCRIPT
from pages.parts.inside.flow_style import STYLE

_HTML = """
<div class="inside">
  <div class="steps">
    <button type="button" class="back" title="Arrow key to the left">Previous</button>
    <p aria-live="polite"><span class="where"></span><span class="sentence"></span></p>
    <button type="button" class="on" title="Arrow key to the right">Next</button>
  </div>
  <div class="stage"></div>
</div>
"""
_flow = st.components.v2.component("lab_inside_flow", html=_HTML, css=STYLE, js=SCRIPT)


def flow_view(scene: dict[str, Any], *, key: str, on_stage: Callable[[], None], on_row: Callable[[], None]) -> None:
    """Draw a scene (pages/parts/inside/scene.py); state: .stage and .row, each [what was chosen, when]."""
    _flow(data=scene, key=key, on_stage_change=on_stage, on_row_change=on_row)
