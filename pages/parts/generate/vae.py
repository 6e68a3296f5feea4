"""The autoencoder on the Generate page: it learns, and then one walks through its codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.generate.form import maker_form
from pages.parts.generate.judged import judge_view
from pages.parts.generate.run_view import maker_words, run_view, start_button
from pages.parts.generate.stage import staged
from pages.parts.generate.touch import touch
from pages.parts.shared.live_chart import live_chart
from ssl_core.figures.making import has_plane, plane_chart, plane_frames
from ssl_core.runs.origin import classes_of
from ssl_core.runs.store import ENDED, Run

MAIN = ("conditional", "latent", "beta", "steps")
FRAMES = 16  # of the plane's replay


def show() -> None:
    """The controls beside what it makes."""
    staged(lambda: maker_form("vae", main=MAIN), start_button, _view, lambda config: maker_words("vae"))


def _view(config: Mapping[str, Any] | None) -> None:
    run = run_view(config, also=_plane)
    if run and run.state in ENDED:
        touch(run)
        judge_view(run)


def _plane(run: Run, row: Mapping[str, Any], over: bool) -> None:
    """The codes of some pictures as points, live and at any moment of the past."""
    rows, classes = [one for one in run.tail.read() if has_plane(one)], classes_of(run.config)
    figure = plane_chart(rows[-1] if rows else None, classes, run.name)
    past = {"frames": plane_frames(rows, classes, row["steps"], FRAMES)} if over and rows else None
    conditional, latent = (run.config["knobs"].get(name) for name in ("conditional", "latent"))
    st.markdown("##### Codes as points")
    words = "told the class, so the code need not hold it" if conditional else "never told a class"
    alt = f"{len(rows[-1]['plane_x']) if rows else 0} pictures as points in a plane of their codes, coloured by class."
    live_chart(figure, alt=f"{alt} The networks were {words}.", key="plane", height=430, past=past)
    what = (
        "The code has two numbers: this plane is all of it."
        if latent in (1, 2)
        else f"The code has {latent} numbers. Shown is the plane in which the codes of these pictures differ most; "
        "what they differ by elsewhere is left out."
    )
    st.caption(f"{what} Encoder and decoder were {words}.")
