"""The map: which pictures are drawn, where, in which colours, and which of them were asked about in which order."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ssl_core.figures.label_map import add_numbers, class_map, sure_map
from ssl_core.label import plane
from tests.label.lines import session


@pytest.fixture
def mine(store):
    return session(store, rows=60)


def numbers(of, rows) -> list[str]:
    return [of.pictures.numbers[row] for row in rows]


def test_many_points_are_thinned_the_same_way_each_time_and_no_labelled_one_is_left_out():
    assert (plane.drawn_points(30, [3]) == np.arange(30)).all()
    rows = plane.drawn_points(9_000, [8_999, 17, 17], most=100)
    assert len(rows) == 100 and {17, 8_999} <= set(rows.tolist())
    assert (np.diff(rows) > 0).all()
    assert len(set(rows.tolist()) & set(plane.drawn_points(9_000, [5], most=100).tolist())) >= 97
    assert len(plane.drawn_points(9_000, list(range(300)), most=100)) == 300


def test_the_map_numbers_what_was_asked_one_by_one_in_that_order(mine):
    four = numbers(mine, [30, 10, 20, 40])
    mine.journal.say("anna", {four[0]: "class 1"})
    mine.journal.say("ben", {four[1]: "class 0"})
    mine.journal.say("anna", {four[2]: "class 2", four[3]: "class 2"}, "bulk")
    mine.journal.say("anna", {"ffff": "class 2"})
    assert plane.asked(mine.journal.said(), mine.pictures) == [30, 10]


def test_umap_is_used_where_it_is_there_and_its_failure_is_a_sentence(monkeypatch):
    class Fake:
        def __init__(self, **facts):
            assert facts["random_state"] == 0

        def fit_transform(self, rows):
            if len(rows) < 5:
                raise RuntimeError("too few")
            return rows[:, :2] * 2

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=Fake))
    spots = torch.randn(20, 64)
    placed, failed = plane.Umap(spots), plane.Umap(spots[:3])
    limit = time.monotonic() + 240
    while placed.points is None or not failed.wrong:
        assert time.monotonic() < limit
        time.sleep(0.01)
    assert torch.equal(placed.points, 2 * spots[:, :2])
    assert failed.wrong == "UMAP could not place these pictures (RuntimeError: too few)."


def test_every_picture_is_a_point_that_says_its_row_and_no_class_looks_like_another():
    points, rows = np.random.default_rng(0).random((50, 2)), np.arange(100, 150)
    labels = np.arange(50) % 26 - 1
    classes = [f"class {n}" for n in range(25)]
    figure = class_map(points, rows, labels, classes, "no label yet")
    drawn = {
        int(row): (trace.name, x, y)
        for trace in figure.data
        for row, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    assert set(drawn) == set(range(100, 150))
    for n, label in enumerate(labels):
        assert drawn[100 + n] == (classes[label] if label >= 0 else "no label yet", *points[n])
    looks = [(trace.marker.color, trace.marker.symbol) for trace in figure.data]
    assert len(set(looks)) == 26
    assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text


def test_numbers_count_on_and_are_nothing_a_lasso_can_catch():
    figure = sure_map(np.zeros((3, 2)), np.arange(3), np.array([0.1, 0.5, 1.0]))
    add_numbers(figure, np.ones((2, 2)), first=7)
    points, rings = figure.data
    assert list(points.marker.color) == [10, 50, 100]
    assert list(rings.text) == ["<b>7</b>", "<b>8</b>"] and rings.customdata is None
    add_numbers(figure, np.ones((0, 2)))
    assert len(figure.data) == 2
