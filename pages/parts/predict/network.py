"""Which network is asked: a finished run's, or one from a weights file."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import follows_data
from pages.parts.shared.network_cache import classifier
from pages.parts.shared.store import store
from ssl_core.data.catalog import find_card, titles
from ssl_core.figures.look import percent
from ssl_core.lines import line_of
from ssl_core.runs.origin import classes_of

MOST_RUNS = 200  # the newest finished ones: a longer list is no choice


def finished_runs() -> dict[str, str]:
    """Finished runs of every data set, newest first: name to a title a person can choose by, each once."""
    runs: dict[str, str] = {}
    for run in reversed(store().runs()):
        config = run.config
        card = find_card(config.get("data"))
        if (card is None and not classes_of(config)) or run.state != "done":
            continue
        data = card.title.split(",")[0] if card else config["data"].rpartition("/")[2]
        title = (
            f"{data}: {line_of(config).title}, {config['labels']} labels, seed {config['seed']}, "
            f"{percent(run.end.get('test_accuracy'))}"
        )
        runs[run.name] = f"{title} ({run.name[-4:]})" if title in runs.values() else title
        if len(runs) == MOST_RUNS:
            break
    return runs


@st.cache_resource(max_entries=2, show_spinner="Reading the weights", scope="session")
def from_file(digest: str, data: str, network: str, _content: bytes) -> Any:
    """The network of a weights file; raises ValueError, one sentence."""
    from ssl_core.predict.weights import from_bytes

    return from_bytes(_content, data, network)


def choose_network(runs: dict[str, str]) -> tuple[Any, str]:
    """Widgets; the network to ask and a key to cache by. Raises ValueError, one sentence."""
    run = choose_one(st.selectbox, "Network", runs, key="trained", disabled=not runs)
    with st.expander("Or a weights file"):
        from ssl_core.models import MODELS
        from ssl_core.predict.weights import digest

        st.caption(
            "A .safetensors file, or a .pt with a plain state_dict; at most 10 MB here, 128 MB in the terminal. "
            "Nothing in it is run."
        )
        file = st.file_uploader("Weights file", ["safetensors", "pt"], max_upload_size=10, key="weights_file")
        known = titles()
        data = st.selectbox("Its data, if it does not say", known, format_func=known.get, key="weights_data")
        network = st.selectbox("Its network, if it does not say", MODELS, key="weights_network")
    if file:
        content = file.getvalue()
        key = digest(content)
        return from_file(key, data, network, content), key
    if run is None:
        raise ValueError("Choose a network first.")
    return classifier(run), run


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Looking through the training pictures")
def held_bank(key: str, _classifier: Any, _data: Any) -> Any:
    """Features of training pictures, for the nearest ones."""
    from ssl_core.predict.neighbours import bank

    return bank(_classifier, _data)
