"""What a prepared world's text says is what is measured, and two moons are learned from six labels.

Ten seeds of each method: python -m tests.benchmarks.playground.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from ssl_core.playground import edits
from ssl_core.playground.cases import CASES
from ssl_core.playground.film import Film, film
from ssl_core.playground.play import Play, playable, sliders
from ssl_core.playground.worlds import WORLDS


@cache
def filmed(case: str, method: str) -> Film:
    about = CASES[case]
    return film(about.play, method, tuple(about.knobs.get(method, {}).items()), frames=12)


def test_a_case_names_what_there_is():
    for about in CASES.values():
        assert about.play.world in WORLDS and set(about.methods) <= set(playable())
        assert all(name in sliders(method) for method, knobs in about.knobs.items() for name in knobs)
        assert edits.write(edits.read(about.play.edits, about.play.classes)) == about.play.edits


def test_six_labels_and_grey_points_are_enough_for_two_moons_and_six_labels_are_not():
    """The first draw; the mean of ten is in the README."""
    assert filmed("moons", "supervised").accuracy < 0.92
    assert filmed("moons", "fixmatch").accuracy > 0.99
    assert film(Play(), "mixmatch", frames=2).accuracy > 0.99


def test_the_network_is_sure_of_its_own_mistake_and_one_label_turns_it():
    stuck = filmed("bias", "fixmatch")
    wrong = (stuck.right[-1] == 0) & (stuck.counts[-1] == 1)
    assert stuck.accuracy < 0.94 and wrong.sum() >= 8, "wrong guesses count"
    assert (stuck.guess[-6:, wrong] == stuck.guess[-1, wrong]).mean() > 0.9, "and nothing speaks against them"
    points = CASES["bias"].play.points()[0]
    tip = points.x[stuck.rows[wrong]]
    one = int(stuck.rows[wrong][np.linalg.norm(tip - tip.mean(axis=0), axis=1).argmin()])
    told = edits.write(edits.change(edits.UNTOUCHED, [["label", one, int(points.truth[one])]], 2))
    assert film(replace(CASES["bias"].play, edits=told), "fixmatch", frames=2).accuracy > 0.99


def test_a_threshold_of_one_lets_nothing_spread():
    shut, usual = filmed("tau", "fixmatch"), filmed("moons", "fixmatch")
    assert shut.numbers["used"][-1] < 0.3 < usual.numbers["used"][-1]
    assert abs(shut.accuracy - filmed("tau", "supervised").accuracy) < 0.03 < usual.accuracy - shut.accuracy
    assert (shut.right[-1][shut.counts[-1] == 1] == 1).all(), "what counts is what the network knows anyway"
    assert (shut.sure[-1][shut.counts[-1] == 1] == 1).all(), "to the last digit"


def test_too_strong_a_view_brings_no_more_than_the_labels_alone():
    blurred = filmed("jitter", "fixmatch")
    assert blurred.accuracy < filmed("jitter", "supervised").accuracy + 0.02
    assert 0.5 < blurred.numbers["used"][-1] < 0.8, "a third of the guesses never count"


def test_a_wrong_label_takes_a_part_of_the_moon_with_it():
    lost, points = filmed("wrong", "fixmatch"), CASES["wrong"].play.points()[0]
    (planted,) = np.flatnonzero((points.label >= 0) & (points.label != points.truth))
    assert lost.accuracy < 0.93 < filmed("moons", "fixmatch").accuracy
    wrong = points.x[lost.rows[lost.right[-1] == 0]]
    reach = np.linalg.norm(wrong - points.x[planted], axis=1)
    assert len(wrong) > 15 and np.median(reach) < 0.6, "around it"


def test_a_label_in_the_gap_turns_a_piece_of_the_other_moon_and_loses_a_tip_of_its_own():
    lost, points = filmed("gap", "fixmatch"), CASES["gap"].play.points()[0]
    (moved,) = np.flatnonzero((points.x != Play().points()[0].x).any(axis=1))
    assert lost.accuracy < 0.97 and points.label[moved] == 1
    wrong = points.x[lost.rows[lost.right[-1] == 0]], lost.guess[-1][lost.right[-1] == 0]
    assert np.bincount(wrong[1]).min() >= 4, "both ways"
    taken = wrong[0][wrong[1] == 1]
    assert np.median(np.linalg.norm(taken - points.x[moved], axis=1)) < 0.35, "around it, but for a stray one"
    assert (wrong[0][wrong[1] == 0][:, 0] < 0).all(), "the left tip of the lower moon"


def test_uneven_density_leaves_pseudo_label_below_the_supervised_network():
    worse = filmed("uneven", "pseudo_label")
    assert worse.accuracy < filmed("uneven", "supervised").accuracy - 0.01
    assert worse.accuracy < max(worse.numbers["accuracy"]) - 0.03, "and below where it had been"
    wrong = (worse.right[-1] == 0) & (worse.counts[-1] == 1)
    truth = CASES["uneven"].play.points()[0].truth[worse.rows[wrong]]
    assert wrong.sum() > 10 and (truth == 1).mean() > 0.8, "of the wide class"
