"""A store in a temporary folder, short real runs in it, and a folder of somebody's own pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssl_core.runs.store import Store
from ssl_core.train.config import configure


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture
def short():
    """short(steps=..., method=...) -> a configuration dict of seconds."""

    def make(method="supervised", labels=20, seed=0, **values):
        return configure("digits", method, labels, seed, {"steps": 60, "evaluations": 3, "batch": 8} | values).to_dict()

    return make


COLOURS = {"cat": (220, 60, 40), "dog": (40, 60, 220)}


def draw(path: Path, colour: tuple[int, int, int], seed: int) -> None:
    """A picture of one colour with a little noise, each another."""
    noise = np.random.RandomState(seed).randint(-30, 30, (20, 20, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8)).save(path)


@pytest.fixture
def pets(tmp_path, monkeypatch, store) -> Path:
    """A folder with 12 cats, 12 dogs and 9 pictures without a label, that may be read."""
    folder = tmp_path / "pets"
    for kind, colour in COLOURS.items():
        for n in range(12):
            draw(folder / kind / f"{n}.png", colour, n if kind == "cat" else 100 + n)
    for n in range(9):
        draw(folder / "unlabelled" / f"=new, {n}.png", list(COLOURS.values())[n % 2], 200 + n)
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    monkeypatch.setenv("SSL_STORE", str(store.root))
    return folder


@pytest.fixture
def pet_run(pets, store):
    """pet_run() -> a finished run on these pictures."""
    from ssl_core.data import prepare
    from ssl_core.runs.worker import work

    def make(method="fixmatch", finish=True, **values):
        name = prepare(f"folder:{pets}@16").name
        values = {"model": "small_convnet", "steps": 60, "evaluations": 1, "batch": 8, "device": "cpu"} | values
        run = store.add(configure(name, method, 8, 0, values).to_dict())
        if finish:
            assert work(run.folder)["state"] == "done", run.end
        return run

    return make
