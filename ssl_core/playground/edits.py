"""What somebody changed by hand about the points of a world, as a short text that fits into an address.

The text is a row of pieces, each a letter with numbers in base 36: `m` moves a point (point, x, y), `l` gives it a
label or none (point, class or `n`), `r` removes it (point), `a` adds one (x, y, class or `n`). A point is two signs, a
coordinate two: 1,296 steps from edge to edge. Added points are numbered behind the world's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ssl_core.playground.worlds import EDGE, POINTS, Points

NONE = "-"  # the text of no change, where nothing at all stands for those of a prepared world
MOST = 120  # changes that an address holds
STEPS = 36**2 - 1
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PIECE = re.compile(r"m([0-9a-z]{2})([0-9a-z]{2})([0-9a-z]{2})|l([0-9a-z]{2})([0-9n])|r([0-9a-z]{2})|a([0-9a-z]{2})([0-9a-z]{2})([0-9n])")  # fmt: skip # noqa: E501


class Edits(NamedTuple):
    """Changes by the number of the point they are about; places are whole steps, labels −1 where there is none."""

    moved: dict[int, tuple[int, int]]
    labels: dict[int, int]
    removed: frozenset[int]
    added: tuple[tuple[int, int, int], ...]  # x, y, label

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.moved) + len(self.labels) + len(self.removed) + len(self.added)


UNTOUCHED = Edits({}, {}, frozenset(), ())


def two(number: int) -> str:
    """0..1295 in base 36."""
    return SIGNS[number // 36] + SIGNS[number % 36]


def step_of(place: float) -> int:
    """The step nearest to a coordinate; beyond the plane it is the edge."""
    return round((min(max(place, -EDGE), EDGE) + EDGE) / (2 * EDGE) * STEPS)


def place_of(step: int) -> float:
    """The coordinate of a step."""
    return step / STEPS * 2 * EDGE - EDGE


def read(text: str, classes: int) -> Edits:
    """The changes that a text says; none where it is not one of ours, or names a point or a class there is not."""
    pieces = [match.groups() for match in _PIECE.finditer(text)] if _PIECE.sub("", text) == "" else []
    if len(pieces) > MOST:
        return UNTOUCHED
    moved, labels, removed, added = {}, {}, set(), []
    for m, mx, my, named, label, gone, ax, ay, fresh in pieces:
        if m:
            moved[int(m, 36)] = (int(mx, 36), int(my, 36))
        elif named:
            labels[int(named, 36)] = _label(label)
        elif gone:
            removed.add(int(gone, 36))
        else:
            added.append((int(ax, 36), int(ay, 36), _label(fresh)))
    known = POINTS + len(added)
    all_labels = [*labels.values(), *(label for *_, label in added)]
    if any(n >= known for n in (*moved, *labels, *removed)) or any(label >= classes for label in all_labels):
        return UNTOUCHED
    return Edits(moved, labels, frozenset(removed), tuple(added))


def _label(sign: str) -> int:
    return -1 if sign == "n" else int(sign)


def _sign(label: int) -> str:
    return "n" if label < 0 else str(label)


def write(edits: Edits) -> str:
    """The text of some changes; `read` gives them back."""
    pieces = [f"a{two(x)}{two(y)}{_sign(label)}" for x, y, label in edits.added]
    pieces += [f"m{two(n)}{two(x)}{two(y)}" for n, (x, y) in sorted(edits.moved.items())]
    pieces += [f"l{two(n)}{_sign(label)}" for n, label in sorted(edits.labels.items())]
    return "".join([*pieces, *(f"r{two(n)}" for n in sorted(edits.removed))]) or NONE


def change(edits: Edits, acts: Sequence[Any], classes: int) -> Edits:
    """The changes after some more: ["move", point, x, y], ["label", point, class], ["add", x, y, class], ["remove", n].

    They come from a browser, so what is no such thing is left out; so is whatever would be more than MOST.
    """
    for act in acts:
        try:
            after = _after(edits, act, classes)
        except (TypeError, ValueError, IndexError, KeyError, OverflowError):
            continue
        edits = after if after.count <= MOST else edits
    return edits


def hear(text: str, message: Any, heard: int, classes: int) -> tuple[str, int]:
    """The text after what a browser sent, [when, [[number of the act, act], …]], and the last number heard.

    A browser sends again what it is not sure of; what was heard before does not count twice.
    """
    try:
        acts = [(int(number), act) for number, act in message[1]]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        return text, heard
    fresh = [act for number, act in acts if number > heard]
    return write(change(read(text, classes), fresh, classes)), max([heard, *(number for number, _ in acts)])


def _after(edits: Edits, act: Any, classes: int) -> Edits:
    kind, *rest = act
    if kind == "add":
        x, y, label = float(rest[0]), float(rest[1]), _class(rest[2], classes)
        return edits._replace(added=(*edits.added, (step_of(x), step_of(y), label)))
    number = rest[0]
    if not isinstance(number, int) or not 0 <= number < POINTS + len(edits.added):
        raise ValueError(number)
    if kind == "move":
        return edits._replace(moved=edits.moved | {number: (step_of(float(rest[1])), step_of(float(rest[2])))})
    if kind == "label":
        return edits._replace(labels=edits.labels | {number: _class(rest[1], classes)})
    if kind == "remove":
        return edits._replace(removed=edits.removed | {number})
    raise ValueError(kind)


def _class(label: Any, classes: int) -> int:
    if not isinstance(label, int) or not -1 <= label < classes:
        raise ValueError(label)
    return label


def apply(points: Points, edits: Edits) -> tuple[Points, np.ndarray]:
    """The world as changed, and the number of each of its points. Nobody knows the true class of an added one."""
    more = len(edits.added)
    x = np.concatenate([points.x, [[place_of(x), place_of(y)] for x, y, _ in edits.added]]) if more else points.x.copy()
    truth = np.concatenate([points.truth, np.full(more, -1)])
    label = np.concatenate([points.label, np.array([label for *_, label in edits.added], dtype=int)])
    for number, (right, up) in edits.moved.items():
        x[number] = place_of(right), place_of(up)
    for number, given in edits.labels.items():
        label[number] = given
    kept = np.array([number for number in range(len(x)) if number not in edits.removed])
    return Points(x[kept], truth[kept], label[kept]), kept


__all__ = ["MOST", "NONE", "UNTOUCHED", "Edits", "apply", "change", "hear", "read", "write"]
