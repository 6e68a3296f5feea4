"""The husky and the snow: a network that learnt the ground instead of the figure, and how to see it."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.begin import begin_experiment, said_wrong
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.lesson import in_lesson
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from pages.parts.shared.who import runs_shown
from pages.parts.snow.result import STEPS, one_network, watch
from pages.parts.snow.texture import texture
from ssl_core.data.catalog import CATALOG
from ssl_core.runs.progress import describe, finished
from ssl_core.runs.store import RESUMABLE

RHO = {"0.5": "0.5: no link", "0.8": "0.8", "0.95": "0.95"}
DATA = {"0.5": "shapes_snow_50", "0.8": "shapes_snow_80", "0.95": "shapes_snow"}
REPAINT = "repaint_ground(1)"
NETWORKS = {
    "supervised": ("Pictures as they are", "Trained on pictures shifted and mirrored, nothing else."),
    "supervised_strong": ("Grounds repainted", "Trained on pictures with a new ground in every step."),
}


st.title("The husky and the snow")
st.caption(
    "In a famous demonstration a network told wolves from huskies by the snow behind them (Ribeiro et al. 2016). Here "
    "circles and stars stand on snow and squares and crosses on a meadow, most of the time. Will a network learn the "
    "figure, or the ground?"
)
view, controls = st.columns([2.3, 1], gap="large")
with view:
    with st.container(key="snow_stage"):
        top = st.empty()
    with top.container():
        st.skeleton(height=260)
    rest = st.container(key="snow_results")

from ssl_core.predict.snow import pairs  # noqa: E402 - PyTorch takes seconds the first time
from ssl_core.runs.experiment import Experiment  # noqa: E402
from ssl_core.runs.lesson import LessonExperiment  # noqa: E402

with controls:
    rho = choose_one(
        st.select_slider,
        "ρ, how often the ground fits the class",
        RHO,
        "0.95",
        key="rho",
        help="In training and validation pictures. At 0.5 the ground says nothing about the class.",
    )
    data = dataset(DATA[rho])
    labels = st.select_slider("Labelled pictures", (40, 100, 200, 400), 100, key="snow_labels", bind="query-params")
    seed = seed_box(st, "It decides which pictures are labelled, and the first weights.", key="snow_seed", high=99)
    knobs = {"supervised": {"steps": STEPS}, "supervised_strong": {"steps": STEPS, "strong": REPAINT}}
    kind = LessonExperiment if in_lesson() else Experiment
    experiment = kind(DATA[rho], list(NETWORKS), [labels], [int(seed)], knobs)
    rows = {row["method"]: row for row in map(describe, runs_shown(experiment.id))}
    done = {method: row for method, row in rows.items() if row["state"] == "done"}
    waiting = [row for row in rows.values() if not finished(row)]
    st.button(
        "Train both networks" if not done else "Both are trained",
        type="primary",
        width="stretch",
        key="snow_start",
        on_click=begin_experiment,
        args=(experiment, "snow"),
        disabled=bool(waiting) or len(done) == len(NETWORKS),
        help=f"Two runs of {STEPS} steps, side by side: under a minute on two processor cores.",
    )
    said_wrong("snow")
    for row in rows.values():
        if row["state"] in RESUMABLE:
            why = f"{NETWORKS[row['method']][0]}: {row['state']}. {row['why']} Press the button to go on."
            st.warning(plain(why))
    watch(experiment.id, waiting)
    st.caption(
        f"{CATALOG[DATA[rho]].text} Both networks are the same small one, trained on the same labels; only what is "
        f"done to the pictures differs (`{REPAINT}` guesses the ground from the rim and knows no mask). The "
        "runs are ordinary runs and appear on the other pages too."
    )

with top.container():
    shots = pairs(data)
    half = len(shots) // 2
    for words, part in (
        ("Usual ground: what training mostly shows", shots[:half]),
        ("Flipped ground: the same figures, where a network of the ground is wrong", shots[half:]),
    ):
        st.caption(words)
        shown = [picture(shot.src, shot.caption, shot.alt) for shot in part]
        picture_grid(shown, key=f"snow_{words[:5]}", label=words, side=32, least=66, lines=1)

with rest:
    if not done:
        st.info("Press **Train both networks**: what each learnt is shown here.")
    places = st.columns(2, gap="medium")
    for place, (method, (title, text)) in zip(places, NETWORKS.items(), strict=True):
        if method in done:
            with place:
                st.markdown(f"##### {title}")
                st.caption(text)
                try:
                    one_network(done[method]["run"], data, method)
                except ValueError as wrong:
                    st.error(plain(wrong))
    if not in_lesson():
        texture(DATA[rho], data, labels, int(seed), {method: row["run"] for method, row in done.items()})
