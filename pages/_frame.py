"""What surrounds every page: title, navigation, the store of runs, and PyTorch loaded out of the way."""

from __future__ import annotations

import atexit
import contextlib
import gc
import threading
import time
from pathlib import Path

import streamlit as st

from pages.parts.shared.address import arrived
from pages.parts.shared.begin import be_ready
from pages.parts.shared.class_strip import class_strip
from pages.parts.shared.first_paint import TITLE
from pages.parts.shared.lesson import in_lesson, show_lesson
from pages.parts.shared.nickname import introduced
from pages.parts.shared.one_value import look_up_by_key
from pages.parts.shared.pages import FIRST, FORMER, PAGES, PageEntry, file_of, groups, in_menus
from pages.parts.shared.share import share_button
from pages.parts.shared.store import show_with_store, store
from ssl_core.people.classroom import dismiss
from ssl_core.people.names import class_mode

HOUSE = Path(__file__).resolve().parent.parent
AFTER = 0.5  # seconds from the end of a page: while PyTorch's library is loaded nothing else runs, nor is the page sent


@st.cache_resource
def _load_torch_aside() -> threading.Thread:
    """Import PyTorch in a thread after the first page is out; it takes seconds and that page needs none of it.

    Then freeze what is loaded: Streamlit collects garbage after every run, which would look at all of it each time.
    """

    def work() -> None:
        time.sleep(AFTER)
        import ssl_core.train.config  # noqa: F401

        gc.collect()
        gc.freeze()
        atexit.register(gc.unfreeze)  # else C++ bindings complain of leaks when the process ends

    thread = threading.Thread(target=work, name="import torch", daemon=True)
    thread.start()
    return thread


@st.cache_resource
def _begin() -> None:
    """Where no class works, a queue that one left paused goes on."""
    if not class_mode():
        with contextlib.suppress(OSError, ValueError):  # the page says so
            dismiss(store())


def _drop_absurd_numbers() -> None:
    """Numbers no widget can hold leave the address: Streamlit's number input fails on them instead of ignoring them."""
    absurd = [name for name in st.query_params if any(map(_absurd, st.query_params.get_all(name)))]
    for name in absurd:
        del st.query_params[name]
    if absurd:
        st.rerun()  # widgets read the address as it was when the run began


def _absurd(text: str) -> bool:
    try:
        return not abs(float(text)) < 1e15
    except ValueError:
        return False


def _page(entry: PageEntry) -> st.Page:
    return st.Page(
        HOUSE / "pages" / file_of(entry.name),
        title=entry.title,
        url_path=entry.name,
        default=entry.name == FIRST,
        icon=f":material/{entry.icon}:",
        help=entry.about,
        visibility="visible" if entry in in_menus() else "hidden",
    )


def _moved(old: str, new: str) -> st.Page:
    """A page that stands in no menu: whoever opens the former address is led on, with everything it asks for."""

    def lead_on() -> None:
        st.switch_page(file_of(new), query_params={key: st.query_params.get_all(key) for key in st.query_params})

    return st.Page(lead_on, title=old, url_path=old, visibility="hidden")


def show_page() -> None:
    """The page, under the card of its lesson; where that waits for its network, the page waits, too.

    In a class both wait until somebody said a nickname.
    """
    if not introduced(page.url_path):
        return
    class_strip(page.url_path)
    if show_lesson():
        with st.container(key="lesson_page") if in_lesson() else contextlib.nullcontext():
            page.run()
        be_ready(page.url_path)


look_up_by_key()
st.set_page_config(page_icon=str(HOUSE / "assets" / "favicon.png"), layout="wide")
page = st.navigation(
    {group: [_page(entry) for entry in entries] for group, entries in groups().items()}
    | {"Only by address": [_page(entry) for entry in PAGES if entry not in in_menus()]}
    | {"Former addresses": [_moved(old, new) for old, new in FORMER.items()]},
    position="top",
)
st.set_page_config(page_title=TITLE if page.url_path in ("", FIRST) else f"{page.title} · {TITLE}")
_drop_absurd_numbers()
arrived(page.url_path)
share_button()
_begin()
show_with_store(show_page)
_load_torch_aside()
