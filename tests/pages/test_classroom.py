"""A class at one server: nobody but the teacher ends what is another's, holds the class, or asks for more than allowed."""

from __future__ import annotations

import io

import pytest

from pages.parts.shared import class_begins, visitor
from pages.parts.shared.class_begins import begin_class
from pages.parts.shared.class_strip import queue_words
from ssl_core.data import kept, room
from ssl_core.people import asking, limits, register, teacher
from ssl_core.people.classroom import Classroom, change, classroom, put_first
from ssl_core.people.owners import own
from ssl_core.people.teacher import NotTheTeacher, desk
from ssl_core.runs.again import repeat, resume
from ssl_core.runs.archive import archive
from ssl_core.runs.budget import fit
from ssl_core.runs.experiment import Experiment, enqueue, launch
from ssl_core.runs.progress import estimate
from ssl_core.runs.queue import Queued
from ssl_core.search.plan import Search, folder_of
from ssl_core.search.span import Span
from ssl_core.search.start_stop import start
from ssl_core.train.config import configure
from tests.data.conftest import pets
from tests.data.conftest import zipped as zip_of
from tests.pages.conftest import problems
from tests.pages.test_visitor import off, press, run_of

WORD = "chalk-and-talk"
ANN, BOB, CHALK = "a" * 43, "b" * 43, "c" * 43


@pytest.fixture
def sits(store, monkeypatch):
    """sits(ANN, "Ann"): whose browser makes what follows; in a class whose teacher is CHALK, said to be so."""
    monkeypatch.setenv("SSL_CLASS", "1")
    monkeypatch.setenv("SSL_TEACHER", WORD)
    teacher.opened.cache_clear()

    def sit(token: str, name: str = "") -> None:
        monkeypatch.setattr(visitor, "_token", lambda: token)
        if name:
            register.call(store, visitor.browser(), name)

    sit(CHALK, "Ms Chalk")
    assert desk().say(visitor.browser(), WORD) == ""
    yield sit
    teacher.opened.cache_clear()


def asks(monkeypatch, who="Ann", is_teacher=False):
    monkeypatch.setattr(asking, "_find", lambda: asking.Asker(who, is_teacher))


def small(steps=50, seeds=1, **knobs) -> Experiment:
    return Experiment("digits", ["supervised"], [10], range(seeds), {"supervised": {"steps": steps} | knobs})


@pytest.mark.parametrize("said", ["", "1"])
def test_only_the_teacher_ends_what_is_anothers_wherever_the_server_is_bound(store, sits, monkeypatch, said):
    monkeypatch.setenv("SSL_OPEN", said)
    sits(ANN, "Ann")
    run = visitor.starting(store, lambda: run_of(store))
    search = folder_of(store, "search-1")
    search.mkdir(parents=True)
    visitor.mark_search(store, "search-1", [])
    kept.place("upload:0000000a").mkdir(parents=True)
    visitor.mark_data("upload:0000000a")

    def refused() -> list[str]:
        return [
            visitor.may_end(store, [run]),
            visitor.may_end_search(store, "search-1"),
            visitor.may_delete_data("upload:0000000a"),
        ]

    assert refused() == [""] * 3
    sits(BOB, "Ann")  # a nickname proves nothing
    assert refused() == [visitor.NOT_IN_CLASS] * 3
    assert visitor.may_fetch() == visitor.NOT_FETCHED
    assert not visitor.is_teacher()
    sits(CHALK)
    assert [*refused(), visitor.may_fetch()] == [""] * 4
    monkeypatch.setenv("SSL_CLASS", "0")
    assert not visitor.is_teacher(), "outside of a class there is none"


def test_what_others_asked_for_too_is_ended_by_the_teacher_alone(store, sits):
    sits(ANN, "Ann")
    run = visitor.starting(store, lambda: run_of(store))
    own(store, "e", "Bob")
    assert visitor.may_end(store, [run]) == visitor.SHARED
    sits(BOB, "Bob")
    assert visitor.may_end(store, [run]) == visitor.NOT_IN_CLASS
    sits(CHALK)
    assert visitor.may_end(store, [run]) == ""


