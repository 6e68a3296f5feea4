"""Networks of finished runs, for the pages that look through one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.store import store
from ssl_core.figures.look import look, percent


def trained_runs(data: str) -> dict[str, str]:
    """Finished runs on a data set, newest first: name to a title a person can choose by."""
    done = [run for run in store().runs() if run.config.get("data") == data and run.state == "done"]
    return {run.name: _title(run) for run in reversed(done)}


def _title(run: Any) -> str:
    config = run.config
    score = percent(run.end.get("test_accuracy"))
    return f"{look(config['method'])[0]}, {config['labels']} labels, seed {config['seed']}: {score}"


@st.cache_resource(max_entries=8, show_spinner=False)
def network(name: str) -> Any:
    """The averaged network of a finished run; raises ValueError, one sentence, if it cannot be read."""
    from ssl_core.runs.trained import load_trained

    return load_trained(store().run(name))[1]
