"""Films that were made are kept for a while, and one is made at a time.

The first weights come from a generator that the whole process shares, and two trainings at once would each take twice
as long.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from ssl_core.playground.film import Film, Tell, film
from ssl_core.playground.play import Play

MOST = 48  # films, a megabyte each
Asked = tuple[Play, str, tuple[tuple[str, Any], ...]]
_kept: OrderedDict[Asked, Film] = OrderedDict()
_turn = threading.Lock()


def kept_film(play: Play, name: str, knobs: tuple[tuple[str, Any], ...] = (), tell: Tell = lambda share: None) -> Film:
    """`film`, or the one made before of the same; waits for its turn, and says 0 to `tell` while it does."""
    asked = (play, name, knobs)
    if found := _kept.get(asked):
        return found
    while not _turn.acquire(timeout=0.25):
        tell(0.0)
    try:
        if asked not in _kept:
            _kept[asked] = film(play, name, knobs, tell)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return _kept[asked]
    finally:
        _turn.release()
