"""What the board shows of runs: everybody's on one data set, or one experiment; live, in large letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.live_chart import shared_chart
from pages.parts.shared.once import once
from pages.parts.shared.plain import plain
from pages.parts.shared.ranking import Figure, big_figures, ranking, ranking_rows
from pages.parts.shared.who import listed
from ssl_core.data.catalog import find_card
from ssl_core.figures.accuracy import by_validation
from ssl_core.figures.board import (
    Line,
    across_counts,
    at_the_end,
    best_point,
    board_chart,
    board_words,
    mean_line,
    method_lines,
    people_lines,
)
from ssl_core.figures.look import percent
from ssl_core.people import owners
from ssl_core.runs import runner
from ssl_core.runs.described import described
from ssl_core.runs.experiment_names import name_of
from ssl_core.runs.progress import IN_LESSON, ceiling_of, finished
from ssl_core.runs.store import Run, Store
from ssl_core.tasks import CLASSIFY

TICK = 2.0  # seconds between two looks
NAMED = 3  # lines with their names in the chart
MOST_RUNS = 3_000  # of a class, the newest
NOBODY = "no nickname"  # whose run came from a terminal, or from before there were names
Rows = list[dict[str, Any]]


class Shown(NamedTuple):
    """What is on the board: its title, the lines and, in a class, their mean; and the described runs behind them."""

    title: str
    data: str
    lines: list[Line]
    mean: Line | None
    rows: Rows


def of_class(store: Store, data: str) -> Shown:
    """Everybody's runs on one data set, lessons' and searches' left out: a line for each person."""
    runs = [run for run in store.runs()[-MOST_RUNS:] if _counts(run) and run.config["data"] == data]
    groups: dict[str, Rows] = {}
    names = owners.owners(store)
    rows = _measured(described(runs), data)
    for run, row in zip(runs, rows, strict=True):
        whose = names.get(owners.subject(run), [])
        groups.setdefault(listed(whose, 2) or NOBODY, []).append(row)
    card = find_card(data)
    lines = once(("board of a class", data), (groups,), lambda: people_lines(groups))
    return Shown(card.title if card else data, data, lines, mean_line(lines), rows)


def of_experiment(store: Store, name: str) -> Shown | None:
    """One experiment: a line for each of its methods; None where there is none whose runs classify."""
    runs = [run for run in store.of_experiment(name) if run.config.get("task", CLASSIFY) == CLASSIFY]
    if not runs:
        return None
    data = runs[0].config["data"]
    rows = [row for row in _measured(described(runs), data) if row["role"] != "ceiling"]
    title, whose = name_of(store, name), listed(owners.owners_of(store, runs[0]), 3)
    lines = once(("board of an experiment", name), (rows,), lambda: method_lines(rows))
    return Shown(f"{title}: {whose}" if whose else title, data, lines, None, rows)


def data_sets(store: Store) -> list[str]:
    """Names of the data sets that a class has runs on, of the newest run first."""
    return list(dict.fromkeys(run.config["data"] for run in reversed(store.runs()[-MOST_RUNS:]) if _counts(run)))


def _counts(run: Run) -> bool:
    """Whether a run stands on a class's board."""
    config = run.config
    if not config or config.get("task", CLASSIFY) != CLASSIFY or config.get("role") == "ceiling":
        return False
    return bool(config.get("experiment")) and not config["experiment"].startswith(IN_LESSON)


def _measured(rows: Rows, data: str) -> Rows:
    """The rows by their test accuracy; by that on validation pictures where the set has no test."""
    card = find_card(data)
    return by_validation(rows, card.validation)[0] if card and not card.test and card.validation else rows


def show(store: Store, shown: Shown, key: str) -> None:
    """The three numbers, the chart, and who is ahead."""
    if any(not finished(row) for row in shown.rows):
        with suppress(OSError):
            runner.tend(store)
    card = find_card(shown.data)
    chance = card.chance if card else None
    ceiling = ceiling_of(store, card.name, card.known) if card else None
    big_figures(figures_of(shown), key=f"{key}_figures")
    lines = [*([shown.mean] if shown.mean else []), *shown.lines]
    named = at_the_end(shown.lines, NAMED)

    def draw() -> tuple[dict[str, Any], str]:
        across = across_counts(lines)
        figure = board_chart(lines, across, chance=chance, ceiling=ceiling, key=key, size=24, named=named)
        return figure, board_words(lines, "Test accuracy against the number of labelled pictures")

    of = lines, chance, ceiling, named
    board_screen(draw, of, ranking_rows(lines), name=shown.title, key=key)


def board_screen(draw: Any, of: tuple[Any, ...], rows: Sequence[dict[str, Any]], *, name: str, key: str) -> None:
    """The chart and the list beside it; assets/frame/look.css gives the chart what is left of the screen's height."""
    chart, names = st.columns([1.7, 1], gap="medium")
    with chart, st.container(key="board_chart_room"):
        shared_chart(draw, of=of, name=name, key=f"{key}_chart", height=0)
    with names:
        ranking(rows, large=True, key=f"{key}_ranking")


def figures_of(shown: Shown) -> list[Figure]:
    """Best so far, the class mean, and what is at work."""
    best, people = best_point(shown.lines), [line for line in shown.lines if line.points]
    whose = f"{best[0].title}, {best[1]:,} labels" if best else "nothing yet"
    figures = [Figure("Best so far", percent(best[2] if best else None), whose)]
    if shown.mean is not None:
        tops = [max(share for _, share in line.points) for line in people]
        mean = sum(tops) / len(tops) if tops else None
        figures.append(Figure("Class mean", percent(mean), f"of {len(tops)}, each one's best"))
    states = Counter("ended" if finished(row) else row["state"] for row in shown.rows)
    at_work = states["running"] + states["stopping"]
    waiting = [f"{states['queued']} waiting"] * bool(states["queued"])
    if not at_work and not waiting:
        return [*figures, Figure("Runs", f"{states['ended']:,}", "all ended")]
    return [*figures, Figure("Runs", f"{at_work} training", ", ".join([*waiting, f"{states['ended']:,} ended"]))]


def heading(text: str) -> None:
    """What is on the board."""
    st.markdown(f"## {plain(text)}")
