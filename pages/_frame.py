"""What surrounds every page: title, navigation, the store of runs, and PyTorch loaded out of the way."""

from __future__ import annotations

import atexit
import gc
import threading
from pathlib import Path

import streamlit as st

from pages._lesson import show_lesson
from pages._share import share_button

HOUSE = Path(__file__).resolve().parent.parent


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
        st.Page(HOUSE / "pages" / "home.py", title="Home", url_path="", default=True, icon=":material/home:"),
        st.Page(
            HOUSE / "pages" / "training.py", title="Training", url_path="training", icon=":material/model_training:"
        ),
        st.Page(HOUSE / "pages" / "search.py", title="Search", url_path="search", icon=":material/manage_search:"),
        st.Page(
            HOUSE / "pages" / "augmentations.py",
            title="Augmentations",
            url_path="augmentations",
            icon=":material/auto_fix_high:",
        ),
        st.Page(HOUSE / "pages" / "data.py", title="Data", url_path="data", icon=":material/photo_library:"),
        st.Page(HOUSE / "pages" / "mixing.py", title="Mixing", url_path="mixing", icon=":material/blur_on:"),
        st.Page(
            HOUSE / "pages" / "oversampling.py", title="SMOTE", url_path="oversampling", icon=":material/scatter_plot:"
        ),
        st.Page(HOUSE / "pages" / "methods.py", title="Methods", url_path="methods", icon=":material/menu_book:"),
        st.Page(HOUSE / "pages" / "runs.py", title="Runs", url_path="runs", icon=":material/table_rows:"),
        st.Page(HOUSE / "pages" / "predict.py", title="Predict", url_path="predict", icon=":material/psychology_alt:"),
        st.Page(HOUSE / "pages" / "background.py", title="Snow", url_path="snow", icon=":material/ac_unit:"),
    ],
    position="top",
)
_drop_absurd_numbers()
share_button()
show_lesson()
page.run()
_load_torch_aside()
