"""Ctrl-C, a polite kill and a terminal that is closed, turned into a clean stop."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

STOPPED = 130  # what a shell says of a command that Ctrl-C ended: 128 + SIGINT
HANG_UP = getattr(signal, "SIGHUP", None)  # not on Windows
SIGNALS = tuple(filter(None, (signal.SIGINT, signal.SIGTERM, HANG_UP)))


def answer_ctrl_c() -> None:
    """From now on Ctrl-C ends this process with a line and STOPPED, also where an exception would be swallowed."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # ignored for a job in the background of a script
        signal.signal(signal.SIGINT, _answer)


def _answer(number: int, frame: FrameType | None) -> None:
    if _importing(frame):
        leave_at_once("Stopped by Ctrl-C.")
    raise KeyboardInterrupt


def _importing(frame: FrameType | None) -> bool:
    """Whether this happens inside an import: what is raised there may be lost or end in somebody else's traceback."""
    while frame:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def leave_at_once(sentence: str) -> None:
    """End this process now. Files of a run are whole or absent at any moment, so there is nothing to tidy up."""
    with contextlib.suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)
    os._exit(STOPPED)


class Interrupts:
    """While inside, the first Ctrl-C, SIGTERM or hang-up calls `stop`; a second Ctrl-C does not wait.

    `go_on` says how what was stopped is taken up again. `asked` tells whether somebody wanted to stop.
    """

    def __init__(self, stop: Callable[[], Any], go_on: str = "run the same command to go on") -> None:
        self.stop, self.go_on, self.asked = stop, go_on, False
        self._before: dict[int, Any] = {}
        self._stopping = threading.Thread(target=self._stop)

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, and jobs in the background of a script
                    self._before[number] = signal.signal(number, self._asked)
        return self

    def _asked(self, number: int, frame: FrameType | None) -> None:
        if number == HANG_UP:
            _let_go_of_the_terminal()
        if self.asked:
            if number == signal.SIGINT:
                self._leave()
            return
        self.asked = True
        with contextlib.suppress(OSError):
            print(f"\nStopping after this step; {self.go_on}.", file=sys.stderr)
        self._stopping.start()  # a thread of its own: this one may hold the very lock that stopping takes

    def _leave(self) -> None:
        if self._before[signal.SIGINT] is _answer:
            leave_at_once(f"\nStopped at once; {self.go_on}.")
        raise KeyboardInterrupt  # inside somebody else's process

    def _stop(self) -> None:
        try:
            self.stop()
        except OSError as wrong:
            print(f"It cannot be stopped: {wrong.strerror or wrong}.", file=sys.stderr)

    def __exit__(self, *error: object) -> None:
        if self.asked:
            self._stopping.join()
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _let_go_of_the_terminal() -> None:
    """Print into nothing where we printed on a terminal: it is gone, and every word to it would be an error."""
    for number in (1, 2):
        with contextlib.suppress(OSError):
            if stat.S_ISCHR(os.fstat(number).st_mode):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
