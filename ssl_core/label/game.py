"""A class plays: everybody has the same budget of labels for the same pictures, and a board shows all curves.

A game is a folder in the store: its terms, and a journal in which everybody's labels stand under their nickname. Nobody
takes a turn from anybody: all may spend a label on the same picture. Free of torch.
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssl_core.data import places
from ssl_core.data.card import Card
from ssl_core.label.acts import Act, of_each, sound
from ssl_core.label.journal import Journal, person
from ssl_core.people.names import class_mode
from ssl_core.people.register import now_called
from ssl_core.runs.files import read_json, write_json

if TYPE_CHECKING:
    from ssl_core.runs.store import Store

ROUNDS = (3, 6, 10, 15, 20, 30, 40)  # labels at which everybody's are judged, and the machine's orders learn anew
BUDGETS = (10, 20, 40)
TABLE = 24  # pictures that lie on the table at a time
MOST_GAMES, MOST_PLAYERS = 500, 60  # a stranger's loop fills no disk
CODE = re.compile(r"[a-z2-9]{6}")
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is read aloud
Words = Mapping[str, str | None]  # from pictures to classes, in the order in which labels were spent on them


@dataclass(frozen=True)
class Game:
    """One game's terms: its code in the address, the data set, labels for each player, and what lays the table."""

    code: str
    data: str
    budget: int
    seed: int

    @property
    def home(self) -> Path:
        """Its folder."""
        return home() / self.code

    def journal(self, classes: tuple[str, ...], store: Store | None = None) -> Journal:
        """What everybody said; in a class under the nicknames that its people in `store` have now."""
        if store is None or not class_mode():  # alone, several may take turns at one browser
            return Journal(self.data, classes, self.home)
        return _OfNow(store, self.data, classes, self.home)

    def table(self, pictures: Iterable[str]) -> list[str]:
        """Each picture once, in the order in which they are laid out, the same for everybody."""
        mixed = sorted(set(pictures))
        random.Random(self.seed).shuffle(mixed)
        return mixed

    def spent(self, acts: Iterable[Act]) -> dict[str, dict[str, str | None]]:
        """What each player's budget went into; who joined first comes first."""
        players = islice(of_each(acts).items(), MOST_PLAYERS)
        return {who: dict(islice(words.items(), self.budget)) for who, words in players}

    def say(self, journal: Journal, who: str, picture: str, label: str | None) -> None:
        """Spend a label, or say another class of a picture it was spent on already, which costs nothing.

        Raises ValueError, one sentence, where the budget is spent or too many play.
        """
        players = of_each(journal.acts())
        mine = players.get(person(who), {})
        if picture not in mine and len(mine) >= self.budget:
            raise ValueError(f"All {self.budget} labels are spent: only what they were spent on can be said otherwise.")
        if not mine and len(players) >= MOST_PLAYERS:
            raise ValueError(f"{MOST_PLAYERS} play already: begin another game for the others.")
        journal.say(who, {picture: label})


class _OfNow(Journal):
    """A journal whose people are called as they are now: who takes another nickname is no new player."""

    def __init__(self, store: Store, *words: Any) -> None:
        super().__init__(*words)
        self.store = store

    def another(self) -> Journal:
        """The same for another thread."""
        return _OfNow(self.store, self.data, self.own, self.home)

    def acts(self) -> list[Act]:
        """Every act that can be understood, oldest first."""
        return [act | {"who": now_called(self.store, act["who"], act["when"])} for act in super().acts() if sound(act)]


def home() -> Path:
    """Where games lie: beside the labels."""
    return places.kept().parent / "_games"


def playable(card: Card) -> str:
    """Why nobody can play with a data set, one sentence, or nothing."""
    if card.unknown:
        return f"The machine plays with the truth, and that of {card.unknown:,} of these pictures is not known."
    return "" if card.test else "These pictures have no test by which labels could be judged."


def begin(card: Card, budget: int) -> Game:
    """A new game; raises ValueError, one sentence, where the set or the budget is none to play with."""
    if wrong := playable(card):
        raise ValueError(wrong)
    if budget not in BUDGETS:
        raise ValueError(f"A budget is one of {', '.join(map(str, BUDGETS))} labels, not {budget}.")
    if home().is_dir() and sum(1 for folder in home().iterdir() if folder.is_dir()) >= MOST_GAMES:
        raise ValueError(f"{MOST_GAMES} games are kept already: delete some of {home()} first.")
    code = "".join(secrets.choice(SIGNS) for _ in range(6))
    game = Game(code, card.name, budget, secrets.randbelow(2**31))
    game.home.mkdir(parents=True)
    write_json(game.home / "game.json", {"data": game.data, "budget": game.budget, "seed": game.seed})
    return game


def find(code: str | None) -> Game | None:
    """The game of a code out of an address; None where there is none, or its terms cannot be read."""
    if not code or not CODE.fullmatch(code):
        return None
    try:
        terms = read_json(home() / code / "game.json")
    except (OSError, ValueError):
        return None
    data, budget, seed = (terms.get(name) for name in ("data", "budget", "seed"))
    sound = isinstance(data, str) and type(budget) is int and budget in BUDGETS and type(seed) is int
    return Game(code, data, budget, seed) if sound else None
