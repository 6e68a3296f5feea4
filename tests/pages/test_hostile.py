"""Every page × every parameter of its address × thirty hostile values; and hostile words in every file a page reads."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.augmentations.lenses import LENSES as AUGMENTATIONS
from pages.parts.data.lenses import LENSES as DATA
from pages.parts.mixing.lenses import LENSES as MIXING
from pages.parts.predict.input import SOURCES
from pages.parts.predict.lenses import LENSES as PREDICT
from pages.parts.runs.compare import VIEWS
from pages.parts.search.lenses import LENSES as SEARCH
from pages.parts.shared.pages import PAGES, file_of
from pages.parts.shared.plain import plain
from pages.parts.smote.lenses import LENSES as SMOTE
from ssl_core.data import uploads
from ssl_core.data.kept import place
from ssl_core.runs.files import write_json
from ssl_core.search import driver
from ssl_core.search.plan import Search, folder_of, searches
from ssl_core.search.span import Span
from ssl_core.search.start_stop import submit
from ssl_core.train.config import configure
from tests.data.conftest import pets, zipped
from tests.pages.hostile import EVIL, PICTURE, VALUES, alive, came_through, everything
from tests.pages.test_predict import finish
from tests.search.machine import Machine

HOUSE = Path(__file__).resolve().parents[2]
LENSES = {  # page: the parameter that chooses a lens, and its lenses
    "augmentations": ("tab", AUGMENTATIONS),
    "data": ("data_lens", DATA),
    "mixing": ("lens", MIXING),
    "predict": ("behind_it", PREDICT),
    "runs": ("view", VIEWS),
    "search": ("search_lens", SEARCH),
    "smote": ("smote_lens", SMOTE),
    "methods": ("tables", ("measured", "published")),
}
UNSEEN = ("compare", "lesson", "part", "run", "strong", "nothing-reads-this")  # parameters without a control
_shared: list = []  # what every page of a test process has in common and takes a fifth of a second to find


@pytest.fixture
def furnished(store, monkeypatch):
    """A network to ask, runs to compare, and a search."""
    monkeypatch.setattr(driver, "LOOK", 0.0)
    for method in ("supervised", "fixmatch"):
        finish(store, configure("digits", method, 20, 0), "digits-0")
    knobs = {"threshold": Span(0.5, 0.9), "mu": Span(2, 4, whole=True)}
    Machine(store, submit(store, Search("digits", "fixmatch", 40, knobs, runs=3, prune=False))).play()
    return store


def opened(name: str, query: dict) -> AppTest:
    """A page in a session of its own."""
    test = AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=60)
    if not _shared:
        test.run()
        _shared.append((test, test._bidi_component_manager))
    first, test._bidi_component_manager = _shared[0]
    first.switch_page(str(HOUSE / "pages" / file_of(name)))
    test._page_hash = first._page_hash
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def controls(test: AppTest) -> set[str]:
    return {key for element in everything(test) if (key := getattr(element, "key", None))}


def scenes(name: str, store) -> list[dict]:
    """What the address says so that each lens is open, the page as it opens first."""
    if name not in LENSES:
        return [{}]
    runs = [run.name for run in store.runs()]
    fixed = {"runs": {"compare": ",".join(runs)}, "predict": {"trained": runs[0]}}.get(name, {})
    more = {"methods": [{"method": "nearest_match"}], "predict": [{}, *({"source": one, **fixed} for one in SOURCES)]}
    key, lenses = LENSES[name]
    return [fixed, *(fixed | {key: lens} for lens in lenses), *more.get(name, [])]


def loads(keys: list[str], fixed: dict) -> list[dict]:
    """Addresses in which each of these parameters has each value once, all at a time."""
    return [
        {key: VALUES[(number + place) % len(VALUES)] for place, key in enumerate(keys)} | fixed
        for number in range(len(VALUES))
    ]


def said(query: dict) -> dict:
    return {key: value[:60] for key, value in query.items()}


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_no_value_of_any_parameter_breaks_a_page_or_is_more_than_text(furnished, name):
    done: set[str] = set()
    for fixed in scenes(name, furnished):
        first = opened(name, fixed)
        assert came_through(first) == []
        keys = sorted((controls(first) | set(UNSEEN)) - done - fixed.keys())
        done |= set(keys)
        for query in loads(keys, fixed) if keys else []:
            test = opened(name, query)
            assert came_through(test) == [], said(query)
            assert test.title[0].value


HOSTILE_NAMES = [
    PICTURE,
    f"<img src=http://{EVIL}/b.png>",
    f":red[{EVIL}]",
    f"www.{EVIL}",
    f"`{EVIL}` **x**\n\n{PICTURE}",
]


@pytest.fixture
def poisoned(furnished):
    """The same store, and hostile words in every file of it that says words: a set's card, runs, a search."""
    own = uploads.add(zipped(pets()), "Pets").name
    finish(furnished, configure(own, "supervised", 4, 0), "own")
    card = place(own) / "card.json"
    words = {"title": f"{PICTURE}, {EVIL}", "text": HOSTILE_NAMES[4], "licence": HOSTILE_NAMES[1]}
    write_json(card, json.loads(card.read_text()) | words | {"classes": [PICTURE, HOSTILE_NAMES[3]]})
    first = furnished.runs()[0]
    values = first.config
    for number, word in enumerate(HOSTILE_NAMES):
        run = furnished.add(values)
        named = word if word.isprintable() and len(word) <= 200 else ""  # what a variant's name may be
        changed = {"method": word, "variant": named, "data": word, "experiment": "poisoned"}
        changed |= {"seed": number, "created": 1.0}
        write_json(run.folder / "config.json", values | changed)
        row = {"step": 1, "images": 8, "seconds": 0.1, "loss": 1.0, "test_accuracy": 0.5, word: 1.0}
        (run.folder / "metrics.jsonl").write_text(json.dumps(row) + "\n")
        end = {"state": ("done", "failed", "stopped")[number % 3], "why": word, "step": 60, "seconds": 1.0}
        write_json(run.folder / "end.json", end | {"test_accuracy": 0.5, "phase": word})
    furnished.add(values | {"task": PICTURE})
    (name,) = searches(furnished)
    write_json(folder_of(furnished, name) / "end.json", {"state": "failed", "why": PICTURE})
    furnished.own = own
    return furnished


