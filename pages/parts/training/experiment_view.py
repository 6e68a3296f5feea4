"""One experiment, live: the signature chart, the strip of runs, the chosen run's curves, the table behind it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.shared.address import read_text, write_text
from pages.parts.shared.ask_link import ask_link, mistakes_link
from pages.parts.shared.live_chart import shared_chart
from pages.parts.shared.once import once
from pages.parts.shared.pace import pace
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking
from pages.parts.shared.visitor import may_end
from pages.parts.shared.who import begun_by
from pages.parts.training.after_the_end import after_the_end
from pages.parts.training.networks import networks_view
from pages.parts.training.onward import more_steps
from pages.parts.training.replay import accuracy_past, replay_bar
from pages.parts.training.run_strip import run_strip
from pages.parts.training.wall import wall_view
from ssl_core.data.catalog import find_card
from ssl_core.data.holds import holds
from ssl_core.figures.accuracy import accuracy_chart, accuracy_words, by_validation
from ssl_core.figures.curves import curve_meanings, curve_words, loss_chart, quality_chart
from ssl_core.figures.look import duration
from ssl_core.intervals import with_interval
from ssl_core.lines import Line, line_of
from ssl_core.people.limits import check_waiting
from ssl_core.runs.about import about
from ssl_core.runs.described import described
from ssl_core.runs.disk import in_words as disk_words
from ssl_core.runs.line_up import rivals
from ssl_core.runs.progress import ceiling_of, finished
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.silence import unusual_silence
from ssl_core.runs.store import RESUMABLE, WAITING, Store
from ssl_core.runs.store import stop as stop_runs
from ssl_core.runs.waiting import why_waiting
from ssl_core.spreadsheet import csv_text
from ssl_core.tasks import CLASSIFY, task_of

COLUMNS = [
    *("method", "labels", "seed", "state", "test_accuracy", "test_low", "test_high"),
    *("validation_accuracy", "step", "seconds", "run"),
]
SHARES = {
    "test_accuracy": "Test accuracy",
    "test_low": "at least (95 %)",
    "test_high": "at most (95 %)",
    "balanced_accuracy": "Balanced accuracy",
    "validation_accuracy": "Validation accuracy",
}
KEY = (
    "Every dot is one run: a network trained from nothing with that many labelled pictures. "
    "Hollow dots are still training. A bar is the 95 % interval of a run that stands alone, a band holds all seeds."
)
PARTS = (  # assets/frame/reach.js goes there and leaves the address alone
    "<nav class='lab-parts' aria-label='Parts of this experiment'>"
    + "".join(
        f"<a href='#to-{key}'>{name}</a>"
        for key, name in (
            ("strip", "Runs"),
            ("quality_chart", "Curves of one run"),
            ("wall_pictures", "What it says of pictures"),
            ("behind", "Table"),
        )
    )
    + "</nav>"
)
NO_TEST = "There is no test: dots show accuracy on validation pictures, which is a hint where choices were made by it."
NOTHING = "There is neither a test nor a validation, so no dot can be drawn: label more pictures to see one."


def experiment_view(store: Store, experiment: str | None) -> None:
    """Everything about one experiment; keeps itself up to date while a run is not finished."""
    rows = described(store.of_experiment(experiment)) if experiment else []
    often = pace(rows)
    if often:
        with suppress(OSError):  # a store that cannot be written has its sentence below
            store.wake()
    ticking(_live, run_every=often, key="live")(store, experiment, often)


def _live(store: Store, experiment: str | None, often: float | None) -> None:
    rows = described(store.of_experiment(experiment)) if experiment else []
    _parts(store, experiment, rows)
    if often and pace(rows) != often:
        st.rerun()  # once more as a whole, with another timer or none


def _parts(store: Store, experiment: str | None, rows: list[dict]) -> None:
    """What there is to see of it now, the chart first."""
    grid = [row for row in rows if row["role"] != "ceiling"]
    card = find_card(rows[0]["data"]) if rows else None
    ceiling = ceiling_of(store, card.name, card.known) if card else None
    untested = bool(card and not card.test)
    seen, measured = by_validation(rows, card.validation) if untested and card.validation else (rows, "")
    dots = [row for row in seen if row["role"] != "ceiling"]
    chance = card.chance if card else None
    over = bool(rows) and all(map(finished, rows))
    past = accuracy_past(store.of_experiment(experiment), card.validation if measured else None) if over else None
    choose = partial(_remember, "accuracy_chart", "chosen")

    def draw() -> tuple[dict[str, Any], str]:
        figure = accuracy_chart(dots, chance=chance, ceiling=ceiling, revision=experiment or "", measured=measured)
        return figure, accuracy_words(dots, measured)

    of, name = (dots, chance, ceiling, measured), experiment or ""
    shared_chart(draw, of=of, name=name, key="accuracy_chart", height=430, on_choose=choose, past=past)
    st.caption(KEY)
    replay_bar(experiment or "", ready=over, empty=not rows)
    _headline(store, experiment, rows, why_waiting(store, rows))
    if rows:
        st.html(PARTS)
    if untested:
        st.caption(f"{NO_TEST if measured else NOTHING} {holds(card)}")
    if not rows:
        return
    after_the_end(store, rows, over)
    st.markdown("##### Runs")
    chosen = _chosen(rows)
    run_strip(rows, chosen, key="strip", on_choose=partial(_remember, "strip", "run"))
    _one_run(store, next(row for row in seen if row["run"] == chosen), measured, over)
    _table(experiment, grid)


def _headline(store: Store, experiment: str | None, rows: list[dict], why: str) -> None:
    """One line of state, why what waits does not begin, and the buttons for all, always in the same place."""
    words, stop, again = st.columns([3, 1, 1], vertical_alignment="center")
    count = {state: sum(row["state"] == state for row in rows) for state in {row["state"] for row in rows}}
    ended = sum(finished(row) for row in rows)
    if not rows:
        words.markdown("No experiment yet. Press **Start experiment** and dots will appear here.")
    else:
        states = ", ".join(f"{n} {state}" for state, n in sorted(count.items()))
        words.markdown(
            f"{look_at(rows, about(store, experiment).name)}: {states}. {plain(begun_by(experiment))} {plain(why)}"
        )
    waiting = [run for row in rows if not finished(row) and (run := store.run(row["run"]))]
    why_not = may_end(store, waiting)
    off = ended == len(rows) or bool(why_not)
    if stop.button("Stop all", key="stop_all", disabled=off, width="stretch", help=why_not or None) and not why_not:
        _act(store, lambda: stop_runs(store.of_experiment(experiment)))
    unfinished = [row for row in rows if row["state"] in RESUMABLE]
    if again.button("Resume all", key="resume_all", disabled=not unfinished, width="stretch"):
        _resume(store, unfinished)


def look_at(rows: list[dict], name: str) -> str:
    """The experiment in a few words: its name, where somebody gave one, else its data."""
    card = find_card(rows[0]["data"])
    return f"{plain(name or (card.title if card else 'Unknown data'))}, {len(rows)} run{'s' if len(rows) > 1 else ''}"


def _remember(key: str, field: str) -> None:
    """A run was clicked, in the strip or as a dot of the chart: the address keeps which."""
    if name := getattr(st.session_state[key], field):
        write_text("run", name)


def _chosen(rows: list[dict]) -> str:
    """The run that was clicked, else the newest one that trains, else the last."""
    names = [row["run"] for row in rows]
    if (asked := read_text("run")) in names:
        return asked
    if asked:  # of another experiment than the one that is shown
        write_text("run", "")
    return next((row["run"] for row in reversed(rows) if row["state"] == "running"), names[-1])


def _resume(store: Store, rows: list[dict]) -> None:
    try:
        check_waiting(store, store.waiting(), len(rows))
    except ValueError as wrong:  # of one person of a class
        st.session_state["error"] = str(wrong)
        st.rerun()
    for row in rows:
        run = store.run(row["run"])
        if run:
            _act(store, run.resume)
    st.rerun()


def _act(store: Store, what: Callable[[], Any]) -> None:
    """Do it and tell the runner; a store that cannot be written is a sentence."""
    try:
        what()
        ensure_runner(store)
    except OSError as wrong:
        st.session_state["error"] = disk_words(wrong, store.root)
        st.rerun()


def _one_run(store: Store, row: dict, measured: str, over: bool) -> None:
    """Curves, buttons and wall of the chosen run; `measured` is what its value is, if not its task's own measure.

    `over` says that the whole experiment is, so that its past can be played.
    """
    run = store.run(row["run"])
    title, stop, again = st.columns([3, 1, 1], vertical_alignment="center")
    task = task_of(row)
    left = f", {duration(row['left'])} left" if row["left"] is not None else ""
    called = plain(f"{line_of(row).title}, {row['labels']} labels, seed {row['seed']}")
    title.markdown(
        f"**{called}**: {row['state']}, "
        f"step {row['step']:,} of {row['steps']:,}{left}, "
        f"{(measured or task.title).lower()} {with_interval(task.words(row['value']), row)}"
    )
    why_not = may_end(store, [run] if run and row["state"] in WAITING else [])
    off = row["state"] not in WAITING or bool(why_not)
    if stop.button("Stop run", key="stop_run", disabled=off, width="stretch", help=why_not or None) and not why_not:
        _act(store, run.stop)
    can_resume = row["state"] in RESUMABLE
    if again.button("Resume run", key="resume_run", disabled=not can_resume, width="stretch"):
        _resume(store, [row])
    if row["features"]:
        st.caption(plain(row["features"]))
    if row["state"] == "running" and (quiet := unusual_silence(run)):
        st.caption(
            f"Nothing new from this run for {duration(quiet)}: its process may be stopped, or starved by others."
        )
    if row["why"]:
        (st.info if row["state"] == "stopped" else st.warning)(plain(row["why"]))
    with st.container(horizontal=True, vertical_alignment="center", key="of_run"):
        done = row["run"] if row["task"] == CLASSIFY and row["state"] == "done" else None
        ask_link("Ask this network", [done] if done else [])
        ask_link("Ask it beside its rivals", [done, *rivals(store, done)] if done else [])
        mistakes_link("Its mistakes", done)
        more_steps(store, run, done=bool(done))
    rows, name = run.tail.read(), row["run"]
    words = once(("words of curves", name), (rows,), lambda: curve_words(rows))
    left_chart, right_chart = st.columns(2)
    past = {"until": row["steps"]} if over else None
    for place, draw, key in ((left_chart, quality_chart, "quality_chart"), (right_chart, loss_chart, "loss_chart")):
        with place:
            of_run = partial(_curves, draw, rows, name, words)
            shared_chart(of_run, of=(rows,), name=name, key=key, height=340, past=past)
    unreadable = f" {row['unreadable_lines']} lines of its record could not be read." if row["unreadable_lines"] else ""
    st.caption(plain(words) + unreadable)
    if meanings := curve_meanings(rows):
        st.caption(meanings)
    networks_view(rows, row["run"], past)
    wall_view(run, row, over)


def _curves(draw: Callable[..., dict], rows: list[dict], name: str, words: str) -> tuple[dict, str]:
    return draw(rows, name), words


def _table(experiment: str, rows: list[dict]) -> None:
    """The numbers behind the chart, to read, to keep and to share."""
    with st.expander("Table, CSV and link", on_change="rerun", key="behind") as behind:
        if not behind.open:  # a closed table is not built anew every second
            return
        columns = list(COLUMNS)
        if any(row["variant"] for row in rows):
            columns.insert(1, "variant")
        if any(row.get("uneven") for row in rows):
            columns.insert(columns.index("validation_accuracy"), "balanced_accuracy")
        table = pd.DataFrame(rows, columns=columns)
        table["method"] = [Line(row["method"]).title for row in rows]
        share = {name: st.column_config.NumberColumn(title, format="percent") for name, title in SHARES.items()}
        named = {name: st.column_config.Column(name.capitalize()) for name in columns if name not in SHARES}
        st.dataframe(
            table,
            hide_index=True,
            column_config=named | share,
            alt="Every run of this experiment with its accuracy",
        )
        st.download_button(
            "Download CSV", csv_text(rows, columns), f"{experiment}.csv", "text/csv", on_click="ignore", key="csv"
        )
        st.code(f"{st.context.url.split('?')[0]}?experiment={experiment}" if st.context.url else experiment, None)
        st.caption(
            "The link reopens this experiment on this server. Test accuracy is that of the last averaged weights; "
            "nothing was chosen by it. The 95 % interval (Wilson) tells of the size of the test alone, not of the seed."
        )
