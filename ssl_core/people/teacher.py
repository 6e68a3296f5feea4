"""Which browser is the teacher's: whoever said the word that only the teacher knows. Kept in this process alone.

The word comes from $SSL_TEACHER, or is made up when a class's server starts and shown once, in its terminal. Of it only
a hash stays, compared in constant time; a browser is known by the hash of its mark (pages/parts/shared/visitor.py).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections import deque
from functools import lru_cache

VARIABLE = "SSL_TEACHER"
SHORTEST, LONGEST = 4, 200  # letters of a word that somebody chose
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is copied from a terminal
MADE = 10  # letters of a word of ours: 8e14 words, fifty million years at TRIES_OF_ALL a minute
TRIES, TRIES_OF_ALL = 5, 30  # a minute, of one browser and of all together: who throws cookies away is many browsers
MINUTE = 60.0  # seconds
WRONG = "That is not the word. The terminal in which the server was started shows it, unless SSL_TEACHER says one."
TOO_OFTEN = "Too many tries within a minute: wait for one, then try again."
NOT_THE_TEACHER = "Only the teacher may do this: say the word on the page Class first."


class NotTheTeacher(ValueError):
    """Somebody else than the teacher asked for what only the teacher may do; the message is a sentence."""

    def __init__(self) -> None:
        super().__init__(NOT_THE_TEACHER)


class Desk:
    """Who sits at the teacher's desk: browsers that said the word. A laptop and a telephone may both."""

    def __init__(self, word: str) -> None:
        self._word = _digest(word)
        self._browsers: set[str] = set()
        self._tries: dict[str, deque[float]] = {}  # by browser, and of all together under ""
        self._lock = threading.Lock()

    def say(self, browser: str, word: str) -> str:
        """Let a browser sit down if this is the word; why not, one sentence, else nothing."""
        with self._lock:
            if not self._may_try(browser):
                return TOO_OFTEN
            if not browser or not hmac.compare_digest(_digest(word.strip()), self._word):
                return WRONG
            self._browsers.add(browser)
            return ""

    def _may_try(self, browser: str) -> bool:
        """Whether one more try is within the limits, a right word's as well as a wrong one's."""
        now = time.monotonic()
        self._tries = {who: times for who, times in self._tries.items() if now - times[-1] < MINUTE}
        for who, most in ((browser, TRIES), ("", TRIES_OF_ALL)):
            if sum(now - at < MINUTE for at in self._tries.get(who, ())) >= most:
                return False
        for who in (browser, ""):
            self._tries.setdefault(who, deque(maxlen=TRIES_OF_ALL)).append(now)
        return True

    def seats(self, browser: str) -> bool:
        """Whether this browser is the teacher's."""
        return browser in self._browsers

    def check(self, browser: str) -> None:
        """Raise NotTheTeacher, a ValueError with one sentence, for any other browser."""
        if not self.seats(browser):
            raise NotTheTeacher

    @property
    def count(self) -> int:
        """How many browsers are the teacher's."""
        return len(self._browsers)

    def leave(self, browser: str) -> None:
        """This browser is the teacher's no more."""
        with self._lock:
            self._browsers.discard(browser)

    def sit_alone(self, browser: str) -> None:
        """No other browser is the teacher's any more; raises NotTheTeacher where this one is not."""
        with self._lock:
            self.check(browser)
            self._browsers = {browser}


def desk() -> Desk:
    """The one of this server."""
    return opened()[0]


@lru_cache(maxsize=1)
def opened() -> tuple[Desk, str]:
    """The desk, and its word if it was made up here, for the terminal; raises ValueError for one that is too short."""
    word = os.environ.pop(VARIABLE, "").strip()  # no process that this one starts gets to know it
    if word and not SHORTEST <= len(word) <= LONGEST:
        raise ValueError(f"{VARIABLE} must be a word of {SHORTEST} to {LONGEST} letters: set another and start again.")
    made = "" if word else "".join(secrets.choice(SIGNS) for _ in range(MADE))
    return Desk(word or made), made


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode(errors="replace")).digest()
