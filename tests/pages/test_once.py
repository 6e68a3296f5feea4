"""What is the same for everybody is made once, and is what each would have made alone."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from pages.parts.shared import once as shelf
from pages.parts.shared.once import MOST, once
from tests.pages.conftest import PATIENT


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
