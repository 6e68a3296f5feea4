"""Every flag of every command with hostile values: exit codes, one sentence, and nothing left beside the store."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

import pytest

from ssl_core import __main__ as terminal
from ssl_core.__main__ import COMMANDS, TURNING_KNOBS, main
from ssl_core.runs.store import Store

HOSTILE = [
    "",
    " ",
    "\0",
    "a\nb\tc",
    "\x1b[31mred\x1b[0m",
    "\udcff\udc80",
    "é漢字😀\u202e",
    "x" * 5_000,
    "9" * 5_000,
    "-1",
    "0",
    "1.5",
    "1e400",
    "nan",
    "-inf",
    "true",
    "None",
    "=",
    "a=b",
    "lr=1:0",
    "lr=nan:inf",
    "%s%n",
    "{0}",
    "[" * 2_000,
    "rotate(" * 500,
    "$(touch here); touch here",
    "../../etc/passwd",
    "/etc/passwd",
    "/dev/zero",
    "/proc/self/mem",
    "upload:00000000",
    "folder:",
    "folder:/",
    "folder:/proc/self@64",
    "folder:\0",
    "folder:../..@9999grey",
    "--",
    "--json",
]
NO_STORES = ["", " ", "\0", "/proc/nope", "/dev/null", "/etc/passwd", "/etc/passwd/x", "x" * 5_000, "\udcff\0"]
SHORT = ["--steps", "1", "--batch", "2", "--evaluations", "1", "--device", "cpu"]
USUAL = {
    "train": ["--method", "supervised", *SHORT],
    "experiment": ["--methods", "supervised", "--labels", "10", *SHORT],
    "ablate": ["--method", "mixmatch", "--labels", "10", *SHORT],
    "search": ["--method", "supervised", "--knob", "lr", "--runs", "2", *SHORT],
    "export": ["RUN"],
    "predict": ["RUN", "PICTURE"],
    "results": ["--data", "digits", "--methods", "supervised"],
    "generate": ["--model", "vae", "--steps", "2"],
    "helps": ["--data", "digits", "--labels", "10", "--seeds", "0", "--steps", "2"],
    "labels": ["import", "PICTURE"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store with one finished run, its name, a picture, and an empty folder to stand in."""
    import numpy as np
    from PIL import Image

    root = tmp_path_factory.mktemp("fuzz")
    for name in ("store", "here"):
        (root / name).mkdir()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(root / "picture.png")
    assert main(["train", *USUAL["train"], "--store", str(root / "store")]) == 0
    return root, Store(root / "store").runs()[0].name


@pytest.fixture
def ask(place, monkeypatch, capsys):
    """ask(command, *words) -> what is wrong with how the terminal answered, or nothing. Nothing is trained."""
    from ssl_core.runs import results, worker
    from ssl_core.runs.runner import Pool

    root, name = place
    monkeypatch.chdir(root / "here")
    monkeypatch.setenv("SSL_STORE", str(root / "store"))
    monkeypatch.delenv("SSL_ROOTS", raising=False)
    for setting in ("SSL_RUN_CPUS", "SSL_RUN_GPUS", "SSL_AT_ONCE", "SSL_RUNS_PER_JOB"):  # a flag sets it for good
        monkeypatch.setenv(setting, "1")
        monkeypatch.delenv(setting)
    parser = terminal._parser()  # it is the same for every line, and to build it costs more than to answer most
    monkeypatch.setattr(terminal, "_parser", lambda: parser)
    monkeypatch.setattr(os, "fsync", lambda file: None)  # nobody pulls a plug here, and thousands of runs are written
    monkeypatch.setattr(Pool, "tick", lambda self: False)
    monkeypatch.setattr("ssl_core.search.terminal.search_here", lambda *words: 0)
    monkeypatch.setattr(worker, "work", lambda folder, watch: {})
    monkeypatch.setattr(results, "record", lambda *words: {})

    def there():
        """What lies beside the store; it is looked at twice a line, and the store would be most of it."""
        found = set()
        for folder, folders, files in os.walk(root):
            folders[:] = [one for one in folders if one != "store"]
            found |= {Path(folder, one).relative_to(root) for one in [*folders, *files] if one != "store"}
        return found

    def wrong(command, *words):
        before = there()
        words = [{"RUN": name, "PICTURE": str(root / "picture.png")}.get(word, word) for word in words]
        try:
            code = main([command, *words])
        except BaseException as escaped:
            return f"{type(escaped).__name__}: {str(escaped)[:200]}"
        for config in (root / "store").glob("*/config.json"):  # or hundreds would wait, and the next were refused
            if config.parent.name != name:
                shutil.rmtree(config.parent)
        out, err = capsys.readouterr()
        lines = err.strip("\n").split("\n")
        if code not in (0, 1, 2):
            return f"exit code {code}"
        if "Traceback" in out + err:
            return "a traceback"
        if code == 2 and (len(lines) != 1 or not lines[0].endswith((".", "?")) or not lines[0].isprintable()):
            return f"no sentence: {err!r}"[:300]
        last_word = words[-1] if words else ""  # a file to write has that name
        asked = {Path("here", last_word), Path("here", last_word.partition("=")[2])}
        if left := there() - before:
            for path in left:
                (root / path).unlink()
        if left - asked:
            return f"left {left}"
        return ""

    return wrong


def actions_of(command):
    """The flags that a command has of its own, and how many values each takes."""
    parser = argparse.ArgumentParser()
    COMMANDS[command].flags(parser)
    return [action for action in parser._actions if action.dest != "help"]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_value_of_a_flag_is_a_traceback(command, ask):
    usual, answers = USUAL.get(command, []), {}
    for action in actions_of(command):
        flag = action.option_strings[-1:] or []
        place = [other for other in actions_of(command) if not other.option_strings]
        place = [other.dest for other in place].index(action.dest) if not flag else 0
        for value in NO_STORES if action.dest == "store" else HOSTILE:
            words = [*usual, *flag, value] if flag else [*usual[:place], value, *usual[place + 1 :]]
            answers[action.dest, value] = ask(command, *words)
            if flag:
                answers[f"{flag[0]}={value}"] = ask(command, *usual, f"{flag[0]}={value}")
    assert {words: answer for words, answer in answers.items() if answer} == {}


@pytest.mark.parametrize("command", TURNING_KNOBS)
def test_no_value_of_a_knob_is_a_traceback(command, ask):
    from ssl_core.train.config import all_knobs

    answers = {}
    for name in all_knobs("supervised"):
        for value in HOSTILE:
            if not (name == "steps" and value.isdigit()):
                answers[name, value] = ask(command, *USUAL[command], f"--{name}={value}")
    assert {words: answer for words, answer in answers.items() if answer} == {}


def test_no_word_in_place_of_a_command_is_a_traceback(ask):
    lines = [[""], *([value] for value in HOSTILE), ["train", "--"], ["--store", "x"]]
    answers = {tuple(words): ask(*words) for words in lines}
    assert {words: answer for words, answer in answers.items() if answer} == {}


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=str)
def test_help_is_printed_and_ends_well(command, capsys):
    assert main([*command, "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: ")
