"""A guess is kept as it was made, judged by what was measured, and nothing else in an address is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssl_core.guesses import PASSED, Choice, Number, committed, joined, read_guess, right_ones

CHOICE = Choice(("The 0.", "The 2.", "The 7."), 1)
NUMBER = Number(72.4, "%", 0, 100, 5)
GUESSES = [CHOICE, NUMBER, None]
MEASURED = {"a": {"value": 72.4, "low": 70, "high": 75}}
ASKED = {"number": "a", "low": 0, "high": 100, "near": 5, "unit": "%"}


def test_a_choice_is_right_or_says_which_is():
    assert CHOICE.verdict("1").right and "That is right" in CHOICE.verdict("1").words
    assert not CHOICE.verdict("3").right and CHOICE.verdict("3").words.endswith("Right is: The 0.")


@pytest.mark.parametrize(("guess", "right", "words"), [("67", True, "close"), ("77", True, "close")])
@pytest.mark.parametrize("off", [0, 0.4])
def test_a_number_is_close_within_what_the_lesson_allows(guess, right, words, off):
    """What counts is the number that is shown: 72, not 72.4."""
    assert NUMBER.verdict(f"{float(guess) + off * (1 if guess == '67' else -1):g}").right


@pytest.mark.parametrize(("guess", "words"), [("66", "6 too low"), ("78", "6 too high"), ("0", "72 too low")])
def test_a_number_too_far_away_says_by_how_much_and_where(guess, words):
    verdict = NUMBER.verdict(guess)
    assert not verdict.right and words in verdict.words and f"You said {guess} %, we measured 72 %" in verdict.words


@given(st.text(max_size=40))
def test_any_text_of_an_address_is_a_guess_that_can_be_judged_or_none(text):
    said = committed(text, GUESSES)
    assert len(said) == 3
    for one, guess in zip(said, GUESSES, strict=True):
        assert one in ("", PASSED) or guess.verdict(one).words
    assert committed(joined(said), GUESSES) == said, "what is kept is read again as it was"
    assert 0 <= right_ones(said, GUESSES) <= 2


@pytest.mark.parametrize(
    "text", ["nan~nan", "inf~inf", "9~101", "0~-1", "1e400~1e400", "²~²", "~" * 100_000, "1" * 100_000]
)
def test_what_cannot_be_guessed_is_no_guess(text):
    assert committed(text, GUESSES) == ["", "", ""]


def test_guesses_stand_in_an_address_in_the_order_of_the_steps():
    assert committed("2~67.5~-", GUESSES) == ["2", "67.5", PASSED]
    assert joined(["", "67.5", ""]) == "~67.5"
    assert right_ones(["1", "72", PASSED], GUESSES) == 2
    assert right_ones([PASSED, "", PASSED], GUESSES) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        [], "x", {}, {"choices": []}, {"choices": ["a"], "right": 1}, {"choices": ["a", "a"], "right": 1},
        {"choices": ["a", "b"]}, {"choices": ["a", "b"], "right": 3}, {"choices": ["a", "b"], "right": True},
        {"choices": ["a", ""], "right": 1}, {"choices": ["a", "b"], "right": 1, "more": 1}, ASKED | {"number": "b"},
        ASKED | {"number": []}, ASKED | {"low": "0"}, ASKED | {"high": float("nan")}, ASKED | {"high": 50},
        ASKED | {"unit": 3}, ASKED | {"near": None}, ASKED | {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_guess_that_is_none_is_a_sentence(wrong):
    with pytest.raises(ValueError, match=r"step 1"):
        read_guess(wrong, "step 1", MEASURED)


def test_a_sound_guess_knows_what_was_measured():
    assert read_guess(ASKED, "step 1", MEASURED) == NUMBER
    assert read_guess(None, "step 1", {}) is None
