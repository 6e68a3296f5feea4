"""Networks of finished runs, for the pages that look through one."""

from __future__ import annotations

from typing import Any

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
