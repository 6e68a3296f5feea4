"""A lesson above a page: its card, the page in the state that the step asks for, and what is left out."""

from __future__ import annotations

import re

import pytest

from pages.parts.shared.lesson import lessons
from ssl_core.data import load
from ssl_core.guesses import PASSED, Choice, joined
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.progress import IN_LESSON, latest_experiment
from ssl_core.runs.saved import save_checkpoint
from ssl_core.train.config import configure
from ssl_core.train.moments import MOMENTS
from ssl_core.train.trainee import Trainee
from tests.pages.conftest import problems
from tests.pages.test_predict import finish

MIXING = "what-mixup-does-to-a-label"

STEPS = [(lesson.name, number) for lesson in lessons().all() for number in range(1, len(lesson.parts) + 1)]
FIRST = STEPS[0][0]


def card(test) -> str:
    return "\n".join(m.value for m in test.markdown)


def hidden(test) -> set[str]:
    """Keys of what the lesson keeps out of sight."""
    styles = [box.proto.body for box in test.get("html") if "display: none" in box.proto.body]
    return set(re.findall(r"\.st-key-([\w-]+)", " ".join(styles)))


def learnt(store, network):
    """A finished run like the one that a step asks for, as it was before its first step; all its moments are that."""
    steps = {"steps": network.steps} if network.steps else {}
    config = configure("digits", network.method, network.labels, 0, steps)
    finish(store, config, "digits-0")
    run, state = store.runs()[-1], Trainee(config, load("digits")).state_dict()
    for moment in ("checkpoint", *MOMENTS):
        save_checkpoint(run.folder / f"{moment}.pt", state)
    return run


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_every_step_opens_with_its_state_and_keeps_its_answer_until_somebody_committed(store, visit, name, number):
    part = lessons().get(name).parts[number - 1]
    if part.network:
        learnt(store, part.network)
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
    boxes = {"method_knobs", "import_text", "lens", "tab", "law", "lesson_view", "lesson_page", "snow_results"}
    known = keys | boxes
    assert {*part.hide, *part.veil} <= known, {*part.hide, *part.veil} - known
    assert hidden(test) >= {*part.hide, *part.veil}
    assert part.answer not in card(test), "nobody has guessed yet"

    test.button(key=f"guess-{name}-{number}-pass").click().run()
    assert [e.value for e in test.exception] == []
    assert part.answer in card(test)
    assert test.query_params["guess"] == "~" * (number - 1) + PASSED
    assert not hidden(test) & ({*part.veil} - {*part.hide}), "what was veiled is to be seen now"


@pytest.mark.parametrize("name", [MIXING, "how-strong-is-too-strong"])
def test_a_guess_is_committed_judged_and_survives_a_reload(visit, name):
    """A choice and a number, then the same address opened anew."""
    part = lessons().get(name).parts[0]
    query = {"lesson": name, "part": "1", **part.state}
    test = visit(f"{part.page}.py", **query)
    test.button(key=f"guess-{name}-1-commit").click().run()
    assert part.answer not in card(test) and "guess" not in test.query_params, "no guess, no answer"
    if isinstance(part.guess, Choice):
        test.radio(key=f"guess-{name}-1-value").set_value(part.guess.options[0])
    else:
        test.number_input(key=f"guess-{name}-1-value").set_value(part.guess.low)
    test.button(key=f"guess-{name}-1-commit").click().run()
    token = "1" if isinstance(part.guess, Choice) else f"{part.guess.low:g}"
    assert test.query_params["guess"] == token
    words = part.guess.verdict(token).words
    assert words in [box.value for box in [*test.success, *test.info]]

    again = visit(f"{part.page}.py", **query, guess=token)
    assert part.answer in card(again) and words in [box.value for box in [*again.success, *again.info]]
    ways = next(box.proto.body for box in again.get("html") if "lab-lesson-nav" in box.proto.body)
    assert "Step 1, done" in ways and "Step 2, done" not in ways
    links = re.findall(r"href='([^']+)'", ways)
    assert all(f"guess={token}" in link for link in links if link != "./"), "every other step knows it, too"


def test_the_last_step_says_how_many_were_right_and_which_lesson_is_next(visit):
    lesson, after = lessons().all()[:2]
    right = [str(g.right) if isinstance(g, Choice) else f"{g.measured:g}" for g in lesson.guesses]
    count = len(right)
    said = joined([PASSED, *right[1:]])
    test = visit(
        f"{lesson.parts[-1].page}.py", lesson=lesson.name, part=str(count), guess=said, **lesson.parts[-1].state
    )
    assert f"Right or close: {count - 1} of {count} guesses." in card(test)
    assert any(f"lesson={after.name}" in box.proto.body for box in test.get("html"))


@pytest.mark.parametrize("guess", ["~" * 9999, "1e999", "<script>", "nan~nan", "-~-~-~-~-~-~-~-"])
def test_any_guess_in_an_address_leaves_the_page_standing(visit, guess):
    test = visit("mixing.py", lesson=MIXING, part="1", guess=guess)
    assert problems(test) == []
    assert (lessons().get(MIXING).parts[0].answer in card(test)) == (guess[0] == PASSED)


def test_a_step_trains_the_network_that_it_asks_for_and_then_names_it_in_the_address(store, visit):
    lesson = lessons().get("your-own-drawing")
    query = {"lesson": lesson.name, "part": "1", **lesson.parts[0].state}
    finish(store, configure("digits", "supervised", 20, 0), "digits-0")
    test = visit("predict.py", **query)
    assert problems(test) == [] and not test.title, "somebody else's newest network is not asked"
    test.button(key="lesson_train").click().run()
    assert problems(test) == [] and test.button(key="lesson_train").disabled
    (mine,) = [run for run in store.runs() if run.config["method"] == "fixmatch"]
    assert mine.config["experiment"].startswith(IN_LESSON) and mine.state == "queued"

    other = learnt(store, lesson.parts[0].network)
    finish(store, configure("digits", "supervised", 40, 0), "digits-0")
    test = visit("predict.py", **query)
    assert problems(test) == [] and test.title[0].value == "Predict"
    assert test.query_params["trained"] == other.name, "one like it is as good, whoever trained it"


def test_in_a_lesson_training_shows_the_lessons_experiment_and_nobody_elses(store, visit):
    def finished(experiment):
        run = enqueue(store, experiment).runs[0]
        (run.folder / "end.json").write_text('{"state": "done", "why": "", "step": 1000, "test_accuracy": 0.123}')
        return run

    finished(Experiment("digits", ["vat"], [40], [3]))
    lesson = lessons().get(FIRST)
    query = {"lesson": FIRST, "part": "1", "guess": "50", **lesson.parts[0].state}
    test = visit("training.py", **query)
    assert "No experiment yet" in card(test), "the newest experiment is somebody else's"
    test.button(key="start").click().run()
    assert problems(test) == []
    mine = [run.config["experiment"] for run in store.runs() if run.config["method"] == "supervised"]
    assert mine and all(name.startswith(IN_LESSON) for name in mine)
    assert "queued" in card(test)
    assert latest_experiment(store) == "digits-" + store.runs()[0].config["experiment"].split("-")[1]
    outside = visit("training.py")
    assert "VAT" in card(outside), "and the lesson's is not the newest of those who are in none"


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