def test_a_program_that_presses_the_buttons_of_others_all_the_same_changes_nothing(visit, store, sits):
    sits(ANN, "Ann")
    done = visitor.starting(store, lambda: run_of(store, state="done"))
    waits = visitor.starting(store, lambda: run_of(store, 1))
    at = visit("data.py")
    at.file_uploader(key="zip").upload("pets.zip", zip_of(pets()), "application/zip").run()
    at.button(key="keep").click().run()
    (name,) = kept.names()
    sits(BOB, "Bob")
    at = visit("runs.py", compare=done.name, whose="all")
    assert off(at, "Archive", "Delete", "Start afresh") == dict.fromkeys(("Archive", "Delete", "Start afresh"), True)
    at = visit("training.py", experiment="e")
    assert off(at, "Stop all", "Stop run") == {"Stop all": True, "Stop run": True}
    press(at, "stop_all")
    press(at, "stop_run")
    at = visit("data.py", data=name)
    press(at, "delete")
    assert kept.find(name) and store.run(done.name) and not waits.stopping()
    sits(CHALK)
    at = visit("training.py", experiment="e")
    at.button(key="stop_all").click().run()
    assert waits.stopping()
    at = visit("data.py", data=name)
    at.button(key="delete").click().run()
    assert not kept.find(name)


def test_only_the_teacher_says_what_holds_for_all(visit, store, sits):
    run = run_of(store)
    sits(BOB, "Bob")
    for act in (
        lambda: change(store, visitor.browser(), paused=True),
        lambda: put_first(store, visitor.browser(), "e"),
        lambda: desk().sit_alone(visitor.browser()),
    ):
        with pytest.raises(NotTheTeacher):
            act()
    assert {button.label for button in visit("classroom.py").button} == {"Change", "Say it"}
    sits(CHALK)
    at = visit("classroom.py")
    stop = next(button.key for button in at.button if button.label == "Stop")
    for key in ("class_pause", "class_hold", stop):
        sits(CHALK)
        at = visit("classroom.py")
        sits(BOB)  # who presses the button of a page that a teacher left open, or a program that does
        at.button(key=key).click().run()
        assert problems(at) == [visitor.NOT_IN_CLASS if key == stop else teacher.NOT_THE_TEACHER]
    assert classroom(store) == Classroom() and not run.stopping()


def test_whoever_says_the_word_on_the_page_is_the_teacher_and_the_word_stands_nowhere(visit, store, sits, capfd):
    sits(BOB, "Bob")
    at = visit("classroom.py")
    at.text_input(key="class_word").set_value("talk")
    at.button(key="class_say").click().run()
    assert problems(at) == [teacher.WRONG] and not visitor.is_teacher()
    at.text_input(key="class_word").set_value(WORD)
    at.button(key="class_say").click().run()
    assert problems(at) == [] and visitor.is_teacher()
    held = [str(at.session_state), str(at.query_params), *capfd.readouterr()]
    held += [path.read_text(errors="replace") for path in store.root.rglob("*") if path.is_file()]
    held += [str(element) for element in at.main]
    assert not [text for text in held if WORD in text]
    at.button(key="class_leave").click().run()
    assert not visitor.is_teacher()


def test_the_teachers_buttons_pause_put_first_stop_show_hold_and_limit(visit, store, sits):
    runs = [run_of(store, seed) for seed in range(2)]
    at = visit("classroom.py")
    at.button(key="class_pause").click().run()
    assert classroom(store).paused
    mark = next(button.key for button in at.button if button.label == "First").removeprefix("first_")
    at.button(key=f"first_{mark}").click().run()
    at.button(key=f"show_{mark}").click().run()
    at.button(key="class_hold").click().run()
    at.number_input(key="class_limit_runs").set_value(3)
    at.button(key="class_limits_set").click().run()
    said = classroom(store)
    assert (said.first, said.shown, said.part, said.runs, problems(at)) == (("e",), "e", 1, 3, [])
    at.button(key=f"stop_{mark}").click().run()
    assert all(run.stopping() for run in runs)
    at.button(key="class_let_go").click().run()
    at.button(key="class_show_none").click().run()
    at.button(key="class_pause").click().run()
    assert classroom(store) == Classroom(first=("e",), runs=3)


def test_two_of_the_teachers_browsers_set_their_own_limits_and_not_each_others(visit, store, sits):
    one = visit("classroom.py")
    sits(BOB, "Ms Chalk")  # her telephone
    assert desk().say(visitor.browser(), WORD) == ""
    other = visit("classroom.py")
    other.number_input(key="class_limit_steps").set_value(100)
    other.number_input(key="class_limit_runs").set_value(7)
    other.button(key="class_limits_set").click().run()
    sits(CHALK)
    one.number_input(key="class_limit_runs").set_value(3)
    one.button(key="class_limits_set").click().run()
    assert classroom(store) == Classroom(steps=100, runs=3), "the last word on each"
    assert (one.number_input(key="class_limit_steps").value, problems(one)) == (100, [])
    sits(BOB)
    other.run()
    assert other.number_input(key="class_limit_runs").value == 3
    other.button(key="class_limits_set").click().run()
    assert classroom(store) == Classroom(steps=100, runs=3), "nothing was changed"


