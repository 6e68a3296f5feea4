"""A run knows which pictures it learned from: whoever uses it again gets its own classes, or one sentence."""

from __future__ import annotations

import json

import pytest

from ssl_core.__main__ import main
from ssl_core.data import find_card, kept, load, prepare
from ssl_core.predict.neighbours import bank
from ssl_core.predict.weights import from_bytes, to_safetensors
from ssl_core.runs import runner
from ssl_core.runs.again import repeat, resume
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.judge import judge
from ssl_core.runs.listing import Listing
from ssl_core.runs.store import Run, Store
from ssl_core.runs.trained import classifier_of, load_trained
from ssl_core.runs.worker import work
from tests.runs.conftest import draw


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch):
    monkeypatch.setattr(runner, "ensure_runner", lambda store: store.wake())


def rename(pets):
    """Somebody calls their cats otherwise, so that the classes change places, and the folder is read again."""
    (pets / "cat").rename(pets / "zebra")
    prepare(f"folder:{pets}@16")


def add(pets):
    draw(pets / "dog" / "late.png", (10, 200, 10), 999)
    prepare(f"folder:{pets}@16")


def forget(pets):
    kept.forget(find_card(f"folder:{pets}@16").name)


def cat(classifier, pets):
    """What the network says to a picture of a cat."""
    from ssl_core.predict.picture import fit_bytes

    image = fit_bytes((pets / "cat" / "0.png").read_bytes(), classifier.card, False)
    return classifier.card.classes[int(classifier.probabilities(image[None]).argmax())]


def without_origin(run):
    """The run as older versions wrote it."""
    config = {k: v for k, v in run.config.items() if k not in ("fingerprint", "classes", "input")}
    write_json(run.folder / "config.json", config)
    return Run(run.folder)


def test_every_run_writes_down_what_it_learns_from(store, short, pet_run):
    digits, own = store.add(short()), pet_run(finish=False)
    for run, name in ((digits, "digits"), (own, own.config["data"])):
        told, card = json.loads((run.folder / "config.json").read_text()), find_card(name)
        assert (told["fingerprint"], tuple(told["classes"])) == (card.fingerprint, card.classes)
    assert own.config["classes"] == ["cat", "dog"]


def test_unchanged_pictures_change_nothing(pets, pet_run):
    run = pet_run()
    prepare(f"folder:{pets}@16")
    classifier = classifier_of(run)
    assert classifier.note == ""
    assert classifier.parts is not None
    assert cat(classifier, pets) == "cat"
    assert judge(run).tested == 4


@pytest.mark.parametrize("change", [rename, add, forget])
def test_whatever_happens_to_the_pictures_a_run_answers_with_its_own_classes(pets, pet_run, change):
    run = pet_run()
    before = classifier_of(run)
    picture = (pets / "cat" / "0.png").read_bytes()
    change(pets)
    after = classifier_of(run)
    assert after.card.classes == before.card.classes == ("cat", "dog")
    assert after.note.endswith(".")
    assert len(after.note) < 250
    (pets / "cat").mkdir(exist_ok=True)
    (pets / "cat" / "0.png").write_bytes(picture)
    assert cat(after, pets) == "cat"


@pytest.mark.parametrize("change", [rename, add])
def test_who_needs_the_runs_own_pictures_refuses_in_one_sentence(store, pets, pet_run, change):
    run = pet_run()
    change(pets)
    for use in (judge, load_trained, lambda run: repeat(store, run, 1)):
        with pytest.raises(ValueError, match=r"not those of this run any more.*\.$"):
            use(run)
    with pytest.raises(ValueError, match=r"not those of this run any more"):
        bank(classifier_of(run), load(run.config["data"]))


@pytest.mark.parametrize("change", [rename, add])
def test_a_run_does_not_go_on_with_other_pictures(store, pets, pet_run, change, capsys):
    run = pet_run()
    write_json(run.folder / "end.json", {"state": "stopped", "why": ""})
    change(pets)
    with pytest.raises(ValueError, match=r"Start it again"):
        resume(store, [run])
    assert run.state == "stopped"
    assert main(["train", "--resume", run.name, "--store", str(store.root)]) == 2
    assert "not those of this run any more" in capsys.readouterr().err
    assert run.state == "stopped"


def test_pictures_that_change_while_a_run_waits_are_noticed_before_the_first_step(pets, pet_run):
    run = pet_run(finish=False)
    rename(pets)
    end = work(run.folder)
    assert end["state"] == "failed"
    assert "not those of this run any more" in end["why"]
    assert not (run.folder / "checkpoint.pt").exists()


def test_an_old_run_lists_opens_and_goes_on(store, pets, pet_run, capsys):
    run = without_origin(pet_run())
    assert [row["state"] for row in Listing(Store(store.root)).rows()] == ["done"]
    assert classifier_of(run).note == ""
    assert judge(run).tested == 4
    write_json(run.folder / "end.json", {"state": "stopped", "why": ""})
    assert resume(store, [run]) == 1
    assert work(run.folder)["state"] == "done"


def test_an_old_run_whose_pictures_are_gone_is_one_sentence(pets, pet_run):
    run = without_origin(pet_run())
    forget(pets)
    with pytest.raises(ValueError, match=r"not here any more\.$"):
        classifier_of(run)


def test_an_experiment_on_pictures_that_changed_is_another_one(store, pets, pet_run):
    name = pet_run().config["data"]
    knobs = {"supervised": {"model": "small_convnet", "steps": 5, "batch": 8}}
    first = enqueue(store, Experiment(name, ["supervised"], [8], [0], knobs))
    again = enqueue(store, Experiment(name, ["supervised"], [8], [0], knobs))
    assert (again.id, again.new, again.kept) == (first.id, 0, 1)
    add(pets)
    later = enqueue(store, Experiment(name, ["supervised"], [8], [0], knobs))
    assert later.new == 1
    assert later.id != first.id


def test_a_weights_file_answers_with_its_own_classes_in_any_store(pets, pet_run, tmp_path, monkeypatch, capsys):
    classifier = classifier_of(pet_run())
    file = tmp_path / "pets.safetensors"
    file.write_bytes(to_safetensors(classifier))
    here = from_bytes(file.read_bytes(), "digits", "small_convnet")
    assert (here.card, here.note) == (classifier.card, "")
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "other"))
    there = from_bytes(file.read_bytes(), "digits", "small_convnet")
    assert there.card.classes == ("cat", "dog")
    assert there.note
    assert there.temperature == classifier.temperature
    assert cat(there, pets) == "cat"
    words = ["predict", str(file), str(pets / "cat" / "0.png"), "--csv", "--store", str(tmp_path / "other")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith("file,class,probability,second")
    assert said.out.splitlines()[1].startswith("0.png,cat,")
    assert "not here" in said.err


def test_a_weights_file_of_renamed_classes_keeps_its_names(pets, pet_run):
    content = to_safetensors(classifier_of(pet_run()))
    rename(pets)
    assert from_bytes(content, "digits", "small_convnet").card.classes == ("cat", "dog")


def test_the_terminal_answers_a_renamed_class_with_the_runs_own_name(store, pets, pet_run, capsys):
    run = pet_run()
    rename(pets)
    assert main(["predict", run.name, str(pets / "zebra" / "0.png"), "--csv", "--store", str(store.root)]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[1].startswith("0.png,cat,")
    assert "any more" in said.err
