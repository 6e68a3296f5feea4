"""A search loses no trial and repeats none, whatever happens to it; and Optuna sees exactly what the runs say."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import optuna
import pytest

from ssl_core.data import prepare
from ssl_core.knobs import Knob
from ssl_core.methods import METHODS
from ssl_core.people.owners import own
from ssl_core.runs.files import Journal, write_json
from ssl_core.runs.store import Store
from ssl_core.runs.turns import in_turn
from ssl_core.runs.worker import work
from ssl_core.search import driver as driving
from ssl_core.search.driver import Driver
from ssl_core.search.plan import Search, read_search, same_but_for_pictures, searches
from ssl_core.search.proposer import build_study, distribution, importances, propose
from ssl_core.search.prune import FROM, TO, falls_behind
from ssl_core.search.span import Span, read_span, searchable
from ssl_core.search.start_stop import go_on, halt, submit
from ssl_core.search.trials import FAILURES, PRUNED, Trial, best_of, status, trials_of
from ssl_core.search.words import verdict
from ssl_core.tasks import CLASSIFY, TASKS
from ssl_core.train.config import defaults
from tests.runs.conftest import draw, pets  # noqa: F401
from tests.search.machine import Machine, peak
from tests.workers import end_worker, worker_of

HOUSE = Path(__file__).resolve().parents[2]
TWO = {"threshold": Span(0.5, 0.99), "weight": Span(0.1, 5.0)}


def make(**changes) -> Search:
    return Search(**{"data": "digits", "method": "fixmatch", "labels": 20, "knobs": TWO, "runs": 8} | changes)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(driving, "LOOK", 0.0)


@pytest.fixture
def machine_for(store):
    return lambda search, **facts: Machine(store, submit(store, search), **facts)


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_search_tries_the_default_first_and_then_its_whole_budget_inside_the_ranges(machine_for, sampler):
    search = make(sampler=sampler, runs=12)
    machine = machine_for(search)
    assert machine.play() == 12
    trials = machine.trials()
    assert [trial.number for trial in trials] == list(range(12))
    assert trials[0].values == {name: defaults("digits", "fixmatch")[name] for name in TWO}
    assert all(search.holds(trial.values) for trial in trials)
    assert len({tuple(trial.values.values()) for trial in trials}) == 12
    assert machine.status().state == "done"
    assert best_of(trials).score >= trials[0].score


def test_tpe_finds_the_peak_better_than_chance(machine_for):
    machine = machine_for(make(runs=40, prune=False))
    machine.play()
    early, late = machine.trials()[1:11], machine.trials()[-10:]
    assert sum(t.score for t in late) / 10 > sum(t.score for t in early) / 10 + 0.02


def test_a_grid_covers_every_cell_once(machine_for):
    search = make(sampler="grid", points=3, prune=False)
    machine = machine_for(search)
    machine.play()
    tried = [trial.values for trial in machine.trials()[1:]]
    assert len(tried) == 9
    assert {tuple(v.values()) for v in tried} == {(t, w) for t in (0.5, 0.745, 0.99) for w in (0.1, 2.55, 5.0)}
    assert machine.status().state == "done"


def test_a_small_space_ends_when_everything_was_tried(machine_for):
    machine = machine_for(make(knobs={"align": Span(choices=(False, True)), "mu": Span(4, 5, whole=True)}, runs=50),
                   score=lambda values: 0.9)  # fmt: skip
    assert machine.play() == 4
    assert machine.status().state == "done"


@pytest.mark.parametrize("kill_at", [1, 3, 6])
def test_another_driver_goes_on_where_one_was_killed(machine_for, store, kill_at):
    """Nothing is kept in the driver: one that dies between any two runs leaves no trial out and makes none twice."""
    machine = machine_for(make(runs=8, prune=False))
    machine.play(kill_at)
    machine.tick()  # two more are queued, and then it is gone
    after = Machine(Store(store.root), machine.name)
    after.play()
    assert [trial.number for trial in after.trials()] == list(range(8))
    assert after.status().state == "done"


def test_two_drivers_never_propose_the_same_trial(machine_for, store):
    machine = machine_for(make(runs=8))
    second = Driver(Store(store.root))
    machine.driver.tick(2, 2)
    second.tick(2, 2)
    numbers = [run.config["trial"] for run in store.runs()]
    assert len(numbers) == len(set(numbers))


def test_a_trial_that_was_begun_gets_the_seeds_it_lacks(machine_for, store):
    search = make(seeds=(0, 1, 2), runs=2)
    machine = machine_for(search, slots=1)
    store.add(search.config(0, {}) | {"search": machine.name, "trial": 0})  # killed after the first of three
    machine.play()
    trials = machine.trials()
    assert [sorted(run.config["seed"] for run in trial.runs) for trial in trials] == [[0, 1, 2]] * 2
    assert [trial.state for trial in trials] == ["done", "done"]


def test_the_study_is_what_the_runs_say(machine_for, store):
    search = make(runs=7)
    machine = machine_for(search)
    machine.play(5)
    machine.tick()
    pruned, failed = [run for run in store.runs() if run.state == "queued"]
    (pruned.folder / "lock").touch()
    with Journal(pruned.folder / "metrics.jsonl") as journal:
        journal.write({"step": 500, "seconds": 1.0, "validation_accuracy": 0.25})
    pruned.stop(PRUNED)
    write_json(pruned.folder / "end.json", {"state": "stopped", "why": PRUNED})
    write_json(failed.folder / "end.json", {"state": "failed", "why": "The loss became nan."})

    trials = machine.trials()
    assert [trial.state for trial in trials[-2:]] == ["pruned", "failed"]
    study = build_study(search, trials)
    assert [t.params for t in study.trials] == [trial.values for trial in trials]
    assert [t.state.name for t in study.trials] == ["COMPLETE"] * 5 + ["PRUNED", "FAIL"]
    assert [t.value for t in study.trials[:5]] == [peak(trial.values) for trial in trials[:5]]
    assert study.trials[5].intermediate_values == {50: 0.25}
    assert study.best_trial.user_attrs["trial"] == best_of(trials).number
    again = build_study(search, Machine(Store(store.root), machine.name).trials())
    assert [(t.params, t.value, t.state) for t in again.trials] == [(t.params, t.value, t.state) for t in study.trials]
    assert propose(search, trials) == propose(search, trials)


def test_the_rebuilt_study_proposes_what_one_that_lived_on_would(machine_for):
    """A study that Optuna itself asked and told, trial by trial, and the one made from the runs draw the same."""
    search = make(runs=20, prune=False)
    machine = machine_for(search)
    machine.play(15)
    trials, spans = machine.trials()[:15], {name: distribution(span) for name, span in TWO.items()}
    lived = optuna.create_study(direction="maximize")
    for trial in trials:
        lived.enqueue_trial(trial.values)
        lived.tell(lived.ask(spans), trial.score)
    lived.sampler = optuna.samplers.TPESampler(seed=15, n_startup_trials=5, constant_liar=True)
    assert build_study(search, trials, 15).ask(spans).params == lived.ask(spans).params


def test_the_median_rule_is_optunas(machine_for, store):
    search = make(runs=30, prune=False)
    machine = machine_for(search)
    machine.play(12)
    machine.tick()
    run = next(run for run in store.runs() if run.state == "queued")
    pruner = optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=FROM)
    verdicts = set()
    with run.lock():
        lines = [(score,) for score in (0.2, 0.5, 0.7, 0.75, 0.8, 0.85, 0.9, 0.99)]
        for scores in [*lines, (0.99, 0.2), (0.2, 0.99), (0.6, 0.2)]:  # what counts is the best so far, not the last
            (run.folder / "metrics.jsonl").write_text("")
            with Journal(run.folder / "metrics.jsonl") as journal:
                for score, step in zip(scores, (400, 500)[-len(scores) :], strict=True):
                    journal.write({"step": step, "seconds": 1.0, "validation_accuracy": score})
            trials = Machine(Store(store.root), machine.name).trials()  # a journal that shrinks is read by nobody else
            mine = next(trial for trial in trials if trial.state == "running")
            middle = statistics.median(trial.score for trial in trials if trial.state == "done")
            study = build_study(search, trials)
            theirs = next(t for t in study.trials if t.user_attrs["trial"] == mine.number)
            assert falls_behind(mine, trials) == pruner.prune(study, theirs), scores
            verdicts.add(falls_behind(mine, trials))
            assert falls_behind(mine, trials) == (max(scores) < middle), scores
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    ("at", "number", "pruned"), [(500, 5, True), (100, 5, False), (900, 5, False), (500, 0, False)]
)
def test_only_what_falls_behind_in_the_middle_is_pruned_and_never_the_default(machine_for, store, at, number, pruned):
    search = make(runs=9)
    machine = machine_for(search)
    machine.play(8)
    run = next(run for run in store.runs() if run.config["trial"] == number)
    for name in ("end.json", "metrics.jsonl"):
        (run.folder / name).unlink()
    with run.lock(), Journal(run.folder / "metrics.jsonl") as journal:
        journal.write({"step": at, "seconds": 1.0, "validation_accuracy": 0.01})
        machine.tick()
        assert run.reason() == (PRUNED if pruned else "")
        assert FROM <= 50 <= TO
    write_json(run.folder / "end.json", {"state": "stopped", "why": run.reason()})
    state = next(trial for trial in machine.trials() if trial.number == number).state
    assert state == ("pruned" if pruned else "stopped")


def test_failed_trials_count_and_three_in_a_row_end_it_with_a_sentence(machine_for, store):
    machine = machine_for(make(runs=20, prune=False), slots=1)
    machine.play(2)
    for _ in range(FAILURES):
        (run,) = machine.tick()
        write_json(run.folder / "end.json", {"state": "failed", "why": "The loss became nan at step 3."})
    assert machine.tick() == []
    now = machine.status()
    assert (now.state, now.why) == ("failed", "The last 3 trials failed: The loss became nan at step 3.")
    go_on(store, machine.name)  # they are tried again
    assert machine.play() == 3 + 15
    assert machine.status().state == "done"


def test_one_failure_does_not_end_it(machine_for, store):
    machine = machine_for(make(runs=6), slots=1)
    machine.play(1)
    (run,) = machine.tick()
    write_json(run.folder / "end.json", {"state": "failed", "why": "x."})
    machine.play()
    assert [trial.state for trial in machine.trials()].count("failed") == 1
    assert machine.status().state == "done"


def test_halt_stops_what_waits_and_continue_takes_it_up_again(machine_for, store):
    machine = machine_for(make(runs=6))
    machine.play(2)
    machine.tick()
    halt(store, machine.name)
    assert machine.status().state == "stopped"
    assert machine.tick() == []
    assert not machine.driver.active
    count = len(store.runs())
    go_on(store, machine.name)
    machine.play()
    assert len(store.runs()) == 6 >= count
    assert [trial.state for trial in machine.trials()] == ["done"] * 6


def test_the_same_search_twice_is_one(machine_for, store):
    machine = machine_for(make(runs=4))
    machine.play()
    assert submit(store, make(runs=4)) == machine.name
    assert searches(store) == [machine.name]
    assert machine.play() == 0
    assert submit(store, make(runs=5)) != machine.name


def test_a_budget_in_minutes_ends_it(machine_for):
    machine = machine_for(make(minutes=0.1, runs=2), slots=1)  # each fake run takes a second, and one to start
    assert machine.play() == 3
    assert machine.status().state == "done"


def test_an_error_in_one_search_is_its_sentence_and_not_the_end_of_the_driver(machine_for, store, monkeypatch, capsys):
    machine = machine_for(make(runs=4))
    path = store.root / ".searches" / machine.name / "search.json"
    other = machine_for(make(runs=3))
    path.write_text('{"version": 1, "knobs": 3}')
    assert other.tick() != []
    assert "search.json" in (path.parent / "end.json").read_text()
    with pytest.raises(ValueError, match=r"^[^\n]+\.$"):
        read_search(store, machine.name)


@pytest.mark.parametrize("name", ["../../etc", "/etc/passwd", "a\0b", "x" * 200, "", ".", "UPPER"])
def test_a_hostile_name_is_no_search(store, name):
    with pytest.raises(ValueError, match=r"^There is no"):
        read_search(store, name)


@pytest.mark.parametrize("method", METHODS)
def test_every_knob_of_every_method_can_be_searched(method):
    for name, knob in searchable(method).items():
        span = Span.of(knob)
        assert span.holds(knob.default), name
        assert read_span(f"{name}={span.words()}", {name: knob}) == (name, span)
        limits = distribution(span)
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
        for _ in range(3):
            drawn = study.ask({name: limits}).params[name]
            value = drawn if span.choices else span.tidy(drawn)
            assert knob.check(name, value) == value
            assert span.holds(value)
        assert all(span.holds(point) and knob.check(name, point) == point for point in span.points(5))


@pytest.mark.parametrize(
    "knob",
    [
        Knob(1.0, "x.", low=0.1, high=10.0, log=True),
        Knob(3, "x.", low=1, high=100, log=True),
        Knob(True, "x."),
        Knob("a", "x.", choices=("a", "b", "c")),
    ],
    ids=["float", "int", "bool", "choice"],
)
def test_each_kind_becomes_its_distribution(knob):
    limits = distribution(Span.of(knob))
    if knob.kind in (int, float):
        assert (limits.low, limits.high, limits.log) == (knob.low, knob.high, knob.log)
        assert isinstance(limits.low, knob.kind)
    else:
        assert limits.choices == (knob.choices or (False, True))


@pytest.mark.parametrize(
    "changes",
    [
        {"knobs": {}},
        {"knobs": {"nothing": Span(0.0, 1.0)}},
        {"knobs": {"threshold": Span(0.5, 2.0)}},
        {"knobs": {"threshold": Span(0.9, 0.5)}},
        {"knobs": {"threshold_op": Span(choices=("ge",))}},
        {"knobs": {"strong": Span(choices=("a", "b"))}},
        {"knobs": TWO, "fixed": {"threshold": 0.9}},
        {"fixed": {"steps": -1}},
        {"sampler": "magic"},
        {"runs": 1},
        {"runs": 10_000},
        {"minutes": -1.0},
        {"seeds": ()},
        {"seeds": (0, 0)},
        {"labels": 3},
        {"method": "nothing"},
        {"sampler": "grid", "points": 15},
    ],
    ids=str,
)
def test_a_wrong_search_is_one_sentence_and_no_file(store, changes):
    with pytest.raises(ValueError, match=r"^[^\n]+[.?]$"):
        submit(store, make(**changes))
    assert searches(store) == []


@pytest.mark.parametrize("text", ["threshold=", "threshold=0.5", "threshold=a:b", "treshold", "align=true", "mu=1.5:3"])
def test_a_wrong_range_is_one_sentence(text):
    with pytest.raises(ValueError, match=r"^[^\n]+[.?]$"):
        read_span(text, searchable("fixmatch"))


def test_importance_is_larger_for_what_matters(machine_for):
    machine = machine_for(make(runs=20, prune=False, sampler="random"), score=lambda v: 1 - abs(v["threshold"] - 0.8))
    assert importances(make(), machine.trials()) == {}
    machine.play()
    shares = importances(read_search(machine.store, machine.name), machine.trials())
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["threshold"] > 0.6 > shares["weight"]


def test_a_worker_says_why_it_was_stopped(store, short):
    run = store.add(short(steps=2000))
    run.stop(PRUNED)
    assert work(run.folder)["why"] == PRUNED


def test_killed_runner_and_workers_and_the_search_goes_on_to_its_end(store):
    """The real thing: kill -9 of everything in the middle, another runner, no trial lost or made twice."""
    fixed = {"steps": 150, "batch": 8, "evaluations": 4}
    search = make(method="supervised", knobs={"lr": Span(0.01, 0.5, log=True)}, fixed=fixed, runs=6)
    name = submit(store, search)

    def runner():
        command = [sys.executable, "-m", "ssl_core.runs.runner", str(store.root)]
        return subprocess.Popen(command, cwd=HOUSE, start_new_session=True)

    def until(what, seconds=240.0):
        limit = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < limit, [(run.name, run.state) for run in store.runs()]
            time.sleep(0.02)

    first = runner()
    second = None
    try:
        until(lambda: any(run.state == "done" for run in store.runs()))
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()  # it looks at locks, too, and has them for that
        for run in store.runs():
            if run.held():
                with contextlib.suppress(ProcessLookupError):  # it was done just now
                    os.killpg(worker_of(run), signal.SIGKILL)
        assert status(store, name, search, trials_of(store, name, search), 2).state == "running"
        second = runner()
        until(lambda: status(store, name, search, trials_of(store, name, search), 2).state == "done")
        trials = trials_of(store, name, search)
        assert [trial.number for trial in trials] == list(range(6))
        assert [len(trial.runs) for trial in trials] == [1] * 6
        assert all(trial.state in ("done", "pruned") for trial in trials)
    finally:
        for process in filter(None, (first, second)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for run in store.runs():
            end_worker(run)


@pytest.fixture
def fewer_is_better(monkeypatch):
    """As if what every run is judged by were an error in no unit."""
    task = TASKS[CLASSIFY]._replace(higher=False, unit="", judged_title="Validation error")
    monkeypatch.setitem(TASKS, CLASSIFY, task)
    return task


def test_where_less_is_better_the_search_goes_down(machine_for, fewer_is_better):
    machine = machine_for(make(runs=40, prune=False), score=lambda values: round(1 - peak(values) / 2, 3))
    machine.play()
    trials = machine.trials()
    scores = [trial.score for trial in trials]
    assert best_of(trials).score == min(scores)
    assert build_study(make(), trials).best_trial.user_attrs["trial"] == best_of(trials).number
    assert sum(scores[-10:]) < sum(scores[1:11]) - 0.2, "TPE looks where it is low"
    said = verdict(trials)
    assert said.startswith(f"Best: trial {best_of(trials).number} with {min(scores):.4g} on validation")
    assert "below the default's" in said


def test_where_less_is_better_what_is_larger_falls_behind(fewer_is_better):
    def trial(number, state, *seen):
        curve = dict(zip((25, 50), seen, strict=False))
        return Trial(number, {}, state, None, None, None, 1.0, curve, [], "")

    finished = [trial(n, "done", 0.9, 0.1 * n) for n in range(1, 6)]
    assert falls_behind(trial(9, "running", 0.9, 0.5), finished)
    assert not falls_behind(trial(9, "running", 0.9, 0.2), finished)
    assert not falls_behind(trial(9, "running", 0.2, 0.5), finished), "what counts is the best so far"


def test_a_search_over_changed_pictures_is_another_one(pets, store):  # noqa: F811
    name = prepare(f"folder:{pets}@16").name
    knobs = {"lr": Span(0.01, 0.5, log=True)}
    search = make(data=name, method="supervised", labels=8, knobs=knobs, runs=3)
    before = Machine(store, submit(store, search), score=lambda values: values["lr"])
    before.play(1)
    assert submit(store, search) == before.name, "the same pictures are the same search"
    assert same_but_for_pictures(store, search.of_now()) == ""
    draw(pets / "cat" / "late.png", (220, 60, 40), 5)
    prepare(name)
    assert before.tick() == []
    now = before.status()
    assert now.state == "failed"
    assert now.why.endswith("not those of this run any more. Begin this search again to look over the pictures of now.")
    told = same_but_for_pictures(store, search.of_now())
    assert told == f"The pictures of {name} are not those of the search {before.name} any more: this is another one."
    after = Machine(store, submit(store, search), score=lambda values: values["lr"])
    assert after.name != before.name
    after.play()
    assert [trial.state for trial in after.trials()] == ["done"] * 3


def test_a_search_that_was_written_before_pictures_were_told_apart_keeps_its_name():
    search = make()
    assert "pictures" not in search.to_dict()
    assert Search.from_dict(search.to_dict()).id == search.id
    assert search.id == "digits-fixmatch-20-7bd650a3"


def test_a_search_that_is_a_link_to_elsewhere_or_cannot_be_read_is_none(machine_for, store, tmp_path):
    name = machine_for(make()).name
    outside = tmp_path / "outside"
    shutil.copytree(store.root / ".searches" / name, outside / "linked")
    (store.root / ".searches" / "linked").symlink_to(outside / "linked")
    for other in ("empty", "folder", "link"):
        (store.root / ".searches" / other).mkdir()
    (store.root / ".searches" / "folder" / "search.json").mkdir()
    (store.root / ".searches" / "link" / "search.json").symlink_to(outside / "linked" / "search.json")
    assert searches(store) == [name]
    shutil.move(store.root / ".searches", outside / "all")
    (store.root / ".searches").symlink_to(outside / "all")
    assert searches(store) == []


def test_a_search_of_a_class_takes_its_turn_however_many_others_wait(machine_for, store, short, monkeypatch):
    machine = machine_for(make(runs=8, prune=False), slots=1)
    machine.play(1)
    for seed in range(5):
        store.add(short(seed=seed) | {"experiment": "bobs"})
    own(store, "bobs", "Bob")
    assert machine.tick() == [], "alone it waits until there is room"
    own(store, machine.name, "Ann")
    ours = machine.driver.tick(-6, 1)
    assert [run.config["trial"] for run in ours] == [1]
    assert machine.driver.tick(-7, 1) == [], "one trial at a time"
    waiting = [place.run.name for place in in_turn(store, store.waiting())]
    assert waiting.index(ours[0].name) <= 1, "its turn comes behind one of Bob's, not behind all"
    machine.end(ours[0])
    monkeypatch.setattr("ssl_core.runs.store.MOST_QUEUED", 5)
    assert machine.driver.tick(-8, 1) == []
    assert machine.status().state == "running", "a full queue ends no search"
