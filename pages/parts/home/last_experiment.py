"""The chart of the first page: the newest experiment that has something to show, else the recorded one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.shared.live_chart import shared_chart
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.who import is_mine
from ssl_core.data.catalog import find_card
from ssl_core.figures.accuracy import accuracy_chart, accuracy_words
from ssl_core.runs.described import described
from ssl_core.runs.progress import ceiling_of, experiments, finished, latest_experiment
from ssl_core.worth import said

# Made by `python -m ssl_core experiment`; the file names the exact command.
RECORDED = Path(__file__).resolve().parents[3] / "assets" / "recorded.json"
TICK = 2.0  # seconds between two looks while something trains


def last_experiment() -> str | None:
    """The newest experiment's chart and what became of it; its name, or None if there is none.

    In a class it is one's own.
    """
    name = latest_experiment(store(), filter(is_mine, experiments(store())))
    live = any(not finished(row) for row in _rows(name))
    ticking(_chart, run_every=TICK if live else None, key="home_live")(name, live)
    return name


def _rows(name: str | None) -> list[dict[str, Any]]:
    return described(store().of_experiment(name)) if name else []


def _open() -> None:
    st.session_state["home_run"] = st.session_state["home_chart"].chosen


def _chart(name: str | None, was_live: bool) -> None:
    if run := st.session_state.pop("home_run", None):  # a dot was clicked: its curves are on Training
        st.switch_page("training.py", query_params={"experiment": name, "run": run})
    rows = _rows(name)
    live = any(not finished(row) for row in rows)
    if was_live and not live:
        st.rerun()  # once more as a whole, without the timer
    if live or any(row["state"] == "done" and row["role"] != "ceiling" for row in rows):
        card = find_card(rows[0]["data"])
        _draw(rows, card, ceiling_of(store(), card.name, card.known) if card else None, name)
        moving = " Hollow dots are still moving." if live else ""
        st.caption(f"{plain(card.title) if card else 'Unknown data'}: your last experiment, {outcome(rows)}.{moving}")
        if not live and (gains := said(rows)):
            st.markdown("  \n".join(plain(one.sentence) for one in gains))
        return
    recorded = json.loads(RECORDED.read_text())
    card = find_card(recorded["runs"][0]["data"])
    _draw(recorded["runs"], card, recorded["ceiling"]["test_accuracy"], RECORDED.stem)
    if rows:
        st.caption(f"Your last experiment has nothing to show ({outcome(rows)}). Here is one that was recorded.")
    st.markdown("  \n".join(plain(one.sentence) for one in said(recorded["runs"])))
    st.caption(f"{card.title}: recorded with `{recorded['command']}` on {recorded['machine']}.")


def _draw(rows: list[dict[str, Any]], card: Any, ceiling: float | None, revision: str) -> None:
    grid = [row for row in rows if row.get("role") != "ceiling"]
    chance = card.chance if card else None
    opens = None if revision == RECORDED.stem else _open

    def draw() -> tuple[dict[str, Any], str]:
        return accuracy_chart(grid, chance=chance, ceiling=ceiling, revision=revision), accuracy_words(grid)

    shared_chart(draw, of=(grid, chance, ceiling), name=revision, key="home_chart", height=400, on_choose=opens)


def outcome(rows: list[dict[str, Any]]) -> str:
    """How many of these runs are finished, and what became of the others."""
    count = Counter("finished" if row["state"] == "done" else row["state"] for row in rows)
    if set(count) == {"finished"}:
        return f"all {len(rows)} runs finished" if len(rows) > 1 else "one run, finished"
    order = ["finished", "running", "queued", *sorted(set(count) - {"finished", "running", "queued"})]
    parts = [f"{count[state]} {'waiting' if state == 'queued' else state}" for state in order if count[state]]
    return f"{len(rows)} runs: {', '.join(parts)}" if len(rows) > 1 else f"one run, {parts[0].split()[1]}"
