"""The Training page: what it offers, what Start does, and what it shows of runs in every state."""

from __future__ import annotations

import errno
import json
import shutil
from types import SimpleNamespace

import pytest

from pages.parts.shared.plain import plain
from pages.parts.shared.queue_words import plan_words
from ssl_core.methods import METHODS
from ssl_core.runs import limits, runner
from ssl_core.runs.disk import FULL
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.progress import describe
from ssl_core.runs.runner import Pool
from ssl_core.runs.waiting import CARE
from ssl_core.train.config import all_knobs, defaults
from tests.pages.conftest import problems
from tests.pages.said import code_names

QUICK = {"supervised": {"steps": 20, "batch": 8, "evaluations": 2}}


def words(test) -> str:
    return "\n".join(m.value for m in [*test.markdown, *test.caption])


def every_run(test):
    """The links to all runs of the experiment."""
    return [link for link in test.get("page_link") if link.proto.label == "All runs of this experiment"]


def test_start_queues_the_chosen_grid_and_attaches_the_page(visit, store):
    test = visit("training.py")
    assert every_run(test) == [], "there is none yet"
    test.multiselect(key="methods").set_value(["supervised", "fixmatch"])
    test.multiselect(key="labels").set_value([10, 40])
    test.slider(key="seeds").set_value(2)
    test.run()
    assert "9 runs" in words(test), "eight and the one with every label"
    test.button(key="start").click().run()
    assert problems(test) == []
    grid = {(r.config["method"], r.config["labels"], r.config["seed"]) for r in store.runs() if "role" not in r.config}
    assert grid == {(m, n, s) for m in ("supervised", "fixmatch") for n in (10, 40) for s in (0, 1)}
    assert test.session_state["experiment"] == store.runs()[0].config["experiment"]
    assert "9 queued" in words(test) or "starting" in words(test)
    assert len(every_run(test)) == 1


def test_two_seeds_of_a_method_do_not_read_alike_in_the_strip_and_one_seed_is_not_named(store):
    from pages.parts.training.run_strip import _message

    for seeds in ([0], [0, 1]):
        experiment = Experiment("digits", ["supervised", "fixmatch"], [10, 20], seeds)
        enqueue(store, experiment)
        rows = [describe(run) for run in store.of_experiment(experiment.id)]
        cards = [(card["title"], card["note"]) for card in json.loads(_message(rows, None))["runs"]]
        assert len(set(cards)) == len(cards) == 4 * len(seeds)
        assert any("seed" in note for _, note in cards) == (len(seeds) > 1)


def test_pressing_start_twice_adds_nothing(visit, store):
    test = visit("training.py")
    test.button(key="start").click().run()
    count = len(store.runs())
    test.button(key="start").click().run()
    assert len(store.runs()) == count > 0


def test_a_knob_that_was_turned_reaches_the_run(visit, store):
    test = visit("training.py", **{"digits-fixmatch-threshold": "0.8", "methods": "FixMatch", "labels": "10"})
    assert test.slider(key="digits-fixmatch-threshold").value == 0.8
    test.button(key="start").click().run()
    run = next(r for r in store.runs() if r.config["method"] == "fixmatch")
    assert run.config["knobs"]["threshold"] == 0.8


@pytest.mark.parametrize("method", METHODS)
def test_every_knob_has_a_widget_at_its_default(visit, method):
    test = visit("training.py", methods=METHODS[method].title)  # a link carries the words that are shown
    values = defaults("digits", method)
    for name in all_knobs(method):
        assert test.get_by_key(f"digits-{method}-{name}").value == values[name], name


