"""Labels that leave and come: a table, class folders, Label Studio's JSON; and training on them."""

from __future__ import annotations

import io

import streamlit as st

from pages.parts.label.bench import Bench
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.plain import plain
from pages.parts.shared.visitor import bringing, mark_data

MOST_MEGABYTES = 200


def take_along(bench: Bench) -> None:
    """The button that opens Training with these labels, and a box of files in and out."""
    keeps = "Keeps these pictures with the labels of now as a data set, and opens Training with it."
    if st.button(
        "Train on these labels", key="label_train", width="stretch", icon=":material/model_training:", help=keeps
    ):
        train(bench)
    with st.popover("Labels in and out", icon=":material/import_export:", width="stretch", key="label_box"):
        _out(bench)
        _bring(bench)


def train(bench: Bench, *, hide: bool | None = None) -> None:
    """Open Training with the labels of now; `hide` as keep_labelled has it."""
    from ssl_core.label.labelled import keep_labelled

    try:
        with st.spinner("Keeping your labels", show_time=True):
            kept = bringing(lambda: keep_labelled(bench.card.name, hide=hide), upload=False)
    except (ValueError, OSError) as wrong:
        st.error(plain(wrong))
        return
    mark_data(kept.name)
    st.switch_page("training.py", query_params={"data": kept.name})


def _out(bench: Bench) -> None:
    from ssl_core.label import labels_out

    journal, pictures = bench.session.journal, bench.session.pictures
    facts = {"on_click": "ignore", "width": "stretch"}
    st.download_button("CSV", lambda: labels_out.as_csv(journal.said(), pictures).encode("utf-8-sig"), "labels.csv",
                       "text/csv", key="label_csv", **facts)  # fmt: skip
    st.download_button("Class folders (zip)", lambda: _zip(bench), "labels.zip", "application/zip", key="label_zip",
                       **facts)  # fmt: skip
    st.download_button("Label Studio (JSON)", lambda: labels_out.as_studio(journal.said(), pictures).encode(),
                       "labels.json", "application/json", key="label_studio", **facts)  # fmt: skip


def _zip(bench: Bench) -> bytes:
    """The zip; where there is nothing to put in it, one that says so."""
    import zipfile

    from ssl_core.label.labels_out import write_folders

    file = io.BytesIO()
    try:
        write_folders(bench.session.journal.said(), dataset(bench.card.name), bench.session.pictures, file)
    except ValueError as wrong:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("README.txt", f"{wrong}\n")
    return file.getvalue()


def _bring(bench: Bench) -> None:
    from ssl_core.label.labels_in import bring_in

    file = st.file_uploader("Labels of these pictures (CSV, JSON, zip)", key="label_in", max_upload_size=MOST_MEGABYTES)
    if file is None or st.session_state.get("label_taken") == file.file_id:
        return
    st.session_state["label_taken"] = file.file_id
    try:
        taken = bring_in(file.getvalue(), bench.session.journal, bench.card, bench.session.pictures, bench.who)
    except (ValueError, OSError) as wrong:
        st.error(plain(wrong))
        return
    words = [f"{taken.labelled:,} pictures labelled by the file."]
    words += [f"{taken.strange:,} lines name no picture of this set."] * bool(taken.strange)
    words += [f"{taken.contradicting:,} lines say something else of a picture than one before."] * bool(
        taken.contradicting
    )
    st.toast(plain(" ".join(words)))
