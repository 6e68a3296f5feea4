"""Where runs are run: engines that start, stop and watch a worker on a run folder, all behind the same few verbs.

local.py is this machine. Another engine (Ray, Slurm) is one more file with such a class: it has
`python -m ssl_core.runs.worker FOLDER --beat SECONDS` run somewhere that sees the same folder of runs, and asks for a
heartbeat, since a network file system does not keep the lock that tells the living from the dead on one machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from ssl_core.runs.store import Run

Job = str  # what an engine calls a run that it was given: a process id, a submission id


class Launcher(Protocol):
    """What a pool of runs needs of an engine. How many run at a time, and which, is the pool's to say."""

    def start(self, run: Run) -> Job:
        """Have a worker run this; starting a run that the engine has already gives its job again."""

    def stop(self, job: Job) -> None:
        """End it now, whatever it is doing. The polite way is the run's stop file; this one comes after it."""

    def state(self, job: Job) -> Literal["waiting", "running", "ended"]:
        """Waiting for a place at the engine, running, or over, however it ended."""

    def find(self, run: Run) -> Job | None:
        """The job of a run that somebody else started, if there is one."""

    def why(self, job: Job) -> str:
        """Why a job that is over ended without a word, one sentence, or nothing; asked once, then it is forgotten."""

    def wait(self, seconds: float) -> None:
        """Until a job ends, or this long."""

    def warm(self) -> None:
        """Get ready before there is anything to do."""
