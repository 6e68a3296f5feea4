"""Experiments as people speak of them: named, noted, tagged, pinned and found; knobs as they look for them."""

from __future__ import annotations

import ast
import re

import pytest

from pages.parts.shared.visitor import NOT_YOURS
from ssl_core.knobs import first_of, knobs_of, matches
from ssl_core.methods import METHODS
from ssl_core.runs.about import About, about, say
from ssl_core.runs.files import write_json
from ssl_core.train.config import all_knobs, configure
from tests.pages.conftest import HOUSE, problems
from tests.pages.hostile import VALUES, came_through
from tests.pages.test_search import TWO, finished, words  # noqa: F401
from tests.pages.test_visitor import opened  # noqa: F401

SAID = About("Birds of 7b", "Few labels.", ("birds",), True)


@pytest.fixture
def three(store):
    """Three finished experiments of one run; the newest is the third."""
    for place in range(3):
        config = configure("digits", "supervised", 20, 0, {"steps": 60 + place}).to_dict()
        run = store.add(config | {"experiment": f"digits-{place}"})
        end = {"state": "done", "why": "", "step": 60, "seconds": 1.0, "test_accuracy": 0.5}
        write_json(run.folder / "end.json", end)
        (run.folder / "metrics.jsonl").write_text(
            '{"step": 60, "seconds": 1.0, "test_accuracy": 0.5, "mask_rate": 0.5}\n'
        )
        (run.folder / "checkpoint.pt").write_bytes(b"weights")
    return [f"digits-{place}" for place in range(3)]


def naming(test, experiment: str):
    """The page with the box open in which an experiment is named, and the end of its widgets' keys."""
    test.session_state["about_box"] = True
    test.run()
    (key,) = {re.fullmatch(r"about_name-(\w+)", box.key)[1] for box in test.text_input if box.key.startswith("about_n")}
    return key


def test_an_experiment_is_named_tagged_and_pinned_where_it_is_chosen(visit, store, three):
    test = visit("training.py", experiment="digits-0")
    chooser = test.selectbox(key="experiment")
    assert len(set(chooser.options)) == 4 and "steps 60" in chooser.options[3], "told apart by the knob that differs"
    key = naming(test, "digits-0")
    assert test.text_input(key=f"about_name-{key}").proto.placeholder == "Digits, Supervised, 20 labels"
    test.text_input(key=f"about_name-{key}").set_value(SAID.name)
    test.text_area(key=f"about_note-{key}").set_value(SAID.note)
    test.multiselect(key=f"about_tags-{key}").set_value(["birds"])
    test.toggle(key=f"about_pin-{key}").set_value(True)
    test.button(key="about_keep").click().run()
    assert problems(test) == []
    assert about(store, "digits-0") == SAID
    assert test.selectbox(key="experiment").options[1] == "pinned: Birds of 7b #birds"
    assert test.query_params["experiment"] == "digits-0", "the address holds the id, whatever it is called"
    assert SAID.note in words(test) and "Birds of 7b, 1 run" in words(test)
    for found in ("birds", "of 7B"):  # the name of a run has hex digits of its own
        runs = visit("runs.py", find=found)
        assert list(runs.dataframe[0].value["called"]) == ["pinned: Birds of 7b #birds"]
    every = visit("runs.py").dataframe[0].value
    assert every["called"].iloc[0] == "pinned: Birds of 7b #birds", "pinned before newer"
    assert sorted(every["differs"]) == ["steps 60", "steps 61", "steps 62"]


def test_two_who_say_something_of_an_experiment_at_once_keep_each_others_words(visit, store, three):
    one, other = (visit("training.py", experiment="digits-0") for _ in range(2))
    key = naming(one, "digits-0")
    naming(other, "digits-0")
    other.text_area(key=f"about_note-{key}").set_value("Too few labels.")
    other.multiselect(key=f"about_tags-{key}").set_value(["birds"])
    other.button(key="about_keep").click().run()
    one.text_input(key=f"about_name-{key}").set_value("Ours")
    one.button(key="about_keep").click().run()
    assert about(store, "digits-0") == About("Ours", "Too few labels.", ("birds",))
    assert one.text_area(key=f"about_note-{key}").value == "Too few labels."
    assert problems(one) == problems(other) == []


def test_on_an_open_server_others_name_nothing(visit, store, three, opened):  # noqa: F811
    opened("127.0.0.1")
    test = visit("training.py", experiment="digits-0")
    key = naming(test, "digits-0")
    test.text_input(key=f"about_name-{key}").set_value("mine")
    opened("0.0.0.0")  # noqa: S104 - no server is started; the page was drawn before
    test.button(key="about_keep").click().run()
    assert NOT_YOURS in "".join(box.value for box in test.error)
    assert test.button(key="about_keep").disabled
    assert about(store, "digits-0") == About()


