"""A person who labels as the page does it, key by key, without a page: what is at hand, said, undone."""

from __future__ import annotations

import random

import streamlit as st
import torch

from pages.parts.label.bench import QUEUE, Bench, at_hand
from pages.parts.label.stage import _say, undo
from ssl_core.label.annotators import Annotator


def sit(bench: Bench, person: Annotator, labels: int, *, slips: float = 0.0, seed: int = 0) -> int:
    """Label until there are so many labels or no picture is left; returns how often the person took a label back.

    With chance `slips` a wrong key is pressed, taken back, and the right one pressed.
    """
    st.session_state.pop(QUEUE, None)
    st.session_state["label_seed"] = seed
    draws, undone = random.Random(seed), 0
    numbers, classes = bench.session.pictures.numbers, bench.session.journal.classes
    while len(bench.session.journal.said().labels()) < labels and (rows := at_hand(bench)):
        row, order = rows[0]
        answer = classes[int(person.say(torch.tensor([row]))[0])]
        if draws.random() < slips:
            _say(bench, numbers[row], classes[(classes.index(answer) + 1) % len(classes)], order)
            undo(bench)
            undone += 1
            assert at_hand(bench)[0] == (row, order), "what was undone is asked about again"
        _say(bench, numbers[row], answer, order)
        before = len(bench.session.journal.acts())
        _say(bench, numbers[row], classes[(classes.index(answer) + 1) % len(classes)], order)
        assert len(bench.session.journal.acts()) == before, "a press on the last picture's button counts for nothing"
    assert "label_wrong" not in st.session_state
    return undone
