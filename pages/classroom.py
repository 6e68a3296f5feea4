"""For a class at one server: whose turn it is, and what the teacher says for all."""

from __future__ import annotations

import streamlit as st

from pages.parts.classroom.alone import how_to_begin
from pages.parts.classroom.desk import teachers_desk, word_form
from pages.parts.classroom.line import queue_part
from pages.parts.shared.visitor import is_teacher
from ssl_core.people.names import class_mode

st.title("Class")
if class_mode():
    queue, desk = st.columns([1.3, 1], gap="large")
    with queue:
        queue_part()
    with desk:
        if is_teacher():
            teachers_desk()
        else:
            word_form()
else:
    how_to_begin()
