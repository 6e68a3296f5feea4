"""A row of small pictures with words under them, and a mark between the first and the last."""

from __future__ import annotations

import html
from typing import Any

import streamlit as st

_STYLE = """<style>
.tiles-row { display: grid; gap: 4px; }
.tiles-row figure { margin: 0; min-width: 0; }
.tiles-row img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; border-radius: 4px;
  display: block; }
.tiles-row figcaption { text-align: center; font-size: 0.75rem; overflow: hidden; text-overflow: ellipsis; }
.tiles-way { position: relative; height: 18px; }
.tiles-way::before { content: ""; position: absolute; top: 8px; left: 0; right: 0; height: 2px;
  background: currentColor; opacity: 0.3; }
.tiles-mark { position: absolute; top: 3px; width: 12px; height: 12px; background: #d55e00; transform: rotate(45deg); }
@media (max-width: 640px) { .tiles-row figcaption { font-size: 0.6rem; } }
</style>"""


def tiles(
    pictures: list[tuple[Any, str]], *, key: str, columns: int, mark: float | None = None, narrow: bool = False
) -> None:
    """Show pictures [C, H, W] in 0..1; `mark` in 0..1 points at a place on the way from the first to the last."""
    from ssl_core.figures.mixing_pictures import picture_uri

    shown = "".join(
        f'<figure><img src="{picture_uri(picture)}" alt="{html.escape(words or "picture")}">'
        f"<figcaption>{html.escape(words)}</figcaption></figure>"
        for picture, words in pictures
    )
    way = ""
    if mark is not None:
        edge = 50 / columns  # the middle of the first and of the last picture
        way = (
            f'<div class="tiles-way" style="margin:0 {edge:.2f}%"><div class="tiles-mark" role="img" '
            f'aria-label="The new sample, {mark:.2f} of the way" '
            f'style="left:calc({100 * mark:.2f}% - 6px)"></div></div>'
        )
    row = f'<div class="tiles-row" style="grid-template-columns:repeat({columns},minmax(0,1fr))">{shown}</div>'
    with st.container(key=key):
        st.html(f'{_STYLE}<div style="max-width:{"24rem" if narrow else "46rem"}">{row}{way}</div>')
