"""Stores of mutated runs: one run a mutation, all of one experiment and one search, read as root or as nobody."""

from __future__ import annotations

import builtins
import os
from pathlib import Path

import pytest

from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store
from ssl_core.search.plan import Search, folder_of
from ssl_core.search.span import Span
from ssl_core.train.config import configure
from tests.runs.mutations import DENIED, Mutation, whole_run

SEARCH = Search("digits", "fixmatch", 20, {"threshold": Span(low=0.5, high=0.99)}, runs=200)
WITNESS = Path("/tmp/few-label-lab-was-here")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory) -> Path:
    """The weights of a run of five steps."""
    from ssl_core.runs.worker import work

    store = Store(tmp_path_factory.mktemp("weights"))
    run = store.add(configure("digits", "fixmatch", 20, 0, {"steps": 5, "evaluations": 1, "batch": 8}).to_dict())
    assert work(run.folder)["state"] == "done"
    return run.folder / "checkpoint.pt"


def populate(store: Store, wrong: list[Mutation], checkpoint: Path) -> dict[str, str]:
    """A run for each mutation; the mutation's name by that of the run."""
    folder_of(store, SEARCH.id).mkdir(parents=True)
    write_json(folder_of(store, SEARCH.id) / "search.json", SEARCH.to_dict())
    config = configure("digits", "fixmatch", 20, 0, {"steps": 60}).to_dict() | {
        "experiment": "fuzz",
        "search": SEARCH.id,
    }
    names = {}
    for number, mutation in enumerate(wrong):
        name = f"20260101-{number:09d}-fixmatch-20-s0-aaaa"
        values = config | {"trial": number, "created": 1.7e9 + number}
        mutation.do(whole_run(store.root, name, values, mutation.state, checkpoint))
        names[name] = mutation.name
    return names


@pytest.fixture
def closed(monkeypatch):
    """closed(root): what mutations say that nobody may open, nobody can; for tests that run as root, who may."""

    def close(root: Path) -> None:
        denied = set()
        for listed in root.glob(f"*/{DENIED}"):
            denied |= {
                str(listed.parent / name) if name != "." else str(listed.parent) for name in listed.read_text().split()
            }

        def guard(real, inside_only=False):
            def call(path, *args, **kwargs):
                text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
                if (text in denied and not inside_only) or str(Path(text).parent) in denied:
                    raise PermissionError(13, "Permission denied", text)
                return real(path, *args, **kwargs)

            return call

        for name in ("open", "scandir", "listdir"):
            monkeypatch.setattr(os, name, guard(getattr(os, name)))
        for name in ("stat", "lstat"):
            monkeypatch.setattr(os, name, guard(getattr(os, name), inside_only=True))
        monkeypatch.setattr(builtins, "open", guard(builtins.open))

    return close
