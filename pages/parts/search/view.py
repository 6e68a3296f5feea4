"""One search, live: how far it is, the best so far, and what Optuna can say about the knobs."""

from __future__ import annotations

import gc
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.use_in_training import training_link
from ssl_core.data.catalog import find_card
from ssl_core.figures import search as figures
from ssl_core.figures.look import look, percent
from ssl_core.runs.store import Store
from ssl_core.search.plan import Search, read_search
from ssl_core.search.start_stop import go_on, halt
from ssl_core.search.trials import Trial, best_of, status, trials_of
from ssl_core.search.words import as_row, verdict
from ssl_core.spreadsheet import csv_text

TICK = 1.0  # seconds between two looks while trials train
LENSES = {
    "table": "Table",
    "map": "Map of two knobs",
    "parallel": "Parallel coordinates",
    "importance": "Importance",
    "slices": "Slices",
}


def search_view(store: Store, name: str | None) -> None:
    """Everything about one search; keeps itself up to date while it goes on."""
    search = None
    if name:
        try:
            search = read_search(store, name)
        except ValueError as wrong:
            st.warning(str(wrong))
    live = bool(search) and _status(store, name, search, trials_of(store, name, search)).state in LIVE
    if live:
        from ssl_core.runs.runner import ensure_runner

        ensure_runner(store)
    st.fragment(_live, run_every=TICK if live else None, key="search_live")(store, name, search, live)


LIVE = ("running", "stopping")


def _status(store: Store, name: str, search: Search, trials: list[Trial]) -> Any:
    if not search.minutes:  # then the number of processors plays no part, and PyTorch need not be asked for it
        return status(store, name, search, trials, 1)
    from ssl_core.runs.runner import slots

    return status(store, name, search, trials, slots())


def _live(store: Store, name: str | None, search: Search | None, was_live: bool) -> None:
    trials = trials_of(store, name, search) if search else []
    now = _status(store, name, search, trials) if search else None
    if was_live and now.state not in LIVE:
        st.rerun()  # once more as a whole, without the timer
    rows = [as_row(trial) for trial in trials]
    _headline(store, name, search, trials, now)
    chart = figures.history_chart(
        rows, budget=search.most_trials if search and not search.minutes else 20, revision=name
    )
    live_chart(chart, alt=figures.history_words(rows), key="search_history", height=380)
    if not search:
        return
    st.markdown(verdict(trials))
    _winner(store, name, search, trials, now.state)
    grid = search.sampler == "grid" and len(search.knobs) == 2
    lens = choose_one(
        st.segmented_control,
        "Look closer",
        LENSES,
        "map" if grid else "table",
        key="grid_lens" if grid else "search_lens",
        required=True,
    )
    _lens(lens, name, search, trials, rows)


def _headline(store: Store, name: str | None, search: Search | None, trials: list[Trial], now: Any) -> None:
    """One line of state, and the two buttons, always in the same place."""
    words, stop, again = st.columns([3, 1, 1], vertical_alignment="center")
    if not search:
        words.markdown("No search yet. Press **Start search** and dots will appear here.")
    else:
        count = {state: sum(trial.state == state for trial in trials) for state in {trial.state for trial in trials}}
        states = ", ".join(f"{n} {state}" for state, n in sorted(count.items())) or "starting; PyTorch takes seconds"
        card = find_card(search.data)
        data = card.title if card else search.data
        words.markdown(f"{look(search.method)[0]}, {data}, {search.labels} labels, **{now.state}**: {states}.")
    if stop.button("Stop search", key="stop_search", disabled=not now or now.state != "running", width="stretch"):
        halt(store, name)
        st.rerun()
    can = bool(now) and now.state in ("stopped", "failed")
    if again.button("Continue", key="continue_search", disabled=not can, width="stretch"):
        from ssl_core.runs.runner import ensure_runner

        go_on(store, name)
        ensure_runner(store)
        st.rerun()
    st.progress(now.share if now else 0.0)
    if now and now.why:
        st.warning(now.why)


def _winner(store: Store, name: str, search: Search, trials: list[Trial], state: str) -> None:
    """What to do with the best trial: train with it, and see whether it wins on fresh seeds, too."""
    best, default = best_of(trials), next((trial for trial in trials if trial.number == 0), None)
    if best is None:
        return
    if state not in LIVE and default and default.test is not None and best.test is not None:
        st.caption(
            f"Test accuracy, looked at only now and for these two: {percent(best.test)} for trial {best.number}, "
            f"{percent(default.test)} for the default. The winner of many trials is partly lucky."
        )
    use, check = st.columns([3, 2], vertical_alignment="center")
    with use:
        training_link(
            "Use best in Training", search.data, search.method, {**search.fixed, **best.values}, search.labels
        )
    from ssl_core.search.confirm import confirm, confirmed

    asked = confirmed(store, name, best)
    can = state not in LIVE and best.number != 0 and (asked is None or (asked.waiting == 0 and not asked.best))
    if check.button("Confirm with 3 fresh seeds", key="confirm", disabled=not can, width="stretch"):
        try:
            confirm(store, name)
        except ValueError as wrong:
            st.session_state["search_error"] = str(wrong)
        st.rerun()
    if asked:
        waits = asked.waiting > 0
        st.fragment(_confirmed, run_every=TICK if waits else None, key="confirm_live")(store, name, best, waits)


