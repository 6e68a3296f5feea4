"""Charts are valid plotly figures, show what the rows say, and can be said as a sentence."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from ssl_core.figures import compare, data, predict, recall, smote, snow, wall
from ssl_core.figures.accuracy import accuracy_chart, accuracy_words, by_validation
from ssl_core.figures.curves import curve_words, loss_chart, quality_chart
from ssl_core.figures.look import LONGEST_NAME, MOST_NAMED, duration, faded, look, percent
from ssl_core.figures.making import losses_chart
from ssl_core.intervals import wilson
from ssl_core.method_cards import CARDS


def row(method="fixmatch", labels=10, seed=0, score=0.5, state="done"):
    return {"method": method, "labels": labels, "seed": seed, "test_accuracy": score, "state": state}


ROWS = [row(score=0.5), row(seed=1, score=0.7), row(labels=40, score=0.9, state="running"), row("mixmatch", score=None)]


def dots(figure, name):
    return next(t for t in figure.data if t.name == name)


def test_finished_dots_are_filled_and_moving_ones_hollow():
    figure = go.Figure(accuracy_chart(ROWS, chance=0.1, ceiling=0.98))
    shown = dots(figure, "FixMatch")
    assert shown.y == (50, 70, 90)
    assert [symbol.endswith("-open") for symbol in shown.marker.symbol] == [False, False, True]
    assert all("seed" in text for text in shown.hovertext)


def test_the_line_is_the_mean_and_the_band_the_spread_of_finished_seeds():
    figure = go.Figure(accuracy_chart(ROWS, chance=0.1))
    assert dots(figure, "FixMatch, mean").y == pytest.approx((60,)), "a dot that still moves would bend the line"
    assert set(dots(figure, "FixMatch, seeds").y) == {50, 70}


def test_quiet_lines_lie_at_chance_and_ceiling():
    figure = go.Figure(accuracy_chart(ROWS, chance=0.1, ceiling=0.98))
    assert [shape.y0 for shape in figure.layout.shapes] == [10, 98]
    assert len(go.Figure(accuracy_chart(ROWS, chance=0.1)).layout.shapes) == 1


def test_axes_are_named_and_label_counts_are_ticks():
    layout = go.Figure(accuracy_chart(ROWS, chance=0.1)).layout
    assert "Label" in layout.xaxis.title.text
    assert "%" in layout.yaxis.title.text
    assert layout.xaxis.type == "log"
    assert layout.xaxis.tickvals == (10, 40)


def test_one_method_that_is_not_finished_is_named_in_a_legend():
    figure = go.Figure(accuracy_chart([row(state="running")], chance=0.1))
    assert figure.layout.showlegend
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["FixMatch"]


def test_axes_have_ticks_before_there_is_a_run_and_where_losses_stay_within_a_power_of_ten():
    assert accuracy_chart([], chance=None)["layout"]["xaxis"]["tickvals"] == [10, 20, 40, 100]
    near = [{"step": 1, "loss": 0.9}, {"step": 2, "loss": 0.25}]
    far = [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 0.0001}]
    assert loss_chart(near, "r")["layout"]["yaxis"]["dtick"] == "D2", "0.5 is marked; no power of ten lies between"
    assert loss_chart(far, "r")["layout"]["yaxis"]["dtick"] == 1


def test_a_charts_tools_stand_in_a_margin_that_holds_them():
    layout = accuracy_chart(ROWS, chance=0.1)["layout"]
    assert layout["modebar"]["orientation"] == "v"
    assert layout["margin"]["r"] >= 36, "pixels that a column of tools is wide"


def test_without_a_test_the_dots_are_validation_accuracy_with_its_own_interval():
    rows = [row | {"value": None, "test_accuracy": None, "judged": 0.75, "state": "done"} for row in ROWS[:1]]
    assert not go.Figure(accuracy_chart(rows, chance=0.1)).data[-1].x
    seen, measured = by_validation(rows, 40)
    assert measured == "Validation accuracy"
    figure = go.Figure(accuracy_chart(seen, chance=0.1, measured=measured))
    assert figure.layout.yaxis.title.text == "Validation accuracy (%)"
    low, high = wilson(0.75, 40)
    bars = figure.data[-1].error_y
    assert figure.data[-1].y == (75.0,)
    assert (bars.arrayminus[0], bars.array[0]) == pytest.approx((75 - 100 * low, 100 * high - 75))
    assert accuracy_words(seen, measured).startswith("Validation accuracy against")
    assert "75.0 %" in accuracy_words(seen, measured)
    assert by_validation([rows[0] | {"judged": None}], 40)[0][0]["test_low"] is None
    assert by_validation([], 0) == ([], "Validation accuracy")


def test_an_empty_experiment_is_an_empty_chart():
    assert len(go.Figure(accuracy_chart([], chance=0.1)).data) == 0
    assert accuracy_words([]).endswith(".")


def test_the_words_hold_the_numbers():
    words = accuracy_words(ROWS)
    assert "60.0 % with 10 labels" in words
    assert "MixMatch: no result yet" in words


def test_curves_leave_gaps_out_and_supervised_runs_have_no_mask():
    rows = [
        {"step": 0, "validation_accuracy": 0.1},
        {"step": 10, "loss": None, "mask_rate": 0.5},
        {"step": 20, "loss": 0.2},
    ]
    assert [t.name for t in go.Figure(quality_chart(rows, "r")).data][2] == "Guesses used"
    losses = go.Figure(loss_chart(rows, "r"))
    assert losses.data[0].x == (20,)
    assert losses.layout.uirevision == "r"
    assert "step 20" in curve_words(rows)
    supervised = go.Figure(quality_chart(rows[:1], "r"))
    assert len(supervised.data) == 2
    assert curve_words([]).endswith(".")


@pytest.mark.parametrize("method", CARDS)
def test_every_method_has_a_look_of_its_own(method):
    assert look(method) == CARDS[method][:3]
    assert [look(other)[1:] for other in CARDS].count(look(method)[1:]) == 1


def test_a_method_without_a_look_gets_a_spare_one():
    name, colour, _ = look("brand_new")
    assert name == "Brand new"
    assert faded(colour, 0.5).startswith("rgba(")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0.2, "1 s"), (59, "59 s"), (60, "1 min"), (125, "2 min 5 s"), (4200, "1 h 10 min")],
)
def test_durations_are_said_as_people_say_them(seconds, words):
    assert duration(seconds) == words


def test_shares_are_said_in_per_cent():
    assert (percent(0.9534), percent(None)) == ("95.3 %", "–")


def test_nothing_is_invented_for_data_that_is_not_here_any_more():
    layout = accuracy_chart([], chance=None)["layout"]
    assert layout["shapes"] == layout["annotations"] == []


def test_axes_have_no_numbers_before_there_is_anything_to_measure_along_them():
    row = {"step": 20, "loss": 0.5, "loss_labelled": 0.5}
    for chart in (loss_chart, lambda rows, revision: losses_chart(rows, {"loss": "Loss"}, revision)):
        empty, drawn = (chart(rows, "")["layout"] for rows in ([], [row]))
        assert [empty[axis]["showticklabels"] for axis in ("xaxis", "yaxis")] == [False, False]
        assert "showticklabels" not in drawn["xaxis"] | drawn["yaxis"]


def of_classes(names):
    """Every chart that has an axis of classes, and which axes those are."""
    share, size = [0.5] * len(names), len(names)
    spread = {name: {"mean": share, "low": share, "high": share} for name in ("weak", "strong")}
    guesses = [{"step": 1, "pseudo_counts": [2] * size, "pseudo_right": [1] * size}]
    counts = dict.fromkeys(range(size), 3)
    run = {"method": "fixmatch", "recall": share, "tested_by_class": [4] * size}
    effect = [{"class": name, **dict.fromkeys(("before", "after", "before_half", "after_half"), 0.5)} for name in names]
    return {
        "counts of a split": (data.counts_chart({"labelled": [3] * size}, names), "x"),
        "counts of SMOTE": (smote.counts_chart(counts, counts, dict(enumerate(names))), "x"),
        "effect of SMOTE": (smote.effect_chart(effect), "x"),
        "grounds": (snow.ground_chart(names, share, share, 0.5), "x"),
        "guesses": (wall.quality_bars(guesses[0], names, 2), "x"),
        "answer": (predict.answer_chart(names, share), "y"),
        "views": (predict.views_chart(names, spread), "x"),
        "confusion": (compare.confusion_chart([[1] * size] * size, names), "xy"),
        "pseudo-labels": (compare.class_chart(guesses, names, "right"), "y"),
        "recall": (recall.recall_chart({"one": run}, names), "y"),
    }


MANY = [f"Klasse {n} der Vogelarten im Donauried, Herbst" for n in range(100)]


@pytest.mark.parametrize("what", of_classes(MANY))
def test_an_axis_of_classes_can_be_read_whatever_they_are_called_and_however_many_there_are(what):
    for names in (MANY, list("0123456789")):
        figure, axes = of_classes(names)[what]
        layout = go.Figure(figure).layout
        for axis in (layout[f"{letter}axis"] for letter in axes):
            assert axis.title.text
            assert len(axis.ticktext) == len(axis.tickvals) <= MOST_NAMED
            assert max(map(len, axis.ticktext)) <= LONGEST_NAME
            assert set(axis.tickvals) <= {*names, "all", f"{names[0]} ★"}
            assert axis.automargin, "long names are cut at the chart's edge otherwise"
        assert (layout.xaxis.tickangle == -35) == ("x" in axes and names is MANY), "digits stand upright"
