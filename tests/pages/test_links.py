"""Every link that a page builds is taken by the page it leads to: each part of its query is chosen there."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from pages.parts.shared import visitor
from pages.parts.shared.lesson import lessons
from pages.parts.shared.pages import BY_NAME, FIRST, file_of
from pages.parts.shared.plain import plain
from ssl_core.data import uploads
from ssl_core.generate.config import configure
from ssl_core.mix.train import TRAINABLE
from ssl_core.people import register
from ssl_core.runs.ablate import plan
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.search import driver
from ssl_core.search.plan import Search
from ssl_core.search.span import Span
from ssl_core.search.start_stop import submit
from tests.data.conftest import pets, zipped
from tests.pages.conftest import problems
from tests.search.machine import Machine

HOUSE = Path(__file__).resolve().parents[2]
TINY = {"steps": 3, "batch": 8, "width": 4, "latent": 2, "frames": 1}  # of a maker
SCENES = [  # a page and what its address says, so that each of its links is built, and what they carry is no default
    ("home.py", {}),
    ("training.py", {}),
    ("training.py", {"data": "cifar10"}),
    ("data.py", {"data": "shapes", "count": "100", "imbalance": "10"}),
    ("methods.py", {"method": "mixmatch_sgd", "data": "shapes"}),
    ("methods.py", {"method": "supervised"}),
    ("methods.py", {"method": "mixmatch", "data": "shapes"}),
    ("augmentations.py", {"pictures": "shapes", "pipeline": "rotate(0..10) > cutout(0.2)"}),
    ("augmentations.py", {"pictures": "china", "pipeline": "rotate(0..10)"}),
    *(("mixing.py", {"mix": mix, "from_a": "shapes", "alpha": "0.5"}) for mix in sorted(TRAINABLE)),
    ("smote.py", {"source": "shapes", "imbalance": "20", "k": "3"}),
    ("smote.py", {"source": "moons"}),
    ("search.py", {}),
    ("predict.py", {}),
    ("snow.py", {}),
    ("runs.py", {}),
    ("board.py", {}),
    ("own.py", {"own": "upload:0000000a"}),
    ("generate.py", {"made_by": "ensemble"}),
    ("generate.py", {"made_by": "neural"}),
    ("generate.py", {"made_by": "vae", "from_labels": "20"} | {f"digits-vae-{k}": str(v) for k, v in TINY.items()}),
]

OF_A_CLASS = ("The teacher shows: ", "The class is at step ")  # above every page


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """The folder of an autoencoder that has learned."""
    run = Store(tmp_path_factory.mktemp("learned")).add(configure("digits", "vae", 20, 0, TINY).to_dict())
    assert work(run.folder)["state"] == "done"
    return run.folder


@pytest.fixture
def furnished(store, monkeypatch, visit, learned):
    """A store with own pictures, an experiment, what Generate starts, and, newer, a search of values beside defaults."""
    with monkeypatch.context() as fixed:
        fixed.setattr(uploads.secrets, "token_hex", lambda size: "0000000a")
        uploads.add(zipped(pets()), "Pets")
    monkeypatch.setattr(driver, "LOOK", 0.0)
    asked = plan("mixmatch", "shapes", 20).experiment, Experiment("digits", ["supervised", "fixmatch"], [20], [0])
    monkeypatch.setattr("pages.parts.generate.live_runs.ensure_runner", lambda store: None)
    for subject in ("ensemble", "neural"):
        visit("generate.py", made_by=subject).button(key=f"{subject}_go").click().run()
    shutil.copytree(learned, store.root / learned.name)
    for run in [run for experiment in asked for run in enqueue(store, experiment).runs] + store.runs():
        end = {"state": "done", "why": "", "step": 9, "seconds": 1.0, "test_accuracy": 0.5}
        write_json(run.folder / "end.json", end)
    knobs = {"threshold": Span(0.5, 0.9), "align": Span(choices=(False, True)), "mu": Span(2, 4, whole=True)}
    Machine(store, submit(store, Search("digits", "fixmatch", 40, knobs, runs=6, prune=False))).play()
    return store


def links(test) -> list[tuple[str, str, dict]]:
    """(label, page, query) of every link on a page to another one."""
    shown = [link.proto for link in test.get("page_link")]
    return [(link.label, link.page or FIRST, parse_qs(link.query_string)) for link in shown if not link.disabled]


def texts(value) -> list[str]:
    """A widget's value as an address says it."""
    return [str(part).lower() for part in (value if isinstance(value, list) else [value])]


