"""The README says what is there: its commands, methods, data sets, and its picture."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ssl_core.augment import OPERATIONS, PRESETS
from ssl_core.data.catalog import CATALOG
from ssl_core.figures.results import spread_words
from ssl_core.methods import METHODS
from ssl_core.mix.table import MIXES
from ssl_core.oversample.variants import VARIANTS

HOUSE = Path(__file__).resolve().parent.parent
README = (HOUSE / "README.md").read_text()


@pytest.mark.parametrize("name", [*METHODS, *CATALOG, *OPERATIONS, *PRESETS, *MIXES, *VARIANTS])
def test_it_names_everything_there_is_to_choose(name):
    assert f"`{name}`" in README


def test_its_files_exist():
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (HOUSE / link).exists(), link


def test_its_test_command_is_what_the_gate_runs():
    assert "-m pytest\n" in README
    gate = (HOUSE / ".ci" / "run").read_text()
    assert gate.rstrip().endswith("-m pytest")
    assert "pip install -r tests/requirements.txt" in README


def test_its_figures_are_those_of_the_recorded_table():
    results = json.loads((HOUSE / "assets" / "results.json").read_text())
    assert results["command"] in README
    for data, methods in results["data"].items():
        for method, by_count in methods.items():
            line = next(line for line in README.splitlines() if line.startswith(f"| `{method}` |") and "–" in line)
            for count, told in by_count.items():
                assert spread_words(told["test"]) in line, (data, method, count)


def test_nothing_else_lies_at_the_top():
    theirs = {"app.py", "pages", "ssl_core", "assets", "tests", "requirements.txt", "README.md", "LICENSE"}
    visible = {p.name for p in HOUSE.iterdir() if not p.name.startswith(".")} - {"runs", "__pycache__"}
    assert visible == theirs
