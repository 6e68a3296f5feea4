"""What there is to learn from: pictures, who gets a label, what is wrong with them, and pictures of one's own."""

from __future__ import annotations

import streamlit as st

from pages.parts.data.bring import again, bring, settle
from pages.parts.data.fetch import fetch_box
from pages.parts.data.lenses import LENSES, every_set
from pages.parts.data.scene import Scene, seen_of
from pages.parts.shared.address import choose_one
from pages.parts.shared.lens import show_lenses
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from pages.parts.shared.store import store
from ssl_core.data.catalog import card as card_of
from ssl_core.data.catalog import needs, titles
from ssl_core.data.holds import holds
from ssl_core.intervals import small_test
from ssl_core.runs.defaults import count_words, label_counts

PARTS_HELP = (
    "A labelled picture's class is known in training, an unlabelled one's is hidden, validation chooses between "
    "knobs, and the test is only for the figure that is reported."
)

st.title("Data")
st.caption(
    "Which pictures there are, whose labels a run may see, and what could mislead it. The split shown here is the one "
    "that training draws from the same seed."
)
store()  # says where kept data sets are
brought = settle()
view, controls = st.columns([2.3, 1], gap="large")
with view:
    with st.container(key="data_stage"):
        stage = st.empty()
    with stage.container():
        st.skeleton(height=520)

with controls:
    name = choose_one(st.selectbox, "Data", titles(), key="data")
    card = card_of(name)
    st.caption(plain(" ".join(filter(None, (card.text, holds(card), card.licence)))))
    fetch_box(store(), name)
    again(name)
    missing = needs(name)
    if not missing:
        offered, usual = label_counts(len(card.classes), card.known)
        count = choose_one(
            st.select_slider,
            "Labelled pictures",
            {count: count_words(count, card.known) for count in offered},
            usual[min(1, len(usual) - 1)],
            key="count",
            help=PARTS_HELP,
        )
        left, right = st.columns(2)
        seed = seed_box(left, "The same one labels the same pictures, another one others.", key="seed")
        imbalance = right.slider(
            "Long tail", 1.0, 100.0, 1.0, 1.0, format="%.0f", key="imbalance", bind="query-params",
            help="How many times the labels of the last class the first one gets; 1 gives every class the same.",
        )  # fmt: skip
        st.page_link(
            "training.py",
            label="Use in training",
            icon=":material/model_training:",
            query_params={"data": name, "labels": str(count)}
            | ({f"{name}-fixmatch-imbalance": str(imbalance)} if imbalance != 1 else {}),
            help="Opens the Training page with this data and label count.",
        )
    bring(brought)

if missing:
    stage.info(plain(missing), title=f"{plain(card.title.split(',')[0])} is not ready")
    with view:
        every_set()
    st.stop()

with stage.container():
    try:
        choices = (name, int(count), int(seed), float(imbalance))
        seen = seen_of(*choices)
    except ValueError as wrong:
        st.error(plain(wrong))
        st.stop()
    words = f" ({seen.unknown:,} of a class that nobody knows)" if seen.unknown else ""
    st.markdown(
        f"**{len(seen.drawn.labelled):,} labelled** of {card.known:,} to learn from, "
        f"{len(seen.drawn.unlabelled):,} unlabelled{words}, {len(seen.drawn.validation):,} for validation, "
        f"{len(seen.test_labels):,} for the test.",
        help=PARTS_HELP,
    )
    if warning := small_test(len(seen.test_labels)):
        st.warning(plain(warning))
    show_lenses(LENSES, Scene(seen, choices), key="data_lens", label="Look at")
with view:
    every_set()
