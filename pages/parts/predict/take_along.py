"""What comes out of a finished run: answers for all unlabelled pictures, the sure ones sorted, and the network."""

from __future__ import annotations

import io
from typing import Any

import streamlit as st

from pages.parts.shared.data_cache import dataset
from pages.parts.shared.plain import plain

MOST_BYTES = 500 * 2**20  # of pictures sorted in the server's memory; the terminal writes any number to the disk


def take_along(classifier: Any, key: str) -> None:
    """A box of downloads; what is in it is counted when it is opened, and each file written when it is clicked."""
    with st.popover("Take along", icon=":material/download:", key="outcome_box", on_change="rerun") as box:
        if box.open:
            _unlabelled(classifier, key)
            _network(classifier, key)


def _unlabelled(classifier: Any, key: str) -> None:
    from ssl_core.predict.unlabelled import predictions_csv, unlabelled_rows

    try:
        data = dataset(classifier.card.name)
        count = len(unlabelled_rows(classifier, data))
    except ValueError as wrong:
        st.caption(plain(wrong))
        return
    told = {"on_click": "ignore", "width": "stretch"}
    st.caption(f"{count:,} pictures of {plain(data.card.title)} have no label.")
    st.download_button(
        "Predictions (CSV)",
        lambda: "".join(predictions_csv(classifier, data)).encode(),
        f"{key}-predictions.csv",
        "text/csv",
        key="outcome_csv",
        help="A line a picture: its path, class, calibrated probability, second guess, and every class' probability.",
        **told,
    )
    if not data.card.pictures:
        return
    sure = st.slider("Sorted where it is at least so sure (%)", 0, 100, 95, key="sure", bind="query-params")
    st.download_button(
        "Sorted into class folders (zip)",
        lambda: sorted_zip(classifier, data, sure / 100),
        f"{key}-sorted.zip",
        "application/zip",
        key="outcome_zip",
        help="Look through the folders before you believe them.",
        **told,
    )


def sorted_zip(classifier: Any, data: Any, sure: float) -> bytes:
    """The zip; one that is too large holds a sentence instead."""
    import zipfile

    from ssl_core.predict.sorted_zip import write_sorted

    file = io.BytesIO()
    try:
        write_sorted(classifier, data, sure, file, most=MOST_BYTES)
    except ValueError as wrong:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("README.txt", f"{wrong}\n")
    return file.getvalue()


def _network(classifier: Any, key: str) -> None:
    def content() -> bytes:
        from ssl_core.export.onnx_file import to_onnx

        return to_onnx(classifier)

    st.download_button(
        "Network (ONNX)",
        content,
        f"{key}.onnx",
        "application/octet-stream",
        key="outcome_onnx",
        help="Pictures in, as whole numbers 0 to 255, calibrated probabilities out: everything between is inside.",
        on_click="ignore",
        width="stretch",
    )
