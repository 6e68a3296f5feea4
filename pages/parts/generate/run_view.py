"""A run of a maker on its page: start, stop and go on; its pictures, losses and numbers while it learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from pages.parts.generate.film import film
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pace import pace, started
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.visitor import may_end, starting
from pages.parts.shared.who import is_mine, only_mine
from pages.parts.training.replay import replay_bar
from ssl_core.data.catalog import find_card
from ssl_core.figures.look import duration
from ssl_core.figures.making import last_words, losses_chart, recognised_chart
from ssl_core.runs.makers import begin, like, moments
from ssl_core.runs.progress import describe, finished
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import RESUMABLE, Run
from ssl_core.runs.waiting import why_waiting

MOMENTS = 12  # of a finished run's film: a row of pictures has up to 100 kB
LINES = {"samples": 4}
Also = Callable[[Run, Mapping[str, Any], bool], None]
Show = Callable[[list[dict[str, Any]], int], None]


def run_of(config: Mapping[str, Any] | None) -> Run | None:
    """The newest run of this configuration, if it is one of those that are shown."""
    run = like(store(), config) if config else None
    return run if run and (not only_mine() or is_mine(run)) else None


def start_button(config: Mapping[str, Any] | None) -> None:
    """Start what is chosen, or go on with it; what is done is shown without."""
    run = run_of(config)
    state = run.state if run else ""
    words = "Start" if not run else "Go on" if state in RESUMABLE else "It has learned" if state == "done" else "Start"
    off = config is None or state not in ("", *RESUMABLE)
    st.button(words, type="primary", width="stretch", key="make", disabled=off, on_click=_start, args=(config,))
    if wrong := st.session_state.pop("make_error", None):
        st.error(plain(wrong))


def _start(config: Mapping[str, Any]) -> None:
    try:
        starting(store(), lambda: begin(store(), config))
        started()
    except (ValueError, OSError) as wrong:
        st.session_state["make_error"] = str(wrong)


def run_view(config: Mapping[str, Any] | None, *, also: Also | None = None, show: Show | None = None) -> Run | None:
    """Everything about the run of a configuration, kept up to date while it learns; the run, if there is one.

    `also(run, row, over)` draws what only this maker has, below its pictures: `row` is the run as describe makes it,
    and `over` says that nothing of it will change. `show(moments, steps)` draws the pictures in place of rows.
    """
    run = run_of(config)
    row = describe(run) if run else None
    often = pace([row]) if row else None
    if often:
        with suppress(OSError):
            store().wake()
            ensure_runner(store())
    ticking(_live, run_every=often, key="making")(config, often, also, show)
    return run


def _live(config: Mapping[str, Any] | None, often: float | None, also: Also | None, show: Show | None) -> None:
    from ssl_core.generate.makers import GENERATORS

    run = run_of(config)
    row = describe(run) if run else None
    if often and (row is None or pace([row]) != often):
        st.rerun()  # once more as a whole, with another timer or none
    if config is None:
        return
    maker, steps = GENERATORS[config["method"]], config["training"]["steps"]
    _headline(run, row)
    over = row is not None and finished(row)
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


def _headline(run: Run | None, row: Mapping[str, Any] | None) -> None:
    """One line of state, how far it is, and the button that stops it, always in the same place."""
    words, stop = st.columns([4, 1], vertical_alignment="center")
    if row is None:
        words.progress(0.0, "Nothing has learned this yet. Press **Start** and pictures will appear here.")
    else:
        left = f", {duration(row['left'])} left" if row["left"] and not finished(row) else ""
        why = f" {row['why']}" if row["why"] else f" {why_waiting(store(), [row])}"
        text = f"{row['state'].capitalize()}: step {row['step']:,} of {row['steps']:,}{left}.{why}"
        words.progress(row["step"] / max(row["steps"], 1), plain(text))
    why_not = may_end(store(), [run]) if run else ""
    off = row is None or finished(row) or bool(why_not)
    if stop.button("Stop", key="stop_making", disabled=off, width="stretch", help=why_not or None) and not why_not:
        try:
            run.stop()
        except OSError as wrong:
            st.error(plain(wrong))


def maker_words(maker: str) -> None:
    """What a maker is: idea, formula with its symbols, what to watch, what breaks it."""
    from ssl_core.generate.makers import GENERATORS

    about = GENERATORS[maker]
    with st.expander("How it works", key="maker_words"):
        st.markdown(f"{about.idea} *{about.paper}*")
        st.latex(about.formula)
        st.markdown("\n".join(f"- ${symbol}$: {meaning}" for symbol, meaning in about.symbols))
        st.markdown(f"**Watch.** {about.watch}  \n**What breaks it.** {about.breaks}")
