"""What surrounds every page: title, navigation, the store of runs, and PyTorch loaded out of the way."""

from __future__ import annotations

import atexit
import gc
import threading
from pathlib import Path

import streamlit as st

from pages.parts.shared.lesson import show_lesson
from pages.parts.shared.share import share_button

HOUSE = Path(__file__).resolve().parent.parent
PAGES = (  # file, title, address, icon; first what one does, then what one looks at
    ("home", "Home", "", "home"),
    ("training", "Training", "training", "model_training"),
    ("runs", "Runs", "runs", "table_rows"),
    ("search", "Search", "search", "manage_search"),
    ("predict", "Predict", "predict", "psychology_alt"),
    ("methods", "Methods", "methods", "menu_book"),
    ("data", "Data", "data", "photo_library"),
    ("augmentations", "Augmentations", "augmentations", "auto_fix_high"),
    ("mixing", "Mixing", "mixing", "blur_on"),
    ("smote", "SMOTE", "smote", "scatter_plot"),
    ("snow", "Snow", "snow", "ac_unit"),
)


@st.cache_resource
def _load_torch_aside() -> threading.Thread:
    """Import PyTorch in a thread after the first page is out; it takes seconds and that page needs none of it.

    Then freeze what is loaded: Streamlit collects garbage after every run, which would look at all of it each time.
    """

    def work() -> None:
        import ssl_core.train.config  # noqa: F401

        gc.collect()
        gc.freeze()
        atexit.register(gc.unfreeze)  # else C++ bindings complain of leaks when the process ends

    thread = threading.Thread(target=work, name="import torch", daemon=True)
    thread.start()
    return thread


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


st.set_page_config(page_title="Few-Label Lab", page_icon=str(HOUSE / "assets" / "favicon.png"), layout="wide")
page = st.navigation(
    [
        st.Page(HOUSE / "pages" / f"{name}.py", title=title, url_path=path, default=not path, icon=f":material/{icon}:")
        for name, title, path, icon in PAGES
    ],
    position="top",
)
_drop_absurd_numbers()
share_button()
show_lesson()
page.run()
_load_torch_aside()