def _confirmed(store: Store, name: str, best: Trial, waited: bool) -> None:
    from ssl_core.search.confirm import confirmed, confirmed_words

    comparison = confirmed(store, name, best)
    if waited and comparison and not comparison.waiting:
        st.rerun()
    st.info(confirmed_words(comparison))


@st.cache_resource(show_spinner=False)
def _load_optuna() -> None:
    """Import what Optuna's figures need and freeze it, as the frame does with PyTorch: else each tick pays for it."""
    from ssl_core.search.proposer import load_figures

    load_figures()
    gc.collect()
    gc.freeze()


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn(signature: tuple, kind: str, names: tuple[str, ...], _search: Search, _trials: list[Trial]) -> Any:
    """What Optuna draws or counts of these finished trials; the same trials give the same."""
    from ssl_core.search.proposer import drawing, importances

    _load_optuna()
    return importances(_search, _trials) if kind == "importance" else drawing(kind, _search, _trials, list(names))


def _lens(lens: str, name: str, search: Search, trials: list[Trial], rows: list[dict]) -> None:
    knobs = tuple(search.knobs)
    signature = (name, tuple((trial.number, trial.score) for trial in trials if trial.state == "done"))
    if lens == "table":
        _table(name, search, trials)
    elif lens == "map" and len(knobs) < 2:
        st.caption("A map needs two knobs to search; this search has one.")
    elif lens == "map":
        x, y = knobs[:2] if len(knobs) == 2 else _two_of(knobs)
        if search.sampler == "grid" and len(knobs) == 2:
            points = {knob: span.points(search.points) for knob, span in search.knobs.items()}
            chart = figures.heat_chart(rows, x, y, points)
            live_chart(chart, alt=figures.heat_words(rows, x, y), key="search_map", height=420)
        else:
            _optuna_chart(_drawn(signature, "contour", (x, y), search, trials), figures.heat_words(rows, x, y), 420)
            st.caption("Dots are finished trials; between them the colours are interpolated. A grid measures them all.")
    elif lens == "importance":
        shares = _drawn(signature, lens, knobs, search, trials)
        if shares:
            chart, words = figures.importance_chart(shares), figures.importance_words(shares)
            live_chart(chart, alt=words, key="search_importance", height=120 + 50 * len(shares))
            st.caption("From a forest fitted to the finished trials (fANOVA, Hutter et al. 2014): a hint, not a proof.")
        else:
            st.caption("Importance needs four finished trials with different accuracies.")
    else:
        kind = {"slices": "slice"}.get(lens, lens)
        _optuna_chart(_drawn(signature, kind, knobs, search, trials), figures.history_words(rows), 380)


def _two_of(knobs: tuple[str, ...]) -> tuple[str, str]:
    left, right = st.columns(2)
    x = left.selectbox("Across", knobs, key="search_x", bind="query-params")
    y = right.selectbox("Up", [knob for knob in knobs if knob != x], key="search_y", bind="query-params")
    return x, y


def _optuna_chart(figure: dict | None, words: str, height: int) -> None:
    if figure is None:
        st.caption("This needs two finished trials.")
    else:
        live_chart(figures.restyled(figure), alt=words, key="search_chart", height=height)


def _table(name: str, search: Search, trials: list[Trial]) -> None:
    """Every trial with its values; test accuracy stays out, so that nobody chooses by it."""
    table = pd.DataFrame(
        [
            {"trial": trial.number, "state": trial.state, "validation": trial.latest}
            | trial.values
            | {"seconds": round(trial.seconds, 1), "run": trial.runs[0].name, "why": trial.why}
            for trial in trials
        ],
        columns=["trial", "state", "validation", *search.knobs, "seconds", "run", "why"],
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config={"validation": st.column_config.NumberColumn(format="percent")},
        alt="Every trial of this search with its values and its validation accuracy",
    )
    st.download_button(
        "Download CSV",
        csv_text(table.to_dict("records"), list(table)),
        f"{name}.csv",
        "text/csv",
        on_click="ignore",
        key="search_csv",
    )
