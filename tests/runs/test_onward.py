"""More steps for a finished run: a run of its own that is what a longer run is, or says in what it is not."""

from __future__ import annotations

import json

import pytest
import torch

from ssl_core.__main__ import main
from ssl_core.data import load
from ssl_core.export.formats import command_line
from ssl_core.export.script import script
from ssl_core.methods import METHODS
from ssl_core.runs import runner
from ssl_core.runs.again import can_begin_afresh, other_seeds, set_back
from ssl_core.runs.equal import equal, take_equal
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.handed import Handed, hand, handed
from ssl_core.runs.onward import go_on, onward_words, queue_onward, what_differs
from ssl_core.runs.saved import load_checkpoint
from ssl_core.runs.store import Run, Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from ssl_core.train.loop import train

FEW, MORE = 8, 20
NOTHING_YET = "temporal_ensembling"  # remembers no answer before its second look, so that a ramp does nothing yet
STILL = {"schedule": "constant", "warmup": 0.0}


@pytest.fixture
def finished(store, short):
    """finished(schedule=...) -> a run of a few steps that is done."""

    def make(**values) -> Run:
        run = store.add(short(steps=FEW, evaluations=2, **(STILL | values)) | {"experiment": "digits-1"})
        assert work(run.folder)["state"] == "done"
        return run

    return make


def weights(run: Run) -> dict[str, torch.Tensor]:
    saved = load_checkpoint(run.folder / "checkpoint.pt")
    return {f"{part}.{name}": value for part in ("model", "average") for name, value in saved[part].items()}


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_it_is_the_longer_run_bit_for_bit_where_nothing_depends_on_the_length(store, short, finished):
    first, whole = finished(), store.add(short(steps=MORE, evaluations=2, **STILL))
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    onward = queue_onward(store, first, MORE)
    assert (onward.state, onward.config["continues"], onward.config["variant"]) == ("queued", first.name, "20 steps")
    assert load_checkpoint(onward.folder / "checkpoint.pt")["step"] == FEW, "it begins where that one ended"
    assert what_differs(first.config, MORE) == [] and "It will be what" in onward_words(first.config, MORE)
    for run in (onward, whole):
        assert work(run.folder)["state"] == "done"
    assert same(weights(onward), weights(whole))
    steps = [row["step"] for row in onward.tail.read()]
    assert steps == sorted(set(steps)) and steps[0] == 0 and steps[-1] == MORE, "one record, from the first step on"
    assert onward.end["test_accuracy"] == whole.end["test_accuracy"]
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before, "the finished run stays"


def weights_after(method: str, steps: int, checkpoint=None, **values) -> tuple[dict, dict]:
    config, saved = configure("digits", method, 20, 0, {"steps": steps, "batch": 4} | STILL | values), {}
    train(config, load("digits"), lambda row: None, checkpoint=checkpoint, save=saved.update)
    return saved["model"], saved


@pytest.mark.parametrize("method", METHODS)
def test_whatever_a_method_makes_of_the_length_is_said(method):
    """Two steps and two more are four, or the sentence says why not."""
    small = {"mu": 1, "clusters": 12, "views": 1, "ramp_images": 40, "ramp": 1.0, "depth": 1, "width": 4}
    fits = {name: value for name, value in small.items() if name in METHODS[method].__dataclass_fields__}
    fits |= {"evaluations": 1, "threshold": 0.0} if hasattr(METHODS[method], "threshold") else {"evaluations": 1}
    _, two = weights_after(method, 2, **fits)
    onward, _ = weights_after(method, 4, two, **fits)
    whole, _ = weights_after(method, 4, **fits)
    config = configure("digits", method, 20, 0, {"steps": 2, "batch": 4} | STILL | fits).to_dict()
    assert same(onward, whole) == (not what_differs(config, 4)) or method == NOTHING_YET


