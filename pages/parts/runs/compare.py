"""The chosen runs side by side: curves, settings that differ, confusions, pseudo-labels by class, mistakes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.runs.table import shelf
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import follows_data
from pages.parts.shared.lens import Lens, Lenses, choose_lens
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking
from ssl_core.data.catalog import find_card
from ssl_core.data.holds import holds
from ssl_core.figures.compare import (
    STEPS,
    class_chart,
    class_words,
    confusion_chart,
    confusion_words,
    metric_title,
    metrics_of,
    overlay_chart,
    overlay_words,
    titles,
)
from ssl_core.figures.look import percent
from ssl_core.figures.recall import has_recall, recall_chart, recall_words
from ssl_core.intervals import small_test
from ssl_core.knobs import plainly
from ssl_core.lines import KNOWN
from ssl_core.runs.differences import differences
from ssl_core.runs.experiment_names import data_name
from ssl_core.runs.origin import classes_of
from ssl_core.runs.progress import describe, finished
from ssl_core.runs.store import Run, identity

TICK = 2.0  # seconds between two looks while one of them trains


def compare_runs(runs: list[Run]) -> None:
    """One view at a time; the address keeps which."""
    named = dict(zip(titles([run.config for run in runs]), runs, strict=True))
    for data in dict.fromkeys(run.config.get("data") for run in runs):
        if (card := find_card(data)) and (card.unknown or not card.test):
            st.caption(plain(f"{card.title}: {holds(card)}"))
    VIEWS[choose_lens(VIEWS, key="view", label="Compare")].show(named)


def curves(named: dict[str, Run]) -> None:
    """One number of every run along its way."""
    live = not all(finished(describe(run)) for run in named.values())
    _curve_controls(named)
    ticking(_curves, run_every=TICK if live else None, key="compare_live")(named, live)


def _curve_controls(named: dict[str, Run]) -> None:
    metric, along, smooth, axes = st.columns([1.6, 1.2, 1, 1.2], vertical_alignment="bottom")
    known = metrics_of([run.tail.read() for run in named.values()]) or ["test_accuracy"]
    choose_one(metric.selectbox, "Metric", {name: metric_title(name) for name in known}, key="metric")
    choose_one(along.selectbox, "Along", STEPS, key="along")
    smooth.slider("Smoothing", 0.0, 0.98, 0.0, 0.02, key="smoothing", bind="query-params")
    axes.pills("Logarithmic", ("x", "y"), selection_mode="multi", key="log", bind="query-params")


def _curves(named: dict[str, Run], was_live: bool) -> None:
    if was_live and all(finished(describe(run)) for run in named.values()):
        st.rerun()
    records = {title: run.tail.read() for title, run in named.items()}
    state = st.session_state
    figure = overlay_chart(
        records,
        state["metric"],
        [run.config.get("method") for run in named.values()],
        along=state["along"],
        smoothing=state["smoothing"],
        log_x="x" in state["log"],
        log_y="y" in state["log"],
        revision=",".join(named),
    )
    words = overlay_words(records, state["metric"])
    live_chart(figure, alt=words, key="overlay", height=430)
    st.caption(plain(words))


def settings(named: dict[str, Run]) -> None:
    """Every setting a row; what differs is on top, on a ground of its own."""
    rows = differences(list(named.values()))
    differing = sum(row["differs"] for row in rows)
    every = st.toggle("Also what is the same", key="same", bind="query-params")
    shown = [row for row in rows if every or row["differs"]]
    what = f"{differing} of {len(rows)} settings differ" if len(named) > 1 else f"{len(rows)} settings of one run"
    st.caption(f"{what}. – means that this method has no such knob.")
    if not shown:
        return
    by_name, knobs = {run.name: title for title, run in named.items()}, _knobs(named)
    table = [_in_words(row, knobs, by_name) for row in shown]
    marks = [r["differs"] and len(named) > 1 for r in shown]
    style = pd.DataFrame(table).style.apply(
        lambda row: ["background-color: rgba(230,159,0,0.22)" if marks[row.name] else ""] * len(row), axis=1
    )
    height = min(700, 38 + 35 * len(table))
    st.dataframe(style, hide_index=True, height=height, alt="Settings of the chosen runs; those that differ are marked")


def _knobs(named: dict[str, Run]) -> dict[str, tuple[str, Any]]:
    """The knobs that these runs may have, each with its label, by their names as a row of differences has them."""
    from ssl_core.generate.config import all_knobs as of_maker
    from ssl_core.generate.makers import GENERATORS
    from ssl_core.methods import METHODS
    from ssl_core.train.config import all_knobs

    methods = {run.config.get("method") for run in named.values()}
    tables = [*map(all_knobs, methods & {*METHODS}), *map(of_maker, methods & {*GENERATORS})]
    return {plainly(name): (knob.label(name), knob) for table in tables for name, knob in table.items()}


def _in_words(row: dict[str, Any], knobs: dict[str, tuple[str, Any]], titles: dict[str, str]) -> dict[str, str]:
    """A row of differences as people read it: titles for the names of settings, methods, data sets and choices."""
    label, knob = knobs.get(row["setting"], (row["setting"].capitalize(), None))
    return {"Setting": label} | {title: _said(row["setting"], row[run], knob) for run, title in titles.items()}


def _said(setting: str, value: Any, knob: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return str(value)
    if setting == "method" and value in KNOWN:
        return KNOWN[value].title
    if setting == "data":
        return data_name(value)
    return knob.said(value) if knob and knob.choices else value


@follows_data
@st.cache_data(max_entries=32, show_spinner="Looking at the test pictures…")
def _judged(root: str, name: str, checkpoint: tuple[int, ...]) -> Any:
    from ssl_core.runs.judge import judge

    return judge(shelf().run(name))


def judged(run: Run) -> Any:
    """Judged, or None with the reason on the page."""
    try:
        return _judged(str(run.folder.parent), run.name, identity(run.folder / "checkpoint.pt"))
    except ValueError as wrong:
        st.info(plain(wrong))
        return None


def confusions(named: dict[str, Run]) -> None:
    """What each run takes for what, on the test pictures."""
    grid = st.grid(min_column_width=380)
    for place, (title, run) in enumerate(named.items()):
        with grid.container():
            st.markdown(f"**{plain(title)}**")
            if verdict := judged(run):
                words = confusion_words(verdict.matrix, verdict.classes)
                live_chart(
                    confusion_chart(verdict.matrix, verdict.classes),
                    alt=f"{title}. {words}",
                    key=f"matrix{place}",
                    height=400,
                )
                small = small_test(verdict.tested)
                st.caption(f"{verdict.wrong} of {verdict.tested} test pictures wrong. {plain(words)} {small}".strip())


def recalls(named: dict[str, Run]) -> None:
    """How much of each class the runs recognise, those of one data set in one chart."""
    rows = {title: describe(run) for title, run in named.items()}
    for place, data in enumerate(dict.fromkeys(row["data"] for row in rows.values())):
        mine, card = {title: row for title, row in rows.items() if row["data"] == data}, find_card(data)
        longest = max(len(row["recall"] or ()) for row in mine.values())
        names = card.classes if card else [str(number) for number in range(longest)]
        words = [f"{title}: {recall_words(row, names)}" for title, row in mine.items()]
        if any(has_recall(row, names) for row in mine.values()):
            height = min(900, 130 + 34 * len(names))
            live_chart(recall_chart(mine, names), alt=" ".join(words), key=f"recall{place}", height=height)
        st.caption("  \n".join(map(plain, words)))


def pseudo_labels(named: dict[str, Run]) -> None:
    """How good each class's guesses were along the way, or how many were used."""
    shown = {"right": "Share that is right", "used": "How many were used"}
    what = choose_one(st.segmented_control, "Colour", shown, key="classes", required=True)
    grid = st.grid(min_column_width=380)
    for place, (title, run) in enumerate(named.items()):
        rows = run.tail.read()
        counts = next((row["pseudo_counts"] for row in reversed(rows) if row.get("pseudo_counts")), [])
        card = find_card(run.config.get("data"))
        names = classes_of(run.config) or (card.classes if card else [str(number) for number in range(len(counts))])
        with grid.container():
            st.markdown(f"**{plain(title)}**")
            if counts:
                words = class_words(rows, names)
                live_chart(class_chart(rows, names, what), alt=f"{title}. {words}", key=f"classes{place}", height=340)
                st.caption(plain(words))
            else:
                st.info("This run guesses no labels.")