def test_a_network_that_has_seen_other_pictures_brings_its_own_values(visit, store):
    """What the form shows is what the run gets; what somebody turned stays, and going back brings back the others."""
    test = visit("training.py", methods="FixMatch", labels="10")
    before, features = defaults("digits", "fixmatch"), defaults("digits", "fixmatch", "efficientnet_lite0")
    assert len({name for name in before if before[name] != features[name]}) > 5
    test.slider(key="digits-fixmatch-threshold").set_value(0.77)
    test.selectbox(key="digits-fixmatch-model").set_value("efficientnet_lite0").run()
    for name, value in (features | {"threshold": 0.77}).items():
        assert test.get_by_key(f"digits-fixmatch-{name}").value == value, name
    assert "1.28 million labelled ImageNet pictures" in words(test)
    test.button(key="start").click().run()
    run = next(r for r in store.runs() if r.config["method"] == "fixmatch")
    assert run.config["knobs"] | run.config["training"] == features | {"threshold": 0.77}
    test.selectbox(key="digits-fixmatch-model").set_value(before["model"]).run()
    for name, value in (before | {"threshold": 0.77}).items():
        assert test.get_by_key(f"digits-fixmatch-{name}").value == value, name
    assert "ImageNet" not in words(test)


def test_a_link_to_a_network_with_its_knobs_is_shown_as_it_says(visit):
    link = {"digits-fixmatch-model": "efficientnet_lite0_tuned", "digits-fixmatch-lr": "0.2", "methods": "FixMatch"}
    test = visit("training.py", **link)
    values = defaults("digits", "fixmatch", "efficientnet_lite0_tuned") | {"lr": 0.2}
    for name, value in values.items():
        assert test.get_by_key(f"digits-fixmatch-{name}").value == value, name


def test_choosing_nothing_is_a_sentence_and_no_button(visit):
    test = visit("training.py")
    test.multiselect(key="methods").set_value([]).run()
    assert "Choose at least one method." in words(test)
    assert test.button(key="start").disabled


def test_a_small_budget_takes_fewer_steps(visit, store):
    test = visit("training.py")
    test.selectbox(key="budget").set_value(60)
    test.slider(key="seeds").set_value(5).run()
    assert "steps a run to fit" in words(test)
    test.button(key="start").click().run()
    assert max(run.config["training"]["steps"] for run in store.runs() if "role" not in run.config) < 1000


def test_a_full_disk_is_a_sentence(visit, store, monkeypatch):
    test = visit("training.py")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    test.button(key="start").click().run()
    assert [e.value for e in test.error] == ["The disk is nearly full: free 200 MB at runs/ and start again."]
    assert store.runs() == []


@pytest.mark.parametrize("knob", ["threads", "limit_minutes"])
def test_more_than_the_server_allows_is_a_sentence_and_no_button(visit, store, monkeypatch, knob):
    monkeypatch.setattr(limits, "cores", lambda: 2)
    test = visit("training.py", **{"methods": "FixMatch", "labels": "10", f"digits-fixmatch-{knob}": "64"})
    assert test.button(key="start").disabled == (knob == "threads"), "64 minutes are less than a night"
    monkeypatch.setenv("SSL_RUN_MINUTES", "30")
    test.run()
    assert problems(test) == []
    assert f"{knob} may be at most" in words(test)
    assert test.button(key="start").disabled


def test_a_plan_says_what_comes_first_and_its_place(visit, store):
    test = visit("training.py")
    assert "in the queue" not in words(test)
    enqueue(store, Experiment("digits", ["supervised"], [10, 20], [7], QUICK))
    test.run()
    assert "2 runs come first" in words(test)
    assert "these would begin at place 3 in the queue" in words(test)
    test.button(key="start").click().run()
    assert "in the queue" in words(test), "and the headline says it of what was started"
    assert "Waiting behind 2 other runs: place 3 in the queue." in words(test)


@pytest.mark.parametrize("care", ["restarted", "failing"])
def test_what_became_of_the_runner_is_said_by_the_live_part(visit, store, monkeypatch, care):
    launched = enqueue(store, Experiment("digits", ["supervised"], [10], [0], QUICK))
    monkeypatch.setattr(runner, "tend", lambda store: care)
    test = visit("training.py", experiment=launched.id)
    assert problems(test) == []
    assert CARE[care] in words(test)


