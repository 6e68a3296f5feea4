"""What the teacher says holds for all, only the teacher can say it, and a file that somebody spoiled holds nothing up."""

from __future__ import annotations

import json

import pytest

from ssl_core.people import classroom as room
from ssl_core.people.classroom import FILE, MOST_FIRST, Classroom, change, classroom, dismiss, put_first
from ssl_core.people.teacher import Desk, NotTheTeacher
from ssl_core.runs.store import Store

TEACHER, PUPIL = "1" * 32, "2" * 32


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    desk = Desk("chalk")
    desk.say(TEACHER, "chalk")
    monkeypatch.setattr(room, "desk", lambda: desk)
    return Store(tmp_path / "runs")


def test_nothing_stands_until_the_teacher_says_something_and_then_for_every_process(store):
    assert classroom(store) == Classroom()
    change(store, TEACHER, paused=True, lesson="noise", part=2)
    put_first(store, TEACHER, "e1")
    put_first(store, TEACHER, "e2")
    said = put_first(store, TEACHER, "e1")
    assert said == classroom(store) == room._read(store.root / FILE)
    assert (said.paused, said.first, said.lesson, said.part) == (True, ("e1", "e2"), "noise", 2)
    assert set(json.loads((store.root / FILE).read_text())) == set(vars(Classroom())) - {"why"}


@pytest.mark.parametrize("what", [{"paused": True}, {"first": ("mine",)}, {"runs": 0}, {"lesson": "x"}, {"shown": "x"}])
def test_nobody_else_says_anything(store, what):
    for act in (lambda: change(store, PUPIL, **what), lambda: put_first(store, "", "mine")):
        with pytest.raises(NotTheTeacher):
            act()
    assert not (store.root / FILE).exists()


@pytest.mark.parametrize("what", [{"runs": -1}, {"steps": 2.5}, {"minutes": float("nan")}, {"lesson": "x" * 5001}])
def test_what_makes_no_sense_is_a_sentence_and_changes_nothing(store, what):
    with pytest.raises(ValueError, match=r"^class\.json does not say what holds for the class: .+ must be .+\.$"):
        change(store, TEACHER, **what)
    assert classroom(store) == Classroom()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"paused": 1}', b'{"first": "e"}', b'{"part": -1}', b"[" * 10**5, b"0" * 2**21],
)
def test_a_spoiled_file_is_a_sentence_pauses_nothing_and_is_mended_by_the_next_word(store, content):
    (store.root / FILE).write_bytes(content)
    said = classroom(store)
    assert said == Classroom(why=said.why) and said.why.endswith(".")
    assert change(store, TEACHER, paused=True) == Classroom(paused=True)


def test_a_link_a_folder_and_keys_of_a_newer_version_hold_nothing_up(store, tmp_path):
    (tmp_path / "secret").write_text('{"paused": true}')
    (store.root / FILE).symlink_to(tmp_path / "secret")
    assert not classroom(store).paused and "a link" in classroom(store).why
    (store.root / FILE).unlink()
    (store.root / FILE).write_text('{"paused": true, "volume": 11, "runs": null}')
    assert classroom(store) == Classroom(paused=True)


def test_only_so_many_are_put_first_and_others_writing_is_a_sentence(store, monkeypatch):
    for number in range(MOST_FIRST + 2):
        said = put_first(store, TEACHER, f"e{number}")
    assert len(said.first) == MOST_FIRST and said.first[0] == f"e{MOST_FIRST + 1}"
    monkeypatch.setattr(room, "PATIENCE", 0.01)
    from ssl_core.runs.files import kernel_lock

    with kernel_lock(store.root / "class.lock"), pytest.raises(ValueError, match=r"try again"):
        change(store, TEACHER, paused=True)


def test_a_queue_left_paused_goes_on_when_the_class_is_over(store):
    change(store, TEACHER, paused=True, runs=7)
    dismiss(store)
    assert classroom(store) == Classroom(runs=7)


def test_two_of_the_teachers_browsers_that_put_something_first_at_once_both_do(store, monkeypatch):
    lock, others = room.kernel_lock, ["e2"]

    def late(*words):
        """The other browser was quicker."""
        if others:
            put_first(store, TEACHER, others.pop())
        return lock(*words)

    monkeypatch.setattr(room, "kernel_lock", late)
    assert put_first(store, TEACHER, "e1").first == ("e1", "e2")
