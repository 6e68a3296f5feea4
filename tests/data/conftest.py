"""A store and a folder of official files of its own for every test, and pictures and zips made on the spot."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssl_core.data.catalog import CATALOG
from tests.data.sets import MOONS, MOSTLY_UNKNOWN


@pytest.fixture
def official(tmp_path, monkeypatch) -> Path:
    """The folder that official files are looked for in; kept sets go to a store beside it."""
    folder = tmp_path / "official"
    folder.mkdir()
    monkeypatch.setenv("SSL_DATA", str(folder))
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "runs"))
    monkeypatch.delenv("SSL_ROOTS", raising=False)
    return folder


@pytest.fixture
def registered(monkeypatch):
    """The sets of tests/data/sets.py, in the catalog as a new set would be."""
    for card in (MOONS, MOSTLY_UNKNOWN):
        monkeypatch.setitem(CATALOG, card.name, card)


def png(seed: int, side: int = 16, level: int | None = None) -> bytes:
    """A PNG of noise, or of one grey level."""
    pixels = np.random.RandomState(seed).randint(0, 256, (side, side, 3)).astype(np.uint8)
    if level is not None:
        pixels[:] = level
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip with these files; a name that ends in / is a folder."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def pets(each: int = 10) -> dict[str, bytes]:
    """Bright cats and dark dogs, by path."""
    levels = {"cat": 200, "dog": 40}
    return {f"pets/{kind}/{n}.png": png(n, level=level + n) for kind, level in levels.items() for n in range(each)}
