"""What must hold for every data set: a new line of the catalog is tested the day it is added."""

from __future__ import annotations

import dataclasses
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from ssl_core import data as room
from ssl_core.data.card import MIRRORS, Card
from ssl_core.data.catalog import CATALOG, card, load, needs
from ssl_core.train.recipes import recipe

HOUSE = Path(__file__).resolve().parents[2]
MODULES = [module.name for module in pkgutil.iter_modules(room.__path__)]
every_set = pytest.mark.parametrize("name", CATALOG)


def cards_of(module: str) -> list[Card]:
    """Cards that a file of the room holds as its own."""
    source = import_module(f"ssl_core.data.{module}")
    return [source.CARD] if hasattr(source, "CARD") else [*getattr(source, "CARDS", ())]


@pytest.mark.parametrize("module", MODULES)
def test_a_file_with_a_card_has_its_line_in_the_catalog(module):
    for own in cards_of(module):
        assert CATALOG.get(own.name) is own, f"{module}.py holds the card of {own.name!r}: add its line to catalog.py"


@every_set
def test_its_card_stands_in_a_file_of_its_own(name):
    homes = [module for module in MODULES if module != "official" and CATALOG[name] in cards_of(module)]
    assert len(homes) == 1, f"the card of {name!r} should stand in one file of ssl_core/data, beside what loads it"


@every_set
def test_its_card_says_what_a_reader_needs(name):
    about = CATALOG[name]
    assert about.name == name
    assert len(about.classes) == len(set(about.classes)) > 1, f"{name}: a set needs two classes, each with its own name"
    assert all(label.strip() == label != "" for label in about.classes), f"{name}: a class has no name"
    assert about.text.endswith("."), f"{name}: its text should be sentences"
    assert about.licence, f"{name}: say its licence"
    assert about.title, f"{name}: it needs a title"
    assert 0 <= about.unknown <= about.pool
    assert about.validation < about.train
    assert set(about.mirrors) <= set(MIRRORS)
    assert 0 <= about.turns <= 180
    assert f"`{name}`" in (HOUSE / "README.md").read_text(), f"README does not name `{name}`"
    assert recipe(name, "fixmatch")["steps"] > 0, f"{name}: train/recipes.py has no short recipe for it"


def test_no_two_sets_have_the_same_title():
    titles = [about.title for about in CATALOG.values()]
    assert len(titles) == len(set(titles))


@every_set
def test_it_loads_or_says_what_it_needs(name, official):
    if words := needs(name):
        assert re.fullmatch(r"[^\n]+\.", words), f"{name}: what it needs should be one sentence"
        with pytest.raises(ValueError, match=re.escape(words)):
            load(name)
        return
    about, data = card(name), load(name)
    assert data.card == about
    for rows, labels, count in (
        (data.images, data.labels, about.train),
        (data.test_images, data.test_labels, about.test),
    ):
        assert rows.shape == (count, *about.shape), f"{name}: its card says {count} rows of {about.shape}"
        assert labels.shape == (count,)
        assert str(labels.dtype) == "torch.int64"
        assert str(rows.dtype) == ("torch.uint8" if about.pictures else "torch.float32")
        assert set(labels.unique().tolist()) <= {-1, *range(len(about.classes))}
    assert (data.labels == -1).sum() == about.unknown
    assert np.bincount(data.labels[data.labels >= 0], minlength=len(about.classes)).min() > 0, f"{name}: an empty class"


@pytest.mark.parametrize("module", ["catalog", *(module for module in MODULES if cards_of(module))])
def test_reading_a_card_needs_no_tensors(module):
    code = f"import sys, ssl_core.data.{module}; print([m for m in ('torch', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", f"{module}.py should import torch and sklearn inside its functions"


def test_a_new_set_is_one_file_and_one_line(monkeypatch):
    """A toy set, registered as a new one would be, is found, loads and learns without another line anywhere."""
    from ssl_core.data import digits
    from ssl_core.train.config import configure
    from ssl_core.train.loop import train

    rows, toy = [], dataclasses.replace(digits.CARD, name="toy", title="Toy")
    monkeypatch.setitem(CATALOG, "toy", toy)
    assert needs("toy") == ""
    config = configure("toy", "supervised", 10, 0, {"steps": 2, "evaluations": 1})
    assert train(config, load("toy"), rows.append) == "done"
    assert rows[-1]["test_accuracy"] > 0
