"""An address holds keys: what is chosen is written as its key, and a link from before, with titles, still opens."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.shared.address import named
from pages.parts.shared.former_titles import FORMER_TITLES
from ssl_core.data import CATALOG
from ssl_core.methods import METHODS
from ssl_core.runs.files import write_json
from ssl_core.train.config import configure
from tests.pages.test_predict import finish

HOUSE = Path(__file__).resolve().parents[2]
LINKS = [  # page, parameter, a title that links used to hold, the key of today, what must stand in the address besides
    ("training.py", "data", "Shapes, 32×32 colour", "shapes", {}),
    ("training.py", "methods", ["FixMatch", "Supervised, strong augmentation"], ["fixmatch", "supervised_strong"], {}),
    ("training.py", "budget", "2 min", "120", {}),
    ("data.py", "data", "Shapes, 32×32 colour", "shapes", {}),
    ("data.py", "count", "1,100", "1100", {}),
    ("data.py", "data_lens", "Class sizes", "counts", {}),
    ("data.py", "of_class", "circle", "0", {"data": "shapes"}),
    ("methods.py", "method", "MixMatch, SGD recipe", "mixmatch_sgd", {}),
    ("methods.py", "data", "Shapes, 32×32 colour", "shapes", {}),
    ("methods.py", "points", "Two moons", "moons", {"method": "nearest_match"}),
    ("methods.py", "published", "STL-10", "stl10", {"tables": "published"}),
    ("search.py", "search-data", "Shapes, 32×32 colour", "shapes", {}),
    ("search.py", "search-method", "Π-model", "pi_model", {}),
    ("search.py", "sampler", "Grid", "grid", {}),
    ("search.py", "search-fixmatch-knobs", ["weight decay", "lr"], ["weight_decay", "lr"], {}),
    ("runs.py", "runs-data", "Digits, 8×8 grey", "digits", {}),
    ("runs.py", "runs-method", "Supervised, strong", "supervised_strong", {}),
    ("runs.py", "view", "Settings", "settings", {"compare": "RUN"}),
    ("runs.py", "metric", "Loss", "loss", {"compare": "RUN"}),
    ("runs.py", "along", "Seconds of training", "seconds", {"compare": "RUN"}),
    ("augmentations.py", "tab", "What changed", "changes", {}),
    ("augmentations.py", "export", "albumentations", "albumentations", {"tab": "code"}),
    ("mixing.py", "mix", "Moment exchange", "moex", {}),
    ("mixing.py", "from_a", "Shapes, 32×32 colour", "shapes", {}),
    ("mixing.py", "from_b", "Shapes, 32×32 colour", "shapes", {}),
    ("mixing.py", "lens", "Contrast", "pixels", {}),
    ("mixing.py", "grain", "one λ for the whole batch", "batch", {"lens": "batch"}),
    ("mixing.py", "partner", "the batch, back to front", "flip", {"lens": "batch"}),
    ("smote.py", "source", "Toy: a ring", "ring", {}),
    ("smote.py", "variant", "SMOTE, then Tomek links", "smotetomek", {}),
    ("smote.py", "space", "Principal components", "pca", {}),
    ("smote.py", "smote_lens", "Trace", "trace", {}),
    ("smote.py", "classifier", "Nearest neighbour", "neighbour", {"smote_lens": "helped"}),
    ("snow.py", "rho", "0.5: no link", "0.5", {}),
    ("predict.py", "source", "Draw", "draw", {}),
    ("runs.py", "classes", "How many were used", "used", {"compare": "RUN", "view": "classes"}),
]


@pytest.fixture
def run(store):
    """A finished run of Supervised, strong, with a row of its record."""
    run = store.add(configure("digits", "supervised_strong", 20, 0, {"steps": 60}).to_dict() | {"experiment": "e"})
    write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 60, "seconds": 1.0, "test_accuracy": 0.5})
    row = '{"step": 60, "images": 60, "seconds": 0.1, "loss": 1.5, "test_accuracy": 0.5, "pseudo_counts": [1, 2]}\n'
    (run.folder / "metrics.jsonl").write_text(row)
    return run


@pytest.mark.parametrize(("page", "key", "title", "name", "besides"), LINKS, ids=lambda part: str(part)[:24])
def test_a_link_of_before_and_one_of_today_open_the_same(visit, store, run, page, key, title, name, besides):
    if page == "predict.py":
        finish(store, configure("digits", "supervised", 20, 0))  # a network to ask
    besides = besides | ({"compare": run.name} if "compare" in besides else {})
    old, new = (visit(page, **besides, **{key: asked}) for asked in (title, name))
    nothing_asked = visit(page, **besides)
    assert not old.exception and not new.exception
    value = new.session_state[key]
    assert old.session_state[key] == value
    assert value != nothing_asked.session_state[key], "the link said something"
    assert value == name or str(value) == name or value == [name]
    assert old.query_params[key] == new.query_params[key] == name


def test_no_control_writes_a_title_into_the_address():
    """Streamlit's bind writes what format_func shows: a control with titles goes through choose_one and its like."""
    assert [(name, line) for name, line, words in calls() if {"bind", "format_func"} <= words.keys()] == []


