"""Pictures that a maker makes for a run: from what the run may see and nothing else, the same every time."""

import dataclasses
import io
import itertools
import json
import time
import zipfile
from types import SimpleNamespace

import pytest
import torch

from ssl_core.data import Split, load
from ssl_core.export.class_folders import class_folders
from ssl_core.fillings import MadeBy
from ssl_core.generate.config import configure as configure_maker
from ssl_core.generate.guesses import surest
from ssl_core.runs import made, worker
from ssl_core.runs.every_label import every_label, lacking
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.judged import judged
from ssl_core.runs.made_check import at_hand, check_maker
from ssl_core.runs.run import MADE
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train import invented
from ssl_core.train.config import configure

DIGITS = load("digits")
TINY = {"steps": 3, "batch": 8, "width": 4, "latent": 2}
SHORT = {"steps": 4, "evaluations": 1, "batch": 8, "fill_to": 5}


def config(seed=0, labels=20, **knobs):
    return configure("digits", "supervised", labels, seed, SHORT | {"rebalance": "made:vae"} | knobs)


@pytest.fixture(autouse=True)
def tiny_makers(monkeypatch):
    monkeypatch.setitem(made.FEW, "vae", TINY)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_STORE", str(tmp_path))
    return Store(tmp_path)


def maker_run(store, labels=20, seed=0, data="digits", **knobs):
    wanted = configure_maker(data, "vae", labels, seed, TINY | {"frames": 1} | knobs)
    run = store.add(wanted.to_dict())
    assert work(run.folder)["state"] == "done"
    return run


def trained(store, wanted):
    run = store.add(wanted.to_dict())
    end = work(run.folder)
    assert end["state"] == "done", end["why"]
    return run


def quietly(by, wanted, data):
    return made.learned(by, wanted, data, lambda text, left: None, lambda: False)


def poisoned(known):
    """The digits with every label but these rows' turned into another one."""
    labels = (DIGITS.labels + 3) % 10
    labels[known] = DIGITS.labels[known]
    return dataclasses.replace(DIGITS, labels=labels)


@pytest.mark.parametrize("guesses", [False, True])
def test_neither_hidden_labels_nor_the_test_change_what_is_made(monkeypatch, guesses):
    wanted = config(steps=60 if guesses else 4, rebalance="made:vae+guesses" if guesses else "made:vae")
    drawn: Split = invented.drawn_by(wanted, DIGITS)
    known = torch.from_numpy(drawn.labelled)
    for module in (invented, made, __import__("ssl_core.train.trainee", fromlist=["x"])):
        monkeypatch.setattr(module, "drawn_by", lambda config, data: drawn)  # a draw looks at labels to be balanced
    by, asked = MadeBy("vae", guesses), torch.arange(10)
    sets = (DIGITS, poisoned(known), dataclasses.replace(DIGITS, test_images=DIGITS.test_images * 0))
    pictures = [quietly(by, wanted, data).make(asked, torch.Generator().manual_seed(1)) for data in sets]
    assert torch.equal(pictures[0], pictures[1]) and torch.equal(pictures[0], pictures[2])
    wrong = poisoned(known[:10])  # of those that are known it does make a difference
    other = quietly(by, wanted, wrong).make(asked, torch.Generator().manual_seed(1))
    assert not torch.equal(pictures[0], other)


def test_guesses_are_learned_from_under_the_names_they_were_guessed():
    wanted = config(rebalance="made:vae+guesses", steps=120, labels=100, fill_to=30)
    few = made.labelled_material(wanted, DIGITS)
    more = made.material_for(wanted, DIGITS, lambda text, left: None, lambda: False)
    assert torch.equal(more.images[:100], few.images) and torch.equal(more.labels[:100], few.labels)
    assert 100 < len(more.labels) <= 1100
    assert int(more.labels.min()) >= 0


def test_only_sure_guesses_count_and_no_class_drowns_the_others():
    class Sure(torch.nn.Module):
        def forward(self, x):
            return x.flatten(1)[:, :3] * 20  # as sure of class c as its pixel is bright

    pictures = torch.zeros(40, 1, 2, 2)
    pictures[:30, 0, 0, 0] = 1.0  # thirty of class 0
    pictures[30:34, 0, 0, 1] = 1.0  # four of class 1
    pictures[34:36, 0, 1, 0] = 0.05  # two that may be 2, or anything
    rows, guesses = surest(Sure(), pictures)
    assert set(guesses.tolist()) == {0, 1}
    assert (guesses == 1).sum() == 4
    assert (guesses == 0).sum() == 8  # twice the smaller one: the median of two is the lower
    assert torch.equal(pictures[rows].flatten(1).argmax(dim=1), guesses)


def test_equal_configurations_give_equal_runs_and_a_resumed_one_goes_on_with_the_same_pictures(store):
    wanted = config()
    one, two = trained(store, wanted), trained(store, wanted)
    kept = [torch.load(run.folder / MADE, weights_only=True) for run in (one, two)]
    assert torch.equal(kept[0]["images"], kept[1]["images"])
    assert kept[0]["labels"].tolist() == [label for label in range(10) for _ in range(3)]
    ends = [torch.load(run.folder / "checkpoint.pt", weights_only=True)["model"] for run in (one, two)]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
    (one.folder / "end.json").unlink()
    (one.folder / MADE).write_bytes(b"torn")
    assert "does not hold the pictures that were made" in work(one.folder)["why"]


def test_a_run_is_stopped_while_a_maker_learns_for_it(store):
    run = store.add(config().to_dict())
    run.stop("Enough.")
    end = work(run.folder)
    assert (end["state"], end["why"]) == ("stopped", "Enough.")
    assert not (run.folder / MADE).exists()


