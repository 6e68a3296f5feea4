"""Which network is asked: a finished run's, or one from a weights file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.address import choose_one, choose_some
from pages.parts.shared.data_cache import follows_data
from pages.parts.shared.network_cache import classifier
from pages.parts.shared.store import store
from pages.parts.shared.who import shown
from ssl_core.apart import told_apart
from ssl_core.data.catalog import find_card, titles
from ssl_core.figures.compare import UNKNOWN, short_titles
from ssl_core.figures.look import look, percent
from ssl_core.lines import line_of
from ssl_core.people.names import class_mode
from ssl_core.runs.about import about
from ssl_core.runs.experiment_names import data_name
from ssl_core.runs.line_up import CEILING, MOST, can_be_asked, first_to_ask, rivals, why_not
from ssl_core.runs.origin import classes_of
from ssl_core.runs.store import Run

NOT_HERE = "A network that this link names is not in the list below, so it is not asked."
MOST_RUNS = 200  # the newest finished ones: a longer list is no choice


def finished_runs() -> dict[str, str]:
    """Finished runs, name to a title a person can choose by, each once: the newest data set first, in it the best.

    A title says data, method and labels, what somebody called the experiment, whatever else differs, and the accuracy.
    """
    shows = shown("trained", "beside")
    runs = list(islice((run for run in reversed(store().runs()) if shows(run) and _to_ask(run)), MOST_RUNS))
    apart = told_apart([_title(run.config) for run in runs], [run.config for run in runs])
    listed = [(run, f"{title}: {percent(_score(run))}") for run, title in zip(runs, apart, strict=True)]
    newest = list(dict.fromkeys(run.config["data"] for run in runs))
    listed.sort(key=lambda entry: (newest.index(entry[0].config["data"]), -(_score(entry[0]) or 0)))
    return {run.name: title for run, title in listed}


def _to_ask(run: Run) -> bool:
    return can_be_asked(run) and bool(find_card(run.config.get("data")) or classes_of(run.config))


def _score(run: Run) -> float | None:
    return run.end.get("test_accuracy")


def _title(config: dict[str, Any]) -> str:
    given = about(store(), config["experiment"]).name if config.get("experiment") else ""
    title = f"{data_name(config['data'])}: {line_of(config).title}, {config['labels']} labels"
    return f"{title}, {given}" if given else title


@st.cache_resource(max_entries=2, show_spinner="Reading the weights", scope="session")
def from_file(digest: str, data: str, network: str, _content: bytes) -> Any:
    """The network of a weights file; raises ValueError, one sentence."""
    from ssl_core.predict.weights import from_bytes

    return from_bytes(_content, data, network)


class Network(NamedTuple):
    """Who is asked: a run, or a weights file by what is in it (`key`); or one sentence on why it cannot be (`why`)."""

    key: str
    title: str
    note: str
    colour: str
    classifier: Any = None
    why: str = ""
    ceiling: bool = False  # whether it had every label


def vanished(runs: Mapping[str, str]) -> list[str]:
    """What the address asks for and cannot have, a sentence each; read before the widgets, which write it anew."""
    asked = [text for key in ("trained", "beside") for text in st.query_params.get_all(key) if text]
    return [why_not(store(), text) or NOT_HERE for text in dict.fromkeys(asked) if text not in {*runs, *runs.values()}]


def choose_runs(runs: Mapping[str, str], first: Any, second: Any, third: Any) -> list[str]:
    """Widgets in three places: the network, up to three beside it, and those of its experiment at one press."""
    ask = first_to_ask(store(), runs)
    run = choose_one(
        first.selectbox, "Network", runs, ask if ask in runs else None, key="trained", explicit=class_mode(),
        disabled=not runs,
        help="At first the best in validation of the newest experiment.",
    )  # fmt: skip
    others = {name: title for name, title in runs.items() if name != run}
    beside = choose_some(
        second.multiselect, "Beside it", others, key="beside", max_selections=MOST - 1, disabled=not others,
        placeholder="up to three others",
    )  # fmt: skip
    known = rivals(store(), run) if run else []
    third.button(
        "Add its rivals", key="rivals", icon=":material/compare_arrows:", width="stretch",
        disabled=not known or known == beside, on_click=_put_beside, args=(known,),
        help="Beside it: other methods of its experiment with as many labels, and the run with every label.",
    )  # fmt: skip
    return [run, *beside] if run else []


def _put_beside(names: list[str]) -> None:
    st.session_state["beside"] = names


def weights_file() -> Network | None:
    """Widgets; the network of a weights file, asked in place of the first run."""
    with st.popover("Weights file", icon=":material/upload_file:"):
        from ssl_core.models import MODELS
        from ssl_core.predict.weights import digest
        from ssl_core.train.training import NETWORKS

        st.caption(
            "A .safetensors file, or a .pt with a plain `state_dict`; at most 10 MB here, 128 MB in the terminal. "
            "Nothing in it is run. It is asked in place of the network chosen above."
        )
        file = st.file_uploader("Weights file", ["safetensors", "pt"], max_upload_size=10, key="weights_file")
        known = titles()
        data = st.selectbox("Its data, if it does not say", known, format_func=known.get, key="weights_data")
        network = st.selectbox(
            "Its network, if it does not say", MODELS, format_func=lambda name: NETWORKS.get(name, name),
            key="weights_network",
        )  # fmt: skip
    if not file:
        return None
    content = file.getvalue()
    key = digest(content)
    return _read(Network(key, "Your weights file", "", UNKNOWN), lambda: from_file(key, data, network, content))


def of_runs(names: Sequence[str]) -> list[Network]:
    """The networks of these runs, told apart by their titles."""
    runs = [run for name in names if (run := store().run(name))]
    titles_of = short_titles([run.config for run in runs])
    return [_of_run(run, title) for run, title in zip(runs, titles_of, strict=True)]


def _of_run(run: Any, title: str) -> Network:
    colour, ceiling = look(run.config.get("method", ""))[1], run.config.get("role") == CEILING
    return _read(Network(run.name, title, _note(run), colour, ceiling=ceiling), lambda: classifier(run.name))


def _read(network: Network, read: Callable[[], Any]) -> Network:
    try:
        return network._replace(classifier=read())
    except ValueError as wrong:
        return network._replace(why=str(wrong))


def _note(run: Any) -> str:
    card = find_card(run.config.get("data"))
    data = card.title.split(",")[0] if card else str(run.config.get("data"))
    return f"{data}, seed {run.config.get('seed')}: {percent(run.end.get('test_accuracy'))} in its test"


@follows_data
@st.cache_resource(max_entries=8, show_spinner="Looking through the training pictures")
def held_bank(key: str, _classifier: Any, _data: Any) -> Any:
    """Features of training pictures, for the nearest ones."""
    from ssl_core.predict.neighbours import bank

    return bank(_classifier, _data)
