"""What is printed, whatever it is printed on: an old console, a full disk, a pipe that nobody reads, or nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any

# Escape codes in a file's name or a run's reason move the cursor or worse; a line and a tab may stay.
CONTROLS = {code: "?" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
MOST = 600  # characters of a sentence on stderr
UNICODE = ("utf-8", "utf8")


class Unprinted(OSError):
    """What a command says could not be written to its output; the message is one sentence."""


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """While inside, printing neither fails for want of a letter nor takes a run with it.

    A letter that the console lacks becomes a question mark. What cannot be written to stderr is dropped, what cannot
    be written to stdout raises Unprinted, or BrokenPipeError where nobody reads any more.
    """
    _open_what_is_closed()
    before = sys.stdout, sys.stderr
    errors = getattr(sys.stdout, "errors", None)
    _say(sys.stdout, "replace")
    sys.stdout, sys.stderr = _Output(sys.stdout), _Aside(sys.stderr)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        _say(sys.stdout, errors)


def exact() -> None:
    """From here on stdout is for other programs: what the console's alphabet lacks is written as Python escapes it."""
    if not _unicode():
        _say(sys.stdout, "backslashreplace")
    if isinstance(sys.stdout, _Output) and not getattr(sys.stdout, "isatty", bool)():
        sys.stdout.replaced = {}


def source(text: str) -> str:
    """Python source as it may be printed: plain ASCII where the console's alphabet is not the one Python reads."""
    return text if _unicode() else text.encode("ascii", "backslashreplace").decode()


def _unicode() -> bool:
    return str(getattr(sys.stdout, "encoding", None)).lower() in UNICODE


def one_line(words: object) -> str:
    """A message as one line of printable characters that is not too long."""
    text = "".join(letter if letter.isprintable() else "?" for letter in " ".join(str(words).split()))
    return text if len(text) <= MOST else f"{text[: MOST // 2]} … {text[-MOST // 3 :]}"


def _open_what_is_closed() -> None:
    """A closed stream would be the next file that is opened: a run's log, or its checkpoint."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - until the end


def _say(stream: Any, errors: str | None) -> None:
    if errors and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors=errors)


class _Stream:
    """A stream of which some writes are answered otherwise."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        self._do(lambda: self.stream.write(text))
        return len(text)

    def flush(self) -> None:
        self._do(self.stream.flush)

    def _do(self, write: Any) -> None:
        try:
            write()
        except OSError as wrong:
            self._into_nothing()
            self._answer(wrong)

    def _answer(self, wrong: OSError) -> None:
        """What a failure means."""

    def _into_nothing(self) -> None:
        """What waits to be written goes nowhere, or Python would try once more when it ends, and complain."""
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.stream.fileno())
            os.close(nothing)


class _Aside(_Stream):
    """stderr: progress and remarks, none of them worth a run."""


class _Output(_Stream):
    """stdout: what somebody asked for."""

    replaced = CONTROLS

    def write(self, text: str) -> int:
        return super().write(text.translate(self.replaced))

    def _answer(self, wrong: OSError) -> None:
        if isinstance(wrong, BrokenPipeError):
            raise wrong
        why = "the disk is full" if wrong.errno == errno.ENOSPC else wrong.strerror or wrong
        raise Unprinted(f"What this command says could not be written: {why}.")
