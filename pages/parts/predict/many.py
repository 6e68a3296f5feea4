"""Many pictures at once: a table, and the same as CSV."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st


def many_answers(classifier: Any, files: list[tuple[str, bytes]], ink: bool) -> None:
    """One row a picture; raises ValueError, one sentence, for a zip that is refused."""
    from ssl_core.predict.batch import predict_files, to_csv

    if not files:
        st.info("Choose several pictures, or a zip of at most 200 pictures. Nothing is unpacked to the disk.")
        return
    rows, skipped = predict_files(classifier, files, ink)
    read = sum(not row["why"] for row in rows)
    passed = f" {skipped} other entries of the zip were passed over." if skipped else ""
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
