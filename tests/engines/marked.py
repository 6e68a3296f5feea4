"""Processes of an engine that a test started: known by a mark in their environment, which all that they start inherits.

Some write a title over their environment, as Slurm's do around each job: these are known by where they work, a folder
that has the mark in its name.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import time
from pathlib import Path

MARK = "SSL_TEST_ENGINE"


def marked(mark: str) -> list[int]:
    """Ids of the living processes that were started with MARK=mark, or work in a folder of it, this one aside."""
    text, found = f"{MARK}={mark}\0".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z" or int(folder.name) == os.getpid():
                continue
            if text in (folder / "environ").read_bytes() + b"\0" or mark in str((folder / "cwd").readlink()):
                found.append(int(folder.name))
    return found


def end(mark: str, seconds: float = 150.0) -> None:
    """Kill them all, as a machine that loses its power does, and wait until they are gone."""
    limit = time.monotonic() + seconds
    while alive := marked(mark):
        for number in alive:
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)
        assert time.monotonic() < limit, f"{alive} cannot be ended"
        time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on now, below those that a system gives to whoever asks for any."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            ports += [port] if port not in ports else []
    return ports
