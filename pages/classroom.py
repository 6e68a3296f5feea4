"""For a class at one server: whose turn it is, and what the teacher says for all."""

from __future__ import annotations

import streamlit as st

from pages.parts.classroom.alone import how_to_begin
from pages.parts.classroom.desk import limits_of_one, teachers_desk, word_form
from pages.parts.classroom.line import queue_part
from pages.parts.shared.pages import file_of
from pages.parts.shared.visitor import is_teacher
from ssl_core.people.names import class_mode

st.title("Class")
if class_mode():
    with st.container(horizontal=True, key="class_links"):
        st.page_link(file_of("training"), label="Start runs on Training", icon=":material/play_arrow:", width="content")
        st.page_link(file_of("board"), label="Board for the wall", icon=":material/co_present:", width="content")
    queue, desk = st.columns([1.3, 1], gap="large")
    with queue:
        queue_part()
    with desk:
        if is_teacher():
            teachers_desk()
        else:
            limits_of_one()
            word_form()
else:
    how_to_begin()
