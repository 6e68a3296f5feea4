"""Runs filed by what they are about: whoever asks for an experiment does not look through all the others.

A run's configuration never changes once it is there, so each is filed once, and taken out when its folder is gone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ssl_core.runs.run import Run

Key = tuple[Any, ...]  # what kind of file it is, and whose
AGAIN = 20  # runs without a readable configuration that are tried again at each look: somebody may repair one


class Filing:
    """Files of runs. Not safe to share between threads: a store has one, under its lock."""

    def __init__(self) -> None:
        self._files: dict[Key, dict[str, Run]] = {}
        self._newest: dict[str, str] = {}  # of each experiment, the name of its newest run
        self._fresh: list[Run] = []
        self._broken: deque[Run] = deque()
        self.filed = 0  # how often a run was filed

    def follow(self, come: Iterable[Run], gone: Iterable[Run]) -> None:
        """Runs came, and others went away."""
        self._fresh += come
        away = {run.name: run for run in gone}
        self._fresh = [run for run in self._fresh if run.name not in away]
        self._broken = deque(run for run in self._broken if run.name not in away)
        for run in away.values():
            for key in _keys(run.config_read):
                self._take_out(key, run.name)

    def under(self, *key: Any) -> list[Run]:
        """The runs of one file, oldest first."""
        self._file()
        return [run for _, run in sorted(self._files.get(key, {}).items())]

    def keys(self, kind: str) -> list[Key]:
        """What there are files of, of one kind."""
        self._file()
        return [key[1:] for key in self._files if key[0] == kind]

    def experiments(self) -> list[str]:
        """Every experiment, the one with the newest run first."""
        self._file()
        return sorted(self._newest, key=self._newest.__getitem__, reverse=True)

    def by_experiment(self) -> dict[str, list[Run]]:
        """The same with the runs of each, oldest first."""
        return {name: self.under("experiment", name) for name in self.experiments()}

    def _file(self) -> None:
        waiting, self._fresh = self._fresh, []
        waiting += [self._broken.popleft() for _ in range(min(AGAIN, len(self._broken)))]
        for run in waiting:
            if not run.config:
                self._broken.append(run)
            self.filed += bool(run.config)
            for key in _keys(run.config):
                self._files.setdefault(key, {})[run.name] = run
                if key[0] == "experiment":
                    self._newest[key[1]] = max(self._newest.get(key[1], ""), run.name)

    def _take_out(self, key: Key, name: str) -> None:
        file = self._files.get(key, {})
        file.pop(name, None)
        if not file:
            self._files.pop(key, None)
        if key[0] == "experiment":
            self._newest.pop(key[1], None)
            if file:
                self._newest[key[1]] = max(file)


def _keys(config: Mapping[str, Any]) -> Iterator[Key]:
    """Where a run is filed; nowhere while its configuration cannot be read."""
    if not config:
        return
    data, method = config["data"], config["method"]
    yield "data", data
    yield "method", data, method
    yield "kind", data, method, config["labels"]
    for kind in ("experiment", "search", "confirms"):
        if name := config.get(kind):
            yield kind, name
