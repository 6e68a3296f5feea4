"""A lesson file is checked word for word, and its name from an address is looked up, never opened."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts.shared.pages import BY_NAME, FORMER, address_of, file_of
from pages.parts.shared.pages import PAGES as LISTED
from ssl_core.lessons import FILLED, Lessons, read_lesson, read_measured
from ssl_core.runs.experiment import Experiment
from ssl_core.runs.progress import estimate
from ssl_core.runs.store import Store

HOUSE = Path(__file__).resolve().parent.parent
FILES = {path.stem for path in (HOUSE / "pages").glob("*.py") if not path.name.startswith("_")}
PAGES = {name: address_of(name) for name in BY_NAME}
FOLDER = HOUSE / "assets" / "lessons"
SHIPPED = Lessons(FOLDER, PAGES)
MEASURED = read_measured((FOLDER / "answers" / "measured.json").read_bytes())
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


def test_eight_lessons_are_shipped_and_sound_each_at_a_place_of_its_own():
    assert {lesson.name for lesson in SHIPPED.all()} == set(SHIPPED.files)
    assert [lesson.place for lesson in SHIPPED.all()] == list(range(1, 9))


@pytest.mark.parametrize("name", SHIPPED.files)
def test_a_shipped_lesson_asks_and_answers(name):
    lesson = SHIPPED.get(name)
    assert len(lesson.parts) >= 3
    for number, part in enumerate(lesson.parts, 1):
        assert part.question.rstrip().endswith("?"), part.question
        assert len(part.answer.split()) > 15
        assert part.guess is not None, "every step asks for a guess"
        assert max(len(text.split()) for text in (part.text, part.answer)) <= 75, "nobody reads more beside a page"
        link = urlsplit(lesson.link(number))
        assert link.path == address_of(part.page)
        wanted = {key: value if isinstance(value, list) else [value] for key, value in part.state.items()}
        assert parse_qs(link.query) == wanted | {"lesson": [name], "part": [str(number)]}


@pytest.mark.parametrize("name", SHIPPED.files)
def test_what_a_lesson_says_in_words_is_so_in_what_was_measured(name):
    def value(one):
        return MEASURED[one]["value"] if isinstance(one, str) else one

    for part in SHIPPED.get(name).parts:
        for one, sign, other in part.claims:
            assert value(one) > value(other) if sign == ">" else value(one) < value(other), (one, sign, other)


@pytest.mark.parametrize("name", SHIPPED.files)
def test_every_number_of_an_answer_was_measured_or_stands_in_the_step_itself(name):
    """Raw texts, before the measured numbers are filled in."""
    for part in json.loads((FOLDER / f"{name}.json").read_text())["steps"]:
        used = [MEASURED[match.group(1)]["what"] for match in FILLED.finditer(part["answer"])]
        asked = [part["guess"]["number"]] if "number" in part["guess"] else []
        known = [
            part["text"],
            part["question"],
            json.dumps(part["state"]),
            *used,
            *(MEASURED[one]["what"] for one in asked),
        ]
        invented = numbers(FILLED.sub("", part["answer"])) - numbers(" ".join(known)) - COMMON
        assert not invented, f"{invented} stand in an answer of {name}, and nobody measured them"


@pytest.mark.parametrize("name", SHIPPED.files)
def test_what_is_guessed_out_of_a_batch_is_guessed_out_of_the_batch_that_was_measured(name):
    for guess in (step["guess"] for step in json.loads((FOLDER / f"{name}.json").read_text())["steps"]):
        stem, _, last = guess.get("number", "").rpartition("_")
        if last == "count":
            batch = MEASURED[f"{stem}_batch"]["value"]
            assert (guess["high"], guess["unit"]) == (batch, f"of {batch:.0f}")


def numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in re.findall(r"\d+(?:[.,]\d+)*", text)}


COMMON = {"0", "1", "100"}  # nothing, one, and all of them


def test_every_number_that_was_measured_says_what_it_is():
    for number in MEASURED.values():
        assert number["low"] <= number["value"] <= number["high"]
        assert number["what"] and number["group"]


@pytest.mark.parametrize("name", SHIPPED.files)
def test_a_lesson_takes_as_long_as_it_says_and_six_minutes_at_most(name):
    """Reading, a moment for each guess, and training as measured on one core, two runs at a time."""
    lesson = SHIPPED.get(name)
    seconds = sum(PAUSE + len(f"{p.text} {p.question} {p.answer}".split()) / WORDS * 60 for p in lesson.parts)
    seconds += training_seconds(lesson)
    rounded_up = 0.5  # of a minute, in which the last second lies; half of one that steps measured anew may move it
    assert abs(lesson.minutes - seconds / 60 - rounded_up) <= 1, f"{seconds:.0f} s"
    assert lesson.minutes <= 6


WORDS = 200  # a minute, read by somebody of fifteen years
PLANE = 5.0  # seconds for two trainings of the plane, at most
PAUSE = 25  # seconds for a guess and a look at the page


def training_seconds(lesson) -> float:
    """What the steps train, each run once."""
    known, seconds, empty = (
        [],
        PLANE * sum(part.page == "playground" for part in lesson.parts),
        Store(tempfile.mkdtemp()),
    )
    for part in lesson.parts:
        wanted = [config for config in trained_by(part) if config not in known]
        known += wanted
        seconds += estimate(empty, wanted, 2)
    return seconds


def trained_by(part) -> list[dict]:
    """The runs behind the button of a step's page."""
    state = {key: value if isinstance(value, list) else [value] for key, value in part.state.items()}
    if part.page == "playground":
        return []
    if part.network:
        _, method, labels, steps = part.network
        return Experiment("digits", [method], [labels], [0], {method: {"steps": steps} if steps else {}}).plain()
    if part.page == "snow":
        knobs = {"supervised": {"steps": 500}, "supervised_strong": {"steps": 500, "strong": "repaint_ground(1)"}}
        data = {"0.5": "shapes_snow_50", "0.95": "shapes_snow"}[state["rho"][0]]
        return Experiment(data, list(knobs), [100], [0], knobs).plain()
    if part.page != "training":
        return []
    knobs = {method: {} for method in state["methods"]}
    for key, (value, *_) in state.items():
        if match := re.fullmatch(r"digits-(\w+)-(\w+)", key):
            knobs[match.group(1)][match.group(2)] = value
        elif key == "strong":
            knobs = {method: values | {"strong": value} for method, values in knobs.items()}
    seeds = range(int(state.get("seeds", ["1"])[0]))
    return Experiment("digits", state["methods"], map(int, state["labels"]), seeds, knobs, ceiling=True).plain()


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
        (["place"], 0),
        (["place"], "first"),
        (["steps", 0, "state"], {"guess": "1"}),
        (["steps", 0, "veil"], ["x{}*{display:none}"]),
        (["steps", 0, "guess"], {"choices": ["a", "b"], "right": 3}),
        (["steps", 0, "guess"], {"number": "unmeasured", "low": 0, "high": 1, "near": 1}),
        (["steps", 0, "answer"], "It is {unmeasured} %."),
        (["steps", 0, "claims"], [["unmeasured", ">", 1]]),
        (["steps", 0, "claims"], [1]),
        (["steps", 0, "claims"], {}),
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


def test_numbers_are_filled_in_from_what_was_measured_now(tmp_path):
    (tmp_path / "one.json").write_bytes(changed(["steps", 0, "answer"], "It is {a} % ({a.low} to {a.high}), not {b}."))
    (tmp_path / "answers").mkdir()
    for value in (72.4, 71.6):
        numbers = {"a": {"value": value, "low": 60.2, "high": 80}, "b": {"value": 1.26, "digits": 1}}
        (tmp_path / "answers" / "measured.json").write_text(json.dumps({"numbers": numbers}))
        assert Lessons(tmp_path, PAGES).get("one").parts[0].answer == "It is 72 % (60 to 80), not 1.3."
    for broken in ("[", "[]", "{}"):
        (tmp_path / "answers" / "measured.json").write_text(broken)
        with pytest.raises(ValueError, match=r"^The [^\n]+\.$"):
            Lessons(tmp_path, PAGES).get("one")
