"""Networks of finished runs, for the pages that look through one."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pages.parts.shared.store import store
from pages.parts.shared.who import shown
from ssl_core.data.catalog import find_card
from ssl_core.figures.look import percent
from ssl_core.lines import line_of
from ssl_core.runs.origin import changed
from ssl_core.tasks import CLASSIFY

MOST = 200  # the newest: a longer list is no choice


def trained_runs(data: str) -> dict[str, str]:
    """Finished runs on a data set as it is now, newest first: name to a title a person can choose by.

    In a class they are one's own, and those that the address names.
    """
    card = find_card(data)
    asked = (run for run in reversed(store().of_data(data)) if run.config.get("task", CLASSIFY) == CLASSIFY)
    done = (run for run in filter(shown(), asked) if run.state == "done" and not changed(run.config, card))
    return {run.name: _title(run) for run in islice(done, MOST)}


def _title(run: Any) -> str:
    config = run.config
    score = percent(run.end.get("test_accuracy"))
    return f"{line_of(config).title}, {config['labels']} labels, seed {config['seed']}: {score}"
