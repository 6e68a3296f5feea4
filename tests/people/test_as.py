"""`--as NICKNAME` in a terminal: the same names as in the pages."""

from __future__ import annotations

import argparse
import contextlib

import pytest

from ssl_core.__main__ import COMMANDS, main
from ssl_core.launch.local import Local
from ssl_core.people.owners import own, owners, subject
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store
from ssl_core.search.plan import Search, searches
from ssl_core.search.span import Span
from ssl_core.search.terminal import search_here
from ssl_core.terminal.train_here import train_here

STARTING = {"train", "experiment", "ablate", "search", "generate", "helps", "results"}


def test_every_command_that_starts_runs_takes_a_nickname():
    def takes(name: str) -> bool:
        parser = argparse.ArgumentParser()
        COMMANDS[name].flags(parser)
        return any("--as" in action.option_strings for action in parser._actions)

    assert {name for name in COMMANDS if takes(name)} == STARTING


@pytest.mark.parametrize("command", sorted(STARTING))
@pytest.mark.parametrize("typed", ["", "...", "me"])
def test_what_is_no_nickname_is_refused_before_anything_starts(tmp_path, capsys, command, typed):
    assert main([command, "--store", str(tmp_path / "runs"), "--as", typed]) == 2
    said = capsys.readouterr().err.strip()
    assert said.endswith(".") and "\n" not in said and not (tmp_path / "runs").exists()


@pytest.mark.parametrize("command", ["train", "generate"])
def test_a_run_has_its_person(tmp_path, capsys, monkeypatch, command):
    done = {"state": "done", "why": "", "step": 5}
    monkeypatch.setattr("ssl_core.runs.worker.work", lambda folder, watch: write_json(folder / "end.json", done))
    store = Store(tmp_path / "runs")
    words = [command, "--store", str(store.root), "--steps", "5"]
    assert main([*words, "--as", " <b>Anna</b>"]) == main(words) == 0
    first, second = store.runs()
    assert owners(store) == {first.name: ["b_Anna__b"]}, "without --as nobody is written down"
    assert subject(second) == second.name


def test_an_experiment_of_two_has_two_owners(tmp_path, capsys):
    store = Store(tmp_path / "runs")
    experiment = Experiment("digits", ["supervised"], [20], [0], {"supervised": {"steps": 5}})
    (run,) = enqueue(store, experiment).runs
    write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 5})
    for name in (None, "Anna", "Bob", "anna"):
        ident, runs = train_here(str(store.root), experiment, name)
        assert (ident, [one.name for one in runs]) == (experiment.id, [run.name])
    assert owners(store) == {experiment.id: ["Anna", "Bob"]}


@pytest.mark.parametrize("command", ["experiment", "ablate", "helps"])
def test_the_name_goes_to_what_trains(tmp_path, monkeypatch, command):
    asked = []
    monkeypatch.setattr(Local, "warm", lambda self: None)
    monkeypatch.setattr(COMMANDS[command], "train_here", lambda *words: asked.append(words[2]) or ("", []))
    main([command, "--store", str(tmp_path / "runs"), "--as", "Anna", "--labels", "20"])
    assert set(asked) == {"Anna"}


def test_a_search_has_its_person(tmp_path, monkeypatch):
    monkeypatch.setattr("ssl_core.search.terminal.Pool", _nothing_trains)
    with pytest.raises(KeyboardInterrupt):
        search_here(
            store := Store(tmp_path / "runs"),
            Search("digits", "fixmatch", 20, {"threshold": Span(0.5, 0.9)}),
            lambda stop: contextlib.nullcontext(),
            False,
            lambda name: own(store, name, "Anna"),
        )
    assert owners(store) == {name: ["Anna"] for name in searches(store)} != {}


def _nothing_trains(*words):
    raise KeyboardInterrupt
