"""Which browser is whose: remembered by the server, the last word counts, and two may say the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ssl_core.people import register
from ssl_core.people.register import (
    FILE,
    another_name,
    call,
    called,
    everybody,
    now_called,
    same_name,
    unsettled,
)
from ssl_core.runs.store import Store

ONE, TWO, THREE = ("1" * 32, "2" * 32, "3" * 32)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def test_a_browser_is_known_again_also_by_another_server(store):
    assert called(store, ONE) == ""
    assert call(store, ONE, "  <b>Anna</b> ") == "b_Anna__b" == called(store, ONE) == called(Store(store.root), ONE)
    assert called(store, TWO) == ""


def test_the_last_name_counts_and_the_same_is_said_once(store):
    for name in ("Anna", "Anna", "Bob"):
        call(store, ONE, name)
    assert called(store, ONE) == "Bob" and (store.root / FILE).read_text().count("\n") == 2
    assert everybody(store) == ["Bob"] and not same_name(store, TWO, "Anna")


def test_the_same_name_twice_is_seen_from_both_sides(store):
    call(store, ONE, "Anna")
    assert same_name(store, TWO, "ANNA") and not same_name(store, ONE, "Anna")
    call(store, TWO, "anna")
    assert same_name(store, ONE, "Anna") and same_name(store, TWO, "anna")
    assert unsettled(store, ONE) and unsettled(store, TWO) and not unsettled(store, THREE)
    call(store, ONE, "Anna", True)
    assert not unsettled(store, ONE) and unsettled(store, TWO), "each decides for itself"
    assert another_name(store, "Anna") == "Anna 2"
    call(store, TWO, another_name(store, "Anna"))
    assert not unsettled(store, TWO) and not same_name(store, ONE, "Anna") and everybody(store) == ["Anna", "Anna 2"]


def test_names_that_are_none_are_refused_in_a_sentence(store):
    for name in ("", "...", "me"):
        with pytest.raises(ValueError, match=r"^\w.*\.$"):
            call(store, ONE, name)
    assert everybody(store) == []


def test_lines_by_hand_are_passed_over(store):
    call(store, ONE, "Anna")
    with open(store.root / FILE, "a") as file:
        file.write(
            '{"browser": "../../x", "who": "Eve"}\n{"browser": 7}\nnothing\n{"browser": "'
            + THREE
            + '", "who": "<>"}\n{"bro'
        )
    call(store, TWO, "Bob")
    assert everybody(store) == ["Anna", "Bob"]


def test_everybody_stands_once_in_the_order_in_which_they_came(store):
    for browser, name in ((ONE, "Anna"), (TWO, "Bob"), (THREE, "anna")):
        call(store, browser, name)
    assert everybody(store) == ["Anna", "Bob"]


def test_who_took_another_nickname_is_known_by_the_one_of_that_moment(store, monkeypatch):
    now = iter(range(1, 100))
    monkeypatch.setattr(register, "time", SimpleNamespace(time=lambda: float(next(now))))
    for browser, name in ((ONE, "Anna"), (TWO, "Bob"), (ONE, "Mia"), (THREE, "anna"), (ONE, "Zoe")):
        call(store, browser, name)  # at 1, 2, 3, 4 and 5
    said = [("ANNA", 1.5), ("Mia", 3.5), ("Bob", 2.5), ("anna", 4.5), ("Anna", 0.5), ("Cem", 1.5)]
    assert [now_called(store, *one) for one in said] == ["Zoe", "Zoe", "Bob", "anna", "Anna", "Cem"]
    call(store, TWO, "anna", True)
    call(store, TWO, "Bob")
    assert now_called(store, "anna", 6.5) == "anna", "two were called so then"
    assert now_called(store, "Bob", 2.5) == now_called(store, "bob", 7.5) == "Bob"
