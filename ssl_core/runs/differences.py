"""What runs were told to do, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ssl_core.runs.store import Run

# About the run, not about what it does.
QUIET = ("version", "created", "experiment", "taken", "role", "classes", "input")
ABSENT = "–"


def differences(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """One row a setting: {"setting", "differs", and the value by name of each run}; what differs comes first.

    A setting that a run does not have (another method's knob) is "–" there. Broken runs have no settings. Which
    pictures a run learned from is a setting where all of them wrote it down.
    """
    flat = {run.name: _flat(run.config) for run in runs}
    if not all(values.get("fingerprint") for values in flat.values()):
        for values in flat.values():
            values.pop("fingerprint", None)
    settings = list(dict.fromkeys(name for values in flat.values() for name in values))
    rows = []
    for name in settings:
        values = {run: flat[run].get(name, ABSENT) for run in flat}
        differ = len({repr(value) for value in values.values()}) > 1
        rows.append({"setting": name.replace("_", " "), "differs": differ} | values)
    return sorted(rows, key=lambda row: not row["differs"])


def _flat(config: dict[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in config.items() if key not in (*QUIET, "knobs", "training")}
    return flat | dict(config.get("knobs") or {}) | dict(config.get("training") or {})
