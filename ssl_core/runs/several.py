"""One run on several GPUs, a process each: the first one has the run's folder, the others only learn with it.

    python -m ssl_core.runs.worker FOLDER --gpus N

has PyTorch's torchrun start them on this machine. Whoever spreads a run over machines calls torchrun without --gpus:
what counts is what it puts into the environment of each process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import distributed

from ssl_core.runs.process import HOUSE
from ssl_core.runs.store import Run
from ssl_core.tasks import CLASSIFY
from ssl_core.train.together import Together

NEEDED = ("WORLD_SIZE", "RANK", "MASTER_ADDR", "MASTER_PORT")
GONE = "Another process of this run ended before it: log.txt says why. Resume goes on."


def processes() -> int:
    """How many processes were started for this run, this one included."""
    text = os.environ["WORLD_SIZE"] if all(name in os.environ for name in NEEDED) else "1"
    return int(text) if text.isdecimal() else 1


def check_gpus(config: Mapping[str, Any], gpus: int) -> None:
    """Raises ValueError, one sentence, where a run cannot be shared out to so many; `config` is a plain one.

    Every method can: it sees the whole batch, wherever the network was asked for it.
    """
    training, there = config["training"], torch.cuda.device_count()
    if gpus < 1:
        raise ValueError(f"--gpus takes a whole number from 1, not {gpus}.")
    if gpus == 1:
        return
    if config.get("task", CLASSIFY) != CLASSIFY:
        raise ValueError("A maker of pictures is trained by one process: leave --gpus out.")
    if training.get("compile"):
        raise ValueError("A compiled network is not shared out: set compile to false, or leave --gpus out.")
    if gpus > training["batch"]:
        raise ValueError(f"A batch of {training['batch']} has no rows for {gpus} processes: choose at most as many.")
    if training.get("device") != "cpu" and gpus > there:
        has = f"{there} GPU{'s' * (there != 1)}" if there else "no GPU"
        raise ValueError(f"This machine has {has}, not {gpus}; with --device cpu so many processes share its cores.")


def start(folder: Path, gpus: int, beat: float) -> None:
    """Become torchrun, with so many workers on this machine."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HOUSE), os.environ.get("PYTHONPATH")]))
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # torchrun would set it with a warning; a run's own knob counts
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(gpus)]
    worker = ["-m", "ssl_core.runs.worker", str(folder), "--beat", f"{beat:g}"]
    os.execv(sys.executable, [*torchrun, *worker])  # noqa: S606 - an engine's signals are to reach torchrun itself


def work_together(folder: Path, beat: float) -> dict[str, Any]:
    """Work on a run as one of several; what the first one says at its end, {} for the others."""
    from ssl_core.runs.worker import follow, worked
    from ssl_core.runs.worker_process import polite

    run = Run(folder)
    device = run.config.get("training", {}).get("device", "auto")
    with _group(device) as together:
        if together.rank:
            _deaf()
            follow(run, together)
            return {}
        polite(run)
        try:
            return worked(folder, beat, together=together)
        finally:
            together.dismiss()


@contextlib.contextmanager
def _group(device: str) -> Iterator[Together]:
    """All processes of the run; with GPUs each has one of its own."""
    on_gpus = device in ("auto", "cuda") and torch.cuda.is_available()
    if on_gpus:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    distributed.init_process_group("cpu:gloo,cuda:nccl" if on_gpus else "gloo")
    try:
        yield Together(distributed.group.WORLD)
    finally:
        with contextlib.suppress(RuntimeError):  # another one has gone already
            distributed.destroy_process_group()


def _deaf() -> None:
    """The first one hears the system's polite words, and stops all after the same step."""
    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def is_lost(wrong: BaseException) -> bool:
    """Whether this is what a process hears when another one of its group is gone."""
    return isinstance(wrong, distributed.DistError) or (
        isinstance(wrong, RuntimeError) and any(word in str(wrong) for word in ("gloo", "closed by peer", "NCCL"))
    )
