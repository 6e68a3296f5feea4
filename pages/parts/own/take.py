"""What can be done with a trained network: predictions for the rest, mistakes, a picture, weights, more runs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.predict.take_along import sorted_zip
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.network_cache import classifier
from pages.parts.shared.plain import plain
from ssl_core.data.card import Card
from ssl_core.figures.look import look, percent

SURE = 0.95


def take_along(card: Card, rows: list[dict[str, Any]]) -> None:
    """Choose a network, the best in validation at first; then a line of what it can do."""
    if not rows:
        st.info("No network was trained to its end: press the button above again, and it goes on.")
        return
    best = max(reversed(rows), key=lambda row: row["judged"] or 0.0)["run"]  # the test chooses nothing
    titles = {row["run"]: plain(look(row["method"])[0]) for row in rows}
    run = choose_one(st.segmented_control, "Use", titles, best, key="own_run", required=True,
                     help="At first the one that is best on the validation pictures.")  # fmt: skip
    with st.container(horizontal=True, key="own_take"):
        st.download_button(
            f"Predictions for {card.unknown:,} unlabelled pictures (CSV)",
            lambda: _csv(run), f"{card.title.split(',')[0]}.csv", "text/csv", key="own_csv",
            icon=":material/download:", on_click="ignore", disabled=not card.unknown,
            help="Path, class, probability, second guess.",
        )  # fmt: skip
        st.download_button(
            "The sure ones, sorted into folders (zip)",
            lambda: _zip(run), f"{card.title.split(',')[0]}.zip", "application/zip", key="own_zip",
            icon=":material/folder_zip:", on_click="ignore", disabled=not card.unknown,
            help=f"Those of which it is at least {percent(SURE)} sure.",
        )  # fmt: skip
        st.download_button(
            "The network (ONNX)", lambda: _onnx(run), f"{run}.onnx", "application/octet-stream", key="own_onnx",
            icon=":material/deployed_code:", on_click="ignore",
            help="Pictures in, probabilities out: runs in other programs.",
        )  # fmt: skip
    with st.container(horizontal=True, key="own_links"):
        names = ",".join(row["run"] for row in rows)
        _link("runs.py", "Its mistakes", "search", compare=run, view="mistakes")
        _link("predict.py", "Show it a picture", "psychology_alt", trained=run)
        _link("predict.py", "Its weights", "save", trained=run, behind_it="weights")
        _link("runs.py", "Compare all", "table_rows", compare=names)
        _link("training.py", "Fewer labels, other methods", "model_training", data=card.name)


def _link(page: str, label: str, icon: str, **query: str) -> None:
    st.page_link(page, label=label, icon=f":material/{icon}:", query_params=query)


def _csv(run: str) -> str:
    from ssl_core.predict.unlabelled import predictions_csv

    network = classifier(run)
    return "".join(predictions_csv(network, dataset(network.card.name)))


def _zip(run: str) -> bytes:
    network = classifier(run)
    return sorted_zip(network, dataset(network.card.name), SURE)


def _onnx(run: str) -> bytes:
    from ssl_core.export.onnx_file import to_onnx

    return to_onnx(classifier(run))
