"""What a finished experiment says of itself, and where to go from there: sentences, then buttons that all can see."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.ask_link import ask_link, mistakes_link
from pages.parts.shared.pace import started
from pages.parts.shared.plain import plain
from pages.parts.shared.visitor import starting
from ssl_core.effects import in_words, of_rows
from ssl_core.export.formats import zipped
from ssl_core.intervals import small_test
from ssl_core.lines import Line, line_of
from ssl_core.runs.again import repeat
from ssl_core.runs.disk import in_words as disk_words
from ssl_core.runs.line_up import CEILING, best_of, rivals
from ssl_core.runs.store import Store
from ssl_core.worth import Worth, best_words, lost_words, said

Rows = list[dict[str, Any]]
MOST_COMPARED = 8  # as the Runs page does at a time
MORE = 2  # seeds: with the usual one that makes three, from which a difference may be believed


def after_the_end(store: Store, rows: Rows, over: bool) -> None:
    """What there is to say and to do once every run has ended; before that, only what the test is too small for."""
    grid = [row for row in rows if row["role"] != CEILING]
    if over:
        result_words(grid)
    for warning in sorted({small_test(row.get("tested")) for row in grid} - {""}):
        st.warning(plain(warning))
    if over:
        variant_words(grid)
        next_steps(store, rows)


def result_words(rows: Rows) -> None:
    """What came out, in labels of the baseline, whether the test can tell that, and what is missing from it."""
    gains = said(rows)
    if not gains and (best := best_words(rows)):
        st.markdown(plain(best))
    if gains:
        st.markdown("  \n".join(f"{plain(one.sentence)}{_range(one)}" for one in gains))
        if max(one.seeds for one in gains) < 3:
            st.caption("With fewer than three seeds the draw of the labelled pictures can matter more than the method.")
    if lost := lost_words(rows):
        st.caption(plain(lost))


def _range(one: Worth) -> str:
    return f" :gray[({one.range_words}, as far as this test can tell)]" if one.range_words else ""


def variant_words(rows: Rows) -> None:
    """What variants change against their method as it is, with the fewest labels."""
    told: set[str] = set()
    for (method, labels), effects in sorted(of_rows(rows).items(), key=lambda pair: pair[0][1]):
        if method not in told:
            told.add(method)
            words = f"{Line(method).title} and its variants with {labels:,} labels: {in_words(effects)}"
            st.markdown(plain(words, 3000))


def next_steps(store: Store, rows: Rows) -> None:
    """Where to go: ask, see mistakes, compare, more seeds, take along."""
    best = best_of(store.of_experiment(rows[0]["experiment"]))
    if not best:
        return
    done = [row["run"] for row in rows if row["state"] == "done"]
    with st.container(horizontal=True, vertical_alignment="center", key="next_steps"):
        ask_link(
            "Ask the networks", [best, *rivals(store, best)], about="The best in validation, its rivals beside it."
        )
        mistakes_link("See the best one's mistakes", best)
        query = {"compare": ",".join(done[:MOST_COMPARED])}
        st.page_link("runs.py", label="Compare these runs", icon=":material/table_rows:", query_params=query)
        st.button(
            f"Train {MORE} more seeds", key="more_seeds_of_all", icon=":material/casino:", on_click=_more_seeds,
            args=(store, rows), help="The same experiment with other labelled pictures and other first weights, in the "
            "same chart: does the result hold?",
        )  # fmt: skip
        st.download_button(
            "Take all along (zip)", lambda: zipped([run for name in done if (run := store.run(name))]), "runs.zip",
            "application/zip", key="take_all", icon=":material/download:", on_click="ignore",
            help="Settings, records, weights and logs of every finished run.",
        )  # fmt: skip


def _more_seeds(store: Store, rows: Rows) -> None:
    """Queue every line and label count of the experiment with seeds that were not tried yet."""
    one_each = {(line_of(row), row["labels"]): row["run"] for row in rows if row["role"] != CEILING}
    runs = [run for name in one_each.values() if (run := store.run(name)) and not run.config.get("continues")]
    try:
        starting(store, lambda: [repeat(store, run, MORE) for run in runs])
        started()
    except ValueError as wrong:
        st.session_state["error"] = str(wrong)
    except OSError as wrong:
        st.session_state["error"] = disk_words(wrong, store.root)
