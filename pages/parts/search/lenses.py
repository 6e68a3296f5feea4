"""Closer looks at a search: its table, two knobs as a map, all knobs at once, their importance, one knob at a time."""

from __future__ import annotations

import gc
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.parts.shared.lens import Lens, Lenses, show_lenses
from pages.parts.shared.live_chart import live_chart
from ssl_core.figures import search as figures
from ssl_core.search.plan import Search
from ssl_core.search.trials import Trial, task_of_trials
from ssl_core.spreadsheet import csv_text


class Scene(NamedTuple):
    """A search and its trials so far; `rows` are the trials as charts read them."""

    name: str
    search: Search
    trials: list[Trial]
    rows: list[dict[str, Any]]

    @property
    def knobs(self) -> tuple[str, ...]:
        """Names of the knobs that are searched."""
        return tuple(self.search.knobs)

    @property
    def map_of_all(self) -> bool:
        """Whether a map of two knobs shows everything that was tried."""
        return self.search.sampler == "grid" and len(self.search.knobs) == 2


def show_search_lenses(scene: Scene) -> None:
    """The chooser and the chosen look; a grid of two knobs opens as a map."""
    if scene.map_of_all:
        show_lenses({"map": LENSES["map"], **LENSES}, scene, key="grid_lens")
    else:
        show_lenses(LENSES, scene, key="search_lens")


@st.cache_resource(show_spinner=False)
def _load_optuna() -> None:
    """Import what Optuna's figures need and freeze it, as the frame does with PyTorch: else each tick pays for it."""
    from ssl_core.search.proposer import load_figures

    load_figures()
    gc.collect()
    gc.freeze()


def _drawn(scene: Scene, kind: str, knobs: tuple[str, ...]) -> Any:
    done = tuple((trial.number, trial.score) for trial in scene.trials if trial.state == "done")
    return _drawn_once((scene.name, done), kind, knobs, scene.search, scene.trials)


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn_once(signature: tuple, kind: str, knobs: tuple[str, ...], _search: Search, _trials: list[Trial]) -> Any:
    """What Optuna draws or counts of these finished trials; the same trials give the same."""
    from ssl_core.search.proposer import drawing, importances

    _load_optuna()
    return importances(_search, _trials) if kind == "importance" else drawing(kind, _search, _trials, list(knobs))


def map_lens(scene: Scene) -> None:
    """Validation accuracy over two knobs."""
    knobs, rows = scene.knobs, scene.rows
    if len(knobs) < 2:
        st.caption("A map needs two knobs to search; this search has one.")
        return
    x, y = knobs if len(knobs) == 2 else _two_of(knobs)
    task = task_of_trials(scene.trials)
    if scene.map_of_all:
        points = {knob: span.points(scene.search.points) for knob, span in scene.search.knobs.items()}
        chart = figures.heat_chart(rows, x, y, points, task)
        live_chart(chart, alt=figures.heat_words(rows, x, y, task), key="search_map", height=420)
    else:
        _optuna_chart(_drawn(scene, "contour", (x, y)), figures.heat_words(rows, x, y, task), 420)
        st.caption("Dots are finished trials; between them the colours are interpolated. A grid measures them all.")


def _two_of(knobs: tuple[str, ...]) -> tuple[str, str]:
    left, right = st.columns(2)
    x = left.selectbox("Across", knobs, key="search_x", bind="query-params")
    y = right.selectbox("Up", [knob for knob in knobs if knob != x], key="search_y", bind="query-params")
    return x, y


def parallel_lens(scene: Scene) -> None:
    """Every trial as a line through all knobs."""
    _optuna_chart(
        _drawn(scene, "parallel", scene.knobs), figures.history_words(scene.rows, task_of_trials(scene.trials)), 380
    )


def slices_lens(scene: Scene) -> None:
    """Every knob alone against accuracy."""
    _optuna_chart(
        _drawn(scene, "slice", scene.knobs), figures.history_words(scene.rows, task_of_trials(scene.trials)), 380
    )


def importance_lens(scene: Scene) -> None:
    """How much of the difference between trials each knob explains."""
    shares = _drawn(scene, "importance", scene.knobs)
    if not shares:
        st.caption("Importance needs four finished trials with different accuracies.")
        return
    chart, words = figures.importance_chart(shares), figures.importance_words(shares)
    live_chart(chart, alt=words, key="search_importance", height=120 + 50 * len(shares))
    st.caption("From a forest fitted to the finished trials (fANOVA, Hutter et al. 2014): a hint, not a proof.")


def _optuna_chart(figure: dict | None, words: str, height: int) -> None:
    if figure is None:
        st.caption("This needs two finished trials.")
    else:
        live_chart(figures.restyled(figure), alt=words, key="search_chart", height=height)


def table_lens(scene: Scene) -> None:
    """Every trial with its values; test accuracy stays out, so that nobody chooses by it."""
    table = pd.DataFrame(
        [
            {"trial": trial.number, "state": trial.state, "validation": trial.latest}
            | trial.values
            | {"seconds": round(trial.seconds, 1), "why": trial.why, "run": trial.runs[0].name}
            for trial in scene.trials
        ],
        columns=["trial", "state", "validation", *scene.knobs, "seconds", "why", "run"],
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "validation": st.column_config.NumberColumn(format="percent"),
            "why": st.column_config.TextColumn(width="large"),
        },
        alt="Every trial of this search with its values and its validation accuracy",
    )
    st.download_button(
        "Download CSV",
        csv_text(table.to_dict("records"), list(table)),
        f"{scene.name}.csv",
        "text/csv",
        on_click="ignore",
        key="search_csv",
    )


LENSES: Lenses[Scene] = {
    "table": Lens("Table", table_lens),
    "map": Lens("Map of two knobs", map_lens),
    "parallel": Lens("Parallel coordinates", parallel_lens),
    "importance": Lens("Importance", importance_lens),
    "slices": Lens("Slices", slices_lens),
}
