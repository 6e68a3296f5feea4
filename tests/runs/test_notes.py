"""The runner's log: every trouble is in it, and none fills the disk."""

from __future__ import annotations

import pytest

from ssl_core.runs import notes


@pytest.fixture(autouse=True)
def afresh(monkeypatch):
    monkeypatch.setattr(notes, "_noted", type(notes._noted)())


def test_two_troubles_at_every_look_are_noted_once_each(capsys):
    for _ in range(50):
        for name in ("one", "other"):
            notes.note(f"{name}: end.json cannot be written yet.")
    assert [line.split()[2] for line in capsys.readouterr().err.splitlines()] == ["one:", "other:"]


def test_what_is_noted_is_remembered_for_so_many_alone(capsys):
    for number in range(notes.MOST + 1):
        notes.note(f"{number}")
    notes.note("0")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == notes.MOST + 2 and len(notes._noted) == notes.MOST, "what is long ago is said again"


def test_what_goes_wrong_inside_is_noted_and_ends_nothing(tmp_path, capsys):
    with notes.noted(tmp_path):
        raise RuntimeError("a bad folder")
    assert f"{tmp_path}: Traceback" in capsys.readouterr().err
