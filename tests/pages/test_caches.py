"""A data set that has changed has changed on every page, and a network is read once for all of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from ssl_core.data import CATALOG, kept, load
from ssl_core.data.kept import Arrays
from ssl_core.models import MODELS
from ssl_core.runs.files import write_json
from ssl_core.runs.saved import save_checkpoint
from ssl_core.train.config import configure
from tests.pages.conftest import problems

NAME = "folder:/pictures@8grey"


def keep(test: int) -> None:
    """A small set of digits under one name, with this many test pictures."""
    data = load("digits")
    arrays = [part.numpy() for part in (data.images, data.labels, data.test_images, data.test_labels)]
    card = dataclasses.replace(
        CATALOG["digits"], name=NAME, title="Folder pictures", train=300, validation=50, test=test
    )
    kept.keep(card, Arrays(arrays[0][:350], arrays[1][:350], arrays[2][:test], arrays[3][:test]))


def finish(store) -> str:
    """A finished run on that set, whose network was never trained: enough to be asked."""
    config = configure(NAME, "supervised", 20, 0)
    run = store.add(config.to_dict())
    with torch.random.fork_rng():
        model = MODELS[config.training.model](config.card.channels, len(config.card.classes))
    save_checkpoint(run.folder / "checkpoint.pt", {"average": model.state_dict(), "step": 1})
    write_json(run.folder / "end.json", {"state": "done", "test_accuracy": 0.1})
    return run.name


def shown(visit) -> dict[str, int]:
    """How many test pictures each page knows of."""
    predict = visit("predict.py", which="9999")
    data = visit("data.py", data="Folder pictures", count="20")
    assert problems(predict) == problems(data) == []
    numbered = next(part.value for part in predict.markdown if "Test picture " in part.value)
    counted = next(part.value for part in data.markdown if "for the test" in part.value)
    return {
        "predict": (9999 - int(numbered.split("Test picture ")[1].split(".")[0])),  # a multiple of the count
        "data": int(counted.split(" for the test")[0].split()[-1]),
    }


def test_a_changed_data_set_is_the_same_on_every_page(visit, store):
    from pages.parts.shared.data_cache import forget

    runs = []
    for count in (8, 15):
        keep(count)
        forget()
        runs.append(finish(store))
        pages = shown(visit)
        assert pages["data"] == count
        assert pages["predict"] % count == 0
    assert "not those of this run any more" in visit("predict.py", trained=runs[0]).warning[0].value


def test_a_set_that_a_terminal_read_again_is_noticed_without_a_word_from_a_page(store):
    from pages.parts.shared.data_cache import dataset
    from pages.parts.shared.network_cache import classifier

    keep(8)
    run = finish(store)
    assert len(dataset(NAME).test_labels) == 8
    assert classifier(run).note == ""
    keep(15)
    assert len(dataset(NAME).test_labels) == 15
    assert classifier(run).note


def test_forget_leaves_nothing_computed_from_an_older_set(store):
    from pages.parts.augmentations.source import pictures_of
    from pages.parts.data.scene import seen_of
    from pages.parts.shared.data_cache import dataset, forget
    from pages.parts.shared.network_cache import classifier
    from pages.parts.smote.scene import unbalanced

    keep(8)
    run = finish(store)
    readers = {
        "data": lambda: dataset(NAME).images,
        "augmentations": lambda: pictures_of(NAME, 8, None).images,
        "a split": lambda: torch.from_numpy(seen_of(NAME, 20, 0, 1.0).images),
        "smote": lambda: torch.from_numpy(unbalanced(NAME, (0, 1), 10, 2.0, 0)[0]),
        "predict": lambda: torch.tensor(bool(classifier(run).note)),
    }
    before = {name: read().clone() for name, read in readers.items()}
    data = load("digits")
    last = [part.numpy()[-350:] for part in (data.images, data.labels)]
    card = dataclasses.replace(kept.find(NAME), test=15)
    kept.keep(card, Arrays(np.ascontiguousarray(last[0]), last[1], data.test_images.numpy()[:15], last[1][:15]))
    forget()
    same = [name for name, read in readers.items() if torch.equal(before[name], read())]
    assert same == []


def test_a_network_is_read_once_for_all_pages(store):
    from pages.parts.shared.network_cache import classifier, network

    keep(8)
    run = finish(store)
    assert classifier(run).model is network(run)


@pytest.mark.parametrize("name", ["", "../x", "20260101-nothing"])
def test_a_network_that_is_not_there_is_one_sentence(store, name):
    from pages.parts.shared.network_cache import classifier, network

    for read in (classifier, network):
        with pytest.raises(ValueError, match="no network any more"):
            read(name)