def test_no_control_is_bound_by_streamlit_on_one_page_and_by_hand_on_another():
    """Streamlit lets nobody write what it has bound, even from the page that was left a moment ago."""
    bound = {words["key"] for _, _, words in calls() if {"bind", "key"} <= words.keys()}
    ours = {words["key"] for _, _, words in calls() if "key" in words and "bind" not in words}
    assert bound & ours & FORMER_TITLES.keys() == set()


def calls() -> list[tuple[str, int, dict[str, str]]]:
    """(file, line, keywords as they are written) of every call in pages/."""
    return [
        (path.name, node.lineno, {word.arg: ast.unparse(word.value).strip("'") for word in node.keywords if word.arg})
        for path in sorted((HOUSE / "pages").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


def titles_today() -> dict[str, dict]:
    """What is offered today, by its names, where it does not depend on the page's other choices."""
    methods = {name: method.title for name, method in METHODS.items()}
    data = {name: card.title for name, card in CATALOG.items()}
    return {"data": data, "search-data": data, "methods": methods, "method": methods, "search-method": methods}


@pytest.mark.parametrize("key", FORMER_TITLES)
def test_every_former_title_means_what_its_name_means_whatever_it_is_called_now(key):
    offered = titles_today().get(key) or {name: f"renamed {name}" for name in FORMER_TITLES[key].values()}
    for title, name in FORMER_TITLES[key].items():
        assert named(key, title, offered) == named(key, str(name), offered) == name


def page_of_choices(words: str) -> None:
    import streamlit as st

    from pages.parts.shared.address import choose_one, choose_some, choose_tab

    titles = {name: f"{words} {name}" for name in ("a", "b", "c")}
    st.session_state["got"] = [
        choose_one(st.selectbox, "One", titles, key="one"),
        choose_one(st.segmented_control, "Segment", titles, "b", key="segment", required=True),
        choose_one(st.select_slider, "Count", {10: "ten", 20: "twenty"}, key="count"),
        choose_some(st.multiselect, "Some", titles, ["a"], key="some"),
        choose_tab(titles, key="tab")[0],
    ]


def choices(words: str = "called", **query) -> AppTest:
    test = AppTest.from_function(page_of_choices, args=(words,))
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def address(test: AppTest) -> dict:
    return {key: test.query_params[key] for key in test.query_params}


def test_the_default_leaves_the_address_and_a_choice_enters_it_by_its_name():
    test = choices()
    assert test.session_state["got"] == ["a", "b", 10, ["a"], "a"]
    assert address(test) == {}
    test.selectbox(key="one").set_value("c").run()
    test.segmented_control(key="segment").set_value("a").run()
    test.select_slider(key="count").set_value(20).run()
    test.multiselect(key="some").set_value(["b", "a"]).run()
    assert test.session_state["got"] == ["c", "a", 20, ["b", "a"], "a"]
    assert address(test) == {"one": "c", "segment": "a", "count": "20", "some": ["b", "a"]}
    test.multiselect(key="some").set_value([]).run()
    assert test.session_state["got"][3] == []
    test.selectbox(key="one").set_value("a").run()
    test.multiselect(key="some").set_value(["a"]).run()
    assert address(test) == {"segment": "a", "count": "20"}


@pytest.mark.parametrize("words", ["called", "genannt", "叫作"])
def test_renaming_a_title_changes_no_link(words):
    query = {"one": "b", "segment": "c", "count": "20", "some": ["c", "b"], "tab": "c"}
    test = choices(words, **query)
    assert test.session_state["got"] == ["b", "c", 20, ["c", "b"], "c"]
    assert address(test) == query


@pytest.mark.parametrize("nonsense", ["", "nothing", "9" * 400, "<script>"])
def test_nonsense_in_the_address_is_the_default_and_leaves_it(nonsense):
    test = choices(one=nonsense, segment=nonsense, count=nonsense, tab=nonsense, some=nonsense or "nothing")
    assert not test.exception
    assert test.session_state["got"] == ["a", "b", 10, ["a"], "a"]
    assert address(test) == {}


def test_what_an_address_says_twice_is_chosen_once():
    assert choices(some=["b", "called b", "c"]).session_state["got"][3] == ["b", "c"]


def test_nothing_chosen_among_many_is_kept_in_the_address():
    test = choices()
    test.multiselect(key="some").set_value([]).run()
    assert address(test) == {"some": ""}
    assert choices(some="").session_state["got"][3] == []


def test_a_link_followed_later_counts_and_a_click_counts_more_than_an_address_that_is_late():
    test = choices(one="b")
    test.query_params["one"] = "c"
    test.run()
    assert test.session_state["got"][0] == "c"
    test.selectbox(key="one").set_value("a")
    test.query_params["one"] = "b"  # the browser had not yet heard of it
    test.run()
    assert test.session_state["got"][0] == "a"
    assert "one" not in test.query_params


def page_of_a_hand() -> None:
    import streamlit as st

    from pages.parts.shared.address import choose_one, say

    st.button("A key", on_click=say, args=("one", "b"))
    st.session_state["got"] = choose_one(st.selectbox, "One", {"a": "A", "b": "B", "c": "C"}, key="one")


def test_a_key_that_says_again_what_was_said_counts_more_than_an_address_that_is_late():
    test = AppTest.from_function(page_of_a_hand)
    test.query_params["one"] = "c"
    test.run()
    for _ in range(2):
        test.query_params["one"] = "c"  # the browser had not yet heard of the first answer when the key came again
        test.button[0].click().run()
        assert (test.session_state["got"], address(test)) == ("b", {"one": "b"})
    test.query_params["one"] = "c"
    test.run()
    assert test.session_state["got"] == "c", "a link followed later counts"


def page_of_a_visit() -> None:
    import streamlit as st

    from pages.parts.shared.address import arrived, choose_one, read_text, write_text

    arrived(st.session_state.get("came to", "here"))
    one = choose_one(st.selectbox, "One", {"a": "A", "b": "B", "c": "C"}, key="one")
    st.button("Run b", on_click=write_text, args=("run", "b"))
    st.session_state["got"] = (one, read_text("run"))


def test_on_a_visit_a_hand_counts_more_than_what_a_browser_says_of_the_address_and_a_new_visit_reads_it():
    test = AppTest.from_function(page_of_a_visit)
    asked = {"one": "c", "run": "a"}
    for key, text in asked.items():
        test.query_params[key] = text
    test.run()
    assert test.session_state["got"] == ("c", "a")
    test.selectbox(key="one").set_value("b").run()
    test.button[0].click().run()
    for key, text in asked.items():
        test.query_params[key] = text  # the browser has not heard of either
    test.run()
    assert test.session_state["got"] == ("b", "b")
    assert address(test) == {"one": "b", "run": "b"}, "and is told again"
    for key, text in asked.items():
        test.query_params[key] = text
    test.session_state["came to"] = "there, by a link"
    test.run()
    assert test.session_state["got"] == ("c", "a")
