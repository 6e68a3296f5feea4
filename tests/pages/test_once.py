"""What is the same for everybody is made once, and is what each would have made alone."""

from __future__ import annotations

import gc
import importlib
import threading
import weakref

import pytest

from pages.parts.shared import once as shelf
from pages.parts.shared.once import MOST, once
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.pages.conftest import PATIENT, problems


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(shelf, "_places", type(shelf._places)())


def test_it_is_made_again_when_and_only_when_what_it_is_made_of_is_another():
    made = []

    def of(rows: tuple[int, ...]) -> list[int]:
        return once("sum", (rows,), lambda: made.append(rows) or [sum(rows)])

    first = of((1, 2))
    assert of((1, 2)) is first
    assert of((1, 2, 3)) == [6]
    assert of((1, 2)) == [3]  # back again, as after a run was deleted
    assert made == [(1, 2), (1, 2, 3), (1, 2)]
    assert once("other", ((1, 2),), lambda: "another thing") == "another thing"


def test_whoever_comes_meanwhile_waits_for_it_and_gets_the_same():
    begun, go, made, got = threading.Event(), threading.Event(), [], []

    def make() -> object:
        made.append(1)
        begun.set()
        assert go.wait(PATIENT)
        return object()

    first = threading.Thread(target=lambda: got.append(once("slow", (1,), make)))
    first.start()
    assert begun.wait(PATIENT)
    others = [threading.Thread(target=lambda: got.append(once("slow", (1,), make))) for _ in range(5)]
    for thread in others:
        thread.start()
    assert once("quick", (), lambda: 1) == 1  # another thing need not wait
    go.set()
    for thread in (first, *others):
        thread.join(PATIENT)
    assert len(made) == 1 and len(got) == 6 and len(set(map(id, got))) == 1


def test_what_went_wrong_is_not_kept():
    with pytest.raises(ZeroDivisionError):
        once("quotient", (0,), lambda: 1 / 0)
    assert once("quotient", (0,), lambda: 1) == 1


def test_things_nobody_looks_at_any_more_are_let_go():
    class Thing:
        pass

    first = weakref.ref(once(0, (), Thing))
    for name in range(1, MOST):
        once(name, (), Thing)
    assert first() is not None
    once(MOST, (), Thing)
    gc.collect()
    assert first() is None


SHARED = {  # what two who watch the same experiment are sent, and how each page is asked for it
    "training": (
        *("training.run_strip._message", "training.experiment_view.curve_words", "training.experiment_view.loss_chart"),
        *("training.wall._message", "training.wall.moments", "training.wall.with_quality"),
    ),
    "board": ("board.shown.method_lines",),
}


@pytest.mark.parametrize("page", SHARED)
def test_two_who_watch_the_same_experiment_have_it_made_once(visit, store, monkeypatch, page):
    config = configure("digits", "fixmatch", 20, 0, {"steps": 20, "batch": 8, "evaluations": 2}).to_dict()
    run = store.add(config | {"experiment": "e"})
    assert work(run.folder)["state"] == "done"
    made: list[str] = []

    def counted(name: str) -> None:
        room, _, what = f"pages.parts.{name}".rpartition(".")
        make = getattr(importlib.import_module(room), what)
        monkeypatch.setattr(f"{room}.{what}", lambda *words: made.append(name) or make(*words))

    for name in SHARED[page]:
        counted(name)
    assert problems(visit(f"{page}.py", experiment="e")) == []
    once_each = sorted(made)
    assert set(once_each) == set(SHARED[page])
    assert problems(visit(f"{page}.py", experiment="e")) == []
    assert sorted(made) == once_each, "the second who looks"
