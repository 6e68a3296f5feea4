"""Intervals against published values and by simulation; when a test is small, and when its classes are uneven."""

from __future__ import annotations

import random

import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ssl_core.data.catalog import CATALOG
from ssl_core.figures.accuracy import accuracy_chart
from ssl_core.intervals import (
    LEVEL,
    enough,
    few_to_judge,
    half_width,
    interval_of,
    interval_words,
    least_to_judge,
    small_test,
    uneven,
    wilson,
    with_interval,
)
from ssl_core.runs.files import Journal, write_json
from ssl_core.runs.listing import Listing
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from ssl_core.train.evaluate import accuracy, measure

PUBLISHED = {  # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score), and the textbook's 0, 5, 10
    (81, 263): (0.2553, 0.3662),
    (15, 148): (0.0624, 0.1605),
    (0, 20): (0.0000, 0.1611),
    (1, 29): (0.0061, 0.1718),
    (0, 10): (0.0000, 0.2775),
    (5, 10): (0.2366, 0.7634),
    (10, 10): (0.7225, 1.0000),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_an_interval_is_the_published_one(case):
    right, n = case
    assert wilson(right / n, n) == pytest.approx(PUBLISHED[case], abs=5e-5)


@settings(deadline=None)
@given(st.integers(1, 5_000), st.data())
def test_an_interval_lies_within_0_and_1_around_its_share_and_solves_the_score_equation(n, data):
    share = data.draw(st.integers(0, n)) / n
    low, high = wilson(share, n)
    assert 0 <= low <= share <= high <= 1
    assert wilson(1 - share, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)
    for bound in (low, high):
        assert (share - bound) ** 2 == pytest.approx(1.959963984540054**2 * bound * (1 - bound) / n, abs=1e-9)


@pytest.mark.parametrize("truth", [0.2, 0.5, 0.8, 0.93])
@pytest.mark.parametrize("n", [40, 200])
def test_95_of_100_intervals_hold_the_truth(truth, n):
    """Counted exactly over the binomial distribution, where the score interval's coverage swings around its level."""
    chances = torch.distributions.Binomial(n, torch.tensor(truth, dtype=torch.float64))
    covered = 0.0
    for right in range(n + 1):
        low, high = wilson(right / n, n)
        if low <= truth <= high:
            covered += chances.log_prob(torch.tensor(float(right), dtype=torch.float64)).exp().item()
    assert LEVEL - 0.03 < covered < LEVEL + 0.03


def test_95_of_100_simulated_accuracies_have_the_truth_in_their_interval():
    """Over many truths and test sizes the swings even out: 90 % or 99 % for 95 % would be seen."""
    chance, covered, times = random.Random(0), 0, 4_000
    for _ in range(times):
        truth, n = chance.uniform(0.1, 0.95), chance.randint(20, 300)
        low, high = wilson(sum(chance.random() < truth for _ in range(n)) / n, n)
        covered += low <= truth <= high
    assert 0.94 < covered / times < 0.965


@pytest.mark.parametrize(("share", "n"), [(1.2, 10), (-0.1, 10), (0.5, 0)])
def test_nonsense_has_no_interval(share, n):
    with pytest.raises(ValueError, match="An interval needs a share from 0 to 1"):
        wilson(share, n)


def test_a_small_test_is_said_plainly_and_a_large_one_not_at_all():
    assert small_test(10).startswith("10 test pictures: one picture is 10 points, and")
    assert "from 49 to 94 %" in small_test(10)
    assert small_test(1).startswith("1 test picture: one picture is 100 points")
    assert small_test(200).startswith("200 test pictures: one picture is 0.5 points")
    assert small_test(None) == small_test(0) == ""
    first_large = next(n for n in range(1, 1_000) if not small_test(n))
    assert first_large == 245
    assert half_width(244) > 0.05 >= half_width(245)
    assert not any(small_test(n) for n in range(first_large, 2_000))


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(0, 2_000))
def test_enough_to_judge_by_is_a_threshold_that_rises_with_the_classes(classes, n):
    assert enough(classes, n) == (n >= least_to_judge(classes))
    assert least_to_judge(classes) >= max(60, 5 * classes)
    assert least_to_judge(classes) <= least_to_judge(classes + 1)


def test_too_few_to_judge_by_is_one_sentence_with_the_number_that_is_enough():
    assert few_to_judge(4, 12) == (
        "12 validation pictures are too few to choose knobs by: 60 would be enough for 4 classes."
    )
    assert few_to_judge(20, 1).startswith("1 validation picture is too few")
    assert few_to_judge(4, 60) == ""


@pytest.mark.parametrize("name", CATALOG)
def test_every_public_set_holds_enough_back_to_judge_by(name):
    assert few_to_judge(len(CATALOG[name].classes), CATALOG[name].validation) == ""


def test_uneven_is_twice_as_many():
    assert not uneven([45, 52, 52, 50, 60, 37])
    assert uneven([20, 10])
    assert uneven([5, 0])
    assert not uneven([])
    assert not uneven(None)
    assert not uneven([0, 0])


def test_words():
    assert interval_words((0.7134, 0.8)) == "71–80 %"
    assert interval_words((0.9812, 0.9891)) == "98.1–98.9 %"
    assert interval_words(None) == ""
    assert with_interval("76.0 %", {"test_low": 0.7134, "test_high": 0.8}) == "76.0 % (71–80 %)"
    assert with_interval("76.0 %", {}) == "76.0 %"


