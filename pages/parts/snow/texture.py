"""Texture against shape on the snow page: figures in the look of the other ground, and who is taken in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.shared.begin import begin_experiment, said_wrong
from pages.parts.shared.data_cache import follows_data
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.network_cache import classifier
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.who import runs_shown
from pages.parts.snow.result import STEPS, watch
from ssl_core.figures.look import percent
from ssl_core.figures.snow import looks_chart
from ssl_core.runs.progress import describe, finished

RESTYLE = "restyle(1)"
MEASURED = Path(__file__).resolve().parents[3] / "assets" / "looks.json"
TRAINED = {"": "as they are", "repaint_ground(1)": "grounds repainted", RESTYLE: "in drawn looks"}
SAYS = {"supervised": "plain", "supervised_strong": "repainted", RESTYLE: "restyled"}  # below each picture


def texture(name: str, data: Any, labels: int, seed: int, runs: Mapping[str, str]) -> None:
    """The section: pictures, what each network says of them, a third network, and what was measured.

    `runs` are those of the page's two networks that have learned, by method.
    """
    st.markdown("##### Texture against shape")
    st.caption(
        "Here each figure keeps its shape and takes the colours, contrast and grain of a picture from the other "
        "ground: statistics alone, no pixel of it. Networks that learned from photographs went by the skin and not by "
        "the shape of animals (Geirhos et al. 2019). What do these go by?"
    )
    experiment = _experiment(name, labels, seed)
    rows = [describe(run) for run in runs_shown(experiment.id)]
    third = next((row["run"] for row in rows if row["state"] == "done"), "")
    done = {**runs} | ({RESTYLE: third} if third else {})
    waiting = [row for row in rows if not finished(row)]
    left, right = st.columns([1, 1.6], vertical_alignment="center")
    left.button(
        "Train one in drawn looks" if RESTYLE not in done else "It is trained",
        key="texture_start",
        width="stretch",
        disabled=bool(waiting) or RESTYLE in done,
        on_click=begin_experiment,
        args=(experiment, "texture"),
        help=f"A third run of {STEPS} steps; every picture gets another look in every step (`{RESTYLE}`).",
    )
    with right:
        watch(experiment.id, waiting, "texture_watch")
    said_wrong("texture")
    try:
        shots = _shots(name, tuple(done.items()), data)
        shown = [picture(shot.src, shot.caption, shot.alt) for shot in shots]
        picture_grid(shown, key="exchanged", label="Figures in the other look", side=32, least=100, lines=4)
        told = []
        for key, run in done.items():
            study = _looks(run, data)
            told.append(
                f"- Yours, **{SAYS[key]}**: right by the shape {percent(study.shape)}, names the look's ground "
                f"{percent(study.look)}; right on pictures as they are {percent(study.own)}."
            )
        st.markdown("\n".join(told))
    except ValueError as wrong:
        st.error(plain(wrong))
    _measured(name)


def _experiment(name: str, labels: int, seed: int) -> Any:
    from ssl_core.runs.experiment import Experiment

    knobs = {"supervised_strong": {"steps": STEPS, "strong": RESTYLE}}
    return Experiment(name, ["supervised_strong"], [labels], [seed], knobs)


@follows_data
@st.cache_data(max_entries=32, show_spinner=False)
def _looks(run: str, _data: Any) -> Any:
    from ssl_core.predict.looks import looks

    return looks(classifier(run), _data)


@follows_data
@st.cache_data(max_entries=16, show_spinner=False)
def _shots(name: str, runs: tuple[tuple[str, str], ...], _data: Any) -> Any:
    from ssl_core.predict.looks import exchanged_shots

    return exchanged_shots(_data, {SAYS[key]: classifier(run) for key, run in runs})


def _measured(name: str) -> None:
    """Three seeds of each, as the benchmark wrote them; nothing for data that it does not know."""
    kept = json.loads(MEASURED.read_text())
    rows = {TRAINED[row["strong"]]: row for row in kept["rows"] if row["data"] == name and row["strong"] in TRAINED}
    if len(rows) < len(TRAINED):
        return
    parts = ("own", "shape", "look", "flipped")
    mean = {title: {key: sum(row[key]) / len(row[key]) for key in parts} for title, row in rows.items()}
    words = "; ".join(
        f"trained {title}: right by the shape {percent(one['shape'])}, names the look's ground {percent(one['look'])}"
        for title, one in mean.items()
    )
    live_chart(looks_chart(rows), alt=f"Figures in the look of the other ground. {words}.", key="looks", height=300)
    st.caption(
        "Three seeds of each, 100 labels; whiskers from the lowest to the highest try. Of two grounds 50 % is "
        f"guessing, of four shapes 25 % (`{kept['command']}`)."
    )
    plain_one, restyled = mean[TRAINED[""]], mean[TRAINED[RESTYLE]]
    st.markdown(
        f"- **What a network sees anew in every step it stops believing, and nothing else.** Drawn looks leave the "
        f"ground's own pattern where it is: on the flipped ground this network is right {percent(restyled['flipped'])} "
        f"of the time, the one with repainted grounds {percent(mean[TRAINED['repaint_ground(1)']]['flipped'])}.\n"
        f"- **It has a price.** On pictures as they are it is right {percent(restyled['own'])} of the time, the plain "
        f"one {percent(plain_one['own'])}."
    )
