"""The short recipes are what they were when they were measured, knob for knob.

    python -m tests.test_recipes

writes tests/golden_recipes.json anew: do it when a recipe was changed on purpose, and measure the results again.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ssl_core.data.catalog import BUILT_IN, card
from ssl_core.knobs import knobs_of
from ssl_core.method_cards import CARDS, like
from ssl_core.methods import METHODS
from ssl_core.train import recipes
from ssl_core.train.config import all_knobs, configure, defaults
from ssl_core.train.recipes import FAMILIES, recipe
from tests.benchmarks.recipes import candidates, space

GOLDEN = Path(__file__).with_name("golden_recipes.json")
DATA = ("digits", "shapes")
ALIGNED = [name for name in METHODS if "align" in knobs_of(METHODS[name])]


def now():
    return {data: {method: recipe(data, method) for method in METHODS} for data in DATA}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data", DATA)
def test_a_recipe_is_the_one_that_was_measured(data, method):
    golden = json.loads(GOLDEN.read_text())[data]
    assert recipe(data, method) == golden.get(method), "if this is meant: python -m tests.test_recipes"


def test_the_golden_recipes_name_no_method_that_is_gone():
    assert {data: list(methods) for data, methods in json.loads(GOLDEN.read_text()).items()} == {
        data: sorted(METHODS) for data in DATA
    }


@pytest.mark.parametrize("method", ALIGNED)
@pytest.mark.parametrize("data", DATA)
def test_what_can_align_its_guesses_does_so_in_a_short_run(data, method):
    """With one or two labels a class it is worth nine points of accuracy."""
    assert defaults(data, method)["align"] is True


@pytest.mark.parametrize("family", FAMILIES)
def test_a_new_method_of_a_family_has_a_recipe_before_anybody_wrote_one(family, monkeypatch):
    name = next(name for name, one in CARDS.items() if one.family == family)
    monkeypatch.setitem(CARDS, "newcomer", CARDS[name])
    for data in DATA:
        kin = recipe(data, "newcomer")
        assert kin.items() >= FAMILIES[family].items()
        assert set(kin) <= set(all_knobs(name)) | {"mu"}
    assert set(like("newcomer")) == {"newcomer", *like(name)}


@pytest.mark.parametrize("method", METHODS)
def test_a_short_run_warms_its_average_up_and_is_short(method):
    for data in BUILT_IN:
        training = configure(data, method, 40, 0).training
        assert training.ema_warmup
        assert training.steps <= 1500  # that they take a minute at most is a test of the results
        assert training.model.startswith("small")


def test_a_set_without_a_recipe_learns_like_the_one_it_resembles():
    assert card("svhn").side >= 16
    assert recipe("svhn", "fixmatch") == recipe("shapes", "fixmatch")
    assert recipe("shapes_snow", "fixmatch")["steps"] == 300


@pytest.mark.parametrize("method", METHODS)
def test_the_search_for_a_recipe_tries_what_the_method_allows(method):
    for data in DATA:
        for changes in candidates(data, method, 3):
            configure(data, method, 40, 0, changes)
    assert space(method)


def test_every_difference_from_the_family_is_one():
    """A line that says what the family says already would hide what makes the method differ."""
    for method, changes in recipes._BY_METHOD.items():
        kin = recipes._SHORT | FAMILIES[CARDS[method].family]
        assert {name for name, value in changes.items() if kin.get(name) == value} <= set(recipes._SGD), method


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(now(), indent=1, sort_keys=True) + "\n")
