"""The adversarial network on the Generate page: it learns, one sees what either side thinks, and makes it collapse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.generate.form import maker_form
from pages.parts.generate.judged import judge_view
from pages.parts.generate.run_view import maker_words, run_view, start_button
from pages.parts.generate.stage import staged
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from ssl_core.figures import adversaries
from ssl_core.runs.origin import classes_of
from ssl_core.runs.store import ENDED, Run

MAIN = ("conditional", "norm", "augment", "steps")
FRAMES = 16  # of the replay of a chart


def show() -> None:
    """The controls beside what it makes."""
    staged(lambda: maker_form("dcgan", main=MAIN), start_button, _view, _words)


def _words(config: Mapping[str, Any] | None) -> None:
    _experiments(config)
    maker_words("dcgan")


def _view(config: Mapping[str, Any] | None) -> None:
    run = run_view(config, also=_opinions)
    if run and run.state in ENDED:
        judge_view(run)


def _experiments(config: Mapping[str, Any] | None) -> None:
    """Knobs set so that something can be learned from what happens then; a press sets them, Start starts."""
    from ssl_core.generate.dcgan_experiments import EXPERIMENTS, values

    if config is None:
        return
    st.markdown("##### Learn from it")
    for name, experiment in EXPERIMENTS.items():
        wanted = values(name, config["data"])
        now = config["knobs"] | config["training"]
        chosen = all(now[knob] == value for knob, value in wanted.items())
        st.button(
            experiment.title,
            key=f"dcgan_{name}",
            width="stretch",
            disabled=chosen,
            on_click=_set,
            args=(config["data"], wanted),
            help=_in_words(experiment.values) or None,
        )
        if chosen:
            st.caption(experiment.words)


def _in_words(values: Mapping[str, Any]) -> str:
    from ssl_core.generate.config import all_knobs

    table = all_knobs("dcgan")
    return ", ".join(f"{table[name].label(name)}: {value}" for name, value in values.items())


def _set(data: str, wanted: Mapping[str, Any]) -> None:
    for knob, value in wanted.items():
        st.session_state[f"{data}-dcgan-{knob}"] = value


def _opinions(run: Run, row: Mapping[str, Any], over: bool) -> None:
    """What the discriminator thinks, and which classes the network with every label sees; live, and of the past."""
    from ssl_core.generate.judge import covered

    rows, classes = list(run.tail.read()), classes_of(run.config)
    counted = [one for one in rows if adversaries.has_opinions(one)]
    seen = [one for one in rows if adversaries.has_coverage(one, classes)]
    steps, last = row["steps"], seen[-1] if seen else None

    def past(kept: list[dict[str, Any]], traces: Any) -> dict[str, Any] | None:
        return {"frames": adversaries.frames(kept, traces, steps, FRAMES)} if over and kept else None

    words = adversaries.opinion_words(rows)
    st.markdown("##### What the discriminator thinks")
    left, right = st.columns(2)
    with left:
        live_chart(
            adversaries.opinions_chart(counted[-1] if counted else None, run.name),
            alt=f"How many real and made pictures the discriminator believes how much, as two heaps of bars. {words}",
            key="opinions",
            height=280,
            past=past(counted, adversaries.opinions_traces),
        )
    with right:
        live_chart(
            adversaries.belief_chart(rows, run.name),
            alt=f"Mean opinion of real and of made pictures over steps. {words}",
            key="belief",
            height=280,
            past={"until": steps} if over else None,
        )
    st.caption(words)
    words = adversaries.coverage_words(last, classes, covered)
    st.markdown("##### Which classes it makes")
    live_chart(
        adversaries.coverage_chart(last, classes, run.name),
        alt=f"Share of made pictures taken for each class. {words}",
        key="coverage",
        height=230,
        past=past(seen, lambda one: adversaries.coverage_traces(one, classes)),
    )
    st.caption(plain(words))
