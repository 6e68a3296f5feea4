"""What labels are worth, judged aside: the machine's orders spend the same budget, and everybody's own are tried.

The line that is judged is FixMatch's on kept features (ssl_core/label/heads.py), by the test whose truth is known. What
the machine reached is kept on the disk for each data set's fingerprint, so that it is there the next time.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ssl_core.data.card import UNKNOWN
from ssl_core.intervals import wilson
from ssl_core.label import aside
from ssl_core.label.game import BUDGETS, MOST_PLAYERS, ROUNDS, Words, home
from ssl_core.label.heads import HEADS, MODEL, QUICK, fit
from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.label.pictures import as_rows, first_rows
from ssl_core.label.session import Session
from ssl_core.label.simulated import spend
from ssl_core.runs.files import read_json, write_json

DRAWS, REPEATS = 20, 3  # sessions of random draws, and of every other order
RANDOM = "random"
EARLY = 5  # of the draws, before anything else
MOST_ASKED = MOST_PLAYERS * len(ROUNDS)  # ways that wait to be judged: what is still wanted is asked for again
FIRST = 10  # pictures of which is remembered that an order asked about them first
Points = list[tuple[int, float]]  # labels spent, and the test accuracy 0..1


class Played(NamedTuple):
    """One budget that an order spent: accuracy by labels, and the first pictures it asked about."""

    points: Points
    first: list[str]


class Match:
    """The machine's games on one data set, and the judge of everybody's. Safe among threads; works aside."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.wrong = ""
        self.path = home() / f"machine-{session.data.card.fingerprint}.json"
        self._played = _read(self.path)
        self._judged: dict[str, float] = {}
        self._asked: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []  # the newest is judged first
        self._budget, self._busy, self._lock = 0, False, threading.Lock()

    def machine(self, order: str, budget: int) -> list[Played]:
        """The finished sessions of an order up to so many labels."""
        mine = [said for (which, _), said in sorted(self._played.items()) if which == order]
        return [
            Played([point for point in said.points if point[0] <= budget], said.first)
            for said in mine
            if said.points[-1][0] >= budget
        ]

    def left(self, budget: int) -> int:
        """Sessions of the machine that are not finished; they are played aside from now on."""
        if budget not in BUDGETS:
            raise ValueError(f"A budget is one of {', '.join(map(str, BUDGETS))} labels, not {budget}.")
        with self._lock:
            self._budget = max(self._budget, budget)
        if count := len(self._open()):
            self._wake()
        return count

    def judge(self, words: Words, budget: int) -> Points:
        """What is known of the way of somebody's labels; what is missing is judged aside, and there the next time."""
        mine, points = list(islice(words.items(), budget)), []
        for count in ROUNDS:
            if count > len(mine):
                break
            key = hashlib.blake2b(json.dumps(mine[:count]).encode(), digest_size=16).hexdigest()
            if key in self._judged:
                points.append((count, self._judged[key]))
            else:
                self._ask(key, tuple(mine[:count]))
        return points

    @property
    def busy(self) -> bool:
        """Whether something is being played or judged."""
        return self._busy

    def interval(self, share: float) -> tuple[float, float]:
        """The 95 % interval of an accuracy on this test."""
        return wilson(share, int((self.session.data.test_labels != UNKNOWN).sum()))

    def _ask(self, key: str, mine: tuple[tuple[str, str | None], ...]) -> None:
        with self._lock:
            if all(key != other for other, _ in self._asked):
                self._asked = [*self._asked, (key, mine)][-MOST_ASKED:]
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if not self._busy and not self.wrong:
                self._busy = True
                aside.start(self._work, "match")

    def _open(self) -> list[tuple[str, int]]:
        """The machine's sessions to play: some draws and each order once at first, more of both after that."""
        others = [order for order in ORDER_CARDS if order != RANDOM]
        games = [(RANDOM, n) for n in range(min(EARLY, DRAWS))] + [(order, 0) for order in others]
        games += [(RANDOM, n) for n in range(EARLY, DRAWS)] + [(o, n) for n in range(1, REPEATS) for o in others]
        done = {game for game, said in self._played.items() if said.points[-1][0] >= self._budget}
        return [game for game in games if game not in done] if self._budget else []

    def _work(self) -> None:
        try:
            while not aside.ending.is_set():
                with self._lock:
                    asked, games = self._asked[-1:], self._open()
                    if not asked and not games:
                        self._busy = False
                        return
                if asked:
                    self._try(*asked[0])
                else:
                    self._play(*games[0])
        except Exception as wrong:  # whoever waits must learn that there is nothing to wait for
            self.wrong = f"The machine stopped playing ({type(wrong).__name__}: {wrong})."
            if not isinstance(wrong, (ValueError, OSError)) and threading.main_thread().is_alive():
                raise  # into the log of a server that goes on
        finally:
            self._busy = False

    def _try(self, key: str, mine: tuple[tuple[str, str | None], ...]) -> None:
        data, pictures = self.session.data, self.session.pictures
        labels = torch.full_like(data.labels, UNKNOWN)
        said = {picture: label for picture, label in mine if label is not None}
        told = as_rows(said, pictures, tuple(data.card.classes), len(pictures.numbers))
        labels[: len(told)] = told
        self._judged[key] = self._reached(labels, 0)
        with self._lock:
            self._asked = [(other, theirs) for other, theirs in self._asked if other != key]

    def _reached(self, labels: torch.Tensor, seed: int) -> float:
        """Test accuracy 0..1 of what these labels teach; 0 for none."""
        data = self.session.data
        known = data.test_labels != UNKNOWN
        if not bool((labels != UNKNOWN).any()):
            return 0.0
        head = fit(data, labels, HEADS[0], seed=seed)
        return round(head.accuracy(data.test_images[known], data.test_labels[known]), 4)

    def _closed(self) -> torch.Tensor:
        """Rows that nobody is asked about: equals of another, and a validation that somebody brought."""
        closed = torch.ones(len(self.session.data.labels), dtype=torch.bool)
        closed[: len(self.session.pictures.numbers)] = torch.from_numpy(~first_rows(self.session.pictures))
        return closed

    def _play(self, order: str, repeat: int) -> None:
        most = min(self._budget, len(self.session.pictures.rows))
        rounds = [count for count in ROUNDS if count < most] + [most]
        points, first = [], []
        data, stop = self.session.data, aside.ending.is_set
        sessions = spend(data, self.session.spots, order, rounds, seed=repeat, stop=stop, closed=self._closed())
        for count, spent in zip(rounds, sessions, strict=False):
            points.append((count, self._reached(spent.labels, repeat)))
            first += [self.session.pictures.numbers[row] for row in spent.rows.tolist()]
        if points and points[-1][0] == most:
            points[-1] = self._budget, points[-1][1]  # a set that is smaller than the budget is labelled whole
            # Another dictionary each time: a page may be going through this one.
            self._played = self._played | {(order, repeat): Played(points, first[:FIRST])}
            _write(self.path, self._played)


def facts() -> dict[str, Any]:
    """What the machine's results hang on besides the pictures: others are played anew."""
    return {"model": MODEL, "method": HEADS[0], "knobs": QUICK[HEADS[0]], "rounds": list(ROUNDS)}


def _write(path: Path, played: dict[tuple[str, int], Played]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [[order, repeat, *said] for (order, repeat), said in played.items()]
    write_json(path, facts() | {"played": rows})


def _read(path: Path) -> dict[tuple[str, int], Played]:
    """What was played before; nothing where the file is missing, damaged, or of other facts."""
    try:
        told = read_json(path)
        if any(told.get(name) != value for name, value in facts().items()):
            return {}
        return {(str(o), int(n)): Played(_points(points), _texts(first)) for o, n, points, first in told["played"]}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _points(told: Sequence[Any]) -> Points:
    points = [(int(count), float(share)) for count, share in told]
    if not points or not all(0 <= share <= 1 for _, share in points):
        raise ValueError("no accuracies")
    return points


def _texts(told: Sequence[Any]) -> list[str]:
    return [str(text) for text in told][:FIRST]