def test_a_full_disk_is_said_while_runs_wait(visit, store, monkeypatch):
    launched = enqueue(store, Experiment("digits", ["supervised"], [10], [0], QUICK))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    test = visit("training.py", experiment=launched.id)
    assert "The disk is full: nothing new starts until 200 MB are free at runs/." in words(test)


@pytest.mark.parametrize(("button", "takes"), [("stop_all", "stop"), ("stop_run", "stop"), ("resume_run", "resume")])
def test_a_store_that_cannot_be_written_is_one_sentence_for_every_button(visit, store, monkeypatch, button, takes):
    launched = enqueue(store, Experiment("digits", ["supervised"], [10], [0], QUICK))
    if takes == "resume":
        write_json(launched.runs[0].folder / "end.json", {"state": "lost", "why": "The worker was killed."})
    test = visit("training.py", experiment=launched.id)

    def refused(run, why=""):
        raise PermissionError(13, "Permission denied", str(run.folder))

    monkeypatch.setattr(type(launched.runs[0]), takes, refused)
    test.button(key=button).click().run()
    assert not test.exception
    assert [str(store.root) in box.value and "SSL_STORE" in box.value for box in test.error] == [True]


def test_a_start_that_finds_no_room_any_more_is_one_sentence(visit, store, monkeypatch):
    test = visit("training.py")

    def full(config):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(store), "add", lambda self, config: full(config))
    test.button(key="start").click().run()
    assert [box.value for box in test.error] == [FULL]


@pytest.fixture
def small(store):
    """A finished experiment of two runs."""
    launched = enqueue(store, Experiment("digits", ["supervised"], [10, 20], [0], QUICK))
    pool = Pool(store, 2)
    while pool.tick():
        pool.wait(0.1)
    return launched


def test_a_finished_experiment_shows_its_figures_from_its_link(visit, store, small):
    test = visit("training.py", experiment=small.id)
    assert problems(test) == []
    assert "2 done" in words(test)
    score = small.runs[-1].end["test_accuracy"]
    assert f"{100 * score:.1f} %" in words(test)
    test.session_state["behind"] = True
    test.run()
    assert test.dataframe[0].value["test_accuracy"].tolist() == [run.end["test_accuracy"] for run in small.runs]
    assert test.button(key="stop_all").disabled
    assert test.button(key="resume_all").disabled


def test_a_finished_experiment_offers_what_comes_next(visit, store, small):
    test = visit("training.py", experiment=small.id)
    assert "labels" in words(test)
    labels = [link.label for link in test.get("page_link")]
    for name in ("Ask the networks", "See the best one's mistakes", "Compare these runs"):
        assert name in labels
    assert test.get("download_button")
    test.button(key="more_seeds_of_all").click().run()
    assert problems(test) == []
    tried = {(run.config["labels"], run.config["seed"]) for run in store.of_experiment(small.id)}
    assert tried == {(labels, seed) for labels in (10, 20) for seed in (0, 1, 2)}, "in the same chart"
    assert "more_seeds_of_all" not in {button.key for button in test.button}, "it is not finished any more"


