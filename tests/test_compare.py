"""Charts of several runs say what the records say; the differences are exactly what differs."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ssl_core.figures.compare import (
    METRICS,
    UNKNOWN,
    class_chart,
    class_words,
    confusion_chart,
    confusion_words,
    line_looks,
    metrics_of,
    overlay_chart,
    overlay_words,
    smoothed,
    titles,
)
from ssl_core.figures.look import look
from ssl_core.methods import Step
from ssl_core.runs.differences import ABSENT, differences
from ssl_core.runs.judge import judged
from ssl_core.runs.store import Store
from ssl_core.train.config import configure, defaults
from ssl_core.train.meter import Meter

ROWS = [
    {"step": s, "images": 8 * s, "seconds": s / 10, "loss": 1.0 / (s + 1), "test_accuracy": s / 10} for s in range(10)
]
numbers = st.lists(st.floats(-100, 100), min_size=1, max_size=30)


@given(numbers, st.floats(0, 0.99))
def test_smoothing_stays_between_the_extremes_and_begins_at_the_first(values, weight):
    done = smoothed(values, weight)
    assert done[0] == pytest.approx(values[0], abs=1e-9)
    assert all(min(values) - 1e-6 <= value <= max(values) + 1e-6 for value in done)


@given(numbers)
def test_no_smoothing_changes_nothing(values):
    assert smoothed(values, 0.0) == pytest.approx(values)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("along", ["step", "images", "seconds"])
def test_the_overlay_holds_every_number_once_and_plotly_accepts_it(metric, along):
    rows = [row | {metric: 0.25, "mask_rate": None} for row in ROWS] if metric != "mask_rate" else ROWS
    chart = overlay_chart(
        {"a": rows, "b": rows[:5], "c": []},
        metric,
        ["supervised", "fixmatch", None],
        along=along,
        smoothing=0.5,
        log_y=True,
    )
    go.Figure(chart)
    shown = [trace for trace in chart["data"] if trace["showlegend"]]
    assert [trace["name"] for trace in shown] == ["a", "b", "c"]
    assert [len(trace["x"]) for trace in shown] == ([10, 5, 0] if metric != "mask_rate" else [0, 0, 0])
    assert "a: " in overlay_words({"a": rows}, metric)


def test_metrics_are_those_that_were_recorded():
    assert metrics_of([ROWS, [{"step": 1, "odd": 1.0, "pseudo_counts": [1.0]}]]) == ["test_accuracy", "loss", "odd"]


def test_equal_titles_are_numbered():
    config = {"method": "fixmatch", "labels": 20, "seed": 0}
    assert titles([config, {}, config]) == [
        "FixMatch, 20 labels, seed 0 (1)",
        "broken run",
        "FixMatch, 20 labels, seed 0 (2)",
    ]


def test_differences_are_exactly_what_differs(tmp_path):
    store = Store(tmp_path)
    changed = {"threshold": 0.5, "steps": 77}
    runs = [
        store.add(configure("digits", "fixmatch", 20, 0, values).to_dict() | {"experiment": str(values)})
        for values in ({}, changed, changed)
    ]
    rows = differences(runs)
    assert {row["setting"] for row in rows if row["differs"]} == {"threshold", "steps"}
    assert [row["differs"] for row in rows] == sorted((row["differs"] for row in rows), reverse=True)
    threshold = next(row for row in rows if row["setting"] == "threshold")
    assert [threshold[run.name] for run in runs] == [defaults("digits", "fixmatch")["threshold"], 0.5, 0.5]
    assert not any(row["differs"] for row in differences(runs[1:]))
    other = store.add(configure("digits", "supervised", 20, 0).to_dict())
    absent = next(row for row in differences([runs[0], other]) if row["setting"] == "threshold")
    assert absent[other.name] == ABSENT
    assert absent["differs"]


def test_a_confusion_matrix_counts_every_picture_and_its_diagonal_is_the_accuracy():
    random = np.random.default_rng(0)
    labels, guess = (torch.from_numpy(random.integers(0, 3, 200)) for _ in range(2))
    confidence = torch.from_numpy(random.random(200))
    images = torch.zeros(200, 1, 2, 2, dtype=torch.uint8)
    told = judged(("a", "b", "c"), images, labels, guess, confidence, most=1000)
    assert sum(map(sum, told.matrix)) == told.tested == 200
    assert sum(told.matrix[i][i] for i in range(3)) == (labels == guess).sum() == 200 - told.wrong
    assert [sum(row) for row in told.matrix] == torch.bincount(labels).tolist()
    assert len(told.mistakes) == told.wrong
    assert [m.confidence for m in told.mistakes] == sorted((m.confidence for m in told.mistakes), reverse=True)
    for mistake in told.mistakes:
        assert "abc"[labels[mistake.index]] == mistake.label != mistake.guess == "abc"[guess[mistake.index]]
    go.Figure(confusion_chart(told.matrix, told.classes))
    assert "taken for" in confusion_words(told.matrix, told.classes)
    assert confusion_words([[3, 0], [0, 3]], "ab") == "No test picture is taken for another class."


def test_pseudo_labels_by_class_add_up_to_those_of_the_whole():
    meter = Meter(3)
    pseudo, hidden = torch.tensor([0, 0, 1, 2, 2, 2]), torch.tensor([0, 1, 1, 0, 2, 2])
    mask = torch.tensor([1.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    for _ in range(2):
        meter.add(Step(torch.tensor(1.0), {}, {"pseudo": pseudo, "mask": mask}), hidden)
    row = meter.read(2) | {"step": 2}
    assert row["pseudo_counts"] == [4.0, 0.0, 4.0]
    assert row["pseudo_right"] == [2.0, 0.0, 2.0]
    assert row["pseudo_accuracy"] == sum(row["pseudo_right"]) / sum(row["pseudo_counts"])
    assert row["mask_rate"] == 8 / 12
    chart = class_chart([{"step": 0}, row, {"step": 3, "pseudo_counts": [1.0, 1.0, 1.0]}], "abc", "right")
    go.Figure(chart)
    assert chart["data"][0]["z"] == [[50.0], [None], [50.0]]
    assert class_chart([row], "abc", "used")["data"][0]["z"] == [[4.0], [0.0], [4.0]]
    assert "50.0 %" in class_words([row], "abc")
    assert "no record" in class_words([{"step": 1, "pseudo_counts": [1.0, 1.0, 1.0]}], "abc")


def test_a_run_has_the_colour_of_its_method_and_no_two_lines_are_alike():
    methods = ["supervised", "fixmatch", "supervised", "mixmatch_sgd", "mixmatch", "supervised", None, "supervised"]
    looks = line_looks(methods)
    assert [colour for colour, _ in looks] == [look(method)[1] if method else UNKNOWN for method in methods]
    assert len(set(looks)) == len(looks)
    assert len(set(line_looks(["fixmatch"] * 8))) == 8
    lines = overlay_chart({str(n): [{"step": 1, "loss": 1.0}] for n in range(8)}, "loss", methods)["data"]
    assert [(line["line"]["color"], line["line"]["dash"]) for line in lines] == looks
