"""A fair order of what waits: the queue goes round the people, not first come first served.

Whoever had a turn goes behind everybody else, so nobody waits for more runs than there are other people. A run that
several people asked for is everybody's turn at once. One person alone has the order of asking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

NOBODY = ""  # whose runs have no owner, from a terminal: together they are one person


class Turn(NamedTuple):
    """A run, and the people whose turn it is; nobody's where the teacher put it first."""

    run: str
    people: tuple[str, ...]


def fair(
    runs: Sequence[str],
    owners: Mapping[str, Collection[str]],
    first: Sequence[str] = (),
    last: Sequence[str] = (),
) -> list[Turn]:
    """Every waiting run once, in the order in which they are to start.

    `runs` are names, oldest first; `owners` says whose each is; `first` are those that the teacher put first, in that
    order; `last` are people in the order of their latest turns: whoever had none yet comes before them.
    """
    waiting = set(runs)
    ahead = [run for run in dict.fromkeys(first) if run in waiting]
    rest = [run for run in runs if run not in set(ahead)]
    people = {run: tuple(dict.fromkeys(owners.get(run, ()))) or (NOBODY,) for run in rest}
    return [*(Turn(run, ()) for run in ahead), *_round(rest, people, last)]


def _round(runs: Sequence[str], people: Mapping[str, tuple[str, ...]], last: Sequence[str]) -> list[Turn]:
    """The same where the teacher wants nothing."""
    wanted: dict[str, list[str]] = {}  # by person, the oldest at the end
    for run in reversed(runs):
        for person in people[run]:
            wanted.setdefault(person, []).append(run)
    had = {person: place for place, person in enumerate(last)}
    asked = list(dict.fromkeys(person for run in runs for person in people[run]))
    line = sorted(asked, key=lambda person: had.get(person, -1))  # stable: of two without a turn, who asked first
    turns, begun = [], set()
    while line:
        mine = wanted[line[0]]
        while mine and mine[-1] in begun:
            mine.pop()
        if not mine:
            line.pop(0)
            continue
        run = mine.pop()
        begun.add(run)
        turns.append(Turn(run, people[run]))
        line = after(line, people[run])
    return turns


def after(last: Sequence[str], people: Collection[str]) -> list[str]:
    """The people in the order of their latest turns, once these have had one."""
    had = dict.fromkeys(people)
    return [*(person for person in last if person not in had), *had]
