"""Many pictures at once: a table, and the same as CSV."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

ANSWERED = "many_answered"  # in the session's state: what was asked last, and the answers


def many_answers(classifier: Any, key: str, files: list[Any], ink: bool) -> None:
    """One row a picture of uploaded `files`; raises ValueError, one sentence, for more than are asked about at once.

    `key` names the network. Answers are kept for as long as the network, the files and `ink` are the same.
    """
    from ssl_core.predict.batch import to_csv

    if not files:
        st.session_state.pop(ANSWERED, None)
        st.info("Choose several pictures, or a zip of at most 200 pictures. Nothing is unpacked to the disk.")
        return
    rows, skipped = _answers(classifier, key, files, ink)
    read = sum(not row["why"] for row in rows)
    passed = f" {skipped} other entries of zips were passed over." if skipped else ""
    st.markdown(f"**{read} of {len(rows)} pictures** answered by the network.{passed}")
    share = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    table = pd.DataFrame(rows)
    shown = ["file", "class", "probability", *(["why"] if read < len(rows) else [])]
    st.dataframe(
        table[shown],
        hide_index=True,
        column_config={"probability": share, "file": st.column_config.TextColumn("file")},
        alt="Every picture with its class and calibrated probability",
    )
    st.download_button(
        "Download CSV with every class", to_csv(rows), "predictions.csv", "text/csv", on_click="ignore", key="many_csv"
    )


def _answers(classifier: Any, key: str, files: list[Any], ink: bool) -> tuple[list[dict], int]:
    from ssl_core.predict.batch import predict_files

    asked = (key, ink, [(file.name, file.file_id) for file in files])
    if st.session_state.get(ANSWERED, (None,))[0] != asked:
        with st.spinner("Reading the pictures and asking about them"):
            contents = [(file.name, file.getvalue()) for file in files]
            st.session_state[ANSWERED] = (asked, predict_files(classifier, contents, ink))
    return st.session_state[ANSWERED][1]
