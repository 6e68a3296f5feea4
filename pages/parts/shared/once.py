"""What is the same for everybody is made once: by the first page that needs it, for all that show the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Thing = TypeVar("Thing")
MOST = 200  # things kept: the charts of some dozens of experiments


class _Place:
    """One thing, what it was made of, and the lock under which it is made."""

    def __init__(self) -> None:
        self.lock, self.made_of, self.thing = threading.Lock(), None, None


_places: OrderedDict[Hashable, _Place] = OrderedDict()
_finding = threading.Lock()


def once(name: Hashable, made_of: tuple[Any, ...], make: Callable[[], Thing]) -> Thing:
    """What `make` makes: the one that is kept under this name if it was made of the same, compared by value.

    Whoever comes while it is made waits for it. All get one and the same thing: nobody may change it. `made_of` must
    say everything that `make` looks at, and none of it may be changed in place.
    """
    with _finding:
        place = _places.setdefault(name, _Place())
        _places.move_to_end(name)
        while len(_places) > MOST:
            _places.popitem(last=False)
    with place.lock:
        if place.made_of is None or place.made_of != made_of:
            place.thing, place.made_of = make(), made_of
        return place.thing
