"""One search, live: how far it is, the best so far, and what Optuna can say about the knobs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.search.lenses import Scene, show_search_lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking
from pages.parts.shared.use_in_training import training_link
from pages.parts.shared.visitor import may_end_search, starting
from ssl_core.data.catalog import find_card
from ssl_core.figures import search as figures
from ssl_core.figures.look import look
from ssl_core.runs.store import Store
from ssl_core.runs.waiting import stuck
from ssl_core.search.plan import Search, read_search
from ssl_core.search.start_stop import go_on, halt
from ssl_core.search.trials import Trial, best_of, status, task_of_trials, trials_of
from ssl_core.search.words import as_row, verdict

TICK = 1.0  # seconds between two looks while trials train


def search_view(store: Store, name: str | None) -> None:
    """Everything about one search; keeps itself up to date while it goes on."""
    search = None
    if name:
        try:
            search = read_search(store, name)
        except ValueError as wrong:
            st.warning(plain(wrong))
    live = bool(search) and _status(store, name, search, trials_of(store, name, search)).state in LIVE
    if live:
        from ssl_core.runs.runner import ensure_runner

        ensure_runner(store)
    ticking(_live, run_every=TICK if live else None, key="search_live")(store, name, search, live)


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
    if was_live and (why := stuck(store)):
        st.caption(why)
    task, budget = task_of_trials(trials), search.most_trials if search and not search.minutes else 20
    chart = figures.history_chart(rows, budget=budget, revision=name, task=task)
    live_chart(chart, alt=figures.history_words(rows, task), key="search_history", height=380)
    if not search:
        return
    st.markdown(plain(verdict(trials)))
    _winner(store, name, search, trials, now.state)
    show_search_lenses(Scene(name, search, trials, rows))


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
        title = plain(f"{look(search.method)[0]}, {data}, {search.labels} labels")
        words.markdown(f"{title}, **{now.state}**: {states}.")
    why = may_end_search(store, name)
    off = not now or now.state != "running" or bool(why)
    if stop.button("Stop search", key="stop_search", disabled=off, width="stretch", help=why or None) and not why:
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
        st.warning(plain(now.why))


def _winner(store: Store, name: str, search: Search, trials: list[Trial], state: str) -> None:
    """What to do with the best trial: train with it, and see whether it wins on fresh seeds, too."""
    best, default = best_of(trials), next((trial for trial in trials if trial.number == 0), None)
    if best is None:
        return
    if state not in LIVE and default and default.test is not None and best.test is not None:
        task = task_of_trials(trials)
        st.caption(
            f"{task.title}, looked at only now and for these two: {task.words(best.test)} for trial {best.number}, "
            f"{task.words(default.test)} for the default. The winner of many trials is partly lucky."
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
            starting(store, lambda: confirm(store, name))
        except ValueError as wrong:
            st.session_state["search_error"] = str(wrong)
        st.rerun()
    if asked:
        waits = asked.waiting > 0
        ticking(_confirmed, run_every=TICK if waits else None, key="confirm_live")(store, name, best, waits)


def _confirmed(store: Store, name: str, best: Trial, waited: bool) -> None:
    from ssl_core.search.confirm import confirmed, confirmed_words

    comparison = confirmed(store, name, best)
    if waited and comparison and not comparison.waiting:
        st.rerun()
    st.info(plain(confirmed_words(comparison)))
