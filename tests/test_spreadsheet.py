"""No CSV of this app begins a cell like a formula, and none changes a number."""

from __future__ import annotations

import ast
import csv
import io

import pytest

from ssl_core.export.formats import rows_csv
from ssl_core.predict.batch import to_csv
from ssl_core.runs.files import Journal
from ssl_core.runs.store import Store
from ssl_core.spreadsheet import csv_text, guarded
from ssl_core.train.config import configure
from tests.test_rooms import HOUSE, SOURCES

FORMULAS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x"]


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_text_like_a_formula_is_text_wherever_it_stands(tmp_path, text):
    safe = "'" + text.replace("\r", "\n")
    assert guarded(text) == safe
    (row,) = read(csv_text([{"name": text, text: 1}], ["name", text]))
    assert row == {"name": safe, safe: "1"}
    (row,) = read(to_csv([{"file": text, "class": text, "probability": 0.5, "why": text}]))
    assert row == {"file": safe, "class": safe, "probability": "0.5", "why": safe}
    run = Store(tmp_path).add(configure("digits", "supervised", 20, 0).to_dict())
    with Journal(run.folder / "metrics.jsonl") as journal:
        journal.write({"step": 1, "note": text, text: [1, 2]})
    assert read(rows_csv(run)) == [], "a record holds numbers under plain names; what else somebody wrote is left out"


@pytest.mark.parametrize("value", [-0.5, 0, -3, 1e-9, True, "a-b", "p(=)", "", " x", "–"])
def test_everything_else_stays_as_it_is(value):
    assert guarded(value) == value
    assert type(guarded(value)) is type(value)


def test_nothing_and_not_a_number_are_empty():
    assert csv_text([{"a": None, "b": float("nan")}, {"c": 1}], ["a", "b"]) == "a,b\n,\n,\n"
    assert csv_text([], ["a"]) == "a\n"


def test_nothing_else_writes_csv():
    """One guard, or somebody forgets it."""
    writers = ("csv.writer", "csv.DictWriter", ".to_csv(")
    places = {
        str(p.relative_to(HOUSE))
        for p in SOURCES
        if any(word in ast.unparse(ast.parse(p.read_text())) for word in writers)
    }
    assert places == {"ssl_core/spreadsheet.py"}
