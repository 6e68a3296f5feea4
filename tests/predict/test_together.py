"""What several networks say together."""

from __future__ import annotations

import pytest

from ssl_core.data import card
from ssl_core.predict.picture import of_test
from ssl_core.predict.together import agreement, as_seen_by


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        ("7", "It says 7."),
        ("77", "Both say 7."),
        ("777", "All three say 7."),
        ("7777", "All four say 7."),
        ("7771", "Three of four say 7; D says 1."),
        ("7712", "Two of four say 7; C says 1, D says 2."),
        ("7711", "They disagree: A says 7, B says 7, C says 1, D says 1."),
        ("12", "They disagree: A says 1, B says 2."),
    ],
)
def test_who_says_what_is_one_sentence(classes, said):
    assert agreement(list(zip("ABCD", classes, strict=False))) == said


def test_a_test_picture_is_shown_to_networks_of_its_own_set_alone(digits):
    asked = of_test(digits, 3)
    assert as_seen_by(asked, digits.card, digits.card) is asked
    with pytest.raises(ValueError, match="draw or upload"):
        as_seen_by(asked, digits.card, card("shapes"))
