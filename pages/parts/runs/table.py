"""The table of every run: filters above, rows to sort and to choose; what is chosen lives in the address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.shared.address import choose_some, read_text, write_text
from pages.parts.shared.experiments import choose_experiment
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from pages.parts.shared.who import listed, only_mine, shown, whose
from ssl_core.apart import what_differs
from ssl_core.data.catalog import find_card
from ssl_core.figures.look import look
from ssl_core.intervals import interval_of, interval_words
from ssl_core.people import owners
from ssl_core.people.names import class_mode
from ssl_core.runs.experiment_names import called, data_name
from ssl_core.runs.listing import Listing
from ssl_core.runs.plain_files import kind_of
from ssl_core.runs.queue import state_of
from ssl_core.runs.store import ARCHIVE, STATES, WAITING, Run, Store
from ssl_core.tasks import CLASSIFY

NEWEST = 1000  # rows of the table: older runs are found by its filters
MOST = 8  # runs compared at a time: colours that can still be told apart
TICK = 3.0  # seconds between two looks while something trains
COLUMNS = {
    "state": st.column_config.TextColumn("State", width=80),
    "who": st.column_config.TextColumn("Begun by"),
    "method": st.column_config.TextColumn("Method"),
    "variant": st.column_config.TextColumn("Variant", help="What its knobs are called, where an experiment says so."),
    "differs": st.column_config.TextColumn(
        "What differs", help="The settings in which runs of this method on this data differ."
    ),
    "data": st.column_config.TextColumn("Data", width=80),
    "labels": st.column_config.NumberColumn("Labels", width=70),
    "seed": st.column_config.NumberColumn("Seed", width=60, format="plain"),
    "test_accuracy": st.column_config.NumberColumn("Test accuracy", format="%.1f %%", width=110),
    "interval": st.column_config.TextColumn(
        "95 % interval",
        width=100,
        help="Wilson's interval: how far a test of this size can tell, whatever the seed does.",
    ),
    "balanced_accuracy": st.column_config.NumberColumn("Balanced", format="%.1f %%", width=90),
    "curve": st.column_config.LineChartColumn(
        "Over time",
        y_min=0,
        y_max=1,
        width=110,
        help="What it is judged by on validation pictures, first step to last.",
    ),
    "seconds": st.column_config.NumberColumn("Duration (s)", format="%.1f", width=100),
    "created": st.column_config.DatetimeColumn("Started", format="distance"),
    "features": st.column_config.TextColumn(
        "Features", width=130, help="What the network had learned from before it saw a picture of this set."
    ),
    "ask": st.column_config.LinkColumn(
        "Ask", width=70, display_text=":material/psychology_alt:", help="Opens the Predict page with this network."
    ),
    "why": st.column_config.TextColumn("Why it ended"),
    "called": st.column_config.TextColumn("Experiment", help="As it was named on Training, or what it compares."),
    "run": st.column_config.TextColumn("Run"),
}
SOMETIMES = {
    "balanced_accuracy": "uneven",
    "features": "features",
    "variant": "variant",
    "who": "who",
    "differs": "differs",
}  # columns for whom a row says it has something


@st.cache_resource
def _listing(root: str) -> Listing:
    return Listing(store() if root == str(store().root) else Store(root))


def shelf() -> Store:
    """The store whose runs are shown: the runs, or those put aside."""
    aside = st.session_state.get("archived") and _has_archive()
    return _listing(str(store().root / ARCHIVE)).store if aside else store()


def _has_archive() -> bool:
    """Whether runs were put aside here: a link to somewhere else is no archive of ours."""
    return kind_of(store().root / ARCHIVE) == "a folder"


def chosen() -> list[str]:
    """Names of the chosen runs, those of ?compare=NAME,NAME that are in the store."""
    asked = read_text("compare").split(",")
    return [name for name in dict.fromkeys(asked) if shelf().run(name)][:MOST]


def choose_runs(names: list[str]) -> None:
    """Make these the chosen ones."""
    st.session_state["runs_round"] = st.session_state.get("runs_round", 0) + 1  # the table is drawn anew
    write_text("compare", ",".join(names))


def runs_table() -> None:
    """Filters and the table; keeps itself up to date while something trains."""
    whose()
    _filters()
    live = _is_live()
    ticking(_table, run_every=TICK if live else None, key="runs_live")(live)


def _is_live() -> bool:
    return any(state_of(run) in WAITING for run in shelf().open_runs())


def _filters() -> None:
    there = store().methods()
    names = {method: look(method)[0] for _, method in there}
    kinds = {data: _data(data) for data, _ in there}
    with st.container(key="runs_filters"):
        text, data, method, state, experiment, aside = st.columns([1.4, 1, 1, 1, 1.2, 0.7], vertical_alignment="bottom")
    aside.toggle(
        "Archive",
        key="archived",
        bind="query-params",
        disabled=not _has_archive(),
        help="Show the runs that were put aside instead.",
    )
    bound = {"bind": "query-params", "placeholder": "all"}
    text.text_input("Find", key="find", bind="query-params", placeholder="a name, a tag, a state")
    choose_some(data.multiselect, "Data", kinds, key="runs-data", placeholder="all")
    choose_some(method.multiselect, "Method", names, key="runs-method", placeholder="all")
    state.multiselect("State", STATES, key="runs-state", **bound)
    with experiment:
        choose_experiment(st.selectbox, "all", key="runs-experiment")


def _data(name: str) -> str:
    card = find_card(name)
    return card.title if card else name


def _table(was_live: bool) -> None:
    if was_live and not _is_live():
        st.rerun()
    listing, names = _listing(str(shelf().root)), called(shelf(), store())
    owned = owners.owners(store()) if class_mode() else {}

    def known(row: dict[str, Any]) -> dict[str, Any]:
        one = names.get(row["experiment"])
        began = owned.get(row["experiment"] or _subject(row["run"]), []) if owned else []
        return row | {"called": one.title if one else "", "who": listed(began)}

    rows, more = listing.newest(
        NEWEST,
        only=_shows() if only_mine() else None,
        known=known,
        pinned={experiment for experiment, one in names.items() if one.about.pinned},
        data=st.session_state["runs-data"],
        method=st.session_state["runs-method"],
        state=st.session_state["runs-state"],
        experiment=st.session_state["runs-experiment"],
        text=st.session_state["find"],
    )
    every = len(listing.store.runs())
    if not rows:
        none = "No run yet: start one on the Training page." if shelf() is store() else "No run is put aside."
        theirs = "No run of yours passes these filters: start one on the Training page, or choose Everybody's."
        st.info(plain((theirs if only_mine() else "No run passes these filters.") if every else none))
        if shelf() is store() and (only_mine() or not every):
            st.page_link("training.py", label="Go to Training", icon=":material/model_training:")
        return
    names = [row["run"] for row in rows]
    rows = [row | {"differs": words} for row, words in zip(rows, _differing(str(shelf().root), (*names,)), strict=True)]
    picked = chosen()
    # The key follows the rows: a run that comes in between must not move the marks to its neighbours.
    digest = hashlib.sha256(",".join(names).encode()).hexdigest()[:12]
    key = f"runs_table-{digest}-{st.session_state.get('runs_round', 0)}"
    st.dataframe(
        _greyed(rows),
        hide_index=True,
        height=min(420, 38 + 35 * len(rows)),
        column_config=COLUMNS,
        column_order=[name for name in COLUMNS if name not in SOMETIMES or any(r.get(SOMETIMES[name]) for r in rows)],
        placeholder="",
        key=key,
        on_select=lambda: _selected(key, names),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [names.index(name) for name in picked if name in names]}},
        alt=f"{len(rows)} runs, those of pinned experiments first, then the newest",
    )
    older = " They are the newest: older ones are found by the filters." if more else ""
    st.caption(
        f"{len(rows):,} of {every:,} runs.{older} Click a heading to sort; tick up to {MOST} rows to compare them."
    )
    if st.session_state.pop("runs_chosen", False):
        st.rerun()  # what is below the table follows


def _shows() -> Callable[[Run], bool]:
    """Whether a run is mine, or of the experiment that is named."""
    experiment, shows = st.session_state["runs-experiment"], shown()
    return lambda run: shows(run) or bool(experiment and run.config.get("experiment") == experiment)


def _subject(name: str) -> str:
    run = shelf().run(name)
    return owners.subject(run) if run else name


@st.cache_data(max_entries=8, show_spinner=False)
def _differing(root: str, names: tuple[str, ...]) -> list[str]:
    """What tells these runs of a store apart; a run's settings never change."""
    here = _listing(root).store
    return what_differs([run.config if (run := here.run(name)) else {} for name in names])


