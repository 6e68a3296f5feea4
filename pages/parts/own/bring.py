"""The first two steps with new pictures: choose files, and see what they were understood to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.data.bring import folder_of_machine, work
from pages.parts.data.choose import LAYOUT, Choices, choose_files, choose_how, choose_title
from pages.parts.data.understood import look_of, show_understood
from pages.parts.shared.plain import plain
from ssl_core.data.bring import Progress
from ssl_core.data.card import Card
from ssl_core.data.catalog import NO_CLASSES
from ssl_core.data.uploads import add_files

EXAMPLE = """pictures.zip
├── cat/         a few of each class
├── dog/
├── unlabelled/  all the others
└── test/        if you have one"""
SHOTS = 24


class Ready(NamedTuple):
    """What a click on the button of the next step trains on: pictures of this size, brought by `make` if need be."""

    side: int
    channels: int
    make: Callable[[Progress], Card] | None = None


def bring_step(controls: Any, view: Any) -> Ready | None:
    """The widgets and what was understood; None while there is nothing to train on."""
    with controls:
        files = choose_files()
        with st.expander("How they are kept", key="own_how"):
            title, choices = choose_title(), choose_how()
        folder_of_machine(choices)
    with view:
        st.markdown("##### 2. What was understood")
        if not files:
            st.markdown("Choose a zip, pictures or a folder under Bring. It may look like this:")
            st.code(EXAMPLE, None)
            st.caption(LAYOUT)
            return None
        if not show_understood(files, choices, SHOTS):
            return None
        if not look_of(files).told.classes:
            st.info(plain(NO_CLASSES))
            return None
    return Ready(_side(files, choices), choices.channels, lambda progress: _add(files, title, choices, progress))


def _add(files: list, title: str, choices: Choices, progress: Progress) -> Card:
    return add_files(files, title, **choices._asdict(), progress=progress)


def _side(files: list, choices: Choices) -> int:
    """Pixels a side that these pictures will have."""
    from ssl_core.data.squared import fitting_side

    look = look_of(files)
    reads = (look.entries[seat.path].read for seat in look.told.pictures)
    return choices.side or fitting_side(reads, choices.fit)


def keep(ready: Ready) -> None:
    """Read the pictures, counting them aloud, and come back to this page with them chosen."""
    if ready.make:
        work(ready.make)
