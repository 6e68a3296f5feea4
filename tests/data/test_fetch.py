"""A data set is prepared in a process of its own, once, and what went wrong is told."""

from __future__ import annotations

import sys
import time

import pytest

from ssl_core.data import load
from ssl_core.data.catalog import needs
from ssl_core.runs import fetch as room
from ssl_core.runs.fetch import fetch, fetching
from ssl_core.runs.store import Store
from tests.data.test_official import fashionmnist, made


def ended(name: str) -> room.Fetching:
    limit = time.monotonic() + 240
    while (told := fetching(name)).busy:
        assert time.monotonic() < limit
        time.sleep(0.05)
    return told


def test_files_on_the_disk_are_prepared_without_torchvision_here(official):
    store = Store(official.parent / "runs")
    fashionmnist(official, made("fashionmnist"))
    seen = "torchvision" in sys.modules
    fetch(store, "fashionmnist")
    assert fetching("fashionmnist").busy
    fetch(store, "fashionmnist")  # a second click changes nothing
    assert ended("fashionmnist").why == ""
    assert needs("fashionmnist") == ""
    assert len(load("fashionmnist").images) == 80
    assert ("torchvision" in sys.modules) == seen
    assert store.runs() == []


def test_what_went_wrong_is_one_sentence_until_the_next_try(official):
    store = Store(official.parent / "runs")
    fetch(store, "fer2013")
    told = ended("fer2013")
    assert "FER2013 is not here" in told.why
    assert "\n" not in told.why
    (official / "fer2013.csv").write_text("emotion,pixels,Usage\n0,1 2 3,Training\n")
    fetch(store, "fer2013")
    assert "line 2 of fer2013.csv" in ended("fer2013").why


def test_a_page_that_looks_at_the_lock_just_then_keeps_nobody_from_preparing(official, monkeypatch):
    store, prepared, seen = Store(official.parent / "runs"), [], []
    lock, _, _ = room._files("fer2013")
    lock.parent.mkdir(parents=True)
    real = room.FileLock

    class Looked(real):
        """A lock that a page holds until somebody asks for it a second time."""

        def _acquire(self):
            seen.append(1)
            if len(seen) > 1:
                super()._acquire()

    monkeypatch.setattr(room, "FileLock", Looked)
    monkeypatch.setattr(room, "PATIENCE", 150.0)
    monkeypatch.setattr(room, "prepare", lambda name, download: prepared.append(name))
    monkeypatch.setattr(sys, "argv", ["fetch", str(store.root), "fer2013"])
    room.main()
    assert prepared == ["fer2013"]


@pytest.mark.parametrize(("have", "share"), [(0, 0.0), (85_000_000, 0.5), (200_000_000, 1.0)])
def test_progress_is_what_is_on_the_disk(official, have, share):
    if have:
        with open(official / "cifar-10-python.tar.gz", "wb") as file:
            file.truncate(have)
    assert fetching("cifar10").share == pytest.approx(share)
