"""Two pupils and a teacher at one server: nobody ends what is another's, the queue goes round them, the teacher pauses."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ssl_core.people.classroom import classroom as said_in
from ssl_core.people.owners import owners
from tests.browser import _seen
from tests.browser._classroom import classroom, enter
from tests.browser._serve import IDLE, browser, still, until
from tests.browser.test_finish import PHONE, STREAMLITS, WIDE

WORD = "chalk-and-talk"
START = "training?methods=supervised&labels=20&budget=0"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The server, a browser, and the pages of Ms Chalk, Ann and Bob; the queue is paused before anybody starts."""
    with classroom(tmp_path_factory.mktemp("class"), SSL_TEACHER=WORD) as server, browser() as chromium:
        teacher = enter(chromium, f"{server.url}/classroom", "Ms Chalk")
        teacher.get_by_text("I am the teacher").click()
        teacher.get_by_label("The teacher's word", exact=True).fill(WORD)
        teacher.get_by_role("button", name="Say it").click()
        teacher.get_by_role("button", name="Pause the queue").click()
        teacher.get_by_role("button", name="Let the queue go on").wait_for()
        pupils = {}
        for name, seeds in (("Ann", 3), ("Bob", 1)):
            pupils[name] = page = enter(chromium, f"{server.url}/{START}&seeds={seeds}", name)
            page.get_by_role("button", name="Start experiment").click()
            page.get_by_text(re.compile(r"\d queued")).first.wait_for()
        yield server, teacher, pupils["Ann"], pupils["Bob"]


def experiment_of(store, who: str) -> str:
    return next(what for what, names in owners(store).items() if names == [who])


def entry(page, who: str):
    return page.locator("[class*='st-key-class_entry_']", has_text=f"{who} ·")


def test_the_word_opens_the_desk_and_stands_nowhere(lesson):
    server, teacher, *_ = lesson
    assert said_in(server.store).paused
    assert WORD not in teacher.url + teacher.content()
    teacher.reload()
    teacher.get_by_role("button", name="Let the queue go on").wait_for()  # the browser is known again
    server.log.flush()
    assert WORD.encode() not in b"\n".join(contents(server.store.root.parent))


def contents(folder: Path) -> Iterator[bytes]:
    """What every file below it holds; a server that works there takes some away meanwhile."""
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                yield Path(path, name).read_bytes()


def test_a_pupil_can_neither_stop_nor_delete_what_is_anothers(lesson):
    server, _, _, bob = lesson
    ann = experiment_of(server.store, "Ann")
    run = server.store.of_experiment(ann)[0].name
    bob.goto(f"{server.url}/training?experiment={ann}")
    bob.get_by_text(f"{len(server.store.of_experiment(ann))} queued").first.wait_for()
    expect(bob.get_by_role("button", name="Stop all")).to_be_disabled()
    bob.goto(f"{server.url}/runs?compare={run}&whose=all")
    expect(bob.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    expect(bob.get_by_role("button", name="Archive", exact=True)).to_be_disabled()
    bob.goto(f"{server.url}/classroom")
    entry(bob, "Ann").wait_for()
    assert entry(bob, "Ann").get_by_role("button").count() == 0


def test_the_queue_goes_round_and_what_the_teacher_shows_is_on_every_page(lesson):
    server, teacher, ann, bob = lesson
    count = len(server.store.of_experiment(experiment_of(server.store, "Ann")))
    assert count > 2
    bob.goto(f"{server.url}/classroom")
    entry(teacher, "Ann").get_by_text(f"{count} waiting, next at place 1").wait_for()
    entry(teacher, "Bob").get_by_text("1 waiting, next at place 2").wait_for()  # not behind all of Ann's
    entry(teacher, "Bob").get_by_role("button", name="First").click()
    entry(bob, "Bob").get_by_text("next at place 1").wait_for()
    entry(teacher, "Bob").get_by_text("next at place 1").wait_for()
    expect(entry(teacher, "Ann")).to_have_count(1)  # the two have changed places
    entry(teacher, "Ann").get_by_role("button", name="Show to all").click()
    link = ann.get_by_role("link", name=re.compile("The teacher shows"))
    link.wait_for()  # without a click of Ann's
    expect(link).to_have_attribute("href", re.compile(f"experiment={experiment_of(server.store, 'Ann')}"))


def test_the_teacher_stops_anyones_and_what_is_left_starts_when_the_queue_goes_on(lesson):
    server, teacher, *_ = lesson
    assert {run.state for run in server.store.runs()} == {"queued"}, "nothing starts while the queue is paused"
    entry(teacher, "Ann").get_by_role("button", name="Stop").click()
    entry(teacher, "Ann").wait_for(state="detached")
    until(lambda: {run.state for run in server.store.of_experiment(experiment_of(server.store, "Ann"))} == {"stopped"})
    (run,) = server.store.of_experiment(experiment_of(server.store, "Bob"))
    teacher.get_by_role("button", name="Let the queue go on").click()
    teacher.get_by_role("button", name="Pause the queue").wait_for()
    until(lambda: run.state != "queued", "the run of Bob's does not start")  # it may be done between two looks
    assert run.state in ("running", "done")


@pytest.mark.parametrize("name", ["", "methods"])
def test_the_line_of_the_class_jumps_on_no_page(lesson, name):
    server, _, ann, _ = lesson
    page = _seen.watched(ann.context)
    _seen.settle(page, f"{server.url}/{name}")
    page.locator(".st-key-class_strip").wait_for()
    page.wait_for_selector(IDLE)
    assert page.evaluate(_seen.SHIFTED) < 0.1, page.evaluate(_seen.MOVED)
    assert _seen.faint(page) == []
    page.close()


@pytest.fixture(scope="module")
def looks(lesson):
    """A new tab of the teacher's, wide in the light; and one of Ann's telephone, in the dark."""
    _, teacher, ann, _ = lesson
    chromium = ann.context.browser
    contexts = {
        name: chromium.new_context(storage_state=page.context.storage_state(), reduced_motion="reduce", **look)
        for name, page, look in (("wide", teacher, WIDE), ("phone", ann, PHONE))
    }
    return lambda name: _seen.watched(contexts[name])


@pytest.mark.parametrize(
    ("name", "look"), [("training", "wide"), ("classroom", "wide"), ("classroom", "phone"), ("board", "phone")]
)
def test_in_a_class_too_a_page_does_not_jump_and_can_be_read_by_everybody(lesson, looks, name, look):
    page = looks(look)
    _seen.settle(page, f"{lesson[0].url}/{name}")
    assert page.locator(".st-key-class_leave").count() == (name == "classroom" and look == "wide"), "whose desk it is"
    assert page.evaluate(_seen.SHIFTED) < 0.1, page.evaluate(_seen.MOVED)
    assert _seen.broken_rules(page, *STREAMLITS) == []
    assert _seen.faint(page) == []
    levels = [level for level, _ in page.evaluate(_seen.HEADINGS)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), levels
    until(lambda: page.evaluate(_seen.COVERED) == [])
    size = page.viewport_size
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if name == "training":
        start = still(page, page.get_by_role("button", name="Start experiment").bounding_box)
        assert start["y"] + start["height"] <= size["height"], "Start is on the first screen"
        count, stops = _seen.stops_until(page, "Start experiment")
        assert count <= 18, stops  # alone 15; the nickname, the page Class and what the teacher shows come before it
        assert [stop for stop, _, ring in stops if not ring] == [], "the focus is seen at every stop"
    page.close()
