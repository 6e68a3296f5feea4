"""Labels that the baseline needs: read off its rising curve, with honest words where nothing was measured."""

from __future__ import annotations

import json
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from ssl_core.__main__ import main
from ssl_core.intervals import wilson
from ssl_core.worth import Needs, Worth, lost_words, needed, rising, round_number, said, worth


def row(method, labels, accuracy, seed=0, state="done", **more):
    return {"method": method, "labels": labels, "seed": seed, "state": state, "test_accuracy": accuracy} | more


BASELINE = [row("supervised", 10, 0.5), row("supervised", 40, 0.7), row("supervised", 100, 0.9)]


def sentence(labels, accuracy):
    (one,) = worth([*BASELINE, row("fixmatch", labels, accuracy)])
    return one.sentence


def test_between_two_points_it_is_straight_over_the_logarithm():
    assert needed([(10, 0.5), (40, 0.7)], 0.6).labels == pytest.approx(20), "half way from 10 to 40 is 20"
    assert sentence(10, 0.6) == "FixMatch with 10 labels does as well as the supervised baseline with about 20."
    assert sentence(20, 0.89) == "FixMatch with 20 labels does as well as the supervised baseline with about 95."


@pytest.mark.parametrize(
    ("labels", "accuracy", "words"),
    [
        (20, 0.95, "does as well as the supervised baseline with more than 100."),
        (100, 0.95, "does better than the supervised baseline with as many."),
        (10, 0.4, "does worse than the supervised baseline with as many."),
        (200, 0.95, "does better than the supervised baseline with 100, the most that it was trained with."),
        (20, 0.4, "does only as well as the supervised baseline with fewer than 10."),
        (5, 0.4, "does worse than the supervised baseline with 10, the fewest that it was trained with."),
        (40, 0.7, "does as well as the supervised baseline with as many."),
        (40, 0.71, "does as well as the supervised baseline with as many."),
        (40, 0.6, "does only as well as the supervised baseline with about 20."),
    ],
)
def test_outside_and_below_the_words_stay_honest(labels, accuracy, words):
    assert sentence(labels, accuracy) == f"FixMatch with {labels} labels {words}"


points = st.lists(
    st.tuples(st.integers(1, 5_000), st.floats(0, 1), st.integers(1, 5)),
    min_size=1,
    max_size=12,
    unique_by=lambda point: point[0],
)


@settings(deadline=None)
@given(points)
def test_the_curve_is_isotonic_regression(measured):
    counts, accuracies, runs = zip(*sorted(measured), strict=True)
    theirs = IsotonicRegression().fit_transform(counts, accuracies, sample_weight=runs)
    mine = rising(measured)
    assert [count for count, _ in mine] == list(counts)
    assert [level for _, level in mine] == pytest.approx(list(theirs), abs=1e-9)


@settings(deadline=None)
@given(points, st.floats(0, 1), st.floats(0, 1))
def test_more_accuracy_never_needs_fewer_labels_and_no_number_lies_beyond_the_curve(measured, one, other):
    curve = rising(measured)

    def place(accuracy):
        need = needed(curve, accuracy)
        assert curve[0][0] - 1e-6 <= need.labels <= curve[-1][0] + 1e-6
        return log(need.labels) + {"fewer": -1, "more": 1, "": 0}[need.side]

    low, high = sorted((one, other))
    assert place(low) <= place(high) + 1e-9
    for count, level in curve:
        assert needed(curve, level).labels <= count + 1e-6


@pytest.mark.parametrize(
    ("labels", "shown"), [(3.4, 3), (17.6, 18), (88, 90), (92.4, 90), (97, 95), (131, 130), (1_249, 1_200), (1.2, 1)]
)
def test_numbers_are_round(labels, shown):
    assert round_number(labels) == shown


def test_a_dip_of_the_baseline_is_chance():
    rows = [row("supervised", 10, 0.6), row("supervised", 20, 0.5), row("supervised", 40, 0.8)]
    (one,) = worth([*rows, row("fixmatch", 10, 0.55)])
    assert one.needs == Needs(10), "the dip and the point before it are one level"


def test_seeds_are_averaged_and_what_is_not_done_is_not_compared():
    moving = [row("mixmatch", 10, 0.99), row("mixmatch", 10, 0.1, seed=1, state="running")]
    ceiling = row("supervised", 1_100, 0.99, role="ceiling")
    rows = [*BASELINE, ceiling, row("fixmatch", 10, 0.55), row("fixmatch", 10, 0.65, seed=1), *moving]
    (one,) = worth(rows)
    assert (one.method, one.seeds, one.accuracy) == ("fixmatch", 2, pytest.approx(0.6))
    assert round(one.needs.labels) == 20
    assert worth([row("fixmatch", 10, 0.9)]) == []
    assert worth([]) == []


