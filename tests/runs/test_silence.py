"""A run that says nothing for long is named, measured against what it is used to, on a steady clock."""

from __future__ import annotations

import json
import time

import pytest

from ssl_core.runs import silence
from ssl_core.runs.silence import silent_for, unusual_silence


@pytest.fixture
def steady(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(silence.time, "monotonic", lambda: now[0])
    return now


def say(run, *seconds):
    with open(run.folder / "metrics.jsonl", "a") as file:
        file.writelines(json.dumps({"step": n, "seconds": at}) + "\n" for n, at in enumerate(seconds))


def test_a_new_row_ends_it(store, short, steady, monkeypatch):
    run = store.add(short())
    say(run, 1.0)
    assert silent_for(run) == 0.0
    steady[0] += 40
    monkeypatch.setattr(time, "time", lambda: 0.0)  # a clock that jumps changes nothing
    assert silent_for(run) == unusual_silence(run) == 40.0
    say(run, 2.0)
    assert silent_for(run) == unusual_silence(run) == 0.0


def test_a_run_of_many_hours_is_quiet_for_minutes_without_a_word(store, short, steady):
    slow = store.add(short())
    say(slow, *(60.0 * n for n in range(1, 11)))
    silent_for(slow)
    steady[0] += 300
    assert unusual_silence(slow) == 0.0
    steady[0] += 400
    assert unusual_silence(slow) == 700.0


@pytest.mark.parametrize("line", ["", '{"step": 1, "seconds": "x"}\n', '{"step": 1, "seconds": null}\n', "nonsense\n"])
def test_what_its_record_holds_breaks_nothing(store, short, steady, line):
    run = store.add(short())
    (run.folder / "metrics.jsonl").write_text(line)
    silent_for(run)
    steady[0] += 100
    assert unusual_silence(run) in (0.0, 100.0)
