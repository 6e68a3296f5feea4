"""What surrounds every page: title, navigation, the store of runs, and PyTorch loaded out of the way."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import streamlit as st

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

    thread = threading.Thread(target=work, name="import torch", daemon=True)
    thread.start()
    return thread


st.set_page_config(page_title="Few-Label Lab", page_icon=str(HOUSE / "assets" / "favicon.png"), layout="wide")
page = st.navigation(
    [
        st.Page(HOUSE / "pages" / "home.py", title="Home", url_path="", default=True, icon=":material/home:"),
        st.Page(
            HOUSE / "pages" / "training.py", title="Training", url_path="training", icon=":material/model_training:"
        ),
        st.Page(HOUSE / "pages" / "mixing.py", title="Mixing", url_path="mixing", icon=":material/blur_on:"),
        st.Page(
            HOUSE / "pages" / "oversampling.py", title="SMOTE", url_path="oversampling", icon=":material/scatter_plot:"
        ),
    ],
    position="top",
)
page.run()
_load_torch_aside()