def test_a_count_of_the_baseline_that_did_not_finish_is_no_point_of_its_curve():
    (one,) = worth([*BASELINE, row("supervised", 10, 0.5, seed=1, state="failed"), row("fixmatch", 10, 0.4)])
    assert one.needs == Needs(40, "fewer")


def test_the_size_of_the_test_gives_a_range():
    (one,) = worth([*BASELINE, row("fixmatch", 10, 0.8, tested=50)])
    assert (one.low, one.high) == tuple(needed([(10, 0.5), (40, 0.7), (100, 0.9)], end) for end in wilson(0.8, 50))
    assert one.low.labels < one.needs.labels < one.high.labels
    assert one.range_words == "30 to 95"
    (old,) = worth([*BASELINE, row("fixmatch", 10, 0.8)])
    assert old.range_words == ""
    (small,) = worth([*BASELINE, row("fixmatch", 10, 0.6, tested=9)])
    assert small.range_words == "", "it says already that nothing can be told"


@pytest.mark.parametrize(
    ("accuracy", "tested", "told_apart"),
    [(0.6, 9, False), (0.6, 1_000, True), (0.5, 1_000, False), (0.4, 9, False), (0.4, 1_000, True)],
)
def test_where_the_baseline_with_as_many_lies_within_the_interval_it_says_that_alone(accuracy, tested, told_apart):
    """Nine test pictures do not say that a method is better, or worse."""
    (one,) = worth([*BASELINE, row("fixmatch", 10, accuracy, tested=tested)])
    words = "FixMatch with 10 labels cannot be told from the supervised baseline with as many: the test is too small for that."
    assert (one.sentence != words) is told_apart


def test_equal_accuracies_are_no_loss():
    rows = [row("supervised", 4, 1.0), row("supervised", 8, 1.0), row("fixmatch", 8, 1.0, tested=9)]
    assert "only" not in worth(rows)[0].sentence


def test_a_page_says_each_method_once_with_the_fewest_labels():
    rows = [*BASELINE, *(row(m, n, 0.6) for m in ("fixmatch", "mixmatch") for n in (5, 10, 40))]
    assert [(one.method, one.labels) for one in said(rows)] == [("fixmatch", 10), ("mixmatch", 10)]


def test_what_never_came_to_its_end_is_named_and_not_compared():
    rows = [*BASELINE, row("fixmatch", 10, 0.6), row("fixmatch", 10, None, 1, "failed")]
    assert said(rows) == [] and lost_words(rows[:4]) == ""
    one, every = lost_words(rows), lost_words([gone | {"state": "stopped"} for gone in rows])
    assert one == (
        "1 of 5 runs did not come to its end, so this leaves out: FixMatch with 10 labels. "
        "Resume all goes on with what is missing."
    )
    assert every.startswith("No run came to its end")
    assert lost_words([*rows, *(row("mixmatch", n, None, 0, "stopped") for n in (5, 10, 20, 40))]).endswith(
        "leaves out: FixMatch with 10 labels, MixMatch with 5 labels, MixMatch with 10 labels and 2 more. "
        "Resume all goes on with what is missing."
    )


def test_a_method_that_is_gone_keeps_its_name():
    assert Worth("lost", 10, 0.5, 1, Needs(90)).sentence.startswith("lost with 10 labels does as well")


def test_an_experiment_in_a_terminal_ends_with_it(tmp_path, capsys):
    words = ["experiment", "--methods", "supervised", "fixmatch", "--labels", "10", "20", "--steps", "30"]
    assert main([*words, "--store", str(tmp_path), "--json"]) == 0
    out = capsys.readouterr()
    told = json.loads(out.out.splitlines()[-1])
    assert [(one["method"], one["labels"]) for one in told["worth"]] == [("fixmatch", 10), ("fixmatch", 20)]
    assert all(one["sentence"] in out.err for one in told["worth"])
    assert all(one["sentence"].startswith(f"FixMatch with {one['labels']} labels") for one in told["worth"])
    first = told["runs"][0]
    assert 0 <= first["test_low"] <= first["test_accuracy"] <= first["test_high"] <= 1
    assert first["tested"] == 497
    assert len(first["recall"]) == 10
