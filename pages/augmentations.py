"""See what an augmentation does before training with it."""

from __future__ import annotations

import streamlit as st

from pages.parts.augmentations.gallery import START, show_gallery
from pages.parts.augmentations.pipeline_builder import STAGE, TEXT, pipeline_builder, see_views, take_import
from pages.parts.augmentations.scene import Scene
from pages.parts.augmentations.views import show_views
from pages.parts.shared.address import choose_one
from pages.parts.shared.beside import beside
from pages.parts.shared.lens import show_lenses
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from pages.parts.shared.use_in_training import pipeline_link

STAGES = {"gallery": "Every operation", "views": "What the pipeline makes"}


def new_seed() -> None:
    """Draw everything anew."""
    st.session_state["seed"] = (st.session_state["seed"] + 1) % 10_000
    see_views()


st.title("Augmentations")
st.caption(
    "Every picture draws its own operations and strengths; under each stands what it drew. "
    "The same seed draws the same again, and the address of this page holds everything you set."
)
view, controls, rest = beside("views")
with view:
    text = st.session_state.get(TEXT, st.query_params.get(TEXT, START))
    first = "gallery" if text == START else "views"  # a link with a pipeline shows what it makes
    stage = choose_one(
        st.segmented_control, "Shown", STAGES, first, key=STAGE, required=True, label_visibility="collapsed"
    )  # fmt: skip
    with st.container(key="views_shown"):
        grid = st.empty()
    with grid.container():
        st.skeleton(height=520)

from pages.parts.augmentations.lenses import LENSES  # noqa: E402 - PyTorch takes seconds the first time
from pages.parts.augmentations.source import pictures_of  # noqa: E402
from ssl_core.augment import from_text, to_text  # noqa: E402
from ssl_core.augment.steps import without_normalise  # noqa: E402
from ssl_core.images.formats import ENDINGS  # noqa: E402
from ssl_core.studio.preview import view as views_of  # noqa: E402
from ssl_core.studio.sources import SIDES, source_names  # noqa: E402

with controls:
    titles = source_names()
    source = choose_one(st.selectbox, "Pictures", titles, "china", key="pictures")
    content = None
    if source == "upload":
        file = st.file_uploader("Your picture", [*ENDINGS], max_upload_size=10, key="upload")
        content = file.getvalue() if file else None
    side = 32
    if source in ("china", "flower", "upload"):
        side = st.select_slider("Side in pixels", SIDES, 128, key="side", bind="query-params")
    problem = None
    try:
        pictures = pictures_of(source, side, content)
    except ValueError as wrong:
        problem, pictures = str(wrong), pictures_of("china", side, None)
    if problem:
        (st.error if content else st.info)(plain(problem))
    else:
        st.caption(plain(pictures.credit))
    number, beside = st.columns(2, vertical_alignment="bottom")
    last = len(pictures.images)
    pick = number.number_input("Picture", 1, max(last, 2), key="pick", bind="query-params", disabled=last == 1)
    seed = seed_box(beside, "The same one draws the same views again.", key="seed", on_change=see_views)
    count_box, again = st.columns(2, vertical_alignment="bottom")
    count = count_box.selectbox("Views", (8, 16, 32), 1, key="views", bind="query-params", on_change=see_views)
    again.button("New seed", on_click=new_seed, width="stretch", icon=":material/casino:")
    many = st.toggle(
        "Another picture in every view", key="many", bind="query-params", disabled=last == 1, on_change=see_views
    )  # fmt: skip
    st.subheader("Pipeline")
    if "pipeline" not in st.session_state and "pipeline" not in st.query_params:
        st.session_state["pipeline"] = START  # a default of the widget itself could not be replaced by the builder
    text = st.text_input(
        "Pipeline as text",
        key="pipeline",
        bind="query-params",
        on_change=see_views,
        help="The whole pipeline in one line: copy it, send it, paste it. Stages are separated by >, a strength or a "
        "range stands in brackets, a probability after @.",
    )
    wrong = st.session_state.pop("pipeline_error", None)
    try:
        policy = from_text(text)
    except ValueError as error:
        policy, wrong = from_text(""), wrong or str(error)
    if wrong:
        st.error(plain(wrong))
    pipeline_builder(policy, pictures.card)
    with st.container(horizontal=True, vertical_alignment="center"):
        pipeline_link("Use in training", source, to_text(policy), wrong or "")
        with st.popover("Import"):
            st.text_area("JSON, or a line of text", key="import_text", height=160)
            st.button("Import", on_click=take_import, key="take_import")

shown = views_of(policy, pictures, (pick - 1) % last, count, seed, many and last > 1)
sample = min(max(int(st.session_state.get("sample", 1)), 1), count) - 1
scene = Scene(shown, sample, policy, without_normalise(policy), pictures, (pick - 1) % last, seed, to_text(policy))
with grid.container():
    if stage == "gallery":
        show_gallery(source, pictures, (pick - 1) % last)
    else:
        show_views(scene)
with rest:
    st.number_input("Sample for the lenses below", 1, count, key="sample", bind="query-params", width=220)
    show_lenses(LENSES, scene, key="tab")