def test_every_page_of_a_class_says_how_the_queue_stands_and_what_the_teacher_shows(visit, store, sits):
    run_of(store)
    change(store, visitor.browser(), shown="e", paused=True)
    sits(BOB, "Bob")
    at = visit("methods.py")
    assert any("**The queue is paused.** 1 run waits." in text.value for text in at.markdown)
    (link,) = [link.proto for link in at.get("page_link") if "teacher shows" in link.proto.label]
    assert "experiment=e" in link.query_string
    assert any("teacher has paused the queue" in text.value for text in visit("training.py", experiment="e").markdown)
    assert queue_words(Queued([], []), classroom(store), "Bob") == "**The queue is paused.** No runs wait."


def test_whoever_goes_on_with_stopped_runs_is_held_to_the_limit_on_the_page_too(visit, store, sits, monkeypatch):
    change(store, visitor.browser(), runs=1)
    sits(ANN, "Ann")
    monkeypatch.setattr(asking, "_find", lambda: None)
    for run in visitor.starting(store, lambda: enqueue(store, small(seeds=2))).runs:
        run.stop()
    asks(monkeypatch)
    at = visit("training.py", experiment=store.runs()[0].config["experiment"])
    at.button(key="resume_all").click().run()
    assert ["at most 1 may wait here" in wrong for wrong in problems(at)] == [True]
    assert {run.state for run in store.runs()} == {"stopped"}


def links(at) -> dict[str, str]:
    return {link.proto.label: f"{link.proto.page}?{link.proto.query_string}" for link in at.get("page_link")}


def test_the_page_of_the_class_leads_on_and_says_the_limits_to_whoever_they_hold_for(visit, store, sits):
    change(store, visitor.browser(), steps=1_500, sets=0)
    said = {one.value for one in visit("classroom.py").caption}
    assert not [text for text in said if "Limits of one person" in text], "the teacher has the controls"
    sits(BOB, "Bob")
    at = visit("classroom.py")
    words = " ".join(one.value for one in [*at.markdown, *at.caption])
    assert "The queue is empty." in words and "Start some on Training" in words
    now = classroom(store)
    limits = f"runs waiting {now.runs} · steps a run 1,500 · MB of data sets {now.megabytes} · "
    assert f"Limits of one person: {limits}MB of runs {now.run_megabytes:,}." in words
    pages = {target.split("?")[0] for target in links(at).values()}
    assert {"training", "board"} <= pages
    assert "classroom" in {target.split("?")[0] for target in links(visit("board.py")).values()}


def test_the_page_of_the_class_leads_to_what_is_in_the_queue_and_to_what_the_teacher_wants(visit, store, sits):
    from pages.parts.shared.lesson import lessons

    lesson = lessons().all()[0]
    run_of(store)
    change(store, visitor.browser(), shown="e", lesson=lesson.name, part=1)
    assert set(links(visit("classroom.py"))) & {"Open"}
    sits(BOB, "Bob")
    there = links(visit("classroom.py"))
    assert "experiment=e" in there.pop("Open")
    wanted = " ".join(f"{label} {target}" for label, target in there.items())
    assert "The teacher shows" in wanted and "experiment=e" in wanted and f"lesson={lesson.name}" in wanted


def test_a_full_disk_is_said_on_every_page_of_a_class(visit, store, sits, monkeypatch):
    monkeypatch.setattr("pages.parts.shared.class_strip.no_room", lambda root: "The disk is full.")
    assert any("The disk is full." in text.value for text in visit("methods.py").markdown)


def test_nobody_goes_beyond_the_step_that_the_class_is_held_at(visit, store, sits):
    from pages.parts.shared.lesson import last_step, lessons

    lesson = max(lessons().all(), key=lambda one: len(one.parts))
    change(store, visitor.browser(), lesson=lesson.name, part=1)
    assert last_step(lesson) == len(lesson.parts), "the teacher does"
    sits(BOB, "Bob")
    assert last_step(lesson) == 1
    at = visit("home.py")
    (link,) = [link.proto for link in at.get("page_link") if "class is at step 1" in link.proto.label]
    assert f"lesson={lesson.name}" in link.query_string
    ahead = lesson.parts[1]
    at = visit(f"{ahead.page}.py", **lesson.query(2))
    assert at.query_params["part"] in ("1", ["1"])
    assert "until the teacher goes on" in " ".join(str(html.proto) for html in at.get("html"))


