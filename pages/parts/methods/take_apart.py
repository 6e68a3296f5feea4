"""Take it apart: a method with one knob changed at a time, measured here beside what its paper reports."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.methods.tables import ASSETS
from pages.parts.shared.begin import begin_experiment, said_wrong
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from pages.parts.shared.queue_words import plan_words
from pages.parts.shared.store import store
from pages.parts.shared.who import runs_shown
from ssl_core.data.catalog import card as card_of
from ssl_core.effects import effects, sentences
from ssl_core.figures.ablation import ablation_chart, ablation_rows, ablation_words, height
from ssl_core.figures.look import look
from ssl_core.runs.progress import describe

LABELS = 20


def take_apart(method: str, data: str) -> None:
    """The stored ablation of a method that has one, and the button that starts it as an experiment of this store."""
    from ssl_core.methods.ablation import ablation_of
    from ssl_core.runs.ablate import read_table

    ablation = ablation_of(method)
    if ablation is None:
        return
    st.subheader("Take it apart")
    stored = read_table(ASSETS / "ablations.json")["methods"].get(method, {})
    for name, by_count in stored.items():
        for count, entry in by_count.items():
            how = f"Made by `{entry['command']}` on {entry['machine']}."
            _result(ablation, name, int(count), entry["test"], how)
    experiment = _start_form(method, data)
    if experiment:
        _own_result(ablation, experiment)


def _own_result(ablation: Any, experiment: Any) -> None:
    """The same for what this store has trained of it."""
    from ssl_core.runs.ablate import accuracies

    rows = [describe(run) for run in runs_shown(experiment.id)]
    if not rows:
        return
    done = sum(row["state"] == "done" for row in rows)
    st.markdown(f"##### Trained in this store: {done} of {len(rows)} runs done")
    st.page_link(
        "training.py", label="Watch it on the Training page", icon=":material/monitoring:",
        query_params={"experiment": experiment.id},
    )  # fmt: skip
    if scores := accuracies(ablation, rows):
        _result(ablation, experiment.data, experiment.labels[0], scores, "Trained in this store.", own=True)


def _result(
    ablation: Any, data: str, labels: int, test: dict[str, list[float]], how: str, *, own: bool = False
) -> None:
    title, colour, _ = look(ablation.of)
    made = effects(test, ablation.published, ablation.spread)
    here = f"{card_of(data).title.split(',')[0]}, {labels} labels"
    live_chart(
        ablation_chart(made, colour, here, ablation.setting),
        alt=ablation_words(title, made),
        key=f"apart_{data}_{labels}_{own}",
        height=height(made),
    )
    st.markdown("\n".join(f"- {plain(one, 3000)}" for one in sentences(made, ablation.spread)))
    printed = f"{ablation.source}, {ablation.setting}."
    if len(ablation.published) > 1:
        beside = f"Hatched and grey: **published**, {printed}"
    else:
        known = [f"{one.published:.2f} % error of {title} {one.name}" for one in made if one.published is not None]
        beside = f"**Published**: {', '.join(known)}, {printed} " if known else ""
        beside += "No published number of its variants could be confirmed, so none is shown."
    st.caption(
        f"Solid: measured here, error on the test pictures of {here}; a bar is the mean of "
        f"{len(made[0].errors)} seeds, a dot one seed, the line its 95 % interval (Student). {beside} "
        f"Short runs of a small network here, days of a large one in print: compare what changes, not the numbers. "
        f"The untouched method is the short recipe, which aligns guesses where the paper does not. "
        f"{how}"
    )
    with st.expander("The numbers", key=f"apart_numbers_{own}_{data}_{labels}"):
        table = pd.DataFrame(ablation_rows(made)).dropna(axis=1, how="all")
        st.dataframe(table, hide_index=True, height=38 + 35 * len(table), alt=f"{title} taken apart, in numbers")


def _start_form(method: str, data: str) -> Any:
    """How long it takes here, and the button; the experiment, None where this data set has no use for it."""
    from ssl_core.runs.ablate import plan
    from ssl_core.runs.budget import fit
    from ssl_core.runs.runner import slots

    try:
        planned = plan(method, data, max(LABELS, len(card_of(data).classes)))
        cost = fit(store(), planned.experiment, None, slots())
    except ValueError as wrong:
        st.caption(plain(wrong))
        return None
    experiment, count = planned.experiment, len(planned.experiment.lines)
    words, button = st.columns([2, 1], vertical_alignment="center")
    words.markdown(
        f"Train it here: {count} lines with {experiment.labels[0]} labels and {len(experiment.seeds)} seeds on "
        f"{plain(card_of(data).title)}, {plan_words(cost)}"
    )
    if planned.left_out:
        st.caption(plain(f"Left out: {' '.join(planned.left_out)}"))
    button.button(
        "Take it apart", key="take_apart", icon=":material/account_tree:", width="stretch",
        on_click=begin_experiment, args=(experiment, "apart"),
    )  # fmt: skip
    said_wrong("apart")
    return experiment
