"""A run of a maker on its page: its pictures, losses and numbers while it learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.parts.generate.film import film
from pages.parts.generate.live_runs import Learned, of_maker, run_of, runs_view
from pages.parts.generate.live_runs import start_button as start_asked
from pages.parts.generate.method_form import how_it_works
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from pages.parts.training.replay import replay_bar
from ssl_core.data.catalog import find_card
from ssl_core.figures.making import last_words, losses_chart, recognised_chart
from ssl_core.runs.makers import moments
from ssl_core.runs.store import Run

MOMENTS = 12  # of a finished run's film: a row of pictures has up to 100 kB
LINES = {"samples": 4}
KEY = "make"
NOTHING = "Nothing has learned this yet. Press **Start** and pictures will appear here."
Also = Callable[[Run, Mapping[str, Any], bool], None]
Show = Callable[[list[dict[str, Any]], int], None]


def start_button(config: Mapping[str, Any] | None) -> None:
    """Start what is chosen, or go on with it."""
    start_asked(of_maker(config), KEY)


def run_view(config: Mapping[str, Any] | None, *, also: Also | None = None, show: Show | None = None) -> Run | None:
    """Everything about the run of a configuration, kept up to date while it learns; the run, if there is one.

    `also(run, row, over)` draws what only this maker has, below its pictures: `row` is the run as describe makes it,
    and `over` says that nothing of it will change. `show(moments, steps)` draws the pictures in place of rows.
    """
    runs_view(of_maker(config), lambda learned: _draw(config, learned, also, show), key=KEY, nothing=NOTHING)
    return run_of(config)


def _draw(config: Mapping[str, Any] | None, learned: Learned, also: Also | None, show: Show | None) -> None:
    from ssl_core.generate.makers import GENERATORS

    if config is None:
        return
    (run, row), over = learned.first, learned.over
    maker, steps = GENERATORS[config["method"]], config["training"]["steps"]
    rows = list(run.tail.read()) if run else []
    about = find_card(config["data"])
    side = about.side if about else 128
    shown = moments(run, MOMENTS if over else 1) if run else []
    if show:
        show(shown, steps)
    else:
        film(shown, maker.rows, steps=steps, side=side, key="made", lines=LINES)
    replay_bar(run.name if run else "", ready=over and len(shown) > 1, empty=not rows, of="it")
    if also and run:
        also(run, row, over)
    revision, past = run.name if run else "", {"until": steps} if over else None
    words = last_words(rows, maker.losses)
    names = [name for name in maker.losses if any(row.get(name) is not None for row in rows)] or list(maker.losses)
    left, right = st.columns(2)
    with left:
        chart = losses_chart(rows, {name: maker.losses[name] for name in names}, revision)
        live_chart(chart, alt=f"Losses over steps. {words}", key="losses", height=300, past=past)
    with right:
        if about and any("recognised" in row for row in rows):
            chart = recognised_chart(rows, about.chance, revision)
            alt = f"Share of made pictures recognised as the class asked for, over steps. {words}"
            live_chart(chart, alt=alt, key="recognised", height=300, past=past)
    st.caption(plain(words))


def maker_words(maker: str) -> None:
    """What a maker is."""
    from ssl_core.generate.makers import GENERATORS

    how_it_works(GENERATORS[maker], GENERATORS[maker].symbols, "maker_words")
