"""Every knob says what it may be, and says so in one sentence when it is something else."""

from __future__ import annotations

import dataclasses
import json
import math
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssl_core.augment.agent import Agent
from ssl_core.data.catalog import BUILT_IN
from ssl_core.generate.config import all_knobs as all_knobs_of_maker
from ssl_core.generate.makers import GENERATORS
from ssl_core.knobs import build, knob, knobs_of
from ssl_core.methods import METHODS
from ssl_core.train.config import Config, Training, all_knobs, configure, defaults

HOLDERS = {**METHODS, "training": Training}
TITLED = {
    **{name: partial(all_knobs, name) for name in METHODS},
    **{name: partial(all_knobs_of_maker, name) for name in GENERATORS},
    "agent": partial(knobs_of, Agent),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_knob_has_a_default_in_range_help_and_source(holder):
    for name, one in knobs_of(HOLDERS[holder]).items():
        assert one.check(name, one.default) == one.default
        assert one.help.endswith("."), name
        assert one.source, f"{name} does not say where its default comes from"
        if one.kind in (int, float):
            assert one.low < one.high


@pytest.mark.parametrize("holder", TITLED)
def test_every_knob_is_called_something_that_a_student_can_tell_from_the_others(holder):
    table = TITLED[holder]()
    for name, one in table.items():
        assert one.title, f"{name} has no title"
        assert "_" not in "".join([one.title, *map(one.said, one.choices)]), name
        assert not one.words or set(one.words) & set(one.choices), f"words for no choice of {name}"
    labels = [one.label(name) for name, one in table.items()]
    assert sorted(set(labels)) == sorted(labels), "two knobs beside each other with one name"


@pytest.mark.parametrize("method", METHODS)
def test_no_method_knob_has_the_name_of_a_training_knob(method):
    assert not set(knobs_of(METHODS[method])) & set(knobs_of(Training))


def test_one_name_means_one_thing_wherever_it_stands():
    """A flag for several methods is read once: a name that is a word here and a number there cannot be."""
    kinds = {}
    for holder in HOLDERS.values():
        for name, one in knobs_of(holder).items():
            kinds.setdefault(name, set()).add(one.kind)
    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {}


@pytest.mark.parametrize(
    ("method", "written", "now"),
    [
        ("mixmatch", {"ramp": "fraction", "ramp_fraction": 0.3}, {"ramp_counts": "fraction", "ramp": 0.3}),
        ("mixmatch_sgd", {"ramp": "images", "ramp_images": 99}, {"ramp_counts": "images", "ramp_images": 99}),
        ("softmatch", {"align": "none"}, {"align": False}),
        ("softmatch", {"align": "model"}, {"align": True, "align_to": "model"}),
        ("fixmatch", {"align": True}, {"align": True}),
        ("vat", {"ramp": 0.3}, {"ramp": 0.3}),
    ],
)
def test_knobs_that_an_older_run_or_link_wrote_are_read_as_they_were_meant(method, written, now):
    today = configure("digits", method, 20, 0, now)
    assert configure("digits", method, 20, 0, written) == today
    old = today.to_dict()
    old["knobs"] = {name: value for name, value in old["knobs"].items() if name not in now} | written
    assert Config.from_dict(old) == today
    assert Config.from_dict(today.to_dict()) == today, "what is new is read as new"


@pytest.mark.parametrize(("method", "name"), [("vat", "ramp"), ("fixmatch", "align"), ("mixmatch", "ramp")])
def test_a_word_where_it_never_was_one_is_still_refused(method, name):
    with pytest.raises(ValueError, match=name):
        configure("digits", method, 20, 0, {name: "uniform"})


@pytest.mark.parametrize("table", [[1], "x", 3])
def test_knobs_that_are_no_table_are_one_sentence(table):
    whole = configure("digits", "fixmatch", 20, 0).to_dict()
    for name in ("knobs", "training"):
        with pytest.raises(ValueError, match=f"^{name} must be names with values"):
            Config.from_dict(whole | {name: table})


def sentence(wrong: pytest.ExceptionInfo) -> str:
    message = str(wrong.value)
    assert message.endswith((".", "?")) and "\n" not in message and len(message) < 400
    return message


@pytest.mark.parametrize("value", [math.nan, math.inf, "0.5", None, True, -0.1, 1.1, [0.5], {}])
def test_a_wrong_number_is_one_sentence(value):
    with pytest.raises(ValueError) as wrong:
        configure("digits", "fixmatch", 20, 0, {"threshold": value})
    assert "threshold" in sentence(wrong)


@pytest.mark.parametrize("value", ["rotate(", "nothing(1)", "x" * 3000, "a\nb", 5, None])
def test_a_pipeline_that_cannot_be_read_is_one_sentence(value):
    with pytest.raises(ValueError) as wrong:
        configure("digits", "fixmatch", 20, 0, {"strong": value})
    sentence(wrong)


def test_a_misspelt_knob_is_told_its_neighbour():
    with pytest.raises(ValueError) as wrong:
        configure("digits", "fixmatch", 20, 0, {"treshold": 0.9})
    assert "Did you mean threshold?" in sentence(wrong)


@pytest.mark.parametrize(
    ("data", "method", "labels", "seed"),
    [
        ("digts", "fixmatch", 20, 0),
        ("digits", "fixmach", 20, 0),
        ("digits", "fixmatch", 9, 0),
        ("digits", "fixmatch", 1101, 0),
        ("digits", "fixmatch", 20.5, 0),
        ("digits", "fixmatch", 20, -1),
        ("../../etc", "fixmatch", 20, 0),
        ("digits", ["fixmatch"], 20, 0),
    ],
)
def test_a_wrong_choice_is_one_sentence(data, method, labels, seed):
    with pytest.raises(ValueError) as wrong:
        configure(data, method, labels, seed)
    sentence(wrong)


@pytest.mark.parametrize("data", BUILT_IN)
@pytest.mark.parametrize("method", METHODS)
def test_a_configuration_survives_its_file(data, method):
    config = configure(data, method, 40, 3)
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert set(defaults(data, method)) == set(all_knobs(method))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
NAMES = [*knobs_of(Training), *knobs_of(METHODS["fixmatch"])]


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=12), JUNK, max_size=4))
def test_junk_from_a_link_or_a_file_gives_a_sentence_or_a_valid_run(values):
    try:
        config = configure("digits", "fixmatch", 20, 0, values)
    except ValueError as wrong:
        assert "\n" not in str(wrong)
    else:
        for name, one in all_knobs("fixmatch").items():
            holder = config.knobs if name in knobs_of(METHODS["fixmatch"]) else config.training
            assert one.check(name, getattr(holder, name)) == getattr(holder, name)