@pytest.mark.parametrize("changes", [{"schedule": "cosine"}, {"schedule": "cosine_7_16"}, {"warmup": 0.5}])
def test_a_schedule_that_knows_the_length_is_said_with_its_rates(short, changes):
    config = short(steps=600) | {}
    config["training"] |= STILL | changes
    said = onward_words(config, 1200)
    assert said.startswith("It will not be quite what a run of 1,200 steps")
    ended, begins = {"cosine": ("0 %", "50 %"), "cosine_7_16": ("20 %", "77 %")}.get(
        changes.get("schedule"), ("100 %",) * 2
    )
    assert ended in said and begins in said


def test_it_is_asked_for_twice_and_there_once_and_goes_on_again(store, finished):
    first = finished()
    onward = queue_onward(store, first, MORE)
    assert queue_onward(store, first, MORE) is onward
    onward.stop()
    assert work(onward.folder)["state"] == "stopped"
    assert queue_onward(store, first, MORE) is onward and onward.state == "queued"
    assert work(onward.folder)["state"] == "done"
    further = queue_onward(store, onward, 2 * MORE)
    assert (further.config["continues"], further.config["variant"]) == (onward.name, "40 steps")
    assert further.config["experiment"] == "digits-1"


def test_nobody_takes_it_for_a_run_from_the_start(store, short, finished):
    onward = queue_onward(store, finished(), MORE)
    work(onward.folder)
    plain = short(steps=MORE, evaluations=2, **STILL)
    known = {key: onward.config.get(key) for key in ("fingerprint", "classes", "input")}
    assert not equal(onward.config, plain | known)
    knobs = {"supervised": {"steps": MORE, "evaluations": 2, "batch": 8} | STILL}
    launched = enqueue(store, Experiment("digits", ["supervised"], [20], [0], knobs))
    assert launched.new == 1 and launched.runs[0] != onward
    for refused in (lambda: other_seeds(store.runs(), onward, 1), lambda: script(onward)):
        with pytest.raises(ValueError, match=r"goes on from .*\.$"):
            refused()
    assert command_line(onward) == f"python -m ssl_core train --resume {onward.config['continues']} --steps {MORE}"
    (onward.folder / "end.json").write_text(json.dumps({"state": "failed", "why": "x"}))
    assert not can_begin_afresh(onward)
    with pytest.raises(ValueError, match="goes on from"):
        set_back(store, onward)


def test_what_cannot_go_on_is_a_sentence_and_queues_nothing(store, short, finished, monkeypatch):
    first, queued = finished(), store.add(short(steps=FEW))
    monkeypatch.setattr(runner, "ensure_runner", lambda store: None)
    for run, steps in ((first, FEW), (first, 2**40), (queued, MORE), (first, 10.5)):
        with pytest.raises(ValueError, match=r"^\S.*\.$"):
            go_on(store, run, steps)
    (first.folder / "checkpoint.pt").unlink()
    with pytest.raises(ValueError, match="has no checkpoint"):
        go_on(store, first, MORE)
    assert len(store.runs()) == 2


def test_the_terminal_gives_a_finished_run_more_steps(store, finished, capsys):
    first = finished(schedule="cosine")
    at = ["--store", str(store.root)]
    assert main(["train", "--resume", first.name, "--steps", str(MORE), "--json", *at]) == 0
    out, err = capsys.readouterr()
    row = json.loads(out.splitlines()[-1])
    assert (row["state"], row["step"], row["variant"]) == ("done", MORE, f"{MORE} steps")
    assert "It will not be quite what" in err
    again = Store(store.root).run(row["run"])
    assert again.config["continues"] == first.name
    for words in (
        ["--steps", "many"],
        ["--lr", "0.1"],
        ["--steps", "30", "--lr", "0.1"],
        ["--steps", "30", "--afresh"],
    ):
        assert main(["train", "--resume", first.name, *words, *at]) == 2, words
        assert capsys.readouterr().err.count("\n") == 1


def test_what_an_engine_was_given_is_the_finished_runs_alone(store, short, finished):
    """Or it would wait for an engine that nobody chose, under another run's job."""
    first = finished()
    hand(first.folder, "ray", f"{first.name}-0123", "PENDING")
    assert handed(queue_onward(store, first, MORE).folder) == Handed()
    assert handed(take_equal(store, first.config | {"experiment": "digits-2"}).folder) == Handed()
