"""The queue goes round the people: what must hold for every queue, tried on many drawn ones."""

from __future__ import annotations

import random

import pytest

from ssl_core.runs.fair import NOBODY, after, fair

PEOPLE = ("Ann", "Bob", "Cem", "Dao", "Eve", "Finn")


def drawn(seed: int) -> tuple[list[str], dict[str, list[str]], list[str], list[str]]:
    """Runs, whose they are (some of several, some nobody's), what comes first, and who had the latest turns."""
    dice = random.Random(seed)
    people = PEOPLE[: dice.randint(1, len(PEOPLE))]
    runs = [f"run-{number:02}" for number in range(dice.randint(0, 30))]
    owners = {run: dice.sample(people, min(dice.choice([0, 1, 1, 1, 1, 2, 5]), len(people))) for run in runs}
    first = dice.sample([*runs, "gone"], dice.choice([0, 0, 1, min(3, len(runs))]))
    return runs, owners, first, dice.sample(people, dice.randint(0, len(people)))


def whose(run: str, owners: dict[str, list[str]]) -> set[str]:
    return set(owners[run]) or {NOBODY}


def test_every_run_has_one_place_and_the_teachers_first_come_first():
    for runs, owners, first, last in map(drawn, range(200)):
        order = [turn.run for turn in fair(runs, owners, first, last)]
        assert sorted(order) == runs
        wanted = [run for run in first if run in runs]
        assert order[: len(wanted)] == wanted


def test_the_runs_that_one_person_alone_wants_keep_their_order():
    for runs, owners, _, last in map(drawn, range(200)):
        order = [turn.run for turn in fair(runs, owners, (), last)]
        for person in (*PEOPLE, NOBODY):
            own = [run for run in order if whose(run, owners) == {person}]
            assert own == sorted(own)


def worked_off(runs, owners, last):
    """The queue asked anew before each start, as the runner does: what started, and who waited then."""
    while runs:
        turn = fair(runs, owners, (), last)[0]
        yield turn, {person for run in runs for person in whose(run, owners)} - set(turn.people)
        runs, last = [run for run in runs if run != turn.run], after(last, turn.people)


def test_nobody_waits_for_more_runs_than_there_are_other_people():
    for runs, owners, _, last in map(drawn, range(200)):
        everybody = {person for run in runs for person in whose(run, owners)}
        waited = dict.fromkeys(everybody, 0)
        for turn, waiting in worked_off(runs, owners, last):
            waited |= dict.fromkeys(turn.people, 0) | {person: waited[person] + 1 for person in waiting}
            assert max(waited.values()) < len(everybody)


def test_where_each_run_is_one_persons_nobody_has_two_turns_while_another_waits_for_one():
    for runs, owners, _, last in map(drawn, range(200)):
        alone, since = {run: names[:1] for run, names in owners.items()}, {}
        for turn, waiting in worked_off(runs, alone, last):
            since |= {person: [*since.get(person, ()), *turn.people] for person in waiting}
            since |= {person: [] for person in turn.people}
            assert all(len(turns) == len(set(turns)) for turns in since.values())


def test_what_is_foretold_is_what_happens():
    for runs, owners, _, last in map(drawn, range(100)):
        assert [turn for turn, _ in worked_off(runs, owners, last)] == fair(runs, owners, (), last)


@pytest.mark.parametrize("who", [[], ["Ann"], ["Ann", "Bob"]])
def test_one_person_or_one_group_alone_has_the_order_of_asking(who):
    runs = [f"run-{number}" for number in range(9)]
    assert [turn.run for turn in fair(runs, dict.fromkeys(runs, who), (), ["Bob"])] == runs


def test_who_comes_late_with_one_run_does_not_wait_for_twenty_of_another():
    runs = [*(f"a{number:02}" for number in range(20)), "b"]
    owners = {run: ["Ann"] for run in runs} | {"b": ["Bob"]}
    assert [turn.run for turn in fair(runs, owners)][:3] == ["a00", "b", "a01"]
    assert fair(runs, owners, (), ["Ann"])[0].run == "b", "Ann's first is at work"


def test_a_run_that_five_want_is_a_turn_of_all_five():
    runs = ["five-1", "five-2", "own-1", "own-2"]
    owners = {"five-1": PEOPLE[:5], "five-2": PEOPLE[:5], "own-1": ["Finn"], "own-2": ["Finn"]}
    assert [turn.run for turn in fair(runs, owners)] == ["five-1", "own-1", "five-2", "own-2"]