def test_more_seeds_in_a_full_store_is_one_sentence(visit, store, small, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    test = visit("training.py", experiment=small.id)
    monkeypatch.setattr("pages.parts.training.after_the_end.repeat", full)
    test.button(key="more_seeds_of_all").click().run()
    assert FULL in "".join(problems(test))
    assert len(store.runs()) == 2


@pytest.mark.parametrize(
    ("state", "why"),
    [("lost", "The worker was killed."), ("failed", "The loss became nan."), ("stopped", "Asked to stop.")],
)
def test_a_run_that_ended_early_says_why_and_can_be_resumed(visit, store, small, state, why):
    run = small.runs[1]
    write_json(run.folder / "end.json", {"state": state, "why": why})
    test = visit("training.py", experiment=small.id)
    assert why in [box.value for box in [*test.info, *test.warning]]
    assert not test.button(key="resume_run").disabled
    test.button(key="resume_run").click().run()
    assert run.state == "queued"
    assert problems(test) == []


def test_stop_all_stops_what_waits(visit, store):
    launched = enqueue(store, Experiment("digits", ["supervised"], [10, 20], [0]))
    test = visit("training.py", experiment=launched.id)
    test.button(key="stop_all").click().run()
    assert [run.state for run in launched.runs] == ["stopped", "stopped"]


def test_lines_that_cannot_be_read_are_counted(visit, store, small):
    with (small.runs[1].folder / "metrics.jsonl").open("ab") as file:
        file.write(b"\x00\xff nonsense\n")
    test = visit("training.py", experiment=small.id)
    assert problems(test) == []
    assert "1 lines of its record could not be read" in words(test)


def test_the_mixing_and_smote_pages_hand_their_settings_over(visit, store):
    """What their links carry arrives in the widgets of the Training page."""
    query = {"data": "Digits, 8×8 grey", "methods": "Supervised", "digits-supervised-mix": "cutmix"}
    test = visit(
        "training.py", **query, **{"digits-supervised-rebalance": "smote", "digits-supervised-imbalance": "10.0"}
    )
    test.button(key="start").click().run()
    config = next(r.config for r in store.runs() if r.config["labels"] == 100)
    assert config["knobs"]["mix"] == "cutmix"
    assert (config["training"]["rebalance"], config["training"]["imbalance"]) == ("smote", 10.0)


def test_a_pipeline_from_the_augmentations_page_becomes_the_strong_view(visit, store):
    test = visit("training.py", strong="rotate(0..10) > cutout(0.2)", methods="FixMatch", labels="10")
    assert problems(test) == []
    assert "rotate(0..10)" in test.info[0].value
    test.button(key="start").click().run()
    run = next(r for r in store.runs() if r.config["method"] == "fixmatch")
    assert run.config["training"]["strong"] == "rotate(0..10) > cutout(0.2)"


def test_a_pipeline_that_is_nonsense_is_a_sentence_and_no_button(visit, store):
    test = visit("training.py", strong="<script>alert(1)</script>")
    assert problems(test) == []
    assert test.button(key="start").disabled
    assert [box.value for box in test.warning] == [
        plain("'<script' is not a stage: write a name, as in rotate(0..30)@0.5.")
    ]
    assert "is not a stage" not in words(test), "said once"
    assert "Strong views are drawn" not in " ".join(box.value for box in test.info)


@pytest.mark.parametrize("pipeline", ["rotate(0..10) > cutout(0.2)", "rotat(0..10)"])
def test_a_pipeline_is_taken_off_again(visit, store, pipeline):
    test = visit("training.py", strong=pipeline, methods="fixmatch", labels="10")
    test.button(key="pipeline_off").click().run()
    assert problems(test) == []
    assert "strong" not in test.query_params
    assert not [button for button in test.button if button.key == "pipeline_off"]
    assert not test.button(key="start").disabled
    test.button(key="start").click().run()
    run = next(r for r in store.runs() if r.config["method"] == "fixmatch")
    assert run.config["training"]["strong"] == ""


def test_the_plan_says_that_one_run_has_every_label_and_only_where_one_has(visit):
    (said,) = [part.value for part in visit("training.py").markdown if "runs, about" in part.value]
    assert "One learns from every label" in said
    plan = SimpleNamespace(
        runs=1, seconds=9.0, note="with 2 at a time.", before=0, experiment=Experiment("digits", [], [], [])
    )
    assert plan_words(plan) == "**1 run, about 9 s** with 2 at a time."
    plan.seconds, plan.note = 0.0, "trained already."
    assert plan_words(plan) == "**1 run** trained already."


def test_the_table_behind_the_chart_has_titles_and_words_for_headings(visit, store):
    enqueue(store, Experiment("digits", ["fixmatch_cta"], [10], [0]))
    test = visit("training.py")
    test.session_state["behind"] = True
    test.run()
    assert problems(test) == []
    assert list(test.dataframe[0].value["method"]) == ["FixMatch, CTAugment"]
    assert code_names(test) == {}
    headings = json.loads(test.dataframe[0].proto.columns)
    assert all(headings[name]["label"][0].isupper() for name in ("method", "seed", "seconds"))
