"""Runs as batch jobs of Slurm (slurm.schedmd.com, sbatch), by its own commands.

Not through submitit: it hands a job over as a pickled function in a folder that others may write to, and whoever reads
a pickle runs what it says. A batch job is a script, and a run's folder says the rest.

A job that is preempted, or near the end of its time, is asked to end (SIGTERM, or USR1 a while before); the worker
saves its checkpoint and leaves the run as one that waits, and Slurm queues the same job again.
"""

from __future__ import annotations

import contextlib
import math
import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ssl_core.launch import Job
from ssl_core.launch.cluster import Away, Cluster, Seen
from ssl_core.launch.share import KILLED, NO_MEMORY, Share, because_of, cpus_of, script
from ssl_core.runs.handed import TRY_AGAIN
from ssl_core.runs.process import printed

if TYPE_CHECKING:
    from ssl_core.runs.store import Run

ANSWER = 20.0  # seconds that a command of Slurm's may take
NOTICE = 60  # seconds before the end of its time that a job is told
HARD = 3.0  # seconds between a polite end and a kill
MOST_AT_ONCE = 200
NO_SUCH_JOB = "Invalid job id"  # what Slurm says of a job that it has forgotten
WAITS = ("PENDING", "REQUEUED", "REQUEUE_HOLD", "SUSPENDED", "SPECIAL_EXIT", "STAGE_OUT")
WORKS = ("RUNNING", "CONFIGURING", "COMPLETING", "RESIZING", "SIGNALING", "STOPPED")
ENDS = {
    "COMPLETED": "",
    "OUT_OF_MEMORY": because_of(NO_MEMORY, ""),
    "NODE_FAIL": "Its machine died or left the cluster. Resume goes on.",
    "BOOT_FAIL": "Its machine could not be started. Resume goes on.",
    "PREEMPTED": "It was preempted: its place was taken for a job that comes first. Resume goes on.",
    "TIMEOUT": "It reached the time limit that Slurm gives a job. Resume goes on.",
    "DEADLINE": "It reached the deadline of its job at Slurm. Resume goes on.",
    "CANCELLED": "Its job was cancelled at Slurm. Resume goes on.",
}


class Slurm(Cluster):
    """A batch job a run. SSL_SLURM holds further words for sbatch, as in --partition=gpu --gres=gpu:1 --time=60."""

    name, title = "slurm", "Slurm"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._numbers: dict[Job, str] = {}  # what Slurm calls them

    def _ask(self, *words: str, text: str = "") -> str:
        """What a command of Slurm's prints; raises Away."""
        try:
            return printed(words, text, ANSWER)
        except FileNotFoundError:
            raise Away(
                f"Slurm is not installed here ({words[0]} is missing): start this program on a machine of the cluster, "
                "or choose another launcher."
            ) from None
        except TimeoutError:
            raise Away(f"Slurm does not answer: {words[0]} took more than {ANSWER:g} seconds.") from None
        except ValueError as wrong:
            said = next((line for line in str(wrong).splitlines() if line.strip()), "it ended without a word")
            raise Away(f"Slurm does not answer or refuses: {said.strip()[:300]}.") from None

    def _submit(self, job: Job, run: Run, wanted: Share) -> None:
        words = ["sbatch", "--parsable", f"--job-name={job}", "--requeue", "--open-mode=append", "--chdir=/"]
        words += [f"--output={_as_pattern(run.folder / 'log.txt')}", f"--signal=B:USR1@{NOTICE}", "--ntasks=1"]
        words += [f"--cpus-per-task={math.ceil(cpus_of(run, wanted))}"]
        if wanted.gpus:
            words += [f"--gpus={math.ceil(wanted.gpus)}"]
        again = f'[ $code = {TRY_AGAIN} ] && [ "$late" = yes ] && scontrol requeue $SLURM_JOB_ID\n'
        lines = "#!/bin/sh\n" + script(run, job, again=True) + again + "exit $code\n"
        told = self._ask(*words, *_further_words(), text=lines)
        self._numbers[job] = told.strip().partition(";")[0]

    def _look(self, jobs: Iterable[Job]) -> dict[Job, Seen]:
        asked, seen = set(jobs), {}
        listed = self._ask("squeue", "--me", "--states=all", "--noheader", "--format=%i|%j|%T|%r|%N")
        for line in listed.splitlines():
            number, job, state, reason, nodes = [*line.split("|"), "", "", "", ""][:5]
            if job in asked:
                self._numbers[job] = number
                seen[job] = self._said(number, state, reason, nodes)
        return seen

    def _said(self, number: str, state: str, reason: str, nodes: str) -> Seen:
        if state in WAITS:
            return Seen("waiting", f"{state}, {reason}" if reason not in ("", "None") else state)
        if state in WORKS:
            return Seen("running")
        if state != "FAILED":
            why = ENDS.get(state, f"Slurm says {state}. Resume goes on.")
            return Seen("ended", why=why, cancelled=state == "CANCELLED")
        try:
            return Seen("ended", why=because_of(self._code(number), nodes))
        except Away as wrong:
            if NO_SUCH_JOB not in str(wrong):
                raise
            return Seen("ended", why="Its job failed, and Slurm has forgotten how. Resume goes on.")  # between the two

    def _code(self, number: str) -> int:
        """The exit code of a job that ended; that of a signal as a shell has it."""
        facts = dict(word.partition("=")[::2] for word in self._ask("scontrol", "show", "job", "-o", number).split())
        code, _, signal = facts.get("ExitCode", "1:0").partition(":")
        with contextlib.suppress(ValueError):
            return 128 + int(signal) if int(signal or 0) else int(code)
        return KILLED[0]

    def _count(self, wanted: Share) -> int:
        """Cores of the machines that are up, by those of a run; other people's jobs may be on them."""
        _further_words()  # before anything is queued
        told = self._ask("sinfo", "--noheader", "--format=%C")
        counts = [line.strip().split("/") for line in told.splitlines()]
        cores = sum(int(of[3]) - int(of[2]) for of in counts if len(of) == 4 and all(part.isdigit() for part in of))
        return min(MOST_AT_ONCE, int(cores / (wanted.cpus or 1.0)))

    def _end(self, job: Job, since: float) -> None:
        """SIGTERM at first, in case the stop file has not been seen there yet; then the end."""
        if job not in self._numbers:
            self._look([job])
        number = self._numbers.get(job)
        if number is None:
            return
        if job in self._taken_back:
            self._ask("scancel", number)
        elif since < HARD:
            self._ask("scancel", "--signal=TERM", "--full", number)
        else:
            self._ask("scancel", number)
            self._ask("scancel", "--signal=KILL", "--full", number)


def _as_pattern(path: Path) -> str:
    """A path as sbatch takes one: a percent sign stands for something there, and a backslash nowhere for itself."""
    text = str(path)
    return "/dev/null" if "\\" in text else text.replace("%", "%%")  # the worker writes its log by itself


def _further_words() -> list[str]:
    """What SSL_SLURM says; raises Away where it cannot be read."""
    try:
        return shlex.split(os.environ.get("SSL_SLURM", ""))
    except ValueError:
        raise Away("SSL_SLURM has a quotation mark without its partner: set it again and start again.") from None
