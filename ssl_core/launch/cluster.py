"""What every engine of other machines has in common: jobs with names of ours, one look a second, silence, and words.

A job's name is written into the run's folder before the engine hears of it. So a pool that dies, or two at once, never
hand a run over twice; and a worker whose run has been given to somebody else since leaves it alone.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ssl_core.launch import Job, JobState
from ssl_core.launch.share import Share, share
from ssl_core.runs.files import kernel_lock
from ssl_core.runs.handed import Engine, hand, handed, say

if TYPE_CHECKING:
    from ssl_core.runs.store import Run

LOOK = 1.0  # seconds between two questions to an engine
COUNT = 10.0  # and between two about how much it has
NEWS = 10.0  # seconds that an engine may take until it lists what it was given
PATIENCE = 20.0  # seconds to wait for another pool that hands something over


class Away(OSError):
    """An engine that does not answer, or is not installed: the message is a whole sentence."""


class Seen(NamedTuple):
    """What an engine says of a job: its state, its own word on a wait, and why it ended, a sentence."""

    state: JobState
    word: str = ""
    why: str = ""
    cancelled: bool = False  # by somebody at the engine


class Cluster:
    """A launcher whose jobs are the engine's; an engine adds what stands below under "of each engine"."""

    name, title = "", ""
    patience = 2.0  # then the engine asks as well, for news of a stop file travel slowly, and kills 3 seconds later
    outlives = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self._runs: dict[Job, Run] = {}
        self._seen: dict[Job, Seen] = {}
        self._given: dict[Job, float] = {}  # when we handed it over
        self._asked: dict[Job, tuple[float, float]] = {}  # when it was asked to end, first and last
        self._taken_back: set[Job] = set()  # before they had begun
        self._looked = self._counted = float("-inf")
        self._places = 1
        self._away = ""  # why nothing is known

    # of each engine ------------------------------------------------------------------------------------------------

    def _submit(self, job: Job, run: Run, wanted: Share) -> None:
        """Give it a run under this name; raises Away."""
        raise NotImplementedError

    def _look(self, jobs: Iterable[Job]) -> dict[Job, Seen]:
        """What it says of these, those left out that it does not know; raises Away."""
        raise NotImplementedError

    def _count(self, wanted: Share) -> int:
        """Runs that all its machines together have room for; raises Away."""
        raise NotImplementedError

    def _end(self, job: Job, since: float) -> None:
        """End it, politely first; asked once a second, `since` so many seconds. Raises Away."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise ValueError, one sentence, where no run could be run."""
        try:
            self._count(share())
        except Away as wrong:
            raise ValueError(str(wrong)) from None

    # the same for all ----------------------------------------------------------------------------------------------

    def places(self) -> int:
        """As many as it was said that it may have, else as its machines have room for."""
        wanted = share()
        if wanted.at_once:
            return wanted.at_once
        if time.monotonic() > self._counted + COUNT:
            self._counted = time.monotonic()
            try:
                self._places = max(1, self._count(wanted))
                self._heard()
            except Away as wrong:
                self._silent(wrong)
        return self._places

    def start(self, run: Run) -> Job:
        """Hand a run over, unless the engine has it already."""
        try:
            with kernel_lock(self.root / "handing.lock", PATIENCE):
                job = self._started(run)
        except Away as wrong:
            self._silent(wrong)
            raise
        except TimeoutError:
            raise Away("Another process is handing runs over: they wait for it.") from None
        self._runs[job] = run
        self._heard()
        return job

    def _started(self, run: Run) -> Job:
        before = self.find(run)
        if before:
            known = self._look([before])
            if before in known and known[before].state != "ended":
                return before
        job = f"{run.name}-{secrets.token_hex(4)}"
        hand(run.folder, self.name, job)
        self._submit(job, run, share())
        self._given[job] = time.monotonic()
        return job

    def find(self, run: Run) -> Job | None:
        """The job that is written in its folder, if it is ours and the run's."""
        kept = handed(run.folder)
        if kept.launcher != self.name or not kept.job.startswith(f"{run.name}-"):  # anybody may write there
            return None
        if kept.job not in self._runs:
            self._runs[kept.job], self._looked = run, float("-inf")
        return kept.job

    def state(self, job: Job) -> JobState:
        """As the engine says; while it says nothing, as the run's heart does."""
        self._refresh()
        run, seen = self._runs.get(job), self._seen.get(job)
        if job in self._taken_back:
            return "ended"
        if self._away:
            lost = run is not None and run.state == "lost"
            return "ended" if lost else seen.state if seen else "waiting"
        if seen is None:
            return "waiting" if time.monotonic() < self._given.get(job, float("-inf")) + NEWS else "ended"
        if seen.state == "waiting" and run is not None and run.state == "lost":
            run.put_back()  # the engine gives it another turn on another machine
        return seen.state

    def why(self, job: Job) -> str:
        """The engine's reason in our words, or that nobody knows any."""
        run, seen = self._runs.pop(job, None), self._seen.pop(job, None)
        self._given.pop(job, None)
        asked, taken_back = self._asked.pop(job, None), job in self._taken_back
        self._taken_back.discard(job)
        if run is None or taken_back:
            return ""
        begun = (run.folder / "lock").exists()
        if self._away:
            return f"{self._away.rstrip('.')}, and the worker shows no sign of life. Resume goes on, anywhere."
        if seen is None:
            return f"{self.title} has forgotten its job, or was restarted. Resume goes on, anywhere." if begun else ""
        if seen.cancelled and asked is None and run.state == "queued":
            run.stop(seen.why)  # or it would be handed over again, against the will of whoever cancelled it
        return seen.why or ("Its job ended without a word. Resume goes on." if begun else "")

    def stop(self, job: Job) -> None:
        """Have the engine end it; one that has not begun is forgotten at once, whenever the engine gets to that."""
        now = time.monotonic()
        first, last = self._asked.get(job, (now, float("-inf")))
        if now < last + LOOK:
            return
        self._asked[job] = first, now
        self._refresh()
        if job in self._seen and self._seen[job].state == "waiting":
            self._taken_back.add(job)
        with contextlib.suppress(Away):  # silence is noticed elsewhere
            self._end(job, now - first)

    def wait(self, seconds: float) -> bool:
        """This long: an engine tells nobody when a job ends."""
        time.sleep(seconds)
        return False

    def warm(self) -> None:
        """Ask how much room there is; who does not answer is asked again later."""
        self.places()

    def _refresh(self) -> None:
        if time.monotonic() < self._looked + LOOK or not self._runs:
            return
        try:
            self._seen = self._look(list(self._runs))
        except Away as wrong:
            self._silent(wrong)
        else:
            self._heard()
            self._tell()
            self._let_go()
        self._looked = time.monotonic()

    def _let_go(self) -> None:
        """Forget and end a job whose run was resumed, deleted or given to another meanwhile: it is frozen, or late."""
        for job, run in self._runs.items():
            if job not in self._taken_back and handed(run.folder).job != job:
                self._taken_back.add(job)
                try:
                    self._end(job, 0.0)
                except Away:  # it is asked again at the next look
                    self._taken_back.discard(job)

    def _heard(self) -> None:
        self._away = ""
        say(self.root, self.name, Engine(self._places))

    def _silent(self, wrong: Away) -> None:
        self._away = str(wrong)
        say(self.root, self.name, Engine(self._places, self._away))

    def _tell(self) -> None:
        """Write an engine's word on a wait where pages find it."""
        for job, seen in self._seen.items():
            folder = self._runs[job].folder
            kept = handed(folder)
            if seen.state == "waiting" and kept.job == job and kept.word != seen.word:
                hand(folder, self.name, job, seen.word)