class Says(torch.nn.Module):
    """A network that says what it is shown, and counts how often it is asked."""

    def __init__(self):
        super().__init__()
        self.asked = 0

    def forward(self, x):
        self.asked += len(x)
        return x


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_recall_and_balanced_accuracy_are_those_of_the_definition_and_cost_one_look(pairs):
    labels, said = (torch.tensor(column) for column in zip(*pairs, strict=True))
    net = Says()
    seen = measure(net, torch.nn.functional.one_hot(said, 4).float(), labels, 4)
    assert net.asked == len(pairs)
    assert seen.accuracy == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))
    mine = [[a == b for a, b in pairs if a == c] for c in range(4)]
    assert seen.by_class == [len(hits) for hits in mine]
    assert seen.recall == [sum(hits) / len(hits) if hits else None for hits in mine]
    shares = [sum(hits) / len(hits) for hits in mine if hits]
    assert seen.balanced == pytest.approx(sum(shares) / len(shares))
    if len(set(seen.by_class)) == 1:
        assert seen.balanced == pytest.approx(seen.accuracy), "where classes are even they are one number"


def test_broken_weights_are_wrong_and_no_pictures_are_no_accuracy():
    broken = torch.full((3, 4), float("nan"))
    assert measure(Says(), broken, torch.tensor([0, 1, 1]), 4)[:2] == (0.0, [0.0, 0.0, None, None])
    nothing = measure(Says(), broken[:0], torch.zeros(0, dtype=torch.int64), 4)
    assert nothing == (None, [None] * 4, [0] * 4)
    assert nothing.balanced is None
    assert accuracy(Says(), torch.eye(4), torch.arange(4)) == 1.0


KEYS = ("tested", "test_low", "test_high", "balanced_accuracy", "recall", "tested_by_class", "uneven")


def test_a_run_says_how_many_it_was_tested_on_and_its_row_has_the_interval(tmp_path):
    store = Store(tmp_path)
    run = store.add(configure("digits", "supervised", 20, 0, {"steps": 4, "evaluations": 1}).to_dict())
    work(run.folder)
    row, end = describe(run), run.end
    assert row["tested"] == end["tested"] == 497 == sum(row["tested_by_class"])
    assert (row["test_low"], row["test_high"]) == wilson(row["test_accuracy"], 497)
    right = sum(n * share for n, share in zip(row["tested_by_class"], row["recall"], strict=True))
    assert right / 497 == pytest.approx(row["test_accuracy"], abs=1e-5)
    assert row["balanced_accuracy"] == pytest.approx(sum(row["recall"]) / 10, abs=1e-5)
    assert row["uneven"] is False
    (listed,) = Listing(store).rows()
    assert {key: listed[key] for key in KEYS} == {key: row[key] for key in KEYS}


@pytest.mark.parametrize(("data", "tested"), [("digits", 497), ("folder-of-mine", None)])
def test_an_old_run_has_an_interval_only_where_its_test_cannot_have_changed(tmp_path, data, tested):
    store = Store(tmp_path)
    run = store.add(configure("digits", "supervised", 20, 0, {"steps": 4}).to_dict() | {"data": data})
    old = {"step": 4, "seconds": 1.0, "test_accuracy": 0.5, "validation_accuracy": 0.5}
    with Journal(run.folder / "metrics.jsonl") as journal:
        journal.write(old)
    write_json(run.folder / "end.json", old | {"state": "done", "why": ""})
    for row in (describe(run), *Listing(store).rows()):
        assert row["tested"] == tested
        assert interval_of(row) == (wilson(0.5, 497) if tested else None)
        assert row["recall"] is row["balanced_accuracy"] is row["uneven"] is None


@pytest.mark.parametrize(
    "spoilt",
    [
        {"tested": "many"},
        {"tested": -3},
        {"tested": 1e300},
        {"tested": 10, "test_accuracy": 7.0},
        {"tested": 10, "recall": 3},
        {"tested": 10, "recall": [0.5], "tested_by_class": [1, 2]},
        {"tested": 10, "recall": ["x"], "tested_by_class": [None]},
    ],
)
def test_a_row_that_somebody_wrote_into_breaks_nothing(tmp_path, spoilt):
    store = Store(tmp_path)
    run = store.add(configure("digits", "supervised", 20, 0, {"steps": 4}).to_dict() | {"data": "mine"})
    row = {"step": 4, "seconds": 1.0, "test_accuracy": 0.5, "validation_accuracy": 0.5} | spoilt
    with Journal(run.folder / "metrics.jsonl") as journal:
        journal.write(row)
    write_json(run.folder / "end.json", row | {"state": "done", "why": ""})
    for told in (describe(run), *Listing(store).rows()):
        assert told["recall"] is None
        go.Figure(accuracy_chart([told], chance=0.1))


def dot(labels, seed, share, state="done", tested=100):
    low, high = wilson(share, tested)
    facts = {"method": "fixmatch", "labels": labels, "seed": seed, "state": state, "test_accuracy": share}
    return facts | {"test_low": low, "test_high": high}


def test_a_run_that_stands_alone_has_an_error_bar_and_every_hover_its_interval():
    rows = [dot(10, 0, 0.5), dot(20, 0, 0.6), dot(20, 1, 0.7), dot(40, 0, 0.8, "running")]
    figure = go.Figure(accuracy_chart(rows, chance=0.1))
    shown = next(trace for trace in figure.data if trace.name == "FixMatch")
    low, high = wilson(0.5, 100)
    assert shown.error_y.array == (pytest.approx(100 * (high - 0.5)), None, None, None), "seeds have their band"
    assert shown.error_y.arrayminus == (pytest.approx(100 * (0.5 - low)), None, None, None)
    assert all(interval_words(interval_of(row)) in text for row, text in zip(rows, shown.hovertext, strict=True))
    without = go.Figure(accuracy_chart([{**rows[0], "test_low": None}], chance=0.1))
    assert next(trace for trace in without.data if trace.name == "FixMatch").error_y.array is None
