"""What a change does, over seeds: its interval is Student's, and the sentence follows from the numbers alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ssl_core.effects import HERE, NEITHER, OTHER, PRINT, SAME, effects, in_words, of_rows
from ssl_core.figures.ablation import ablation_chart, ablation_rows, ablation_words
from ssl_core.intervals import STUDENT, mean_interval

BASE = (0.90, 0.92, 0.88)


def table(**changes):
    """Accuracies of a base, and of variants whose errors lie so many points above it, with a little spread."""
    return {"as it is": BASE} | {
        name: tuple(share - points / 100 - wobble for share, wobble in zip(BASE, (0.001, 0, -0.001), strict=True))
        for name, points in changes.items()
    }


def test_the_table_of_t_is_students():
    for freedom, t in enumerate(STUDENT, 1):
        assert t == pytest.approx(stats.t.ppf(0.975, freedom), abs=6e-4)


@pytest.mark.parametrize("n", [2, 3, 5, 16])
def test_the_interval_of_a_mean_is_students(n):
    values = np.random.RandomState(n).rand(n).tolist()
    low, high = stats.t.interval(0.95, n - 1, np.mean(values), stats.sem(values))
    assert mean_interval(values) == pytest.approx((low, high), abs=1e-3)
    assert mean_interval(values[:1]) is None


def test_changes_are_seed_by_seed_and_so_more_exact_than_errors():
    one = effects(table(worse=5))[1]
    assert one.change == pytest.approx(5)
    assert one.clear
    half = (one.change_interval[1] - one.change_interval[0]) / 2
    assert half < (one.interval[1] - one.interval[0]) / 2 / 3


def test_verdicts_follow_from_direction_and_interval():
    accuracy = table(same=5, other=-3, here=4, printed=0, neither=0)
    published = {"as it is": 10, "same": 20, "other": 15, "here": 10.5, "printed": 30, "neither": 9.9}
    made = {one.name: one.verdict for one in effects(accuracy, published, spread=0.9)}
    assert made == {"as it is": "", "same": SAME, "other": OTHER, "here": HERE, "printed": PRINT, "neither": NEITHER}


def test_the_sentence_says_each_disagreement_with_its_numbers():
    published = {"as it is": 10.0, "same": 20.0, "other": 15.0}
    words = in_words(effects(table(same=5, other=-3, unpublished=1), published, 0.9), 0.9)
    assert (
        "1 of 2 published changes goes the same way here as in print (same: +10.0 in print, +5.0 ± 0.2 here)." in words
    )
    assert "1 of 2 published changes goes the other way here (other: +5.0 in print, −3.0 ± 0.2 here)." in words
    assert "unpublished" not in words
    assert "0.1 miss the truth by chance" in words or "0.2 miss the truth by chance" in words


def test_without_print_it_says_what_moves_and_one_seed_claims_nothing():
    words = in_words(effects(table(worse=5, alike=0)))
    assert words.startswith(
        "1 of 2 changes moves the error by more than these seeds vary by chance (worse: +5.0 ± 0.2)."
    )
    assert in_words(effects(table(alike=0))).startswith("None of 1 changes moves the error")
    wild = {"as it is": BASE, "alike": BASE, "wild": (0.5, 0.99, 0.9)}
    assert "None of 2 changes moves the error" in in_words(effects(wild))
    assert "the largest is wild: +10.3 ± " in in_words(effects(wild))
    alone = in_words(effects({"as it is": [0.9], "worse": [0.5]}))
    assert "None of 1 changes" in alone
    assert "One seed has no interval" in alone
    assert in_words(effects({"as it is": BASE})) == ""
    assert effects({}) == []


def row(variant, seed, value, state="done", **more):
    return {"method": "fixmatch", "variant": variant, "labels": 20, "seed": seed, "value": value, "state": state} | more


def test_rows_of_an_experiment_are_compared_where_all_seeds_are_done():
    rows = [row("", 1, 0.9), row("", 0, 0.8), row("low", 0, 0.7), row("low", 1, 0.8), row("half", 0, 0.5)]
    made = of_rows(rows)
    assert [one.name for one in made["fixmatch", 20]] == ["", "low"]
    assert made["fixmatch", 20][1].change == pytest.approx(10)
    assert of_rows([*rows[:3], row("low", 1, None, "running")]) == {}
    assert of_rows(rows[2:]) == {}


def test_the_chart_keeps_published_numbers_on_an_axis_of_their_own():
    published = {"as it is": 11.8, "worse": 27.83}
    made = effects(table(worse=5, unpublished=1), published, 0.87)
    figure = ablation_chart(made, "#d55e00", "Digits, 20 labels", "CIFAR-10, 250 labels")
    bars, dots, printed = figure["data"]
    assert bars["x"] == pytest.approx([10, 15, 11])
    assert len(dots["x"]) == 9
    assert (printed["xaxis"], printed["x"], printed["y"]) == ("x2", [11.8, 27.83], ["as it is", "worse"])
    assert "Published" in figure["layout"]["xaxis2"]["title"]["text"]
    assert "here" in figure["layout"]["xaxis"]["title"]["text"]
    alone = ablation_chart(effects(table(worse=5)), "#d55e00", "Digits, 20 labels", "CIFAR-10")
    assert "xaxis2" not in alone["layout"]
    assert "worse 15.0 % (published 27.83 %)" in ablation_words("MixMatch", made)
    assert ablation_rows(made)[1]["Verdict"] == SAME
