"""Labels that are wrong are found, and those that are right are left alone."""

from __future__ import annotations

import torch

from ssl_core.data.card import UNKNOWN
from ssl_core.label.annotators import Annotator
from ssl_core.label.suspicious import copies_that_differ, doubted, strangers
from tests.label.lines import clouds, line


def test_nine_of_ten_wrong_labels_are_among_the_doubted_and_few_right_ones_are():
    spots, truth = clouds(300, classes=4, apart=2.0)
    labels = Annotator(truth, 4, wrong=0.1, seed=3).say(torch.arange(300))
    wrong = set(torch.nonzero(labels != truth)[:, 0].tolist())
    found = doubted(line(spots, 4), labels)
    rows = [doubt.row for doubt in found]
    assert len(wrong) > 15
    assert len(wrong & set(rows)) >= 0.9 * len(wrong)
    assert len(set(rows) - wrong) <= 0.05 * 300
    assert wrong >= set(rows[: len(wrong) // 2])  # the most doubted are wrong ones
    assert all(doubt.rather == truth[doubt.row] for doubt in found if doubt.row in wrong)
    assert [doubt.by for doubt in found] == sorted((doubt.by for doubt in found), reverse=True)


def test_where_every_label_is_right_hardly_any_is_doubted():
    spots, truth = clouds(300, classes=4, apart=2.0)
    assert len(doubted(line(spots, 4), truth)) <= 6


def test_too_few_labels_give_no_doubts():
    spots, truth = clouds(50, classes=4, apart=2.0)
    few = torch.full_like(truth, UNKNOWN)
    assert doubted(line(spots, 4), few) == []
    few[:1] = truth[:1]
    assert doubted(line(spots, 4), few) == []


def test_a_picture_far_from_every_class_is_a_stranger_and_a_labelled_one_too():
    spots, truth = clouds(200, classes=3, apart=2.0)
    labels = torch.where(torch.arange(200) < 60, truth, UNKNOWN)
    spots[[150, 5]] = 40 * torch.eye(20)[:2]
    found = strangers(spots, labels)
    assert {row for row, _ in found[:2]} == {150, 5}
    assert len(found) <= 8
    assert strangers(spots, torch.full_like(labels, UNKNOWN)) == []


def test_near_copies_with_different_labels_are_one_pair():
    spots, truth = clouds(100, classes=3, apart=2.0)
    spots[40] = spots[7] + 0.001
    labels = truth.clone()
    labels[40], labels[7] = 0, 1
    assert [(pair.rows, pair.labels) for pair in copies_that_differ(spots, labels) if 7 in pair.rows] == [
        ((7, 40), (1, 0))
    ]
    labels[40] = 1
    assert not [pair for pair in copies_that_differ(spots, labels) if pair.rows == (7, 40)]


def test_a_class_that_the_network_is_always_sure_of_needs_more_than_a_slight_lead():
    """Confident learning's thresholds: 0.6 for a class that usually gets 0.9 is no reason to doubt a label."""
    labels = torch.tensor([0] * 10 + [1] * 10)
    p = torch.tensor([[0.55, 0.45]] * 10 + [[0.1, 0.9]] * 10)
    p[3] = torch.tensor([0.4, 0.6])
    p[4] = torch.tensor([0.05, 0.95])
    assert [doubt.row for doubt in doubted(lambda taught: p, labels)] == [4]
