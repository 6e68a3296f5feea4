"""Python in a process of its own: the one way in which this house starts one (workers apart, see ssl_core/launch)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

HOUSE = Path(__file__).resolve().parents[2]


def start_python(
    module: str, *words: object, output: IO[bytes] | int, errors: IO[bytes] | int | None = None, **environment: str
) -> subprocess.Popen:
    """`python -m module words`, out of reach of this terminal's signals and able to import this house from anywhere.

    `output` takes what it prints, `errors` what it complains about (None: the same place); `environment` is added
    to ours. The caller keeps the process until it ends, or a zombie stays.
    """
    paths = os.pathsep.join(filter(None, [str(HOUSE), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output if errors is None else errors,
        env=os.environ | {"PYTHONPATH": paths} | environment,
        start_new_session=True,
    )


def last_line(module: str, *words: object, seconds: float) -> str:
    """The last line that it prints; raises TimeoutError, or ValueError, one sentence, when it fails."""
    with start_python(module, *words, output=subprocess.PIPE, errors=subprocess.DEVNULL) as process:
        try:
            printed, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise TimeoutError from None
    lines = printed.decode(errors="replace").splitlines()
    if process.returncode or not lines:
        raise ValueError(f"{module} ended with code {process.returncode}.")
    return lines[-1]


def printed(words: Sequence[str], text: str, seconds: float) -> str:
    """What a command of the system prints when it reads this text.

    Raises FileNotFoundError, TimeoutError, or ValueError with what it complains about when it fails.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as process:
        try:
            output, errors = process.communicate(text, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise TimeoutError from None
    if process.returncode:
        raise ValueError(errors)
    return output
