"""Ask a trained network about a picture, and see whether to believe the answer."""

from __future__ import annotations

import streamlit as st

from pages.parts.predict.network import choose_network, finished_runs
from pages.parts.predict.scene import Scene
from pages.parts.predict.start import no_network_yet
from pages.parts.predict.take_along import take_along
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.lens import show_lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from ssl_core.figures.look import percent
from ssl_core.figures.predict import answer_chart, answer_words

st.title("Predict")
st.caption(
    "Show a trained network a picture: what it says, how sure it is, how that moves when the picture is distorted, "
    "and which training pictures it finds most alike."
)
runs = finished_runs()
if not runs:
    no_network_yet()
view, controls = st.columns([2.1, 1], gap="large")
with view:
    top = st.empty()
    with top.container():
        st.skeleton(height=330)
    lens_box = st.container()

from pages.parts.predict.input import choose_files, choose_picture, choose_source  # noqa: E402
from pages.parts.predict.lenses import LENSES, WITHOUT_DATA  # noqa: E402
from pages.parts.predict.many import many_answers  # noqa: E402
from ssl_core.predict.scene import answer  # noqa: E402 - PyTorch takes seconds the first time

asked = many = None
with controls:
    try:
        classifier, key = choose_network(runs)
    except ValueError as wrong:
        top.empty()
        if runs or st.session_state.get("weights_file"):
            st.error(plain(wrong))
        st.stop()
    card, data = classifier.card, None if classifier.note else dataset(classifier.card.name)
    if classifier.note:
        st.warning(plain(classifier.note), icon=":material/info:")
    st.caption(plain(f"{card.title}: {', '.join(card.classes)}.", most=4000))
    take_along(classifier, key)
    source = choose_source(test=data is not None)
    try:
        if source == "many":
            many = choose_files(card)
        else:
            asked = choose_picture(source, card, data)
    except ValueError as wrong:
        st.error(plain(wrong))

if many is not None:
    with top.container():
        try:
            many_answers(classifier, key, *many)
        except ValueError as wrong:
            st.error(plain(wrong))
    st.stop()
if asked is None:
    with top.container():
        st.info("Give a picture on the right, and the answer appears here.")
    st.stop()

says = answer(classifier, asked)
scene = Scene(classifier, data, asked, says, key)
with top.container():
    wrong = f" Wrong: it is {plain(asked.truth)}."
    truth = "" if asked.truth is None else " Right." if asked.truth == says.best else wrong
    st.markdown(
        f"##### It says {plain(says.best)}, {percent(says.sure)} sure\n"
        f"{plain(asked.title)}.{truth} Second choice: {plain(says.second)}. "
        f"Without calibration it would say {percent(says.raw)}."
    )
    left, right = st.columns([1, 2.4], vertical_alignment="top")
    with left:
        picture_grid(
            [picture(asked.source, f"{card.side}×{card.side}, as the network sees it", asked.title)],
            key="asked", label="The picture", side=card.side, least=140,
        )  # fmt: skip
    with right:
        live_chart(
            answer_chart(card.classes, says.probability, asked.truth),
            alt=answer_words(card.classes, says.probability),
            key="answer_chart",
            height=300,
        )
with lens_box:
    show_lenses(LENSES if data is not None else WITHOUT_DATA, scene, key="behind_it", label="What stands behind it")