def test_alone_nothing_of_a_class_is_seen(visit, store, monkeypatch):
    monkeypatch.delenv("SSL_CLASS", raising=False)
    from pages._frame import _page
    from pages.parts.shared.pages import BY_NAME, CLASS

    assert _page(BY_NAME[CLASS])._visibility == "hidden"
    at = visit("home.py")
    assert not [text for text in at.markdown if "ueue" in text.value]
    assert "Class: the queue" not in links(visit("board.py")) and not links(visit("classroom.py"))
    assert all("--class" in code.value for code in visit("classroom.py").code)


def test_a_person_has_so_many_runs_waiting_the_teacher_more_and_a_terminal_what_it_wants(store, sits, monkeypatch):
    change(store, visitor.browser(), runs=3)
    asks(monkeypatch)
    first = enqueue(store, small(seeds=2))
    own(store, first.id, "Ann")
    with pytest.raises(ValueError, match=r"^2 of your runs are waiting already, and these are 2 more; .+ at most 3 "):
        launch(store, small(steps=60, seeds=2))
    with pytest.raises(ValueError, match="at most 3"):
        repeat(store, first.runs[0], 2)
    assert launch(store, small(seeds=2)).new == 0, "what waits already may be asked for by others"
    assert len(store.runs()) == 2
    asks(monkeypatch, "Bob")
    with pytest.raises(ValueError, match=r"^These are 4 runs; of one person at most 3 may wait here: .+\.$"):
        launch(store, small(steps=70, seeds=4))
    asks(monkeypatch, "Ms Chalk", True)
    assert launch(store, small(steps=70, seeds=4)).new == 4
    monkeypatch.setattr(asking, "_find", lambda: None)
    assert enqueue(store, small(steps=80, seeds=9)).new == 9


def test_another_nickname_is_no_way_around_it(store, sits, monkeypatch):
    change(store, visitor.browser(), runs=2)
    sits(ANN, "Ann")
    asks(monkeypatch)
    visitor.starting(store, lambda: enqueue(store, small(seeds=2)).runs)
    sits(ANN, "Zoe")
    asks(monkeypatch, "Zoe")
    with pytest.raises(ValueError, match=r"^2 of your runs are waiting already"):
        enqueue(store, small(steps=60))


def test_stopping_and_going_on_is_no_way_around_it(store, sits, monkeypatch):
    change(store, visitor.browser(), runs=2)
    asks(monkeypatch)
    stopped = enqueue(store, small(seeds=2)).runs
    for run in stopped:
        run.stop()
    own(store, stopped[0].config["experiment"], "Ann")
    own(store, enqueue(store, small(steps=60, seeds=2)).id, "Ann")
    with pytest.raises(ValueError, match="at most 2"):
        resume(store, stopped)
    with pytest.raises(ValueError, match="at most 2"):
        launch(store, small(seeds=2))
    assert {run.state for run in stopped} == {"stopped"}


def test_what_comes_first_is_said_before_start_as_the_fair_order_has_it(store, sits, monkeypatch):
    asks(monkeypatch)
    own(store, enqueue(store, small(seeds=5)).id, "Ann")
    assert fit(store, small(60), None, 2).before == 5, "Ann's next is behind Ann's"
    asks(monkeypatch, "Bob")
    assert fit(store, small(60), None, 2).before == 1, "Bob's turn is the second"


def test_the_runs_of_one_person_have_so_many_bytes_on_the_disk_those_put_aside_too(store, sits, monkeypatch):
    teachers = visitor.browser()
    asks(monkeypatch)
    ann, shared = (enqueue(store, small(steps=steps)).runs[0] for steps in (50, 60))
    own(store, ann.config["experiment"], "Ann")
    for name in ("Ann", "Bob"):
        own(store, shared.config["experiment"], name)
    for run, size, place in ((ann, 2**20, "further/below"), (shared, 2**21, ".")):
        (run.folder / place).mkdir(parents=True, exist_ok=True)
        with (run.folder / place / "checkpoint.pt").open("wb") as file:
            file.truncate(size)
        run.stop()
    change(store, teachers, run_megabytes=3)
    archive(store, ann)
    assert enqueue(store, small(steps=70)).new == 1, "half of what two share is either's: 1 + 2 / 2 MB"
    change(store, teachers, run_megabytes=2)
    for ask in (lambda: enqueue(store, small(steps=80)), lambda: resume(store, [shared])):
        with pytest.raises(
            ValueError, match=r"^Your runs have 2 MB on the disk, and one person's may have 2 MB here: .+\.$"
        ):
            ask()
    asks(monkeypatch, "Bob")
    assert enqueue(store, small(steps=80)).new == 1
    asks(monkeypatch, "Ms Chalk", True)
    assert resume(store, [shared]) == 1


