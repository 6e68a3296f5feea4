"""A file is whole or absent; a journal is read by whole lines, whatever is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssl_core.runs.disk import says_full
from ssl_core.runs.files import Journal, Tail, parse_lines, plain, read_json, write_json, write_whole


def test_a_writer_killed_half_way_leaves_the_old_file(tmp_path):
    path = tmp_path / "checkpoint.pt"
    write_whole(path, b"old")
    code = (
        "import os, sys\nfrom ssl_core.runs import files\n"
        "os.fsync = lambda number: os._exit(9)\n"
        f"files.write_whole(__import__('pathlib').Path({str(path)!r}), b'new and long')"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == ["checkpoint.pt"]


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "replace", lambda *a: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "x", b"y")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=30)
@given(
    st.recursive(
        st.floats() | st.integers() | st.text() | st.none(), lambda i: st.lists(i) | st.dictionaries(st.text(), i)
    )
)
def test_every_line_is_valid_json(value):
    json.loads(json.dumps(plain(value), allow_nan=False))


def test_nan_becomes_null(tmp_path):
    write_json(tmp_path / "a.json", {"loss": float("nan"), "list": [float("inf"), 1.5]})
    assert read_json(tmp_path / "a.json") == {"loss": None, "list": [None, 1.5]}


def test_a_torn_last_line_waits_until_it_is_whole(tmp_path):
    path = tmp_path / "m.jsonl"
    tail = Tail(path)
    assert tail.read() == []
    path.write_bytes(b'{"step": 1}\n{"step": 2, "ac')
    assert tail.read() == [{"step": 1}]
    with path.open("ab") as file:
        file.write(b'c": 3}\n')
    assert tail.read() == [{"step": 1}, {"step": 2, "acc": 3}]
    assert tail.bad == 0


def test_the_next_writer_begins_on_its_own_line(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_bytes(b'{"step": 1}\n{"step": 2, "ac')
    with Journal(path) as journal:
        journal.write({"step": 3})
    tail = Tail(path)
    assert tail.read() == [{"step": 1}, {"step": 3}]
    assert tail.bad == 1


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_foreign_bytes_hide_no_other_line(junk):
    lines = [b'{"step": %d}' % i for i in range(len(junk) + 1)]
    content = (
        lines[0]
        + b"\n"
        + b"".join(j.replace(b"\n", b"") + b"\n" + line + b"\n" for j, line in zip(junk, lines[1:], strict=True))
    )
    rows, bad = parse_lines(content)
    steps = [row["step"] for row in rows if "step" in row]
    assert steps == list(range(len(lines)))
    assert bad <= len(junk)


def test_a_file_that_shrank_is_read_afresh(tmp_path):
    path = tmp_path / "m.jsonl"
    tail = Tail(path)
    path.write_bytes(b'{"step": 1}\n{"step": 2}\n')
    assert len(tail.read()) == 2
    write_whole(path, b'{"step": 1}\n')
    assert tail.read() == [{"step": 1}]
    write_whole(path, b'{"step": 7}\n{"step": 8}\n')
    assert tail.read() == [{"step": 7}, {"step": 8}], "replaced by a longer one"


@pytest.mark.parametrize("steps", [range(7, 9), range(7, 200)])
def test_another_file_under_the_number_of_the_one_before_is_read_afresh(tmp_path, steps):
    """A run that began afresh while nobody looked: a file system gives a number that is free to the next file."""
    path = tmp_path / "m.jsonl"
    tail = Tail(path)
    path.write_bytes(b'{"step": 1}\n{"step": 2}\n')
    assert len(tail.read()) == 2
    number = path.stat().st_ino
    later = b"".join(b'{"step": %d}\n' % step for step in steps)
    path.write_bytes(later)
    os.utime(path, (1e9, 1e9))  # as long as the one before, perhaps, but not as old
    assert path.stat().st_ino == number
    assert tail.read() == [{"step": step} for step in steps]
    with path.open("ab") as file:
        file.write(b'{"step": 999}\n')
    before = tail.rows
    assert tail.read() == [*before, {"step": 999}]


def test_a_row_that_found_room_for_a_half_only_is_an_error_and_not_followed_by_another(tmp_path):
    """A nearly full disk takes a part of a write and says so in the count alone."""
    with Journal(tmp_path / "metrics.jsonl") as journal:
        journal.write({"step": 1})
        real = journal._file

        class Full:
            name = real.name

            def write(self, line):
                return real.write(line[:6])

        journal._file = Full()
        with pytest.raises(OSError, match="No space left") as wrong:
            journal.write({"step": 2})
        assert says_full(wrong.value)
        journal._file = real
    assert Tail(tmp_path / "metrics.jsonl").read() == [{"step": 1}]
