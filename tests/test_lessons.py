"""A lesson file is checked word for word, and its name from an address is looked up, never opened."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts.shared.pages import BY_NAME, FORMER, address_of, file_of
from pages.parts.shared.pages import PAGES as LISTED
from ssl_core.lessons import Lessons, read_lesson

HOUSE = Path(__file__).resolve().parent.parent
FILES = {path.stem for path in (HOUSE / "pages").glob("*.py") if not path.name.startswith("_")}
PAGES = {name: address_of(name) for name in BY_NAME}
SHIPPED = Lessons(HOUSE / "assets" / "lessons", PAGES)
GOOD = {
    "title": "T",
    "about": "A",
    "minutes": 5,
    "steps": [
        {"page": "mixing", "state": {"lam": "0.5"}, "hide": ["alpha"], "text": "x", "question": "q", "answer": "a"}
    ],
}


def changed(path, value):
    """GOOD with one place changed; path is a list of keys."""
    told = copy.deepcopy(GOOD)
    place = told
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(told).encode()


def test_the_one_list_of_pages_names_every_file_and_no_other():
    assert [entry.name for entry in LISTED] == list(dict.fromkeys(entry.name for entry in LISTED))
    assert {entry.name for entry in LISTED} == FILES
    assert len({entry.title for entry in LISTED}) == len(LISTED)


@pytest.mark.parametrize("page", BY_NAME)
def test_a_lesson_may_stand_beside_any_page_also_by_a_former_name(page):
    lesson = read_lesson("x", changed(["steps", 0, "page"], page), PAGES)
    path = urlsplit(lesson.link(1)).path
    assert path == ("./" if page == "home" else FORMER.get(page, page))
    assert (HOUSE / "pages" / file_of(page)).is_file()


def test_three_lessons_are_shipped_and_sound():
    assert len(SHIPPED.files) >= 3
    assert [lesson.name for lesson in SHIPPED.all()] == list(SHIPPED.files)


@pytest.mark.parametrize("name", SHIPPED.files)
def test_a_shipped_lesson_asks_and_answers(name):
    lesson = SHIPPED.get(name)
    assert len(lesson.parts) >= 3
    for number, part in enumerate(lesson.parts, 1):
        assert part.question.rstrip().endswith("?"), part.question
        assert len(part.answer.split()) > 15
        link = urlsplit(lesson.link(number))
        assert link.path == address_of(part.page)
        wanted = {key: value if isinstance(value, list) else [value] for key, value in part.state.items()}
        assert parse_qs(link.query) == wanted | {"lesson": [name], "part": [str(number)]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["title"], ""),
        (["title"], 3),
        (["about"], "x" * 2000),
        (["minutes"], "five"),
        (["minutes"], True),
        (["steps"], []),
        (["steps"], {}),
        (["steps"], [3]),
        (["steps"], GOOD["steps"] * 30),
        (["more"], 1),
        (["steps", 0, "page"], "nothing"),
        (["steps", 0, "page"], "../app"),
        (["steps", 0, "page"], ["mixing"]),
        (["steps", 0, "state"], []),
        (["steps", 0, "state"], {"lam": 0.5}),
        (["steps", 0, "state"], {"lesson": "other"}),
        (["steps", 0, "state"], {"a b": "1"}),
        (["steps", 0, "hide"], ["x{}*{display:none}"]),
        (["steps", 0, "hide"], "alpha"),
        (["steps", 0, "question"], None),
        (["steps", 0, "extra"], 1),
    ],
    ids=str,
)
def test_a_wrong_lesson_is_one_sentence(path, value):
    with pytest.raises(ValueError, match=r"^The lesson x [^\n]+\.$"):
        read_lesson("x", changed(path, value), PAGES)


@given(st.binary(max_size=60) | st.just(b"[" * 100_000) | st.just(b"null") | st.just(b"[1]"))
def test_any_bytes_are_one_sentence(content):
    with pytest.raises(ValueError, match=r"^The lesson x [^\n]+\.$"):
        read_lesson("x", content, PAGES)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\0b", "x" * 10_000, "", ".", "recorded"])
def test_a_hostile_name_opens_nothing(name):
    with pytest.raises(ValueError, match=r"^There is no lesson of that name\."):
        SHIPPED.get(name)


def test_a_broken_file_hides_no_other(tmp_path, capsys):
    (tmp_path / "good.json").write_bytes(json.dumps(GOOD).encode())
    (tmp_path / "bad.json").write_bytes(b"{")
    (tmp_path / "Not Ours.json").write_bytes(b"{}")
    found = Lessons(tmp_path, PAGES)
    assert [lesson.name for lesson in found.all()] == ["good"]
    with pytest.raises(ValueError, match="bad is not valid JSON"):
        found.get("bad")
    (tmp_path / "good.json").write_bytes(changed(["title"], "Another"))
    assert found.get("good").title == "Another", "an edited file is read anew"
