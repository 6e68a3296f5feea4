"""Every page opens without a traceback: in an empty store, beside broken runs, and with nonsense in its address."""

from __future__ import annotations

import itertools

import pytest

from pages.parts.generate.subjects import SUBJECTS
from pages.parts.shared.pages import FIRST, file_of
from pages.parts.shared.pages import PAGES as LISTED
from ssl_core.runs import ensure
from tests.browser._finished import finished_experiment
from tests.conftest import HOUSE
from tests.pages.conftest import problems
from tests.pages.said import code_names, texts

PAGES = [file_of(entry.name) for entry in LISTED]
KEYED = ("supervised_strong", "fixmatch_cta")  # methods whose names in the code are not their titles
SHOWN = [
    *((entry.name, {}) for entry in LISTED),
    *(("generate", {"made_by": subject}) for subject in list(SUBJECTS)[1:]),
    *(("runs", {"compare": "all", "view": view}) for view in ("curves", "settings")),
]
WHEN_BEGUN = ("label",)  # until somebody begins to label there is nothing to train: tests/pages/test_label.py


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry.name)
def test_it_opens_in_an_empty_store_and_a_runner_waits_behind_what_may_start_something(visit, entry, monkeypatch):
    asked = []
    monkeypatch.setattr(ensure, "ensure_ahead", asked.append)
    assert problems(visit(None if entry.name == FIRST else file_of(entry.name))) == []
    assert len(asked) == (entry.ready and entry.name not in WHEN_BEGUN)


@pytest.mark.parametrize("file", PAGES)
def test_it_opens_beside_broken_runs(visit, store, file):
    for number, content in enumerate(
        [b"", b"{", b"[]", b'{"experiment": "x"}', b'{"experiment": "x", "labels": "many"}']
    ):
        folder = store.root / f"20260101-00000000{number}-broken"
        folder.mkdir()
        (folder / "config.json").write_bytes(content)
        (folder / "metrics.jsonl").write_bytes(b"\xff\xfe\n{}\n{\n")
    assert problems(visit(file)) == []


@pytest.mark.parametrize("file", PAGES)
@pytest.mark.parametrize(
    "value", ["../../etc/passwd", "'; drop table", "<script>alert(1)</script>", "nan", "9" * 400, "1e999"]
)
def test_nonsense_in_the_address_is_ignored(visit, file, value):
    names = (
        "experiment",
        "data",
        "methods",
        "labels",
        "seeds",
        "budget",
        "seed",
        "picture",
        "digits-fixmatch-threshold",
    )
    assert problems(visit(file, **dict.fromkeys(names, value))) == []


def name_of_case(part) -> str:
    return part if isinstance(part, str) else "&".join(part.values())


@pytest.mark.parametrize(("page", "query"), SHOWN, ids=name_of_case)
def test_it_says_what_it_is_in_words_and_shows_no_name_of_the_code(visit, store, page, query):
    runs = finished_experiment(store, KEYED)
    query = {key: ",".join(run.name for run in runs) if value == "all" else value for key, value in query.items()}
    test = visit(file_of(page), **query)
    assert [wrong.value for wrong in test.exception] == []
    assert test.title[0].value
    assert len(list(texts(test))) > 5
    assert code_names(test) == {}


@pytest.mark.parametrize("file", PAGES)
def test_an_address_that_says_nothing_for_a_control_is_ignored(visit, file):
    """`?data_lens=`: a key without a value, for each control that the page has."""
    controls = {element.key for element in visit(file).main if getattr(element, "key", None)}
    test = visit(file, **dict.fromkeys(controls, ""))
    assert [wrong.value for wrong in test.exception] == []
    assert test.title[0].value


def kind(value) -> str:
    """The name of its class: a component's values are of a class made anew with every component, and yet of one kind."""
    return f"{type(value).__module__}.{type(value).__qualname__}"


def test_a_sitting_walks_between_pages_whose_controls_share_a_name_but_not_a_kind(visit):
    """What one page keeps under a name, a list say, must not stop another that chooses one thing by it."""
    kinds = {
        file: {w.key: kind(w.value) for w in visit(file).main if getattr(w, "key", None) and hasattr(w, "value")}
        for file in PAGES
    }
    alike = {
        (one, other)
        for one, other in itertools.permutations(PAGES, 2)
        if any(kinds[one][key] != kinds[other][key] for key in kinds[one].keys() & kinds[other].keys())
    }
    assert alike, "no two pages do: this test may go"
    for one, other in sorted(alike):
        sitting = visit(one)
        sitting.switch_page(str(HOUSE / "pages" / other)).run()
        assert problems(sitting) == [], f"from {one} to {other}"
        sitting.switch_page(str(HOUSE / "pages" / one)).run()
        assert problems(sitting) == [], f"from {other} back to {one}"
