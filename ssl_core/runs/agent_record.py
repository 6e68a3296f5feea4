"""Writing what a run's agent thinks: a line of agent.jsonl whenever the run's record has a new row."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ssl_core.runs.files import Journal
from ssl_core.runs.run import AGENT
from ssl_core.train.agent import agent_row
from ssl_core.train.trainee import Trainee


class AgentRecord(contextlib.AbstractContextManager):
    """What `train` may call after every row; writes nothing where no agent chooses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._journal: Journal | None = None

    def __call__(self, trainee: Trainee) -> None:
        """Note the moment, if there is an agent."""
        if not (row := agent_row(trainee)):
            return
        if self._journal is None:
            self._journal = Journal(self.folder / AGENT)
        self._journal.write(row)

    def __exit__(self, *error: object) -> None:
        if self._journal:
            self._journal.__exit__(*error)
