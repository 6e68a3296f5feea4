"""What becomes of a process when it is a worker: whom it hears, where it prints, and how it leaves."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ssl_core.runs import several
from ssl_core.runs.run import BY_SYSTEM
from ssl_core.runs.store import Run

STAMP = "%Y-%m-%d %H:%M:%S"


def now() -> str:
    """The time of day as a log says it."""
    return time.strftime(STAMP)


def apart() -> None:
    """Out of reach of the terminal, and behind whatever a person waits for."""
    if hasattr(os, "setsid"):  # not on Windows
        os.setsid()
        os.nice(5)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def polite(run: Run) -> Callable[[], bool]:
    """From now on the system's polite words end the run as its stop file does: with a checkpoint.

    SIGTERM comes from whoever shuts the machine down, SIGHUP from a terminal that closes. Returns what tells whether
    that happened, and nobody else had asked before.
    """
    heard: list[int] = []  # a second word may come while the first is being answered
    first: list[bool] = []

    def asked(number: int, frame: Any) -> None:
        if heard:
            return
        heard.append(number)
        with contextlib.suppress(OSError):
            if not run.stopping():  # or somebody else's reason stands there
                first.append(True)
                run.stop(BY_SYSTEM)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # no SIGHUP on Windows
            signal.signal(getattr(signal, name), asked)
    return lambda: bool(first)


def on_record(folder: Path, began: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` says at its end; what is printed meanwhile stands in the run's log. First to go when memory ends."""
    _log_into(folder / "log.txt")
    try:
        Path("/proc/self/oom_score_adj").write_text("500")
    except OSError:
        _say("oom_score_adj could not be set on this system")
    _say(f"{began} worker {os.getpid()} begins")
    end = work()
    _say(f"{now()} {end.get('state', 'left to another worker')} {end.get('why', '')}")
    return end


def _log_into(path: Path) -> None:
    """What is printed from now on goes there; on a full disk nowhere."""
    try:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError:
        log = os.open(os.devnull, os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _say(words: str) -> None:
    with contextlib.suppress(OSError):
        print(words, flush=True)


def leave(code: int) -> None:
    """End this process without taking PyTorch apart, which costs a second in which it would hold its place."""
    if several.processes() > 1:  # torchrun's processes wait for each other
        sys.exit(code)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