def test_what_strangers_say_of_an_experiment_is_text(visit, store, three):
    for place, experiment in enumerate(three):
        texts = [re.sub(r"[\x00-\x1f]", " ", text)[:70] for text in VALUES[place::3]]
        say(
            store,
            experiment,
            About(" ".join(texts)[:70], "\n".join(texts)[:1900], tuple(t[:20] for t in texts[:9]), True),
        )
    for page in ("training.py", "runs.py", "home.py"):
        assert came_through(visit(page)) == []


def test_a_finished_run_gets_more_steps_from_its_button(visit, store, three):
    test = visit("training.py", experiment="digits-2")
    test.session_state["more_steps"] = True
    test.run()
    box = next(box for box in test.number_input if str(box.key).startswith("onward-"))
    assert (box.value, box.min) == (124, 63), "twice as many, unless somebody says otherwise"
    assert "It will not be quite what a run of 124 steps from the start is" in words(test)
    box.set_value(100).run()
    assert "of 100 steps" in words(test)
    test.button(key="go_on").click().run()
    assert problems(test) == []
    onward = store.of_experiment("digits-2")[-1]
    assert (onward.state, onward.config["training"]["steps"], onward.config["variant"]) == ("queued", 100, "100 steps")
    assert test.query_params["run"] == onward.name


@pytest.mark.parametrize("method", METHODS)
def test_three_knobs_come_first(method):
    own, table = knobs_of(METHODS[method]), all_knobs(method, "digits")
    first = first_of(own, ("steps", "lr", "batch"))
    assert len(set(first)) == 3 and set(first) <= set(table)
    with_symbol = [name for name in first if table[name].symbol]
    assert first[: len(with_symbol)] == with_symbol, "those of the formula before the others"
    symbols = {"fixmatch": ["τ", "λᵤ", "μ"], "mixmatch": ["K", "T", "α"]}
    assert [table[name].symbol for name in first] == symbols.get(method, [table[name].symbol for name in first])
    assert all(knob.subject for name, knob in table.items() if name not in own)


def test_a_knob_is_found_by_words_and_keeps_what_was_set(visit, store):
    test = visit("training.py", methods="fixmatch", labels="10")
    at = "digits-fixmatch"
    assert {f"{at}-{name}" for name in ("threshold", "weight", "mu")} <= {slider.key for slider in test.slider}
    assert test.slider(key=f"{at}-threshold").label == "τ: how confident a guess must be to count"
    before = [box.key for box in test.number_input]
    assert before.index(f"{at}-momentum") > 0
    test.number_input(key=f"{at}-momentum").set_value(0.5).run()
    for text in ("pulled zero", "nothing like it", ""):
        test.text_input(key=f"find-{at}").set_value(text).run()
        assert problems(test) == [] and test.number_input(key=f"{at}-momentum").value == 0.5
        if text.startswith("pulled"):
            assert "1 of " in words(test) and test.number_input[0].key == f"{at}-weight_decay"
    test.button(key="start").click().run()
    assert {run.config["training"]["momentum"] for run in store.runs() if run.config["method"] == "fixmatch"} == {0.5}


def test_words_find_a_knob_by_name_help_and_subject():
    table = all_knobs("fixmatch", "digits")
    assert matches("weight_decay", table["weight_decay"], "WEIGHT decay") and matches(
        "lr", table["lr"], "optimizer rate"
    )
    assert not matches("lr", table["lr"], "") and not matches("lr", table["lr"], "confident")


def test_a_knob_says_what_it_did_in_a_search(visit, store, finished):  # noqa: F811
    machine = finished(sampler="random", runs=9)
    best = max((trial for trial in machine.trials() if trial.score is not None), key=lambda trial: trial.score)
    said = [c.value for c in visit("training.py", methods="fixmatch").caption if "Searched in" in c.value]
    assert len(said) == len(TWO) and all("9 trials" in one and "(20 labels)" in one for one in said)
    assert f"best with {best.values['threshold']:.3g}" in said[0]
    assert not [c for c in visit("training.py", methods="mixmatch").caption if "Searched in" in c.value]


RETIRED = re.compile(r"mask rate|without averaging|\bintrusion\b|\bin danger\b", re.IGNORECASE)
EXPLAINED = {"ssl_core/figures/curves.py"}  # says once what papers call it


def test_no_page_uses_a_word_of_papers_where_there_is_a_plain_one():
    sources = [*(HOUSE / "pages").rglob("*.py"), *(HOUSE / "ssl_core" / "figures").glob("*.py")]
    used = []
    for path in sources:
        name = str(path.relative_to(HOUSE))
        if name in EXPLAINED or path.name == "former_titles.py":
            continue
        tree = ast.parse(path.read_text())
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        texts = [
            n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in notes
        ]
        used += [(name, node.lineno) for node in texts if RETIRED.search(node.value)]
    assert used == []
