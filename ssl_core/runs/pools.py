"""The pools of a store, one a launcher: the usual one always, another from the first run on that asks for it."""

from __future__ import annotations

from ssl_core.launch.choice import LAUNCHERS, launcher, usual
from ssl_core.runs.handed import handed
from ssl_core.runs.pool import Pool
from ssl_core.runs.store import Run, Store


class Pools:
    """What a runner looks after: every queued run of a store, each by the launcher that is to have it."""

    def __init__(self, store: Store) -> None:
        self.store, self.usual = store, usual()
        self._asked: set[str] = set()
        self._pools = {self.usual: self._pool(self.usual)}

    @property
    def first(self) -> Pool:
        """The pool of the usual launcher, which searches of pages go to."""
        return self._pools[self.usual]

    def tick(self) -> bool:
        """As Pool.tick, of each."""
        busy = [pool.tick() for pool in self._pools.values()]
        for name in self._asked & set(LAUNCHERS) - set(self._pools):
            self._pools[name] = self._pool(name)
        self._asked.clear()
        return any(busy)

    def _pool(self, name: str) -> Pool:
        def takes(run: Run) -> bool:
            asked = handed(run.folder).launcher or self.usual
            self._asked.add(asked)
            return asked == name

        made = None if name == "local" else launcher(name, self.store.root)
        return Pool(self.store, None, launcher=made, takes=takes)
