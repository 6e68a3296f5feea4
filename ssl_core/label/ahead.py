"""The next questions, at hand before anybody needs them: an order may think for half a second, aside.

Several people ask at once: an order proposes, and whoever takes a picture's turn first has it. Who gets none of what
was proposed asks again; only an order that has nothing left to propose ends the questions.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Sequence

from torch import Tensor

from ssl_core.label import aside
from ssl_core.label.order_cards import ORDER_CARDS
from ssl_core.label.questions import SHARE, Question
from ssl_core.label.session import Session
from ssl_core.label.teaching import Teacher
from ssl_core.label.turns import take, taken, theirs

SOME = 8  # pictures that are one person's at a time
FEWEST = 5  # at hand, before more are asked for
WAIT = 30.0  # seconds that somebody waits for the first


class Ahead:
    """What one person is asked about next by one order. Safe among threads; `session` has a journal of its own."""

    def __init__(self, session: Session, who: str, order: str, teacher: Teacher, seed: int) -> None:
        self.session, self.who, self.order, self.teacher, self.seed = session, who, order, teacher, seed
        self.wrong = ""
        self._questions: tuple[Question, ...] = ()
        self._turns, self._free = threading.Lock(), threading.Event()
        self._free.set()

    def at_hand(self) -> list[Question]:
        """What is open of this person's questions, the next one first; [] where none is left.

        Waits only where none is at hand. What went wrong aside is raised here: ValueError or OSError.
        """
        if len(mine := self._open()) < FEWEST:
            self._ask()
        limit = time.monotonic() + WAIT
        while not mine and not self._free.is_set() and time.monotonic() < limit:
            self._free.wait(0.01)
            mine = self._open()
        mine = mine or self._open()
        if not mine and self.wrong:
            raise ValueError(self.wrong)
        return mine

    @property
    def numbers(self) -> list[str]:
        """The pictures at hand now; nothing is asked for."""
        return self._numbers(self._open())

    def again(self, row: int, order: str) -> None:
        """Put a row in front, such as one whose label was undone, unless somebody else has it before them now."""
        number = self.session.pictures.numbers[row]
        with self._turns:
            rest = [question for question in self._questions if question.row != row]
            stay = {number, *self._numbers(rest), *theirs(self.session.journal, self.who)}  # such as those of a wall
            take(self.session.journal, self.who, (), 0, at_hand=stay)
            if number not in taken(self.session.journal, self.who):
                self._questions = (Question(row, order), *rest)

    def _open(self) -> list[Question]:
        """Those that nobody answered and this person did not skip."""
        said, numbers = self.session.journal.said(), self.session.pictures.numbers
        away = {*said.words, *(picture for picture, people in said.skips.items() if self.who in people)}
        return [question for question in self._questions if numbers[question.row] not in away]

    def _ask(self) -> None:
        if self._free.is_set():
            self._free.clear()
            aside.start(self._work, "ask ahead")

    def _work(self) -> None:
        try:
            self.wrong = ""
            while not aside.ending.is_set() and len(mine := self._open()) < SOME:
                proposed = self._proposed(mine)
                if not proposed:
                    break
                self._take(proposed)
        except (ValueError, OSError) as wrong:  # a lock that nobody lets go of is an OSError, too
            self.wrong = str(wrong)
        except Exception as wrong:  # or it would look as if nothing were left to ask
            self.wrong = f"The next pictures could not be chosen ({type(wrong).__name__}: {wrong})."
            traceback.print_exc()
        finally:
            self._free.set()

    def _proposed(self, mine: Sequence[Question]) -> list[Question]:
        return self.session.propose(
            self.order, self.who, SOME, at_hand=[question.row for question in mine], heads=self._heads(),
            share=0.0 if self.teacher.tested else SHARE, seed=self.seed,
        )  # fmt: skip

    def _take(self, proposed: Sequence[Question]) -> None:
        with self._turns:
            mine, by_number = self._open(), dict(zip(self._numbers(proposed), proposed, strict=True))
            held = self._numbers(mine)
            got = take(self.session.journal, self.who, by_number, SOME - len(mine), at_hand=held)
            self._questions = (*mine, *(by_number[number] for number in got))

    def _heads(self) -> tuple[Tensor, ...]:
        """What the lines say; nothing where the order does not ask, or a class was named since: they learn it first."""
        answers = self.teacher.answers if ORDER_CARDS[self.order].heads else ()
        if answers and answers[0].shape[1] != len(self.session.now().card.classes):
            return ()
        return answers

    def _numbers(self, questions: Sequence[Question]) -> list[str]:
        return [self.session.pictures.numbers[question.row] for question in questions]
