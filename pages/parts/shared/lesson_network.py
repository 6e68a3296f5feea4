"""The network that a step of a lesson asks for: one like it that is trained already, or a button that trains it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.begin import begin_experiment, said_wrong
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.figures.look import duration, look
from ssl_core.lessons import Network
from ssl_core.runs.described import described
from ssl_core.runs.progress import finished, measured_step
from ssl_core.runs.waiting import why_waiting


def network_is_there(network: Network) -> bool:
    """Whether it is trained; then the page's address names it. Else what trains it stands in the page's place."""
    with st.spinner("Looking for the lesson's network"):
        experiment = _experiment(network)
        if run := _trained(experiment):
            if st.query_params.get_all(network.key) != [run]:
                st.query_params[network.key] = run
            return True
    _offer(network, experiment)
    return False


def _experiment(network: Network) -> Any:
    from ssl_core.runs.lesson import LessonExperiment  # imports PyTorch, seconds the first time

    knobs = {network.method: {"steps": network.steps} if network.steps else {}}
    return LessonExperiment("digits", [network.method], [network.labels], [0], knobs)


def _trained(experiment: Any) -> str | None:
    """The name of a finished run like it, whoever trained it."""
    from ssl_core.runs.equal import equal_runs
    from ssl_core.runs.origin import origin_of

    (config,) = experiment.plain()
    return next((run.name for run in equal_runs(store(), config | origin_of(experiment.data))), None)


def _offer(network: Network, experiment: Any) -> None:
    rows = _rows(experiment.id)
    waiting = any(not finished(row) for row in rows)
    (config,) = experiment.plain()
    title, steps = look(network.method)[0], config["training"]["steps"]
    seconds = duration(steps * measured_step("digits", network.method))
    st.info(plain(f"This step looks at a network that learnt the digits with {title} and {network.labels} labels."))
    st.button(
        f"Train it (about {seconds})", type="primary", key="lesson_train", disabled=waiting, on_click=begin_experiment,
        args=(experiment, "lesson"),
    )  # fmt: skip
    said_wrong("lesson")
    ticking(_watch, run_every=1.0 if waiting else None, key="lesson_watch")(experiment.id, waiting)


def _rows(experiment: str) -> list[dict[str, Any]]:
    return described(store().of_experiment(experiment))


def _watch(experiment: str, waited: bool) -> None:
    """Progress of its training; the page starts anew when it has ended."""
    rows = _rows(experiment)
    waiting = any(not finished(row) for row in rows)
    if waited and not waiting:
        st.rerun()
    for row in rows:
        left = f", {duration(row['left'])} left" if row["left"] is not None else ""
        st.progress(row["step"] / max(row["steps"], 1), f"Training: step {row['step']:,} of {row['steps']:,}{left}")
        if why := row["why"] or (waiting and why_waiting(store(), rows)):
            st.caption(plain(why))
