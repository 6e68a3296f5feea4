"""What must hold for every maker of pictures: a new one is tested by standing in ssl_core/maker_cards.py."""

from __future__ import annotations

import dataclasses
import os
import signal

import pytest
import torch

from ssl_core.data import load, split
from ssl_core.generate.config import Config, all_knobs, configure
from ssl_core.generate.loop import Workbench, make
from ssl_core.generate.makers import GENERATORS
from ssl_core.generate.material import material_of
from ssl_core.launch import local
from ssl_core.maker_cards import MAKER_CARDS
from ssl_core.method_cards import CARDS, MARKERS
from ssl_core.runs import judged as judgement
from ssl_core.runs import worker
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store
from ssl_core.train.chance import generator_at

SHORT = {"steps": 6, "frames": 3, "batch": 8, "device": "cpu"}
SMALL = {"width": 4, "latent": 3, "side": 32}  # of the knobs that a maker has
MAKERS = tuple(GENERATORS)
WITH_CLASSES = [name for name in MAKERS if "conditional" in all_knobs(name)]


def tiny(name: str, seed: int = 0, **values) -> Config:
    """A run of seconds."""
    values = {key: value for key, value in SMALL.items() if key in all_knobs(name)} | SHORT | values
    return configure(GENERATORS[name].own_data or "digits", name, 40, seed, values)


def data_of(config: Config):
    return None if config.card is None else load(config.data)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def record(run):
    """What a run wrote, without the clock."""
    rows = [{key: value for key, value in row.items() if key != "seconds"} for row in run.tail.read()]
    return rows, list(run.pictures.read())


def same(one, other) -> bool:
    """Whether two states are equal, bit for bit."""
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@pytest.mark.parametrize("name", MAKERS)
def test_it_says_what_it_is(name):
    maker = GENERATORS[name]
    assert maker.title == MAKER_CARDS[name].title
    assert all(getattr(maker, part).strip() for part in ("idea", "formula", "paper", "watch", "breaks"))
    assert MAKER_CARDS[name].marker in MARKERS
    looks = [(card.colour, card.marker) for card in [*CARDS.values(), *MAKER_CARDS.values()]]
    assert looks.count((MAKER_CARDS[name].colour, MAKER_CARDS[name].marker)) == 1, "a chart could not tell them apart"
    assert all(knob.help.endswith(".") for knob in all_knobs(name).values())
    assert name not in CARDS


@pytest.mark.parametrize("name", MAKERS)
def test_its_configuration_comes_back_from_its_file(name):
    config = tiny(name)
    assert Config.from_dict(config.to_dict()) == config


@pytest.mark.parametrize("name", MAKERS)
def test_it_shows_the_rows_it_names_and_says_the_losses_it_names(name):
    config, rows, shown = tiny(name), [], {}
    make(config, data_of(config), rows.append, look=lambda step, views: shown.update({step: views}))
    assert sorted(shown) == [0, 2, 4, 6]
    for views in shown.values():
        assert list(views) == list(config.knobs.rows)
        for pictures in views.values():
            assert pictures.ndim == 4 and 1 <= len(pictures) <= 100 and pictures.shape[1] in (1, 3)
            assert pictures.min() >= 0 and pictures.max() <= 1
    assert "loss" in config.knobs.losses
    assert all(set(config.knobs.losses) <= set(row) for row in rows if row["step"])
    changed = [row for row in shown[0] if not torch.equal(shown[0][row], shown[6][row])]
    assert changed, "nothing that it shows changes while it learns"


@pytest.mark.parametrize("name", MAKERS)
def test_stopped_killed_and_resumed_is_the_run_that_never_was(name, store):
    whole, broken = (store.add(tiny(name).to_dict()) for _ in range(2))
    assert worker.work(whole.folder)["state"] == "done", whole.end
    assert worker.work(broken.folder, watch=lambda row: row["step"] < 3 or broken.stop())["state"] == "stopped"
    assert broken.tail.read()[-1]["step"] == 3
    broken.resume()
    process = local._context().Process(target=killed_at, args=(str(broken.folder), 5))
    process.start()
    process.join(300)
    assert process.exitcode == -signal.SIGKILL
    assert broken.state == "lost"
    broken.resume()
    assert worker.work(broken.folder)["state"] == "done", broken.end
    assert record(broken) == record(whole)
    states = [worker.load_checkpoint(run.folder / "checkpoint.pt") for run in (whole, broken)]
    assert same(*(state["making"] for state in states))


def killed_at(folder: str, step: int) -> None:
    """Work on a run until it says this step, and die of kill -9."""
    worker.work(worker.Path(folder), watch=lambda row: row["step"] < step or os.kill(os.getpid(), signal.SIGKILL))


@pytest.mark.parametrize("name", MAKERS)
def test_a_seed_is_a_run_and_another_seed_another(name):
    def end(seed):
        config, states = tiny(name, seed), []
        make(config, data_of(config), lambda row: None, save=states.append)
        return states[-1]["making"]

    first = end(0)
    assert same(first, end(0))
    assert not same(first, end(1))


@pytest.mark.parametrize("name", WITH_CLASSES)
def test_it_makes_the_classes_asked_for_and_a_plain_one_makes_some(name):
    for conditional in (True, False):
        config = tiny(name, conditional=conditional)
        bench = Workbench(config, load("digits"))
        bench.take()
        asked = torch.tensor([3, 3, 0, 9, 1])
        made = bench.making.make(asked, generator_at(0, 0))
        assert made.shape == (5, 1, 8, 8) and made.min() >= 0 and made.max() <= 1
        assert torch.equal(made, bench.making.make(asked, generator_at(0, 0)))
        assert config.knobs.makes_classes is conditional