def _selected(key: str, names: list[str]) -> None:
    """Take over the ticks; what is chosen but filtered away stays chosen."""
    ticked = [names[place] for place in st.session_state[key].selection.rows if place < len(names)]
    now = [name for name in chosen() if name in ticked or name not in names]
    now += [name for name in ticked if name not in now]
    if len(now) > MOST:
        st.toast(f"At most {MOST:,} runs at a time: the last one was left out.")
        choose_runs(now[:MOST])
    else:
        write_text("compare", ",".join(now))
    st.session_state["runs_chosen"] = True


def _greyed(rows: list[dict[str, Any]]) -> Any:
    """The table; a broken run is grey."""
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    here = shelf() is store()  # what was put aside is not asked
    asked = [here and row["state"] == "done" and row.get("task", CLASSIFY) == CLASSIFY for row in rows]
    table["ask"] = [f"predict?trained={row['run']}" if can else None for row, can in zip(rows, asked, strict=True)]
    table["method"] = [look(row["method"])[0] if row["method"] else None for row in rows]
    names = {data: data_name(data) for data in {row["data"] for row in rows} if data}
    table["data"] = [names.get(row["data"]) for row in rows]
    shares = ["test_accuracy", "balanced_accuracy"]
    table[shares] = 100 * table[shares].apply(pd.to_numeric, errors="coerce")
    table["interval"] = [interval_words(interval_of(row)) for row in rows]
    table["created"] = pd.to_datetime(table["created"], unit="s", utc=True, errors="coerce")
    table[["labels", "seed"]] = table[["labels", "seed"]].astype("Int64")  # a broken run has none
    broken = table.index[table["state"] == "broken"]
    if not len(broken):
        return table
    return table.style.apply(lambda row: ["color: #8a8f98"] * len(row), axis=1, subset=(broken, slice(None)))
