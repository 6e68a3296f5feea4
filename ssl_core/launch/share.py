"""What a run gets of a cluster, and the shell words that are run there: the same for every engine."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ssl_core.launch.local import runs_per_gpu
from ssl_core.runs.disk import EXIT, FULL
from ssl_core.runs.handed import handed
from ssl_core.runs.process import HOUSE

if TYPE_CHECKING:
    from ssl_core.runs.store import Run

BEAT = 2.0  # seconds: a run whose machine died is lost after three of them
# How the shell around a worker ends, for what the worker cannot say itself: ENOMEM, and two of sysexits.h.
NO_MEMORY, NO_FOLDER, NO_PROGRAM = 12, 72, 69
KILLED = (137, -9)
SETTINGS = ("SSL_DATA", "SSL_ROOTS", "TORCH_HOME")  # what a worker is told of ours; never the teacher's word
# What comes at its birth a process may lose: what was asked before it began is said to the worker until it has ended.
SCRIPT = """
kills() {{ cat /sys/fs/cgroup/memory.events /proc/vmstat 2>/dev/null | grep '^oom_kill '; }}
asked= late= worker=
trap 'asked=yes; ${{worker:+kill -TERM $worker}}' TERM
trap 'asked=yes; late=yes; ${{worker:+kill -TERM $worker}}' USR1
[ -f {config} ] || exit {unseen}
cd {house} && [ -x {python} ] || exit {absent}
before=$(kills)
export {settings}
{python} -m ssl_core.runs.{module} {words} & worker=$!
while [ "$asked" ] && kill -TERM $worker 2>/dev/null; do sleep 1; done
wait $worker; code=$?
while kill -0 $worker 2>/dev/null; do wait $worker; code=$?; done
[ $code = 137 ] && [ "$before" != "$(kills)" ] && code={memory}
"""


class Share(NamedTuple):
    """What one run gets: processor cores, 0 for as many as it has threads; GPUs, None for what the engine has."""

    cpus: float = 0.0
    gpus: float | None = None
    at_once: int = 0  # jobs handed over at a time; 0 for what the engine has room for


def share() -> Share:
    """What SSL_RUN_CPUS, SSL_RUN_GPUS and SSL_AT_ONCE say; raises ValueError, one sentence."""
    gpus = _number("SSL_RUN_GPUS", -1.0)
    return Share(_number("SSL_RUN_CPUS", 0.0), None if gpus < 0 else gpus, int(_number("SSL_AT_ONCE", 0.0)))


def _number(name: str, usual: float) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text or usual)
    except ValueError:
        value = float("nan")
    if not (value == usual or 0 <= value <= 10_000):
        raise ValueError(f"{name} must be a number from 0 to 10,000, not {text[:40]!r}: set it and start again.")
    return value


def cpus_of(run: Run, wanted: Share) -> float:
    """Cores for a run: as many as were asked for, else one a thread of it."""
    threads = run.config.get("training", {}).get("threads", 1)
    return wanted.cpus or float(threads if isinstance(threads, int) and 1 <= threads <= 1024 else 1)


def python() -> str:
    """The interpreter on the engine's machines: SSL_PYTHON, else the same path as here."""
    return os.environ.get("SSL_PYTHON") or sys.executable


def runs_per_job() -> int:
    """Runs that a job takes up one after the other: $SSL_RUNS_PER_JOB, else 1; raises ValueError, one sentence."""
    return max(1, int(_number("SSL_RUNS_PER_JOB", 1.0)))


def _packed(run: Run) -> list[str]:
    """Words for a job that goes on with what waits for the same launcher when its run has ended."""
    from ssl_core.launch.choice import usual

    words = ["--then", str(runs_per_job() - 1), "--launcher", handed(run.folder).launcher, "--usual", usual()]
    return [*words, *(["--per-gpu", str(runs_per_gpu())] if runs_per_gpu() > 1 else [])]


def script(run: Run, job: str, *, again: bool = False) -> str:
    """Lines for any POSIX shell that have a worker run this; `code` is how it ended, `late` set where USR1 came."""
    packed = runs_per_job() > 1 or runs_per_gpu() > 1
    words = [str(run.folder), "--beat", f"{BEAT:g}", "--job", job, *(["--again"] if again else [])]
    words += _packed(run) if packed else []
    quoted = {"config": run.folder / "config.json", "house": HOUSE, "python": python()}
    paths = os.pathsep.join(filter(None, [str(HOUSE), os.environ.get("PYTHONPATH")]))
    settings = {name: os.environ[name] for name in SETTINGS if name in os.environ} | {"PYTHONPATH": paths}
    return SCRIPT.lstrip().format(
        words=shlex.join(words),
        module="pack" if packed else "worker",
        settings=" ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items()),
        **{name: shlex.quote(str(value)) for name, value in quoted.items()},
        **{"unseen": NO_FOLDER, "absent": NO_PROGRAM, "memory": NO_MEMORY},
    )


def probe(seen: Path) -> str:
    """Lines that look whether a machine sees a file of the store, this program and its Python."""
    words = {"config": seen, "house": HOUSE, "python": python()}
    quoted = {name: shlex.quote(str(value)) for name, value in words.items()}
    return (
        "[ -f {config} ] || exit {unseen}\n"
        "cd {house} && PYTHONPATH={house} {python} -c 'import ssl_core.launch' || exit {absent}"
    ).format(**quoted, unseen=NO_FOLDER, absent=NO_PROGRAM)


def because_of(code: int, where: str) -> str:
    """What an exit code of these lines says, one sentence; `where` is the machine, in words, or nothing."""
    on = f" on {where}" if where else ""
    said = {
        NO_MEMORY: f"Memory ran out{on}, and the system killed the worker. Resume goes on; a smaller batch needs less.",
        NO_FOLDER: f"The folder of runs cannot be seen{on}: put it on a disk that all machines of the engine share.",
        NO_PROGRAM: f"This program or its Python was not found{on}: install both at the same path everywhere, or say "
        "where with SSL_PYTHON.",
        EXIT: FULL,
        **dict.fromkeys(KILLED, f"The worker was killed{on}, by hand or by the system. Resume goes on."),
    }
    return said.get(code, f"The worker ended without a word{on} (exit code {code}). Resume goes on.")