def test_the_truth_about_unlabelled_pictures_reaches_no_maker(monkeypatch):
    """The split is kept, and whatever it does not call labelled gets a wrong label: the material is the same."""
    data = load("digits")
    for values in ({}, {"conditional": False, "unlabelled": True}):
        config = tiny("vae", **values)
        honest = material_of(config, data)
        drawn = split(data.labels.numpy(), 40, 0, validation=data.card.validation, held=data.card.held)
        wrong = (data.labels + 1) % 10
        wrong[drawn.labelled] = data.labels[drawn.labelled]
        with monkeypatch.context() as patch:
            patch.setattr("ssl_core.generate.material.split", lambda *args, kept=drawn, **more: kept)
            poisoned = material_of(config, dataclasses.replace(data, labels=wrong))
        assert all(torch.equal(one, other) for one, other in zip(honest[:2], poisoned[:2], strict=True))


@pytest.mark.parametrize("name", WITH_CLASSES)
@pytest.mark.parametrize("conditional", [True, False])
def test_what_nobody_may_learn_changes_nothing(name, conditional):
    """Test pictures, validation, and whatever is unlabelled with its hidden label: poisoned, the run is the same."""
    config, honest = tiny(name, conditional=conditional), load("digits")
    kept = material_of(config, honest)
    assert len(kept.labels) == 40

    mine = {row.numpy().tobytes() for row in kept.images}
    other = torch.tensor([row.numpy().tobytes() not in mine for row in honest.images])
    poisoned = dataclasses.replace(
        honest,
        images=torch.where(other[:, None, None, None], 255 - honest.images, honest.images),
        test_images=255 - honest.test_images,
        test_labels=(honest.test_labels + 1) % 10,
    )

    def end(data):
        states = []
        make(config, data, lambda row: None, save=states.append)
        return states[-1]["making"]

    assert other.sum() >= len(honest.images) - 45
    assert same(end(honest), end(poisoned))


def test_without_labels_the_others_may_be_seen_but_not_what_they_are():
    """The hidden labels of the unlabelled pictures are −1, also where the data set knows them."""
    plain = configure("digits", "vae", 40, 0, {"conditional": False, "unlabelled": True})
    data = load("digits")
    material = material_of(plain, data)
    assert len(material.images) == 1100
    assert (material.labels == -1).sum() == 1060
    with pytest.raises(ValueError, match="asked for a class learns from labels"):
        configure("digits", "vae", 40, 0, {"conditional": True, "unlabelled": True})


@pytest.mark.parametrize("name", MAKERS)
def test_its_run_is_listed_with_its_own_measure_and_its_checkpoint_is_no_classifiers(name, store):
    run = store.add(tiny(name, frames=1).to_dict())
    worker.work(run.folder)
    row = describe(run)
    assert (row["task"], row["state"], row["test_accuracy"]) == ("generate", "done", None)
    classify = store.add(run.config | {"task": "classify", "method": "supervised", "knobs": {}})
    (classify.folder / "checkpoint.pt").write_bytes((run.folder / "checkpoint.pt").read_bytes())
    assert "is not one of a run" in worker.work(classify.folder)["why"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"method": "oracle"}, "There is no maker 'oracle'. Choose one of vae"),
        ({"knobs": {"wings": 2}}, "has no knob 'wings'"),
        ({"training": {"steps": 6, "batch": "many"}}, "batch must be a whole number"),
        ({"labels": 9}, "labels must lie between 10 (one a class) and 1100, not 9."),
        ({"data": "nowhere"}, "There is no data set 'nowhere'"),
        ({"version": 0}, "another version"),
    ],
)
def test_a_wrong_run_fails_with_one_sentence(change, why, store):
    end = worker.work(store.add(tiny("vae").to_dict() | change).folder)
    assert end["state"] == "failed"
    assert why in end["why"]


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(store, monkeypatch):
    def step(making, k, generator):
        return {"loss": float("nan") if k == 3 else 1.0}

    monkeypatch.setattr("ssl_core.generate.vae.Painter.step", step)
    end = worker.work(store.add(tiny("vae").to_dict()).folder)
    assert (end["state"], end["why"]) == ("failed", "loss became nan at step 4: lower the learning rate.")


def test_where_there_is_no_test_made_pictures_are_compared_with_others_that_the_maker_has_not_seen(store, monkeypatch):
    """Beside its own a maker that copies would look as if it copied nothing."""
    data, compared = load("digits"), []
    bare = dataclasses.replace(data, test_images=data.test_images[:0], test_labels=data.test_labels[:0])
    monkeypatch.setattr(judgement, "judge", lambda network, made, asked, *pictures: compared.append(pictures))
    for unlabelled in (False, True):
        run = store.add(tiny("vae", frames=1, conditional=False, unlabelled=unlabelled).to_dict())
        worker.work(run.folder)
        judgement.judged(store, run, bare)
        learned, real, labels, _ = compared.pop()
        theirs = {picture.tobytes() for picture in learned.numpy()}
        assert len(real) == len(labels) >= 2 and (labels >= 0).all()
        assert not [picture for picture in real.numpy() if picture.tobytes() in theirs]


def test_a_maker_that_has_seen_every_picture_is_not_judged_where_there_is_no_test():
    data = load("digits")
    card = dataclasses.replace(data.card, train=len(data.labels), validation=0)
    bare = dataclasses.replace(data, card=card, test_images=data.test_images[:0], test_labels=data.test_labels[:0])
    config = dataclasses.replace(tiny("vae", frames=1), labels=len(data.labels))
    with pytest.raises(ValueError, match=r"^This maker has learned .+\.$"):
        judgement.real_pictures(config, bare)
