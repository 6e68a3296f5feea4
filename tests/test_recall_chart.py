"""The chart of each class's recall holds what the runs say, and says it in words, too."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from ssl_core.figures.look import look
from ssl_core.figures.recall import has_recall, recall_chart, recall_words
from ssl_core.intervals import wilson

CLASSES = ("cat", "dog", "owl")


def row(method="fixmatch", recall=(0.9, 0.5, None), by_class=(20, 10, 0), accuracy=0.77, balanced=0.7):
    facts = {"method": method, "test_accuracy": accuracy, "balanced_accuracy": balanced}
    return facts | {"recall": list(recall), "tested_by_class": list(by_class)}


def test_a_dot_a_run_and_class_with_its_interval():
    rows = {"a": row(), "b": row("supervised", (1.0, 0.0, 0.5), (20, 10, 2)), "old": {"method": "vat", "recall": None}}
    figure = go.Figure(recall_chart(rows, CLASSES))
    assert [trace.name for trace in figure.data] == ["a", "b"]
    first, second = figure.data
    assert first.y == ("cat", "dog"), "a class without a test picture has no recall"
    assert first.x == pytest.approx((90, 50))
    low, high = wilson(0.5, 10)
    assert first.error_x.array[1] == pytest.approx(100 * (high - 0.5))
    assert first.error_x.arrayminus[1] == pytest.approx(100 * (0.5 - low))
    assert (first.marker.color, second.marker.color) == (look("fixmatch")[1], look("supervised")[1])
    assert second.x == pytest.approx((100, 0, 50))


def test_two_runs_of_one_method_are_told_apart():
    figure = go.Figure(recall_chart({"a": row(), "b": row()}, CLASSES))
    assert len({trace.marker.symbol for trace in figure.data}) == 2


def test_in_words_the_worst_class_and_balance_only_where_classes_are_uneven():
    assert recall_words(row(), CLASSES) == (
        "Least recognised: dog, 50.0 % of 10 test pictures (24–76 %). The test's classes are uneven: accuracy 77.0 %, "
        "balanced 70.0 %, which counts every class the same."
    )
    assert "uneven" not in recall_words(row(recall=(0.9, 0.5, 0.8), by_class=(10, 10, 10)), CLASSES)
    for other in ({"recall": None}, row(recall=(0.5,), by_class=(3,)), row(recall=(None,) * 3, by_class=(0, 0, 0))):
        assert "does not say" in recall_words(other, CLASSES)
    assert not has_recall({}, CLASSES)
