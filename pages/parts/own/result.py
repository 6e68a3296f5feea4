"""The fourth step: how good each network is, how far that can be believed, and what can be done with it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.own.take import take_along
from pages.parts.shared.pace import pace
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store as shared_store
from pages.parts.shared.store import ticking
from pages.parts.shared.visitor import may_end
from pages.parts.shared.who import is_mine
from ssl_core.data.card import Card
from ssl_core.figures.look import duration, look, percent
from ssl_core.intervals import interval_of, interval_words, small_test
from ssl_core.runs.described import described
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import WAITING, Run, Store
from ssl_core.runs.store import stop as stop_runs
from ssl_core.runs.waiting import why_waiting


def runs_of(store: Store, card: Card) -> list[Run]:
    """The runs of the newest experiment that trained on these pictures with all their labels; in a class one's own."""
    for run in reversed(store.of_data(card.name)):
        config = run.config
        if config["labels"] == card.known and config.get("experiment") and is_mine(run):
            return [one for one in store.of_experiment(config["experiment"]) if one.config.get("role") != "ceiling"]
    return []


def result_step(store: Store, card: Card | None) -> None:
    """A card a network, live; then what can be done with one of them."""
    st.markdown("##### 4. What came out")
    runs = runs_of(store, card) if card else []
    if not runs:
        st.caption(
            "Here will stand how many of the test pictures each network gets right, and what you can do with it."
        )
        return
    often = pace(described(runs))
    if often:
        ensure_runner(store)
    ticking(_live, run_every=often, key="own_live")(card, often)
    if not often:
        take_along(card, [row for row in described(runs) if row["state"] == "done"])


def _live(card: Card, often: float | None) -> None:
    runs = runs_of(shared_store(), card)
    rows = described(runs)
    if often and pace(rows) != often:
        st.rerun()  # once more as a whole, with another timer or none
    if why := why_waiting(shared_store(), rows):
        st.caption(plain(why))
    for place, row in zip(st.columns(max(len(rows), 1)), rows, strict=False):
        with place.container(border=True):
            _card(row, card)
    words, stop = st.columns([4, 1], vertical_alignment="center")
    doubt, sure = believe(card)
    (words.warning if doubt else words.caption)(doubt or sure)
    if seen := next((row["features"] for row in rows if row.get("features")), ""):
        st.caption(f"Of every network here: {plain(seen[0].lower() + seen[1:])}")
    waiting = [run for run, row in zip(runs, rows, strict=True) if row["state"] in WAITING]
    why = may_end(shared_store(), waiting)
    off = not waiting or bool(why)
    if stop.button("Stop", key="own_stop", disabled=off, width="stretch", help=why or None) and not why:
        stop_runs(waiting)
        shared_store().wake()


def _card(row: dict[str, Any], card: Card) -> None:
    """One network: its accuracy and how far that is known, and how far it has got."""
    measured, where = _measured(row, card)
    st.metric(plain(look(row["method"])[0]), percent(measured) if measured is not None else "–")
    interval = interval_words(interval_of(row)) if card.test else ""
    balanced = f", balanced {percent(row['balanced_accuracy'])}" if row.get("uneven") else ""
    st.caption((f"{where}, likely {interval}" if interval else where) + balanced)
    st.progress(min(1.0, row["step"] / max(row["steps"], 1)), plain(_way(row)))


def _measured(row: dict[str, Any], card: Card) -> tuple[float | None, str]:
    """An accuracy, and of which pictures."""
    if card.test:
        return row["value"], f"of {card.test:,} test pictures"
    if card.validation:
        return row["judged"], f"of {card.validation:,} validation pictures: there is no test"
    return None, "no picture is left to measure by"


def _way(row: dict[str, Any]) -> str:
    if row["state"] == "done":
        return f"done in {duration(row['seconds'])}"
    if row["state"] == "running":
        left = f", {duration(row['left'])} left" if row["left"] is not None else ""
        return f"step {row['step']:,} of {row['steps']:,}{left}" if row["step"] else row.get("phase") or "starting"
    return {"queued": "waiting", "stopping": "stopping"}.get(row["state"], f"{row['state']} {row['why']}".strip())


def believe(card: Card) -> tuple[str, str]:
    """(why these numbers are not to be believed far, or nothing; what stands behind "likely")."""
    if not card.test:
        return "You brought no test and too few labels to set some aside: these figures are no more than a hint.", ""
    return small_test(card.test), "Likely: where the accuracy on many more such pictures lies, 95 % of the time."
