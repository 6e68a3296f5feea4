"""What one network of the snow lesson learnt, and the progress of those that still train."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.data_cache import follows_data
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.network_cache import classifier
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store, ticking
from ssl_core.figures.look import percent
from ssl_core.figures.snow import ground_chart
from ssl_core.runs.described import described
from ssl_core.runs.progress import finished
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.waiting import why_waiting

STEPS = 500


@follows_data
@st.cache_data(max_entries=32, show_spinner="Measuring where it looks")
def measured(run: str, _data: Any) -> Any:
    """The study of a finished run."""
    from ssl_core.predict.snow import study

    return study(classifier(run), _data)


def one_network(run: str, data: Any, method: str) -> None:
    """Accuracy on both grounds, what decides, and where it looks; raises ValueError, one sentence."""
    from ssl_core.predict.snow import looks

    study = measured(run, data)
    left, right = st.columns(2)
    left.metric("Usual ground", percent(study.usual))
    right.metric("Flipped ground", percent(study.flipped))
    words = f"Test accuracy {percent(study.usual)} on the usual ground, {percent(study.flipped)} on the flipped one."
    live_chart(
        ground_chart(data.card.classes, study.usual_by_class, study.flipped_by_class, data.card.chance),
        alt=words,
        key=f"ground_{method}",
        height=280,
    )
    st.markdown(
        f"- With the figure **erased**, it names a class of that ground {percent(study.ground_decides)} of the "
        f"time (50 % is guessing).\n"
        f"- With every ground painted **grey**, it is right {percent(study.figure_alone)} of the time.\n"
        f"- {percent(study.on_ground)} of its input gradient lies on the ground, which is {percent(study.ground_area)} "
        "of the area."
    )
    shots = [picture(shot.src, shot.caption, shot.alt) for shot in looks(classifier(run), data)]
    picture_grid(shots, key=f"looks_{method}", label="Where it looks", side=32, least=66, lines=2)


def watch(experiment: str, waiting: list[dict], key: str = "snow_watch") -> None:
    """Progress of the runs that train; the page starts anew when one has finished."""
    if waiting:
        ensure_runner(store())
    ticking(_progress, run_every=1.0 if waiting else None, key=key)(experiment, len(waiting))


def _progress(experiment: str, waited: int) -> None:
    rows = described(store().of_experiment(experiment))
    live = [row for row in rows if not finished(row)]
    if waited and len(live) < waited:
        st.rerun()
    if live:
        steps = sum(row["steps"] for row in rows)
        at = sum(row["steps"] if row["state"] == "done" else row["step"] for row in rows)
        st.progress(at / max(steps, 1), f"Training: {at:,} of {steps:,} steps")
        st.caption(plain(why_waiting(store(), rows)))
