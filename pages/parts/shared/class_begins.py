"""What a class's server says when it starts: the teacher's word, in the terminal and nowhere else."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from ssl_core.people.names import class_mode
from ssl_core.people.teacher import VARIABLE, opened

SAID = "A class works at this server. Whoever says this word on the page Class is the teacher: {word}"
NO_TERMINAL = f"A class works at this server without a teacher: no terminal shows the word. Start it with {VARIABLE}."


def begin_class(*places: TextIO) -> None:
    """Make the teacher's desk ready; its word goes to the first of these places that is a terminal, never to a log.

    A server with SSL_TEACHER is a class's, unless SSL_CLASS=0. Ends the server, with a sentence, for a word that is too
    short.
    """
    if os.environ.get(VARIABLE) and not os.environ.get("SSL_CLASS"):
        os.environ["SSL_CLASS"] = "1"
    if not class_mode():
        return
    try:
        _, word = opened()
    except ValueError as wrong:
        raise SystemExit(str(wrong)) from None
    if word:
        places = places or (sys.stdout, sys.stderr)
        terminal = next((place for place in places if place.isatty()), None)
        print(SAID.format(word=word) if terminal else NO_TERMINAL, file=terminal or places[-1], flush=True)