@given(st.dictionaries(st.sampled_from(["version", "data", "method", "labels", "seed", "knobs", "training"]), JUNK))
def test_a_damaged_config_file_gives_a_sentence(values):
    with pytest.raises(ValueError):
        Config.from_dict(configure("digits", "fixmatch", 20, 0).to_dict() | values | {"seed": "x"})


@dataclasses.dataclass(frozen=True)
class Toy:
    rate: float = knob(0.5, "A share.", low=0, high=1)
    count: int = knob(3, "A count.", low=1, high=9)
    on: bool = knob(True, "A switch.")
    kind: str = knob("a", "A word.", choices=("a", "b"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("rate", "1e-1", 0.1),
        ("rate", "1", 1.0),
        ("count", "4", 4),
        ("on", "no", False),
        ("on", "true", True),
        ("kind", "b", "b"),
    ],
)
def test_words_typed_in_a_terminal(name, text, value):
    assert knobs_of(Toy)[name].parse(name, text) == value
    assert isinstance(knobs_of(Toy)[name].parse(name, text), type(value))


@pytest.mark.parametrize(
    ("name", "text"),
    [("rate", "nan"), ("rate", "x"), ("count", "4.5"), ("count", "99"), ("on", "maybe"), ("kind", "c")],
)
def test_wrong_words_typed_in_a_terminal(name, text):
    with pytest.raises(ValueError) as wrong:
        knobs_of(Toy)[name].parse(name, text)
    assert name in sentence(wrong)


def test_build_fills_in_defaults():
    assert build(Toy, {"count": 5.0}, "Toy") == Toy(count=5)
