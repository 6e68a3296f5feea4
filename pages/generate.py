"""Networks that make pictures, at work: what they show while they learn, and what can be done with them then."""

from __future__ import annotations

import streamlit as st

from pages.parts.generate.subjects import SUBJECTS
from pages.parts.shared.address import choose_one
from pages.parts.shared.who import beside_whose

st.title("Generate")
st.caption(
    "Augmentation changes a picture that is there. A maker learns what pictures of a set look like, and paints new "
    "ones. Watch it learn in a minute, and then ask the question that counts: does it help?"
)
titles = {name: subject.title for name, subject in SUBJECTS.items()}
made_by = choose_one(beside_whose(3.2).segmented_control, "Made by", titles, key="made_by", required=True)
SUBJECTS[made_by].show()
