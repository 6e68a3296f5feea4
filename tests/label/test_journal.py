"""No click is lost, none is overwritten, and everything can be taken back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from ssl_core.label.acts import said
from ssl_core.label.journal import Journal, place
from ssl_core.label.turns import MOST_BYTES, release, take, taken
from tests.conftest import HOUSE

CLICKING = """
import sys
from ssl_core.label import journal as room
room.PATIENCE = 170.0  # who says one thing after the other leaves the others little time between
journal = room.Journal("digits", ("cat", "dog"))
for number in range(10**6):
    act = journal.say(sys.argv[1], {f"{number:x}": "cat"})
    print(act["id"], flush=True)
"""


def clicking(store, who="anna", code=CLICKING):
    return subprocess.Popen(
        [sys.executable, "-c", code, who], cwd=HOUSE, stdout=subprocess.PIPE, env=os.environ | {"SSL_STORE": str(store)}
    )


def test_a_killed_process_loses_no_click_that_it_has_confirmed(store):
    child = clicking(store)
    confirmed = [child.stdout.readline().decode().strip() for _ in range(25)]
    os.kill(child.pid, signal.SIGKILL)
    confirmed += child.communicate()[0].decode().split("\n")[:-1]
    assert len(confirmed) >= 25
    assert {act["id"] for act in Journal("digits").acts()} >= set(confirmed)


def test_a_click_is_on_the_disk_before_it_is_confirmed(journal):
    act = journal.say("anna", {"a1": "cat"})
    assert [json.loads(line) for line in journal.path.read_bytes().splitlines()] == [act]


def test_half_a_last_line_is_passed_over_and_nothing_behind_it_is_lost(journal):
    journal.say("anna", {"a1": "cat"})
    with open(journal.path, "ab") as file:
        file.write(b'{"id": "x", "says": {"a2"')
    assert Journal("digits", journal.own).said().labels() == {"a1": "cat"}
    journal.say("anna", {"a3": "dog"})
    again = Journal("digits", journal.own)
    assert again.said().labels() == {"a1": "cat", "a3": "dog"}
    assert journal.said().labels() == again.said().labels()


def test_lines_that_are_no_acts_are_passed_over(journal):
    journal.say("anna", {"a1": "cat"})
    rubbish = [[], {"id": 5}, {"id": "q", "who": "x", "how": "single", "when": 1, "says": {"../x": "cat"}}]
    with open(journal.path, "ab") as file:
        file.write(b"".join(json.dumps(row).encode() + b"\n" for row in rubbish) + b"\xff\xfe\n")
    assert Journal("digits", journal.own).said().labels() == {"a1": "cat"}


def test_undo_takes_back_one_act_of_one_person_as_often_as_there_is_one(journal):
    journal.say("anna", {"a1": "cat"})
    journal.say("ben", {"b1": "dog"})
    journal.say("anna", {"a2": "cat", "a3": "cat"}, "bulk")
    journal.skip("anna", ["a4"])
    assert journal.undo("anna")["skip"] == ["a4"]
    assert journal.said().skips == {}
    assert set(journal.undo("anna")["says"]) == {"a2", "a3"}  # many at once are one act
    assert journal.said().labels() == {"a1": "cat", "b1": "dog"}
    assert journal.undo("anna")["says"] == {"a1": "cat"}
    assert journal.undo("anna") is None
    assert journal.said().labels() == {"b1": "dog"}
    assert len(journal.acts()) == 7  # nothing was erased


def test_a_second_word_of_one_person_replaces_the_first_and_undo_brings_that_back(journal):
    journal.say("anna", {"a1": "cat"})
    journal.say("anna", {"a1": "dog"})
    assert journal.said().labels() == {"a1": "dog"}
    journal.undo("anna")
    assert journal.said().labels() == {"a1": "cat"}


def test_a_disagreement_is_kept_and_shown_and_two_outvote_one(journal):
    journal.say("anna", {"a1": "cat"})
    journal.say("ben", {"a1": "dog"})
    assert journal.said().disputed() == {"a1": {"anna": "cat", "ben": "dog"}}
    assert journal.said().labels() == {}
    journal.say("cleo", {"a1": "dog"})
    assert journal.said().labels() == {"a1": "dog"}
    assert set(journal.said().disputed()) == {"a1"}


def test_none_of_these_is_a_word_without_a_class(journal):
    journal.say("anna", {"a1": None})
    assert journal.said().labels() == {}
    assert journal.said().none_of_these() == {"a1"}


def test_what_stood_after_so_many_acts_can_be_asked_later(journal):
    journal.say("anna", {"a1": "cat"})
    journal.say("anna", {"a2": "dog"})
    journal.undo("anna")
    assert [len(journal.said(most).labels()) for most in range(4)] == [0, 1, 2, 1]
    assert said(journal.acts()).labels() == journal.said().labels()


def test_a_second_reader_sees_what_another_writes(journal):
    other = Journal("digits", journal.own)
    assert other.said().labels() == {}
    journal.say("anna", {"a1": "cat"})
    assert other.said().labels() == {"a1": "cat"}


def test_classes_are_the_sets_own_and_those_that_were_named(journal):
    journal.name_classes("anna", ["dog", "fish"])
    assert journal.classes == ("cat", "dog", "bird", "fish")
    empty = Journal("upload:00000000")
    empty.name_classes("anna", ["one", "two"])
    assert empty.classes == ("one", "two")


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "Name the classes"),
        (["one", "<>"], "each with a letter or a digit"),
        (["one", "One"], "Two classes have the same name"),
        ([f"class {n}" for n in range(201)], "At most 200 classes"),
    ],
)
def test_classes_that_are_none_are_a_sentence(store, names, sentence):
    with pytest.raises(ValueError, match=sentence):
        Journal("upload:00000000").name_classes("anna", names)


def test_a_class_in_use_cannot_be_forgotten(store):
    journal = Journal("upload:00000000")
    journal.name_classes("anna", ["one", "two"])
    journal.say("anna", {"a1": "one"})
    with pytest.raises(ValueError, match="labelled 'one' already"):
        journal.name_classes("anna", ["two", "three"])


def test_what_cannot_be_said_is_a_sentence_and_no_act(journal):
    for wrong in ({"a1": "cow"}, {"../../etc": "cat"}):
        with pytest.raises(ValueError, match=r"\.$"):
            journal.say("anna", wrong)
    with pytest.raises(ValueError, match="one of the ways"):
        journal.say("anna", {"a1": "cat"}, "guessed")
    assert journal.acts() == []


@pytest.mark.parametrize("name", ["../../x", "folder:/a/../../b@32", "upload:zz/../..", "a" * 5000, "\0", "digits"])
def test_no_name_becomes_a_path(store, name):
    assert place(name).parent == store.resolve() / "_labels"
    assert place(name).name not in ("", ".", "..")
    assert "/" not in place(name).name


def test_a_folder_has_one_journal_whatever_size_it_is_read_at(store, tmp_path):
    places = {place(f"folder:{tmp_path}{end}") for end in ("", "@32", "@64grey", "/./@128pad")}
    assert len(places) == 1
    assert place(f"folder:{tmp_path}/other") not in places


def test_a_nickname_is_kept_as_text_that_can_be_shown(journal):
    assert journal.say("<b>anna</b>\n", {"a1": "cat"})["who"] == "b_anna__b"
    assert journal.say("", {"a1": "cat"})["who"] == "somebody"


def test_ten_people_at_once_lose_no_click_and_never_have_the_same_picture(store):
    wanted, asked, wrong = [f"{n:x}" for n in range(1, 201)], [], []

    def label(who):
        journal = Journal("digits", ("cat", "dog"))
        while True:
            mine = take(journal, who, wanted, 3)
            if not mine:
                return
            asked.extend((picture, who) for picture in mine)
            for picture in mine:
                if picture in Journal("digits").said().words:
                    wrong.append(picture)
                journal.say(who, {picture: "cat"})

    people = [threading.Thread(target=label, args=(f"p{n}",)) for n in range(10)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(picture for picture, _ in asked) == sorted(wanted)
    assert len(Journal("digits", ("cat", "dog")).said().labels()) == 200
    assert wrong == []


def test_a_turn_ends_with_the_label_with_time_and_with_leaving(journal):
    assert take(journal, "anna", ["a", "b", "c"], 2, now=0.0) == ["a", "b"]
    assert take(journal, "ben", ["a", "b", "c"], 2, now=1.0) == ["c"]
    assert taken(journal, "ben", now=2.0) == {"a", "b"}
    assert taken(journal, "anna", now=2.0) == {"c"}
    journal.say("anna", {"a": "cat"})
    assert take(journal, "cleo", ["a", "b", "c"], 2, now=3.0) == []
    assert take(journal, "cleo", ["a", "b", "c"], 2, now=400.0) == ["b", "c"]  # coffee
    release(journal, "cleo")
    assert take(journal, "ben", ["b"], 1, now=401.0) == ["b"]


@pytest.mark.parametrize(
    "content", [b'{"a": 5}', b"[" * 10**5, b"\xff", b'{"a": ["anna", 1e99]' + b" " * MOST_BYTES + b"}"]
)
def test_a_damaged_list_of_turns_stops_nobody(journal, content):
    take(journal, "anna", ["a"], 1)
    (journal.home / "turns.json").write_bytes(content)
    assert take(journal, "ben", ["a"], 1) == ["a"]


def test_two_processes_write_whole_lines(store):
    children = [clicking(store, who) for who in ("anna", "ben")]
    ids = [child.stdout.readline().decode().strip() for _ in range(20) for child in children]
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
    journal = Journal("digits")
    assert {act["id"] for act in journal.acts()} >= set(ids)
    assert journal._tail.bad == 0


def test_a_disagreement_is_settled_by_a_second_look_and_open_again_once_somebody_says_another(journal):
    journal.say("anna", {"1": "cat"}, order="random")
    journal.say("ben", {"1": "dog"})
    assert (journal.said().label("1"), set(journal.said().disputed())) == (None, {"1"})
    journal.say("ben", {"1": "dog"}, "checked")
    said = journal.said()
    assert (said.label("1"), said.disputed(), said.settled("1").who) == ("dog", {}, "ben")
    assert said.differing() == {"1": {"anna": "cat", "ben": "dog"}}, "nobody's word is gone"
    assert said.drawn() == {"1"}
    time.sleep(0.002)
    journal.say("anna", {"1": "bird"})
    assert (journal.said().label("1"), set(journal.said().disputed())) == (None, {"1"})
    journal.undo("anna")
    journal.undo("ben")
    journal.say("cid", {"1": None}, "checked")
    said = journal.said()
    assert (said.label("1"), said.disputed(), said.none_of_these()) == (None, {}, {"1"})
