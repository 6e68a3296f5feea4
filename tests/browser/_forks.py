"""A process that has loaded what the app loads, and forks servers: seconds of imports, once for many tests.

    python -m tests.browser._forks DESCRIPTOR

It has one thread and no open socket but the one on which it is asked. What it forks leaves that socket, gets a session,
an environment, a working folder and a log of its own, and then does what `python -m streamlit` does. When whoever asks
is gone, however they ended, it kills what it forked and leaves.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[2]
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


class Forks:
    """The other end: asks for servers, and how they are."""

    def __init__(self, *command: str) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, *(command or ("-m", "tests.browser._forks")), str(theirs.fileno())],
                cwd=HOUSE,
                env=os.environ | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._answers = self._line.makefile()

    def ask(self, **request: Any) -> Any:
        """Its answer; EOFError if it is gone."""
        self._line.sendall(json.dumps(request).encode() + b"\n")
        answer = self._answers.readline()
        if not answer:
            raise EOFError("the process that servers are forked from is gone")
        return json.loads(answer)

    def close(self) -> None:
        """It ends, and everything that it forked."""
        self._answers.close()
        self._line.close()
        self.process.wait()


@cache
def forks() -> Forks:
    """The one of this process."""
    there = Forks()
    atexit.register(there.close)
    return there


class Forked:
    """A forked server, as `subprocess.Popen` would show it: `pid`, `poll` and `wait`."""

    def __init__(self, words: list[str], environment: dict[str, str], log: Path, source: Forks | None = None) -> None:
        self._source = source or forks()
        self.pid: int = self._source.ask(start=words, environment=environment, log=str(log), folder=str(HOUSE))

    def poll(self) -> int | None:
        """How it ended, if it did: its exit code, or a signal's number below zero."""
        return self._source.ask(ended=self.pid, wait=False)

    def wait(self) -> int:
        """How it ended, once it has."""
        return self._source.ask(ended=self.pid, wait=True)


def load() -> None:
    """What a server loads before its first page and for it; no page, no setting, and nothing that begins a thread."""
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import streamlit.config
    import streamlit.web.bootstrap
    import streamlit.web.cli
    import uvicorn  # noqa: F401

    import ssl_core.runs.experiment
    import ssl_core.train.config  # noqa: F401 - PyTorch, too
    from pages.parts.shared import class_begins, code, door, first_paint, garbage, wall_sheet  # noqa: F401

    assert streamlit.config._config_options is None, "settings are each server's own"
    threads = len(os.listdir("/proc/self/task"))
    assert threads == 1, f"{threads} threads: a fork would lose all but one of them"


def listen(line: socket.socket) -> dict | None:
    """Fork whenever we are asked to: in what was forked, what it was asked to be; None at the end of the questions."""
    codes: dict[int, int | None] = {}
    questions = line.makefile()
    for question in questions:
        request = json.loads(question)
        if "start" in request:
            answer = _fork()
            if not answer:
                questions.close()
                line.close()
                return request
            codes[answer] = None
        else:
            number = request["ended"]
            if codes[number] is None:
                ended, status = os.waitpid(number, 0 if request["wait"] else os.WNOHANG)
                codes[number] = os.waitstatus_to_exitcode(status) if ended else None
            answer = codes[number]
        line.sendall(json.dumps(answer).encode() + b"\n")
    for number in [number for number, code in codes.items() if code is None]:
        os.killpg(number, signal.SIGKILL)  # nobody else has its number: until we ask how it ended, it keeps it
        os.waitpid(number, 0)
    return None


def _fork() -> int:
    """os.fork; the child has a session of its own before its number is told to anybody."""
    waiting, done = os.pipe()
    number = os.fork()
    if not number:
        os.setsid()
    os.close(done)
    if number:
        os.read(waiting, 1)  # the end of what nobody writes to any more
    os.close(waiting)
    return number


def become(request: dict) -> None:
    """Be the server that was asked for, until it ends."""
    import numpy as np
    import streamlit.web.cli

    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    np.random.seed()  # Python's own generator does so by itself
    sys.argv = ["streamlit", *request["start"]]
    streamlit.web.cli.main(prog_name="python -m streamlit")


def main(descriptor: int, load: Callable[[], None] = load) -> None:
    """Load, wait for questions at that socket, and be whatever comes of them."""
    line = socket.socket(fileno=descriptor)
    load()
    gc.collect()
    gc.freeze()  # memory that nobody writes to stays shared
    wanted = listen(line)
    if wanted is not None:
        become(wanted)


if __name__ == "__main__":
    main(int(sys.argv[1]))