def same(chosen: list[str], asked: list[str]) -> bool:
    try:
        return [float(text) for text in chosen] == [float(text) for text in asked]
    except ValueError:
        return chosen == asked


def dropped(test, query: dict[str, list[str]]) -> list[str]:
    """What a link asked for and the page did not take up."""
    lost = []
    for key, asked in query.items():
        if key == "strong":  # no widget: the page shows it
            taken = any(plain(asked[0]) in box.value for box in test.info)
        elif key == "run":  # no widget: the pressed card
            taken = test.query_params.get("run") == asked[0]
        elif key == "compare":  # no widget: ticks in the table, and the line of buttons
            taken = test.query_params.get("compare") == asked[0] and any(b.key == "resume" for b in test.button)
        else:
            taken = key in test.session_state and same(texts(test.session_state[key]), [text.lower() for text in asked])
        if not taken:
            shown = test.session_state[key] if key in test.session_state else "no such control"  # noqa: SIM401 - no get
            lost.append(f"{key}={asked}: {shown}")
    return lost


@pytest.mark.parametrize(("page", "query"), SCENES, ids=lambda part: str(part)[:60])
def test_every_link_is_taken_by_the_page_it_leads_to(visit, furnished, page, query):
    built = links(visit(page, **query))
    assert all(name in BY_NAME for _, name, _ in built)
    for label, name, asked in built:
        if not asked:
            continue
        target = visit(file_of(name), **{key: value if len(value) > 1 else value[0] for key, value in asked.items()})
        assert not target.exception, label
        assert dropped(target, asked) == [], f"{label!r} of {page}, on {name}"


def calls_with_a_query() -> set[str]:
    """The first words of the label of every link in pages/ that carries something."""
    found = set()
    for path in (HOUSE / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {word.arg: word.value for word in node.keywords}
            label = given.get("label") if name == "page_link" and "query_params" in given else None
            if name in ("training_link", "pipeline_link"):
                label = node.args[0]
            if isinstance(label, ast.JoinedStr):
                label = label.values[0]
            if isinstance(label, ast.Constant):
                found.add(label.value)
    return found


@pytest.fixture
def in_class(furnished, monkeypatch):
    """A pupil in a class that is shown an experiment and held at a step of a lesson."""
    monkeypatch.setenv("SSL_CLASS", "1")
    monkeypatch.setattr(visitor, "_token", lambda: "b" * 43)
    register.call(furnished, visitor.browser(), "Bob")
    experiment = next(run.config["experiment"] for run in furnished.runs() if run.config.get("experiment"))
    lesson = lessons().all()[0]
    write_json(furnished.root / "class.json", {"shown": experiment, "lesson": lesson.name, "part": 1})
    return experiment, lesson


def test_links_of_a_class_lead_to_what_the_teacher_says(visit, in_class):
    experiment, lesson = in_class
    shown, held = (asked for label, _, asked in links(visit("methods.py")) if label.startswith(OF_A_CLASS))
    assert shown == {"experiment": [experiment]}
    assert held == {key: [str(value)] for key, value in lesson.query(1).items()}
    assert dropped(visit("training.py", experiment=experiment), shown) == []


def test_no_link_is_left_out_above(visit, furnished):
    seen = {label for page, query in SCENES for label, _, asked in links(visit(page, **query)) if asked} | {*OF_A_CLASS}
    missing = [begin for begin in calls_with_a_query() if not any(label.startswith(begin) for label in seen)]
    assert missing == [], "add a scene whose page shows this link"


def test_a_pipeline_that_cannot_be_read_goes_nowhere(visit):
    test = visit("augmentations.py", pictures="shapes", pipeline="rotat(0..10)")
    (link,) = [part.proto for part in test.get("page_link") if part.proto.label == "Use in training"]
    assert link.disabled
    assert "Did you mean rotate?" in problems(test)[0]
