"""The README says what is there: its commands, methods, data sets, and its picture."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pages.parts.shared.pages import PAGES
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


def table(heading: str) -> list[str]:
    """The first cells of the rows of the table below a heading."""
    below = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line.split("|")[1].strip(" `") for line in below.splitlines() if line.startswith("| ")][1:]


def test_its_table_of_settings_is_what_the_code_reads():
    sources = [HOUSE / "app.py", *(HOUSE / "pages").rglob("*.py"), *(HOUSE / "ssl_core").rglob("*.py")]
    read = {name for path in sources for name in re.findall(r"\bSSL_[A-Z_]+\b", path.read_text())}
    assert read <= set(table("Settings"))


def test_its_table_of_pages_is_the_navigation():
    rows = [line for line in README.split("## The pages\n", 1)[1].split("\n## ", 1)[0].splitlines() if "|" in line]
    assert rows[2:] == [f"| {page.title} | {page.group or '–'} | {page.about} |" for page in PAGES]


def test_it_begins_with_what_a_newcomer_needs_and_ends_with_figures():
    wanted = ["Run it", "Test it", "The pages", "Settings", "How it is built", "Results"]
    headings = re.findall(r"^## (.+)$", README, flags=re.M)
    assert headings[: len(wanted)] == wanted
    assert README.index("![") < README.index("## Run it")


def test_a_table_row_never_stands_outside_its_table():
    lines = README.splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        if line.startswith("|"):
            assert before.startswith("|") or not before.strip(), line
    starts = [i for i, line in enumerate(lines) if line.startswith("|") and not lines[i - 1].startswith("|")]
    assert all(re.fullmatch(r"[|\- ]+", lines[i + 1]) for i in starts)


def test_nothing_else_lies_at_the_top():
    theirs = {"app.py", "pages", "ssl_core", "assets", "tests", "requirements.txt", "README.md", "LICENSE"}
    visible = {p.name for p in HOUSE.iterdir() if not p.name.startswith(".")} - {"runs", "__pycache__"}
    assert visible == theirs
