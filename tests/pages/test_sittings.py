"""Simulated people label through the page's own functions; what is said of their network without a test holds."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from pages.parts.label.bench import Bench
from ssl_core.data import card
from ssl_core.data.card import UNKNOWN
from ssl_core.label import teaching
from ssl_core.label.annotators import Annotator
from ssl_core.label.journal import Journal
from ssl_core.label.teaching import Teacher, after
from tests.label.lines import line, session
from tests.pages.sitting import sit


class Line:
    """A head that learns in a millisecond."""

    def __init__(self, spots, classes, labels):
        self.spots, self.said = spots, line(spots, classes)(labels).float()

    def probabilities(self, rows):
        return self.said


@pytest.fixture
def quick(monkeypatch, store):
    """quick(session) -> a teacher of this session whose two lines learn in a millisecond."""

    def fit(now, labels, method):
        return Line(now.images, len(now.card.classes), labels)

    monkeypatch.setattr(teaching, "fit", fit)
    monkeypatch.setattr(teaching, "fit_both", lambda now, labels: (fit(now, labels, ""), fit(now, labels, "")))
    monkeypatch.setattr(Teacher, "wake", lambda self: None)
    return Teacher


def sittings(quick, wrong, count):
    """(estimate, true accuracy) of so many people, 20 to 100 labels each."""
    for seed in range(count):
        labels, order = (20, 40, 60, 80, 100)[seed % 5], ("random", "typical", "unmet")[seed % 3]
        mine = session(None, rows=300, classes=5, apart=(0.9, 1.4)[seed % 2], seed=seed, tests=0, width=24)
        who = f"person {wrong} {seed}"
        mine = dataclasses.replace(mine, journal=Journal(f"set {who}", mine.data.card.classes))
        person = Annotator(mine.data.labels, 5, wrong, seed)
        teacher = quick(mine)
        assert not teacher.tested
        undone = sit(Bench(card("digits"), mine, teacher, who, order), person, labels, slips=0.1, seed=seed)
        said, acts = mine.journal.said(), mine.journal.acts()
        assert len(said.labels()) == labels
        assert len(acts) == labels + 2 * undone, "every key is on the disk, what was undone too"
        for number, label in said.labels().items():
            row = mine.pictures.rows[number][0]
            assert label == mine.data.card.classes[int(person.say(torch.tensor([row]))[0])]
        teacher._learn(len(acts))
        point = teacher.curve(said)[-1]
        if "fixmatch" in point.scores:
            now = after(mine, said)
            guess, rest = teacher.answers[0].argmax(dim=1), now.labels == UNKNOWN
            yield point.scores["fixmatch"], float((guess == mine.data.labels)[rest].double().mean())


@pytest.mark.parametrize("wrong", [0.0, 0.1])
def test_what_is_said_without_a_test_holds_the_truth(quick, wrong):
    """In nine of ten sittings: that more than three of ten miss would be seen about once in a hundred times."""
    told = list(sittings(quick, wrong, 10))
    assert len(told) >= 6, "with few labels too few are random draws"
    assert sum(low <= true <= high for (_, low, high), true in told) >= len(told) - 3
