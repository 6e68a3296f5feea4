"""Where runs are run: engines that start, stop and watch a worker on a run folder, all behind the same few verbs.

local.py is this machine. ray_jobs.py and slurm.py are clusters (cluster.py says what these have in common): they have
`python -m ssl_core.runs.worker FOLDER --beat SECONDS` run somewhere that sees the same folder of runs, and ask for a
heartbeat, since a network file system does not keep the lock that tells the living from the dead on one machine.
Which there are, and which is meant here, says choice.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from ssl_core.runs.store import Run

Job = str  # what an engine calls a run that it was given: a process id, a name
JobState = Literal["waiting", "running", "ended"]


class Launcher(Protocol):
    """What a pool of runs needs of an engine. Which run comes next is the pool's to say."""

    patience: float  # seconds between a run's stop file and `stop`
    outlives: bool  # whether a job goes on without whoever started it, so that another may look after it

    def places(self) -> int:
        """Runs that it would take at a time."""

    def check(self) -> None:
        """Raise ValueError, one sentence, where no run could be run, before anything is queued; may take seconds."""

    def start(self, run: Run) -> Job:
        """Have a worker run this; starting a run that the engine has already gives its job again.

        Raises OSError, one sentence, for what may be otherwise in a moment.
        """

    def stop(self, job: Job) -> None:
        """End it now, whatever it is doing. The polite way is the run's stop file; this one comes after it."""

    def state(self, job: Job) -> JobState:
        """Waiting for a place at the engine, running, or over, however it ended."""

    def find(self, run: Run) -> Job | None:
        """The job of a run that somebody else started, if there is one."""

    def why(self, job: Job) -> str:
        """Why a job that is over ended without a word, one sentence, or nothing; asked once, then it is forgotten."""

    def wait(self, seconds: float) -> bool:
        """Until a job ends, or this long; whether one is known to have ended."""

    def warm(self) -> None:
        """Get ready before there is anything to do."""
