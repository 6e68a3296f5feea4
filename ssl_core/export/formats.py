"""A run in other people's forms: command line, CSV, JSON, zip, TensorBoard's event files."""

from __future__ import annotations

import io
import json
import re
import shlex
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ssl_core.runs.about import files_about
from ssl_core.runs.store import Run
from ssl_core.spreadsheet import csv_text

LEFT_BEHIND = ("lock", "pid", "stop", "beat")  # about processes of this machine, not about the run


def command_line(run: Run) -> str:
    """The command that trains the same again, with every knob that differs from its default; imports torch."""
    if not run.config:
        raise ValueError(run.why)
    from ssl_core.train.config import Config, defaults

    config = Config.from_dict(run.config)
    values = config.to_dict()
    if first := run.config.get("continues"):
        steps = str(config.training.steps)
        return shlex.join(["python", "-m", "ssl_core", "train", "--resume", first, "--steps", steps])
    words = ["python", "-m", "ssl_core", "train", "--data", config.data, "--method", config.method]
    words += ["--labels", str(config.labels), "--seed", str(config.seed)]
    usual = defaults(config.data, config.method, config.training.model)
    if config.training.model != defaults(config.data, config.method)["model"]:
        words.append(f"--model={config.training.model}")
    for name, value in (values["knobs"] | values["training"]).items():
        if value != usual[name]:
            words.append(f"--{name}={str(value).lower() if isinstance(value, bool) else value}")
    return shlex.join(words)


def rows_csv(run: Run) -> str:
    """Every row of the run's record; a list becomes one column an entry."""
    flat = [_flat(row) for row in run.tail.read()]
    return csv_text(flat, list(dict.fromkeys(name for row in flat for name in row)))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, list):
            flat |= {f"{name}_{place}": item for place, item in enumerate(value)}
        else:
            flat[name] = value
    return flat


def config_json(run: Run) -> str:
    """The configuration as it is on disk."""
    return json.dumps(run.config, indent=1, ensure_ascii=False) + "\n"


def zipped(runs: Iterable[Run]) -> bytes:
    """The folders of these runs, and what is said of their experiments; unpacked into a store they are there again."""
    runs, out = list(runs), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for run in runs:
            for path in sorted(run.folder.iterdir()):
                if path.is_file() and not path.is_symlink() and path.name[0] != "." and path.name not in LEFT_BEHIND:
                    file.write(path, f"{run.name}/{path.name}")
        for path in files_about(runs):
            file.write(path, path.name)
    return out.getvalue()


def event_files(runs: Iterable[Run]) -> bytes:
    """A zip with a folder of TensorBoard event files for each run: unpack it, then `tensorboard --logdir`."""
    from tensorboardX import SummaryWriter  # imports torch, so not before somebody asks

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, tempfile.TemporaryDirectory() as folder:
        for run in runs:
            with SummaryWriter(f"{folder}/{run.name}", write_to_disk=True) as writer:
                started = run.config.get("created") or 0
                for row in run.tail.read():
                    for name, value in _flat(row).items():
                        if isinstance(value, (int, float)) and name not in ("step", "seconds"):
                            tag = re.sub(r"_(\d+)$", r"/\1", name)
                            writer.add_scalar(tag, value, row.get("step", 0), started + row.get("seconds", 0))
            for path in sorted(Path(folder, run.name).iterdir()):
                file.write(path, f"{run.name}/{path.name}")
    return out.getvalue()
