"""What several networks say of one picture, in one sentence, and whether a picture can be shown to all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ssl_core.data import Card
from ssl_core.predict.picture import Asked

NUMBERS = ("none", "one", "two", "three", "four")


def agreement(said: Sequence[tuple[str, str]]) -> str:
    """Who says what, from (network, class) pairs: "Three of four say 7; Supervised says 1."."""
    count = Counter(best for _, best in said)
    (most, votes), *others = count.most_common()
    if not others:
        return f"{'Both' if votes == 2 else f'All {_word(votes)}'} say {most}." if votes > 1 else f"It says {most}."
    if votes == 1 or others[0][1] == votes:
        return "They disagree: " + ", ".join(f"{who} says {best}" for who, best in said) + "."
    rest = ", ".join(f"{who} says {best}" for who, best in said if best != most)
    return f"{_word(votes).capitalize()} of {_word(len(said))} say {most}; {rest}."


def _word(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def as_seen_by(asked: Asked, of: Card, card: Card) -> Asked:
    """A test picture of one data set before a network of another; raises ValueError, one sentence, where it cannot be.

    Its class is known where both call their classes the same.
    """
    if (card.name, card.shape) != (of.name, of.shape):
        raise ValueError(f"It has learned {card.title}, not {of.title}: draw or upload a picture to ask it, too.")
    return asked if card.classes == of.classes else asked._replace(truth=None)
