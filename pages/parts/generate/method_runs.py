"""Runs of methods on the Generate page: chosen, started, stopped, and kept up to date while they learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.knob_widgets import knob_widget
from pages.parts.shared.pace import pace, started
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.visitor import may_end, starting
from pages.parts.shared.who import runs_shown
from ssl_core.data.catalog import cards, find_card
from ssl_core.figures.look import duration
from ssl_core.runs.defaults import count_words, label_counts
from ssl_core.runs.described import described
from ssl_core.runs.disk import in_words as disk_words
from ssl_core.runs.progress import finished
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import RESUMABLE, Run
from ssl_core.runs.store import stop as stop_runs
from ssl_core.runs.waiting import why_waiting

LABELS = 40
SEEDS = {1: "one", 3: "three", 5: "five"}


class Learned(NamedTuple):
    """The runs of an experiment, each with its row as describe makes it, and whether all of it is over."""

    runs: Sequence[tuple[Run, dict[str, Any]]]
    over: bool


def data_and_labels(key: str) -> tuple[str, int]:
    """A data set of pictures and how many of them have a label."""
    titles = {name: about.title for name, about in cards().items() if about.pictures}
    data = choose_one(st.selectbox, "Data", titles, key="data")
    about = find_card(data)
    counts = {n: count_words(n, about.known) for n in label_counts(len(about.classes), about.known)[0]}
    usual = LABELS if LABELS in counts else next(iter(counts), None)
    return data, choose_one(st.selectbox, "Labelled pictures", counts, usual, key=f"{key}_labels")


def knobs(data: str, method: str, names: Sequence[str], key: str) -> dict[str, Any]:
    """Widgets for some knobs of a method, with the values of its short recipe."""
    from ssl_core.train.config import all_knobs, defaults

    table, usual = all_knobs(method, data), defaults(data, method)
    return {name: knob_widget(name, table[name], usual[name], key=f"{key}-{data}-{method}-{name}") for name in names}


def start_button(experiment: Any, key: str) -> None:
    """Start what is chosen, or go on with it; what is done is shown without."""
    states = [run.state for run in _runs(experiment)]
    words = "Start" if not states else "Go on" if set(states) & set(RESUMABLE) else "Started"
    words = "It has learned" if states and set(states) == {"done"} else words
    off = experiment is None or (bool(states) and not set(states) & set(RESUMABLE))
    st.button(
        words, type="primary", width="stretch", key=f"{key}_go", disabled=off, on_click=_start, args=(experiment,)
    )
    if wrong := st.session_state.pop("method_error", None):
        st.error(plain(wrong))


def _start(experiment: Any) -> None:
    from ssl_core.runs.experiment import launch

    try:
        starting(store(), lambda: launch(store(), experiment))
        started()
    except (ValueError, OSError) as wrong:
        st.session_state["method_error"] = str(wrong)


def _runs(experiment: Any) -> list[Run]:
    return list(runs_shown(experiment.id)) if experiment else []


def runs_view(experiment: Any, draw: Callable[[Learned], None], *, key: str, nothing: str) -> None:
    """What `draw` makes of an experiment's runs, below its progress, again and again until they end.

    `nothing` is said before anything was started.
    """
    often = pace(described(_runs(experiment)))
    if often:
        with suppress(OSError):
            store().wake()
            ensure_runner(store())
    ticking(_live, run_every=often, key=f"{key}_live")(experiment, often, draw, key, nothing)


def _live(experiment: Any, often: float | None, draw: Callable, key: str, nothing: str) -> None:
    runs = _runs(experiment)
    rows = described(runs)
    if often and pace(rows) != often:
        st.rerun()  # once more as a whole, with another timer or none
    pairs = list(zip(runs, rows, strict=True))
    _headline(pairs, key, nothing)
    draw(Learned(pairs, bool(rows) and all(map(finished, rows))))


def _headline(pairs: Sequence[tuple[Run, dict[str, Any]]], key: str, nothing: str) -> None:
    """One line of state, how far it is, and the button that stops it, always in the same place."""
    words, stop = st.columns([4, 1], vertical_alignment="center")
    rows = [row for _, row in pairs]
    if not rows:
        words.progress(0.0, nothing)
    else:
        done, planned = sum(row["step"] for row in rows), sum(row["steps"] for row in rows)
        ended = sum(map(finished, rows))
        left = max((row["left"] or 0 for row in rows if not finished(row)), default=0)
        time = f", {duration(left)} left" if left else ""
        why = " ".join(row["why"] for row in rows if row["why"]) or why_waiting(store(), rows)
        text = f"{ended} of {len(rows)} runs ended: step {done:,} of {planned:,}{time}. {why}"
        words.progress(min(done / max(planned, 1), 1.0), plain(text))
    waiting = [run for run, row in pairs if not finished(row)]
    why_not = may_end(store(), waiting)
    off = not waiting or bool(why_not)
    if stop.button("Stop", key=f"{key}_stop", disabled=off, width="stretch", help=why_not or None) and not why_not:
        try:
            stop_runs(waiting)
        except OSError as wrong:
            st.error(plain(disk_words(wrong, store().root)))
