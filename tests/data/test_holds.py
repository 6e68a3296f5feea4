"""What a data set holds, in words: counts that add up, and no part that is not there."""

from __future__ import annotations

import dataclasses
import re

import pytest

from ssl_core.data import CATALOG
from ssl_core.data.holds import holds
from tests.data.sets import MOSTLY_UNKNOWN


@pytest.mark.parametrize("card", [*CATALOG.values(), MOSTLY_UNKNOWN], ids=lambda card: card.name)
def test_the_counts_are_all_rows(card):
    numbers = [int(text.replace(",", "")) for text in re.findall(r"\d[\d,]*\b(?!\.)", holds(card))]
    assert sum(numbers) == card.train + card.test


def test_it_says_what_is_not_there():
    bare = dataclasses.replace(MOSTLY_UNKNOWN, test=0)
    assert "no test" in holds(bare)
    assert "whose class nobody knows" in holds(bare)
    known = dataclasses.replace(MOSTLY_UNKNOWN, unknown=0)
    assert "nobody" not in holds(known)
    assert "brought for validation" in holds(dataclasses.replace(known, validation=5, held=True))
    assert "nobody has said the class of any" in holds(dataclasses.replace(bare, classes=()))
