"""Worlds and what is changed in them by hand: the same seed, the same points; a text says all of it."""

from __future__ import annotations

import numpy as np
import pytest

from ssl_core.playground import edits
from ssl_core.playground.play import Play
from ssl_core.playground.worlds import EDGE, POINTS, WORLDS, draw, fresh


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_follows_from_its_seed_and_stays_in_the_plane(name):
    world, one, again = WORLDS[name], draw(name, 0.1, 9, 3), draw(name, 0.1, 9, 3)
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one.x, draw(name, 0.1, 9, 4).x)
    assert np.abs(one.x).max() <= EDGE
    assert sorted(np.bincount(one.truth)) == [POINTS // world.classes] * world.classes
    known = one.label >= 0
    assert known.sum() == 9 and (one.label[known] == one.truth[known]).all()
    assert np.ptp(np.bincount(one.label[known], minlength=world.classes)) <= 1, "balanced"
    assert not np.isin(fresh(name, 0.1, 3)[0], one.x).any(), "accuracy is measured on points nobody trained on"


@pytest.mark.parametrize("name", WORLDS)
def test_more_labels_are_added_to_the_same_ones_and_more_noise_moves_the_same_points(name):
    few, many = draw(name, 0.05, 6, 0).label, draw(name, 0.05, 20, 0).label
    assert (many[few >= 0] == few[few >= 0]).all()
    still, a, b = (draw(name, noise, 6, 0).x for noise in (0.0, 0.1, 0.2))
    inside = np.abs(b).max(axis=1) < EDGE
    assert np.allclose((b - still)[inside], 2 * (a - still)[inside])


def test_labels_of_a_moon_are_spread_along_it():
    for seed in range(10):
        points = draw("moons", 0.0, 6, seed)
        for c in (0, 1):
            across = np.sort(points.x[points.label == c, 0])
            assert np.diff(across).min() > 0.1 and np.ptp(across) > 0.8


ACTS = [["move", 3, 0.5, -0.25], ["label", 3, 1], ["add", 1.0, 1.0, 0], ["add", -9.0, 0.1, -1], ["remove", 7]]


def test_a_text_gives_back_what_was_changed():
    changed = edits.change(edits.UNTOUCHED, ACTS, 2)
    text = edits.write(changed)
    assert edits.read(text, 2) == changed and changed.count == 5
    assert len(text) < 40 and text.isalnum(), "it has to fit into an address"
    assert edits.write(edits.UNTOUCHED) == edits.NONE and edits.read(edits.NONE, 2) == edits.UNTOUCHED


def test_changes_are_what_happens_to_the_points():
    before, _ = Play().points()
    after, numbers = Play(edits=edits.write(edits.change(edits.UNTOUCHED, ACTS, 2))).points()
    assert numbers.tolist() == [n for n in range(POINTS + 2) if n != 7]
    assert after.x[3] == pytest.approx([0.5, -0.25], abs=0.002) and after.label[3] == 1
    assert after.x[-2:] == pytest.approx(np.array([[1.0, 1.0], [-EDGE, 0.1]]), abs=0.002)
    assert after.label[-2:].tolist() == [0, -1] and after.truth[-2:].tolist() == [-1, -1], "nobody knows the truth"
    untouched = [n for n in range(POINTS) if n not in (3, 7)]
    rows = [numbers.tolist().index(n) for n in untouched]
    assert (after.x[rows] == before.x[untouched]).all() and (after.label[rows] == before.label[untouched]).all()


@pytest.mark.parametrize(
    "text",
    ["m", "lzz1", "l012", "a0000", "m00zzzz?", "A0000n", "<script>", "r" * 999, "", "é" * 50, "l009", "raa" * 121],
)
def test_a_text_that_is_none_of_ours_changes_nothing(text):
    assert edits.read(text, 2) == edits.UNTOUCHED


@pytest.mark.parametrize(
    "act",
    [None, [], ["move"], ["move", -1, 0, 0], ["move", 10**9, 0, 0], ["move", 1, "x", 0], ["label", 1, 5], ["label", "1", 0]]
    + [["add", float("nan"), 0, 0], ["add", 0, 0, 0.5], ["explode", 1], {"move": 1}, ["move", 1, float("inf"), None]],
)  # fmt: skip
def test_what_a_browser_sends_and_is_no_change_is_left_out(act):
    assert edits.change(edits.UNTOUCHED, [act], 2) == edits.UNTOUCHED


def test_what_is_sent_twice_counts_once():
    text, heard = edits.hear(edits.NONE, [1.5, [[5, ACTS[2]], [6, ["explode"]]]], 0, 2)
    assert heard == 6 and edits.read(text, 2).count == 1
    assert edits.hear(text, [2.5, [[5, ACTS[2]]]], heard, 2) == (text, 6)
    more, heard = edits.hear(text, [3.5, [[5, ACTS[2]], [7, ["label", POINTS, -1]]]], heard, 2)
    assert heard == 7 and edits.read(more, 2) == edits.Edits({}, {POINTS: -1}, frozenset(), edits.read(text, 2).added)
    for nonsense in (None, [], [1], [1, [[None, 2]]], {"a": 1}, [1, 5], "text"):
        assert edits.hear(text, nonsense, 6, 2) == (text, 6)


def test_an_address_stays_short_however_often_somebody_clicks():
    changed = edits.change(edits.UNTOUCHED, [["add", 0.0, 0.0, 0]] * 500, 2)
    assert changed.count == edits.MOST and len(edits.write(changed)) < 1000
    again = edits.change(changed, [["move", POINTS, 1.0, 1.0]], 2)
    assert again == changed, "more than that is left out"


def test_points_without_any_label_or_all_of_them_labelled_are_a_sentence():
    known = np.flatnonzero(Play(labels=2).points()[0].label >= 0)
    none = edits.change(edits.UNTOUCHED, [["label", int(n), -1] for n in known], 2)
    with pytest.raises(ValueError, match="No point has a label"):
        Play(labels=2, edits=edits.write(none)).points()
