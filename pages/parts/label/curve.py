"""The curve that grows while somebody labels: what two lines reach with the labels spent so far."""

from __future__ import annotations

import streamlit as st

from pages.parts.label.bench import Bench
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from ssl_core.figures.label import curve_words, label_curve
from ssl_core.figures.look import look, percent
from ssl_core.intervals import interval_words

TICK = 1.0  # seconds between two looks


def curve(bench: Bench) -> None:
    """The last finished lines, and in words what they mean."""
    bench.teacher.wake()  # others may have said something
    said = bench.session.journal.said()
    points = bench.teacher.curve(said)
    axis = "Test accuracy" if bench.teacher.tested else "Estimated accuracy"
    places = [(point.labels, point.scores) for point in points]
    classes = len(bench.session.journal.classes)
    figure = label_curve(places, axis=axis, chance=1 / classes if classes else None, key=bench.card.name)
    live_chart(figure, alt=curve_words(places, axis), key="label_curve", height=340)
    st.markdown(_words(bench, places, len(said.labels()), len(said.drawn() & said.labels().keys())))
    if bench.teacher.wrong:
        st.error(plain(bench.teacher.wrong))


def _words(bench: Bench, places: list, spent: int, drawn: int) -> str:
    from ssl_core.label.estimate import FEWEST, TOO_FEW

    if not spent or (spent < FEWEST and not bench.teacher.tested):
        least = 1 if bench.teacher.tested else FEWEST
        return f"Nothing can be said yet: {spent} of at least {least} label{'s' * (least > 1)}."
    if not bench.teacher.tested and drawn < FEWEST:
        return TOO_FEW.format(drawn, FEWEST) + " Ask by random draws, or go on: a quarter of the questions are such."
    last = next(((labels, scores) for labels, scores in reversed(places) if scores), None)
    if last is None:
        return "The networks learn from your labels …"
    reached = "; ".join(
        f"**{look(name)[0]}** {percent(score[0])} ({interval_words(score[1:])})" for name, score in last[1].items()
    )
    how = "on the test pictures" if bench.teacher.tested else "estimated by cross-validation, not measured on a test"
    return f"With {last[0]} labels, {how}: {reached}."
