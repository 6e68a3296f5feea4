"""Every fault of the plan has a test by its own name, and no row is forgotten when the plan grows."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROWS = json.loads((HERE / "rows.json").read_text())
PLAN = HERE.parents[1].parent / "shared" / "reference" / "faults.md"


def name_of(row: str) -> str:
    """The test's name for a fault: "worker kill -9" is test_worker_kill_9."""
    return "test_" + re.sub(r"[^a-z0-9]+", "_", row.lower()).strip("_")


def names_here() -> set[str]:
    files = (ast.parse(path.read_text()) for path in HERE.glob("test_*.py"))
    return {node.name for tree in files for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS)
def test_every_fault_has_a_test_by_its_name(row):
    assert name_of(row) in names_here(), f"no test for the fault “{row}”"


def test_the_rows_are_those_of_the_plan():
    if not PLAN.is_file():
        pytest.skip(f"no plan of faults at {PLAN}")
    table = PLAN.read_text().split("## 3.", 1)[1]
    cells = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    assert cells[2:] == ROWS
