"""Does it help? Made pictures beside a few labelled ones, against plain training and the simple ways, as measured."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.methods.tables import ASSETS
from pages.parts.shared.address import choose_one, choose_some
from pages.parts.shared.begin import begin_experiment, said_wrong
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pace import pace
from pages.parts.shared.plain import plain
from pages.parts.shared.queue_words import plan_words
from pages.parts.shared.seed import SEEDS
from pages.parts.shared.store import store, ticking
from pages.parts.shared.who import runs_shown
from ssl_core.data.catalog import cards, find_card
from ssl_core.figures.ablation import ablation_chart, ablation_words, height
from ssl_core.fillings import makers
from ssl_core.helps import effects_of, rows_of, sentences, table_rows
from ssl_core.maker_cards import MAKER_CARDS
from ssl_core.method_cards import BLUE
from ssl_core.runs.defaults import count_words, label_counts
from ssl_core.runs.described import described

LABELS = 20
FAIR = (
    "All rows train the same network for the same steps on the same labelled pictures. A maker learns from these alone "
    "before the run begins; **from guesses too** says that it also learns from the unlabelled pictures that a network "
    "trained on the labelled ones was sure of, so compare that row with Pseudo-Label, which has seen as much."
)


def show() -> None:
    """What was measured once, and the same comparison with settings of one's own."""
    from ssl_core.runs.helps import read_table

    st.markdown(
        "A maker that learned from 20 pictures knows nothing that these 20 do not say. Are its pictures worth more "
        "than a shift, a blend, or SMOTE's lines between two of them?"
    )
    table = read_table(ASSETS / "made.json")
    measured = [(data, labels) for data, counts in table["data"].items() for labels in counts if find_card(data)]
    if measured:
        titles = {f"{data} {labels}": _title(data, labels) for data, labels in measured}
        shown = choose_one(st.segmented_control, "Measured", titles, key="helps_on", required=True)
        data, labels = shown.rsplit(" ", 1)
        entry = table["data"][data][labels]
        rows = rows_of(entry["makers"])
        _result(entry["test"], rows, _title(data, labels), f"Made by `{entry['command']}` on {entry['machine']}.", "")
    else:
        st.caption("Nobody has measured this yet: `python -m ssl_core helps --out assets/made.json`.")
    st.subheader("With settings of your own")
    experiment, rows = _form()
    if experiment:
        often = pace(described(runs_shown(experiment.id)))
        ticking(_own, run_every=often, key="helps_own")(experiment, rows, often)


def _title(data: str, labels: int | str) -> str:
    card = find_card(data)
    return f"{plain(card.title.split(',')[0])}, {labels} labels"


def _result(test: dict[str, list[float]], rows: Any, title: str, how: str, key: str) -> None:
    """The chart, the sentences that it earns, and the numbers."""
    made = effects_of(test, rows)
    live_chart(
        ablation_chart(made, BLUE, title),
        alt=ablation_words("plain training", made),
        key=f"helps_chart{key}",
        height=height(made),
    )
    st.markdown("\n".join(f"- {plain(one, 1000)}" for one in sentences(test, rows)))
    st.caption(f"A bar is the error on test pictures of {title}, a dot one seed, the line its 95 % interval. {FAIR}")
    with st.expander("The numbers", key=f"helps_numbers{key}"):
        lines = pd.DataFrame(table_rows(test, rows))
        st.dataframe(lines, hide_index=True, height=38 + 35 * len(lines), alt=f"{title}, in numbers")
        st.caption(how)


def _form() -> tuple[Any, Any]:
    """The experiment that is chosen, with its rows, and its button; (None, None) where something is wrong."""
    from ssl_core.runs.budget import fit
    from ssl_core.runs.helps import plan
    from ssl_core.runs.runner import slots

    one, two, three = st.columns(3)
    data = choose_one(one.selectbox, "Data", {name: card.title for name, card in cards().items()}, key="helps_data")
    card = find_card(data)
    offered, usual = label_counts(len(card.classes), card.known)
    counts = {count: count_words(count, card.known) for count in offered}
    first = LABELS if LABELS in counts else usual[0]
    labels = choose_one(two.selectbox, "Labelled pictures", counts, first, key="helps_labels")
    seeds = three.slider("Seeds", 2, 10, 5, key="helps_seeds", bind="query-params", help=SEEDS)
    one, two, three = st.columns(3)
    each = one.slider("Made pictures a class", 5, 200, 50, 5, key="helps_each", bind="query-params")
    titles = {name: MAKER_CARDS[name].title for name in makers()}
    with two:
        who = choose_some(st.multiselect, "Makers", titles, list(titles)[:1], key="helps_makers")
    steps = three.number_input("Steps (0: the recipe's)", 0, 20_000, 0, key="helps_steps", bind="query-params")
    try:
        experiment = plan(data, labels, range(seeds), who, each, {"steps": int(steps)} if steps else None)
        cost = fit(store(), experiment, None, slots())
    except ValueError as wrong:
        st.error(plain(wrong))
        return None, None
    words, button = st.columns([2.3, 1], vertical_alignment="center")
    words.markdown(f"{plan_words(cost)} The makers' learning comes on top, some seconds a run.")
    button.button(
        "Measure it here",
        key="helps_start",
        type="primary",
        width="stretch",
        on_click=begin_experiment,
        args=(experiment, "helps"),
    )
    said_wrong("helps")
    return experiment, rows_of(who)


def _own(experiment: Any, rows: Any, often: float | None) -> None:
    """How far this store is with it, and what came out."""
    from ssl_core.runs.helps import accuracies

    seen = described(runs_shown(experiment.id))
    if often and pace(seen) != often:
        st.rerun()
    if not seen:
        return
    done = sum(row["state"] == "done" for row in seen)
    st.progress(done / len(seen), f"{done} of {len(seen)} runs done")
    st.page_link(
        "training.py", label="Watch it on the Training page", icon=":material/monitoring:",
        query_params={"experiment": experiment.id},
    )  # fmt: skip
    for why in sorted({row["why"] for row in seen if row["state"] == "failed"}):
        st.error(plain(why))
    if test := accuracies(seen, rows):
        _result(test, rows, _title(experiment.data, experiment.labels[0]), "Trained in this store.", "_own")
