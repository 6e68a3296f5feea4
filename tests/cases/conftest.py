"""The folder of inputs that people really bring, beside the checkout, and a store of its own for every test."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ssl_core.__main__ import main
from tests.conftest import HOUSE

CASES = Path(os.environ.get("SSL_CASES", HOUSE.parent / "shared" / "cases"))


@pytest.fixture
def cases(tmp_path, monkeypatch) -> Path:
    """The folder; what is read from it is kept in a store of the test's own."""
    if not CASES.is_dir():
        pytest.skip(f"no folder of cases at {CASES} (SSL_CASES)")
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "runs"))
    monkeypatch.setenv("SSL_ROOTS", os.pathsep.join((str(CASES.resolve()), str(tmp_path))))
    return CASES.resolve()


@pytest.fixture
def fetch(tmp_path, capsys):
    """fetch(path, "@64", "--flip", "false") -> what the terminal says of it as JSON."""

    def run(path: Path, size: str = "", *more: str) -> dict[str, Any]:
        line = ["fetch", "--data", f"folder:{path}{size}", "--json", "--store", str(tmp_path / "runs"), *more]
        code = main(line)
        told = capsys.readouterr()
        assert code == 0, told.err
        return json.loads(told.out.strip().splitlines()[-1])

    return run