def test_steps_and_minutes_are_limited_before_start_and_at_it(store, sits, monkeypatch):
    teachers = visitor.browser()
    change(store, teachers, steps=100)
    asks(monkeypatch)
    search = Search("digits", "supervised", 10, {"steps": Span(50, 2000, whole=True)}, (0,), {}, "random", False, 2)
    for ask in (
        lambda: fit(store, small(101), None, 2),
        lambda: launch(store, small(101)),
        lambda: start(store, search),
    ):
        with pytest.raises(
            ValueError, match=r"^A run has at most 100 steps here, not (101|[\d,]+): choose fewer steps\."
        ):
            ask()
    assert launch(store, small(100)).new == 1
    seconds = estimate(store, [config.to_dict() for config in small(200, 9).configs()], 1)
    change(store, teachers, steps=0, minutes=seconds / 60 / 10)
    for ask in (lambda: fit(store, small(200, 9), None, 1), lambda: launch(store, small(200, 9))):
        with pytest.raises(ValueError, match=r"^This would take about [\d.]+ minutes, and at most [\d.]+ may be asked"):
            ask()
    asks(monkeypatch, "Ms Chalk", True)
    assert launch(store, small(200, 9)).new == 9


def test_a_person_brings_so_many_data_sets_and_so_many_bytes(visit, store, sits, monkeypatch):
    teachers = visitor.browser()
    change(store, teachers, sets=1, megabytes=1)
    sits(ANN, "Ann")
    asks(monkeypatch)
    with pytest.raises(
        ValueError, match=r"^These pictures would have 2 MB\. Your data sets have 0 MB, .+ 1 MB here: .+\.$"
    ):
        visitor.bringing(lambda: room.check(2 * 2**20))
    visitor.bringing(lambda: room.check(2**19))
    at = visit("data.py")
    at.file_uploader(key="zip").upload("pets.zip", zip_of(pets()), "application/zip").run()
    at.button(key="keep").click().run()
    assert len(kept.names()) == 1
    with pytest.raises(ValueError, match=r"^You brought 1 data sets?, and one person may bring 1 here: .+\.$"):
        visitor.bringing(lambda: room.check(1))
    sits(BOB, "Bob")
    visitor.bringing(lambda: room.check(1))
    monkeypatch.setattr(asking, "_find", lambda: asking.Asker("Ms Chalk", True))
    visitor.bringing(lambda: room.check(2 * 2**20))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_word_is_shown_once_in_a_terminal_and_in_no_log(monkeypatch):
    monkeypatch.setenv("SSL_CLASS", "1")
    for terminal, log in ((Terminal(), io.StringIO()), (None, io.StringIO())):
        teacher.opened.cache_clear()
        begin_class(*filter(None, (log, terminal)))
        word = teacher.opened()[1]
        assert word and word not in log.getvalue()
        assert not terminal or terminal.getvalue() == f"{class_begins.SAID.format(word=word)}\n"
    assert log.getvalue() == f"{class_begins.NO_TERMINAL}\n"
    teacher.opened.cache_clear()
    monkeypatch.setenv("SSL_TEACHER", "abc")
    with pytest.raises(SystemExit, match="4 to 200 letters"):
        begin_class(io.StringIO())
    teacher.opened.cache_clear()


def test_a_server_with_a_teachers_word_is_a_classs_and_one_without_is_nobodys(monkeypatch):
    monkeypatch.setenv("SSL_CLASS", "")
    teacher.opened.cache_clear()
    log = io.StringIO()
    begin_class(log)
    assert (visitor.class_mode(), log.getvalue()) == (False, "")
    monkeypatch.setenv("SSL_TEACHER", WORD)
    begin_class(log)
    assert (visitor.class_mode(), log.getvalue()) == (True, "")
    teacher.opened.cache_clear()


def test_nobody_is_held_to_limits_where_no_page_asks(store, monkeypatch):
    monkeypatch.setattr(asking, "_find", lambda: None)
    assert limits.held() is None and limits.bytes_left(store, 10**12) is None
    run = store.add(configure("digits", "supervised", 10, 0, {"steps": 50}).to_dict())
    run.stop()
    archive(store, run)
