"""Workers as processes of this machine: forked in a fifth of a second from one that has PyTorch loaded already.

Where there may be a GPU they are begun anew, which takes seconds and works.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ssl_core.launch import Job, JobState
from ssl_core.runs.disk import EXIT, FULL
from ssl_core.runs.plain_files import read_plain

if TYPE_CHECKING:
    from ssl_core.runs.store import Run


MOST_PID = 20  # letters of a process id in its file
PER_GPU = "SSL_RUNS_PER_GPU"
DEVICES = Path("/dev")


def slots() -> int:
    """Runs at a time: as many a GPU as SSL_RUNS_PER_GPU says, usually one, else one a core."""
    return _gpus() * runs_per_gpu() or cores()


def runs_per_gpu() -> int:
    """Runs that share a GPU: $SSL_RUNS_PER_GPU, else 1; a small network leaves most of a large GPU idle."""
    text = os.environ.get(PER_GPU, "").strip()
    return max(1, int(text)) if text.isdecimal() and len(text) < 4 else 1


def cores() -> int:
    """Processor cores that this process may use, on every operating system."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    count = getattr(os, "process_cpu_count", os.cpu_count)  # from Python 3.13 on, the one that knows of limits
    return count() or 1


def _gpus() -> int:
    """PyTorch knows; where there can be none it is not imported for that, which takes a second and memory."""
    if "torch" not in sys.modules and not _may_have_gpu():
        return 0
    import torch

    return torch.cuda.device_count()


def _may_have_gpu() -> bool:
    """Told without PyTorch; that there is none is known of Linux alone."""
    others = any((DEVICES / name).exists() for name in ("kfd", "dxg"))  # AMD's, and Windows' inside its Linux
    return sys.platform != "linux" or others or nodes() > 0


def gpu(number: int) -> str:
    """What CUDA_VISIBLE_DEVICES calls the GPU of this number among those that we may use."""
    names = [name.strip() for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    return names[number] if number < len(names) else str(number)


def nodes() -> int:
    """GPUs of this machine that we may use, told without PyTorch: those that CUDA_VISIBLE_DEVICES names, if it does."""
    there = [path for path in DEVICES.glob("nvidia*") if path.name.removeprefix("nvidia").isdecimal()]
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None or not there:
        return len(there)
    return len([name for name in named.split(",") if name.strip() not in ("", "-1")])


def _context() -> multiprocessing.context.BaseContext:
    """Forked where that is quick; begun anew where there may be a GPU.

    After a first backward pass PyTorch has looked for GPUs, and they refuse to work in what is forked from there.
    """
    if _may_have_gpu() or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ssl_core.runs.preload"])
    return context


def _work(folder: str, device: str | None, beat: float) -> None:
    """What a worker's process does, named so that whoever starts one need not load what it works with."""
    from ssl_core.runs.worker import child

    child(folder, device, beat)


class Local:
    """A process a run, each with a slot of its own; with more than one GPU, slots go round the GPUs.

    A job is a process id. `beat` seconds between two heartbeats, for a store on a network file system; 0 is none.
    `gpus` is how many there are, for who can tell without PyTorch.
    """

    patience = 5.0
    outlives = False  # only its own parent hears how a process ended

    def __init__(self, beat: float = 0.0, gpus: int | None = None) -> None:
        self.beat, self._count = beat, gpus
        self._context = _context()
        self._workers: dict[Job, tuple[multiprocessing.process.BaseProcess, int]] = {}

    def places(self) -> int:
        """One a GPU, else one a core."""
        return slots()

    def check(self) -> None:
        """This machine is there."""

    def warm(self) -> None:
        """Start the process that workers are forked from."""
        if self._context.get_start_method() == "forkserver":
            from multiprocessing import forkserver

            forkserver.ensure_running()

    def start(self, run: Run) -> Job:
        """Fork a worker in the lowest free slot."""
        taken = {slot for _, slot in self._workers.values()}
        slot = next(number for number in range(len(taken) + 1) if number not in taken)
        gpus = _gpus() if self._count is None else self._count
        device = gpu(slot % gpus) if gpus > 1 else None
        process = self._context.Process(target=self._child(), args=(str(run.folder), device, self.beat), daemon=False)
        process.start()
        job = str(process.pid)
        self._workers[job] = (process, slot)
        return job

    def _child(self) -> Callable[..., None]:
        """What a worker's process does; it is looked up where it is loaded: a test may have put another there."""
        loaded = sys.modules.get("ssl_core.runs.worker")
        return loaded.child if loaded else _work

    def find(self, run: Run) -> Job | None:
        """The process that a worker wrote down when it began; no number that means more than one."""
        try:
            number = int(read_plain(run.folder / "pid", MOST_PID))
        except (OSError, ValueError):
            return None
        return str(number) if number > 1 else None

    def stop(self, job: Job) -> None:
        """Kill it and what it started, also one that we did not start."""
        process, _ = self._workers.get(job, (None, 0))
        try:
            os.killpg(int(job), signal.SIGKILL)
        except (ProcessLookupError, AttributeError):  # it has no group of its own yet; on Windows, none at all
            if process:
                (process.kill if hasattr(signal, "SIGKILL") else process.terminate)()

    def state(self, job: Job) -> JobState:
        """A process of somebody else is taken to be running: its run's lock knows better."""
        process, _ = self._workers.get(job, (None, 0))
        return "running" if process is None or process.exitcode is None else "ended"

    def why(self, job: Job) -> str:
        """What its exit code says; its slot is free afterwards."""
        process, _ = self._workers.pop(job)
        process.join()
        if process.exitcode == EXIT:
            return FULL
        if process.exitcode == -getattr(signal, "SIGKILL", 9):
            return "The worker was killed, by hand or because memory ran out. Resume goes on."
        return f"The worker ended without a word (exit code {process.exitcode}). Resume goes on." * bool(
            process.exitcode
        )

    def wait(self, seconds: float) -> bool:
        """Until a worker ends, or this long; whether one has."""
        sentinels = [process.sentinel for process, _ in self._workers.values()]
        if sentinels:
            return bool(multiprocessing.connection.wait(sentinels, timeout=seconds))
        time.sleep(seconds)
        return False
