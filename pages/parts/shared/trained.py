"""Networks of finished runs, for the pages that look through one."""

from __future__ import annotations

from typing import Any

from pages.parts.shared.store import store
from pages.parts.shared.who import visible
from ssl_core.data.catalog import find_card
from ssl_core.figures.look import percent
from ssl_core.lines import line_of
from ssl_core.runs.origin import changed
from ssl_core.tasks import CLASSIFY


def trained_runs(data: str) -> dict[str, str]:
    """Finished runs on a data set as it is now, newest first: name to a title a person can choose by.

    In a class they are one's own, and those that the address names.
    """
    card = find_card(data)
    there = {run.name: run for run in store().runs() if run.config.get("data") == data}
    done = [
        run
        for run in map(there.get, visible(there))
        if run.state == "done" and run.config.get("task", CLASSIFY) == CLASSIFY
    ]
    return {run.name: _title(run) for run in reversed(done) if not changed(run.config, card)}


def _title(run: Any) -> str:
    config = run.config
    score = percent(run.end.get("test_accuracy"))
    return f"{line_of(config).title}, {config['labels']} labels, seed {config['seed']}: {score}"
