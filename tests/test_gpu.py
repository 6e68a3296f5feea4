"""What must hold on a GPU, for every method and every maker; where there is none these tests are skipped, by name."""

from __future__ import annotations

import pytest
import torch

from ssl_core.data import load
from ssl_core.features.maps import lacks
from ssl_core.generate.config import all_knobs as knobs_of_maker
from ssl_core.generate.config import configure as make
from ssl_core.generate.makers import GENERATORS
from ssl_core.methods import METHODS
from ssl_core.predict.classifier import calibrated
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
SHORT = {"steps": 6, "evaluations": 3, "batch": 8, "precision": "full"}
SMALL = {"width": 4, "latent": 3, "side": 32}  # of the knobs that a maker has
every_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture(autouse=True)
def exact():
    """Products in single precision, as a processor makes them; a GPU's default drops 13 of its 23 digits."""
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = before


def ran(method: str, device: str, checkpoint=None, **values) -> tuple[list[dict], dict]:
    """The rows and the last checkpoint of a short run."""
    rows, saved = [], []
    config = configure("digits", method, 20, 0, SHORT | {"device": device} | values)
    assert train(config, load("digits"), rows.append, checkpoint=checkpoint, save=saved.append) == "done"
    return rows, saved[-1]


@every_method
def test_the_first_step_is_the_processor_s(method):
    """The same pictures, the same chance, the same loss: everything is drawn on the processor, in the same order."""
    losses = []
    for device in ("cpu", "cuda"):
        trainee = Trainee(configure("digits", method, 20, 0, SHORT | {"device": device}), load("digits"))
        trainee.settle()
        batch, _, generator = trainee.draw()
        step = trainee.config.knobs.step(trainee.live, batch, trainee.state, generator)
        losses.append({"loss": step.loss.item()} | {name: part.item() for name, part in step.parts.items()})
    assert losses[1] == pytest.approx(losses[0], rel=1e-3, abs=1e-4)


@every_method
def test_a_run_begun_on_a_gpu_goes_on_without_one_and_back(method):
    rows, saved = ran(method, "cuda")
    assert all(row["loss"] == row["loss"] for row in rows if "loss" in row)
    there, _ = ran(method, "cpu", checkpoint=saved, steps=9)
    back, _ = ran(method, "cuda", checkpoint=saved, steps=9)
    assert there[-1]["step"] == back[-1]["step"] == 9
    assert there[-1]["loss"] == pytest.approx(back[-1]["loss"], rel=0.05, abs=0.01)


@every_method
def test_its_usual_numbers_have_16_bits_and_it_answers(method):
    config = configure("shapes", method, 40, 0, SHORT | {"device": "cuda", "precision": "auto"})
    trainee = Trainee(config, load("shapes"))
    trainee.settle()
    assert trainee.bits == 16
    rows = []
    train(config, load("shapes"), rows.append)
    assert 0 <= rows[-1]["test_accuracy"] <= 1


@pytest.mark.parametrize("name", GENERATORS)
def test_every_maker_learns_on_a_gpu_with_pictures_and_a_judge(tmp_path, name):
    small = {knob: value for knob, value in SMALL.items() if knob in knobs_of_maker(name)}
    short = {"steps": 6, "frames": 3, "batch": 8, "device": "cuda"}
    config = make(GENERATORS[name].own_data or "digits", name, 40, 0, short | small)
    if (lens := getattr(config.knobs, "lens", None)) and (missing := lacks(lens)):
        pytest.skip(missing)
    run = Store(tmp_path / "runs").add(config.to_dict())
    end = work(run.folder)
    assert end["state"] == "done", end["why"]
    rows = run.tail.read()
    assert rows[-1]["step"] == 6
    assert all(value == value for row in rows for value in row.values() if isinstance(value, float))
    assert len(list(run.pictures.read())) > 0


def test_a_classifier_taken_from_a_gpu_answers_on_the_processor():
    config = configure("digits", "fixmatch", 20, 0, SHORT | {"device": "cuda"})
    trainee = Trainee(config, load("digits"))
    data = load("digits")
    one = calibrated(config, trainee.average.shadow.cpu(), data, {})
    assert one.probabilities(data.test_images[:5]).shape == (5, 10)
