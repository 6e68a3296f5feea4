"""Confirming a winner: with seeds that the search never saw, the default beside it, and an honest sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssl_core.runs import runner
from ssl_core.search import driver
from ssl_core.search.confirm import SEEDS, Confirmed, confirm, confirmed, confirmed_words, fresh_seeds
from ssl_core.search.plan import Search, read_search
from ssl_core.search.span import Span
from ssl_core.search.start_stop import submit
from ssl_core.search.trials import best_of
from ssl_core.tasks import CLASSIFY, TASKS
from ssl_core.train.config import defaults
from tests.search.machine import Machine

TWO = {"threshold": Span(0.5, 0.99), "weight": Span(0.1, 5.0)}
USUAL = defaults("digits", "fixmatch")["threshold"]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5, unique=True))
def test_fresh_seeds_are_none_of_the_searchs_own(seeds):
    fresh = fresh_seeds(Search("digits", "fixmatch", 20, TWO, tuple(seeds)))
    assert not set(fresh) & set(seeds)
    assert len(set(fresh)) == SEEDS
    assert min(fresh) >= 0


@pytest.fixture
def played(store, monkeypatch):
    monkeypatch.setattr(driver, "LOOK", 0.0)
    monkeypatch.setattr(runner, "ensure_runner", lambda store: store.wake())

    def play(score, seeds=(4, 0), **facts):
        search = Search("digits", "fixmatch", 20, TWO, seeds, runs=5, prune=False)
        machine = Machine(store, submit(store, search), score=score, **facts)
        machine.play()
        return machine

    return play


def test_no_run_of_a_confirmation_shares_a_seed_with_a_trial(played, store):
    machine = played(lambda values: 1 - abs(values["threshold"] - 0.7))
    confirm(store, machine.name)
    searched = {run.config["seed"] for trial in machine.trials() for run in trial.runs}
    fresh = {run.config["seed"] for run in store.runs() if "confirms" in run.config}
    assert searched == {0, 4}
    assert fresh and not fresh & searched


def test_a_set_without_a_test_is_confirmed_on_its_validation_pictures(played, store):
    machine = played(lambda values: round(1 - abs(values["threshold"] - 0.7), 3), tested=False)
    usual = 100 * (1 - abs(USUAL - 0.7))
    confirm(store, machine.name)
    machine.play()
    best = best_of(machine.trials())
    result = confirmed(store, machine.name, best)
    assert result.best == pytest.approx([best.score] * SEEDS)
    assert result.default == pytest.approx([usual / 100] * SEEDS)
    assert confirmed_words(result).startswith(
        f"Validation accuracy with the fresh seeds 5, 6, 7: default {usual:.1f} %"
    )


def test_where_the_default_is_best_there_is_nothing_to_confirm(played, store):
    machine = played(lambda values: float(values["threshold"] == USUAL))
    with pytest.raises(ValueError, match="Nothing has beaten the default"):
        confirm(store, machine.name)
    assert best_of(machine.trials()).number == 0
    assert confirmed(store, machine.name, best_of(machine.trials())) is None
    assert read_search(store, machine.name).seeds == (4, 0)


@pytest.mark.parametrize(
    ("default", "best", "sentence"),
    [
        ([0.5, 0.6, 0.7], [0.7, 0.8, 0.9], "default 60.0 % (50.0 to 70.0), trial 3 80.0 % (70.0 to 90.0), +20.0 points. "
         "The gain holds."),
        ([0.7, 0.8, 0.9], [0.5, 0.6, 0.7], "-20.0 points. The gain was luck: look at more seeds, or search with more."),
        ([0.6], [0.6], "+0.0 points. The gain was luck: look at more seeds, or search with more."),
    ],
)  # fmt: skip
def test_the_sentence_names_means_and_ranges_and_calls_luck_luck(default, best, sentence):
    assert confirmed_words(Confirmed([5, 6, 7], default, best, 3, 0)).endswith(sentence)


def test_where_less_is_better_a_smaller_number_is_the_gain():
    error = TASKS[CLASSIFY]._replace(higher=False, unit="", title="Error")
    better, worse = (Confirmed([5], [1.5], [best], 3, 0, "Error", error) for best in (1.25, 1.75))
    assert confirmed_words(better).endswith(
        "default 1.5 (1.5 to 1.5), trial 3 1.25 (1.25 to 1.25), -0.25. The gain holds."
    )
    assert "The gain was luck" in confirmed_words(worse)