def poisoned_scenes(store) -> list[tuple[str, dict]]:
    runs = [run.name for run in store.runs()]
    (mine,) = (run.name for run in store.runs() if run.config.get("data") == store.own)
    of = {run.config.get("experiment"): run.name for run in store.runs()}
    views = [("runs", {"compare": ",".join(runs[-6:]), "view": view}) for view in VIEWS]
    views += [("runs", {"compare": f"{mine},{of['poisoned']}", "view": view}) for view in VIEWS]
    lenses = [("predict", {"trained": mine, "behind_it": lens}) for lens in PREDICT]
    lenses += [("data", {"data": store.own, "data_lens": lens}) for lens in DATA]
    lenses += [("augmentations", {"pictures": store.own, "tab": lens}) for lens in AUGMENTATIONS]
    lenses += [("mixing", {"from_a": store.own, "mix": "remix", "lens": lens}) for lens in MIXING]
    lenses += [("smote", {"source": store.own, "k": "1", "smote_lens": lens}) for lens in SMOTE]
    return [
        *views, *lenses, ("home", {}), ("search", {}), ("own", {"own": store.own}), ("training", {"data": store.own}),
        ("training", {"experiment": "poisoned"}), ("training", {"experiment": "own"}), ("runs", {}), ("predict", {}),
        ("search", {"search-data": store.own}),
    ]  # fmt: skip


def test_words_in_files_are_text_on_every_page_and_through_every_lens(poisoned):
    wrong = {}
    for name, query in poisoned_scenes(poisoned):
        if found := came_through(opened(name, query)):
            wrong[f"{name} {said(query)}"] = found
    assert wrong == {}


def test_what_is_looked_for_here_would_be_seen():
    for text in (PICTURE, *HOSTILE_NAMES, f"x :red[{EVIL}]", f"<a href=//{EVIL}>"):
        assert alive(text)
        assert not alive(plain(text))
    assert not alive("![ours](http://ours)"), "nobody's but a stranger's"


def test_what_a_box_of_trouble_says_went_through_plain():
    """A sentence that is written out in the page is ours; whatever else it shows may be a stranger's."""
    boxes = ("error", "warning", "info", "success", "toast")
    found = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in sorted((HOUSE / "pages").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in boxes and not _ours(node.args[0])
    ]
    assert found == []


def _ours(value: ast.expr) -> bool:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    inner = [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
    formatted = [getattr(part, "format_spec", None) is not None for part in parts]  # a number
    return all(
        spec or isinstance(one, ast.Constant) or (isinstance(one, ast.Call) and getattr(one.func, "id", "") == "plain")
        for one, spec in zip(inner, formatted, strict=True)
    )