@pytest.mark.parametrize("by", ["made:vae", "made:vae+guesses"])
def test_what_learns_before_the_first_step_is_under_the_limit_of_the_run(store, monkeypatch, by):
    """On a clock that moves by 25 seconds at each look at it; the run may take a minute."""
    clock = SimpleNamespace(monotonic=itertools.count(0.0, 25.0).__next__)
    monkeypatch.setattr(made, "time", clock)
    run = store.add(config(rebalance=by, limit_minutes=1.0).to_dict())
    end = work(run.folder)
    assert (end["state"], end["why"]) == (
        "stopped",
        "It reached its limit of 1 minutes while its maker learned: start it with a higher limit.",
    )
    assert not (run.folder / MADE).exists()
    run.resume()
    monkeypatch.setattr(made, "time", time)
    assert work(run.folder)["state"] == "done", "whoever resumes it gives it its time once more"


def test_the_time_of_a_maker_is_taken_from_that_of_the_steps(store, monkeypatch):
    heard = {}
    monkeypatch.setattr(worker, "train", lambda *words, spent, **more: heard.update(spent=spent) or "done")
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=itertools.count(0.0, 25.0).__next__))
    run = store.add(config().to_dict())
    assert work(run.folder)["state"] == "done"
    assert heard["spent"] >= 25.0
    work(store.add(config(rebalance="none", fill_to=0).to_dict()).folder)
    assert heard["spent"] == 0.0


def test_a_run_of_a_maker_makes_pictures_for_a_run_of_the_same_labels_or_more(store):
    maker = maker_run(store)
    for labels in (20, 40):
        run = trained(store, config(labels=labels, rebalance=f"made:{maker.name}", fill_to=9))
        assert len(torch.load(run.folder / MADE, weights_only=True)["images"]) == 90 - labels
    assert at_hand(store.runs(), "digits") == [f"made:{maker.name}"]
    assert at_hand(store.runs(), "shapes") == []


@pytest.mark.parametrize(
    ("about", "asked", "sentence"),
    [
        ({}, {"seed": 1}, "labelled pictures of seed 0, which a run of seed 1 must not see"),
        ({"labels": 40}, {}, "learned from 40 labelled pictures and this run may see 20"),
        ({"conditional": False}, {}, "cannot be asked for a class"),
    ],
)
def test_a_maker_that_saw_more_than_the_run_may_is_refused(store, about, asked, sentence):
    maker = maker_run(store, **about)
    wanted = config(rebalance=f"made:{maker.name}", **asked)
    with pytest.raises(ValueError, match=sentence):
        check_maker(store, wanted.to_dict())
    run = store.add(wanted.to_dict())  # whoever queued it without asking
    assert sentence in work(run.folder)["why"]


def test_the_worker_looks_at_the_very_pictures(store):
    """With a long tail the draws are not nested: the maker's balanced labels hold pictures the run must not see."""
    maker = maker_run(store)
    wanted = config(labels=20, rebalance=f"made:{maker.name}", imbalance=10.0, fill_to=9)
    check_maker(store, wanted.to_dict())
    run = store.add(wanted.to_dict())
    assert "labelled pictures that this run must not see" in work(run.folder)["why"]


def test_a_maker_that_is_missing_unfinished_or_of_other_pictures_is_a_sentence(store):
    unfinished = store.add(configure_maker("digits", "vae", 20, 0, TINY).to_dict())
    other = store.add(configure("digits", "supervised", 20, 0, {"steps": 2}).to_dict())
    for name, sentence in (
        ("20261126-101500123-vae-20-s0-7f3a", "There is no run"),
        (unfinished.name, "has not finished yet"),
        (other.name, "is no maker of pictures"),
    ):
        lines = Experiment("digits", ["supervised"], [20], [0], {"supervised": SHORT | {"rebalance": f"made:{name}"}})
        before = len(store.runs())
        with pytest.raises(ValueError, match=sentence):
            enqueue(store, lines)
        assert len(store.runs()) == before
    shapes = configure("shapes", "supervised", 20, 0, SHORT | {"rebalance": f"made:{unfinished.name}"})
    with pytest.raises(ValueError, match=r"has not finished|makes pictures of digits"):
        check_maker(store, shapes.to_dict())


def test_what_a_run_makes_is_judged_and_taken_along_as_class_folders(store):
    maker = maker_run(store)
    seen, pictures, learned = judged(store, maker, DIGITS, each=4)
    assert (len(pictures), len(learned), sum(seen.seen)) == (40, 20, 40)
    assert 0 <= seen.recognised <= 1 and seen.recognised_real > 0.9
    content = class_folders(maker, 3)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert sorted(names) == [f"{label}/made {n:04d}.png" for label in range(10) for n in (1, 2, 3)]
    assert class_folders(maker, 3) == content
    plain = maker_run(store, conditional=False)
    assert judged(store, plain, DIGITS, each=2)[0].recognised is None
    with pytest.raises(ValueError, match="cannot be asked for a class"):
        class_folders(plain)


def test_who_judges_other_pictures_is_a_finished_run_with_every_label(store, monkeypatch):
    assert every_label(store, DIGITS.card) is not None
    from ssl_core.runs import every_label as module

    monkeypatch.setattr(module, "shipped", lambda card: None)
    assert every_label(store, DIGITS.card) is None
    assert "train supervised with 1,100 labels once" in lacking(DIGITS.card)
    run = trained(store, configure("digits", "supervised", 1100, 0, {"steps": 2, "evaluations": 1}))
    assert every_label(store, DIGITS.card) is not None
    changed = json.loads((run.folder / "config.json").read_text()) | {"fingerprint": "0" * 16}
    (run.folder / "config.json").write_text(json.dumps(changed))
    assert every_label(Store(store.root), DIGITS.card) is None
