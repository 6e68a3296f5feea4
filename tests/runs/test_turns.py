"""The runner goes round the people, keeps whose turn it was for the next runner, and starts nothing while paused."""

from __future__ import annotations

import pytest

from ssl_core.people import classroom as room
from ssl_core.people.classroom import PAUSED, change, put_first
from ssl_core.people.owners import own
from ssl_core.people.register import call
from ssl_core.people.teacher import Desk
from ssl_core.runs.files import write_json
from ssl_core.runs.pool import Pool
from ssl_core.runs.queue import ahead, queue_now
from ssl_core.runs.turns import FILE, in_turn, took_turn
from ssl_core.runs.waiting import why_waiting
from tests.runs.test_runner import Engine

TEACHER = "1" * 32


@pytest.fixture
def teaches(monkeypatch):
    desk = Desk("chalk")
    desk.say(TEACHER, "chalk")
    monkeypatch.setattr(room, "desk", lambda: desk)
    monkeypatch.setattr("ssl_core.runs.waiting.runner.tend", lambda store: "there")


@pytest.fixture
def asked(store, short):
    """asked("Ann", 3): the names of so many more runs that Ann asked for."""

    def ask(who: str, count: int, experiment: str = "") -> list[str]:
        runs = [store.add(short(seed=seed) | {"experiment": experiment or who}) for seed in range(count)]
        if who:
            own(store, experiment or who, who)
        return [run.name for run in runs]

    return ask


def started(store, count: int, engine=None, most: int = 1) -> list[str]:
    """The next so many starts of a new runner, each run done before the next."""
    engine = engine or Engine()
    queue, before = Pool(store, most, launcher=engine), len(engine.states)
    while len(engine.states) < before + count:
        queue.tick()
        for name in [name for name, state in engine.states.items() if state == "waiting"]:
            write_json(store.root / name / "end.json", {"state": "done", "why": ""})
            engine.states[name] = "ended"
    return list(engine.states)[before:]


def test_the_queue_goes_round_the_people_also_after_the_runner_was_killed(store, asked):
    ann, bob, eve = asked("Ann", 4), asked("Bob", 2), asked("Eve", 1)
    assert started(store, 2) == [ann[0], bob[0]]
    assert started(store, 3) == [eve[0], ann[1], bob[1]], "another runner goes on where the first one was"
    assert started(store, 2) == ann[2:]


def test_another_nickname_is_no_new_turn(store, short):
    browsers = {"Ann": "2" * 32, "Bob": "3" * 32}
    runs = {name: [store.add(short(seed=seed) | {"experiment": name}).name for seed in range(2)] for name in browsers}
    for name, browser in browsers.items():
        call(store, browser, name)
        own(store, name, name, browser)
    (ann, later), (bob, last) = runs.values()
    assert started(store, 1) == [ann]
    call(store, browsers["Ann"], "Zoe")
    assert [place.people for place in in_turn(store, map(store.run, (later, bob)))] == [("Bob",), ("Zoe",)]
    assert started(store, 3) == [bob, later, last]


def test_turns_of_an_older_store_are_read(store, asked):
    (ann,), (bob,) = asked("Ann", 1), asked("Bob", 1)
    write_json(store.root / FILE, {"last": ["Ann"]})
    assert started(store, 2) == [bob, ann]


def test_without_people_the_order_is_that_of_asking_and_nothing_is_written(store, asked):
    runs = asked("", 3)
    assert started(store, 3) == runs
    assert not (store.root / FILE).exists()


def test_what_the_teacher_puts_first_is_first_and_a_turn_of_nobody(store, asked, teaches):
    ann, bob, eve = asked("Ann", 2), asked("Bob", 2), asked("Eve", 2)
    put_first(store, TEACHER, "Eve")
    assert started(store, 5) == [*eve, ann[0], bob[0], ann[1]]


def test_a_paused_queue_starts_nothing_says_so_and_goes_on(store, asked, teaches):
    engine, (run,) = Engine(), asked("Ann", 1)
    change(store, TEACHER, paused=True)
    queue = Pool(store, 2, launcher=engine)
    assert queue.tick() and queue.tick(), "there is still something to do"
    assert (engine.states, queue.why, queue.free <= 0) == ({}, PAUSED, True)
    assert why_waiting(store, [{"run": run, "state": "queued"}]) == PAUSED
    change(store, TEACHER, paused=False)
    queue.tick()
    assert (list(engine.states), queue.why) == ([run], "")


def test_the_place_that_a_page_says_is_the_place_in_the_fair_order(store, asked, teaches):
    ann, bob = asked("Ann", 5), asked("Bob", 2)
    assert [place.run.name for place in in_turn(store, map(store.run, [*ann, *bob]))][:4] == [
        ann[0],
        bob[0],
        ann[1],
        bob[1],
    ]
    assert [run.name for run in ahead(store, bob)] == [ann[0]]
    assert "place 2 in the queue" in why_waiting(store, [{"run": name, "state": "queued"} for name in bob])
    assert [run.name for run in ahead(store, None, ["Eve"])] == [ann[0], bob[0]], "who comes now is third"
    assert len(ahead(store, None, ["Ann"])) == 7
    assert [place.people for place in queue_now(store).waiting][:2] == [("Ann",), ("Bob",)]
    took_turn(store, in_turn(store, map(store.run, ann))[0])
    assert ahead(store, bob) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"last": 1}', b'{"last": [1]}', b"\xff", b"0" * 2**21])
def test_spoiled_turns_are_nobodys_turns(store, asked, content):
    ann, bob = asked("Ann", 2), asked("Bob", 1)
    (store.root / FILE).write_bytes(content)
    assert started(store, 3) == [ann[0], bob[0], ann[1]]


def test_turns_that_cannot_be_written_hold_up_nobody(store, asked):
    ann, bob = asked("Ann", 2), asked("Bob", 1)
    (store.root / FILE).mkdir()
    assert sorted(started(store, 3)) == sorted([*ann, *bob])
