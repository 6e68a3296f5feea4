"""Runs on the Generate page: started, stopped, and kept up to date while they learn, whatever it is that learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.begin import begin, said_wrong
from pages.parts.shared.pace import pace
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.visitor import may_end
from pages.parts.shared.who import is_mine, only_mine, runs_shown
from ssl_core.figures.look import duration
from ssl_core.runs import makers
from ssl_core.runs.described import described
from ssl_core.runs.disk import in_words as disk_words
from ssl_core.runs.progress import finished
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import RESUMABLE, Run
from ssl_core.runs.store import stop as stop_runs
from ssl_core.runs.waiting import why_waiting


class Asked(NamedTuple):
    """What somebody chose on the page: its runs that are there, and how to start or go on with it."""

    runs: Callable[[], list[Run]]
    launch: Callable[[], Any]


class Learned(NamedTuple):
    """The runs of what was chosen, each with its row as describe makes it, and whether all of it is over."""

    runs: Sequence[tuple[Run, dict[str, Any]]]
    over: bool

    @property
    def first(self) -> tuple[Run | None, dict[str, Any] | None]:
        """The first run and its row, None where there are none yet."""
        return self.runs[0] if self.runs else (None, None)


def of_experiment(experiment: Any) -> Asked | None:
    """An experiment of methods; None where none is chosen."""
    if experiment is None:
        return None

    def launched() -> Any:
        from ssl_core.runs.experiment import launch

        return launch(store(), experiment)

    return Asked(lambda: list(runs_shown(experiment.id)), launched)


def run_of(config: Mapping[str, Any] | None) -> Run | None:
    """The newest run of a maker's configuration, if it is one of those that are shown."""
    run = makers.like(store(), config) if config else None
    return run if run and (not only_mine() or is_mine(run)) else None


def of_maker(config: Mapping[str, Any] | None) -> Asked | None:
    """A maker's configuration; None where none is chosen."""
    if config is None:
        return None
    return Asked(lambda: [run for run in (run_of(config),) if run], lambda: makers.begin(store(), config))


def start_button(asked: Asked | None, key: str) -> None:
    """Start what is chosen, or go on with it; what is done is shown without."""
    states = {run.state for run in asked.runs()} if asked else set()
    words = "Start" if not states else "Go on" if states & set(RESUMABLE) else "Started"
    words = "It has learned" if states == {"done"} else words
    off = asked is None or (bool(states) and not states & set(RESUMABLE))
    st.button(
        words, type="primary", width="stretch", key=f"{key}_go", disabled=off,
        on_click=begin, args=(asked.launch if asked else None, key),
    )  # fmt: skip
    said_wrong(key)


def runs_view(asked: Asked | None, draw: Callable[[Learned], None], *, key: str, nothing: str) -> None:
    """What `draw` makes of the runs, below their progress, again and again until they end.

    `nothing` is said before anything was started.
    """
    often = pace(described(asked.runs() if asked else []))
    if often:
        with suppress(OSError):
            store().wake()
            ensure_runner(store())
    ticking(_live, run_every=often, key=f"{key}_live")(asked, often, draw, key, nothing)


def _live(asked: Asked | None, often: float | None, draw: Callable, key: str, nothing: str) -> None:
    runs = asked.runs() if asked else []
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
    done, planned = sum(row["step"] for row in rows), sum(row["steps"] for row in rows)
    words.progress(min(done / max(planned, 1), 1.0), plain(_state_words(rows, done, planned)) if rows else nothing)
    waiting = [run for run, row in pairs if not finished(row)]
    why_not = may_end(store(), waiting)
    off = not waiting or bool(why_not)
    if stop.button("Stop", key=f"{key}_stop", disabled=off, width="stretch", help=why_not or None) and not why_not:
        try:
            stop_runs(waiting)
        except OSError as wrong:
            st.error(plain(disk_words(wrong, store().root)))


def _state_words(rows: Sequence[Mapping[str, Any]], done: int, planned: int) -> str:
    """Where one run, or several together, stand."""
    ended = sum(map(finished, rows))
    state = rows[0]["state"].capitalize() if len(rows) == 1 else f"{ended} of {len(rows)} runs ended"
    left = max((row["left"] or 0 for row in rows if not finished(row)), default=0)
    time = f", {duration(left)} left" if left else ""
    why = " ".join(row["why"] for row in rows if row["why"]) or why_waiting(store(), rows)
    return f"{state}: step {done:,} of {planned:,}{time}. {why}"