def mistakes(named: dict[str, Run]) -> None:
    """The test pictures that each run gets wrong, the surest first."""
    for place, (title, run) in enumerate(named.items()):
        st.markdown(f"**{plain(title)}**")
        verdict = judged(run)
        if verdict is None:
            continue
        from ssl_core.images.writing import to_source

        st.caption(f"{verdict.wrong} of {verdict.tested} test pictures wrong; the surest mistakes first.")
        shots = [
            picture(
                to_source(m.picture),
                f"{m.label}, said {m.guess}, {percent(m.confidence)}".replace(" %", "\u00a0%"),
                f"Test picture {m.index}: {m.label}, taken for {m.guess}",
            )
            for m in verdict.mistakes
        ]
        if shots:
            side = verdict.mistakes[0].picture.shape[-1]
            picture_grid(shots, key=f"mistakes{place}", label=f"Mistakes of {title}", side=side, least=84)


VIEWS: Lenses[dict[str, Run]] = {
    "curves": Lens("Curves", curves),
    "settings": Lens("Settings", settings),
    "confusions": Lens("Confusions", confusions),
    "recall": Lens("Recall by class", recalls),
    "classes": Lens("Pseudo-labels by class", pseudo_labels),
    "mistakes": Lens("Mistakes", mistakes),
}
