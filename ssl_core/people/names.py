"""Nicknames: whether they are asked for at all, how one is kept, and when two are the same."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable

from ssl_core.data import understand

MOST = 40  # letters of a nickname, as of everything that people name
LONGEST = 10_000  # letters that are looked at
ANYBODY = (
    "me",
    "you",
    "somebody",
    "nobody",
    "everybody",
    "machine",
    "no nickname",
)  # what the pages call those without a name


def class_mode() -> bool:
    """Whether a class works at this server: SSL_CLASS=1, or `--class` behind the command that starts the app."""
    return os.environ.get("SSL_CLASS", "") == "1"


def clean(nickname: str) -> str:
    """A nickname as it is kept and shown, by the rule for all that people name; empty without a letter or a digit."""
    name = understand.clean(nickname[:LONGEST], "")
    return name if any(unicodedata.category(sign)[0] in "LN" for sign in name) else ""


def key(nickname: str) -> str:
    """The same for nicknames that people take for the same: Anna, anna and ANNA, in full width or not."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", nickname).casefold())


def trouble(nickname: str) -> str:
    """Why nobody can be called this, one sentence, or nothing."""
    name = clean(nickname)
    if not name:
        return "A nickname needs a letter or a digit."
    if key(name) in ANYBODY:
        return f"Here “{name}” is anybody: take another nickname."
    return ""


def beside(nickname: str, taken: Iterable[str]) -> str:
    """The nickname with the smallest number behind it that nobody has: Anna 2."""
    have, number = {key(name) for name in taken}, 2
    while key(name := f"{nickname[: MOST - len(str(number)) - 1].rstrip()} {number}") in have:
        number += 1
    return name
