"""A lesson above a page: its card, the page in the state that the step asks for, and what is left out."""

from __future__ import annotations

import pytest

from pages.parts.shared.lesson import lessons
from tests.pages.conftest import problems

STEPS = [(lesson.name, number) for lesson in lessons().all() for number in range(1, len(lesson.parts) + 1)]
FIRST = STEPS[0][0]


def card(test) -> str:
    return "\n".join(m.value for m in test.markdown)


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_every_step_opens_with_its_state_taken_up_and_its_controls_left_out(visit, name, number):
    part = lessons().get(name).parts[number - 1]
    test = visit(f"{part.page}.py", lesson=name, part=str(number), **part.state)
    assert [e.value for e in test.exception] == []  # error boxes may be there: the doctor's findings are one
    assert part.question in card(test)
    assert part.text in card(test)
    for key, value in part.state.items():
        if key in test.query_params:
            continue
        shown = test.get_by_key(key).value  # a value equal to the default leaves the address
        told = [str(item) for item in shown] if isinstance(shown, list) else [str(shown)]
        wanted = value if isinstance(value, list) else [value]
        assert told == wanted, f"{key}={value} was dropped: no such choice on {part.page}"

    keys = {element.key for element in test.main if getattr(element, "key", None)}
    boxes = {"method_knobs", "import_text", "lens", "tab"}
    assert set(part.hide) <= keys | boxes, set(part.hide) - keys
    style = " ".join(box.proto.body for box in test.get("html"))
    assert all(f".st-key-{key}" in style for key in part.hide)


def test_a_lesson_by_its_name_alone_opens_its_first_step(visit):
    lesson = lessons().get(FIRST)
    test = visit(lesson=FIRST)
    assert problems(test) == []
    assert lesson.parts[0].question in card(test)
    assert test.query_params["part"] == "1"


@pytest.mark.parametrize("name", ["nothing", "../../etc/passwd", "<script>alert(1)</script>"])
@pytest.mark.parametrize("file", ["home.py", "mixing.py"])
def test_an_unknown_lesson_is_one_sentence_and_the_page_works(visit, file, name):
    test = visit(file, lesson=name)
    assert problems(test) == []
    assert test.warning[0].value.startswith("There is no lesson of that name.")
    assert name not in test.warning[0].value
    assert test.title[0].value


@pytest.mark.parametrize("part", ["0", "-1", "99", "x", "²", "1" * 5000])
def test_a_step_that_does_not_exist_is_the_first(visit, part):
    test = visit("mixing.py", lesson=FIRST, part=part)
    assert problems(test) == []
    assert lessons().get(FIRST).parts[0].question in card(test)


def test_home_lists_the_lessons_with_links(visit):
    test = visit()
    links = " ".join(box.proto.body for box in test.get("html"))
    for lesson in lessons().all():
        assert f"**{lesson.title}**" in card(test)
        assert f"lesson={lesson.name}" in links
