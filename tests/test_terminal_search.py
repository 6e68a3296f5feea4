"""`python -m ssl_core search`: its table, its JSON, its exit codes, and a Ctrl-C after which the same words go on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssl_core.__main__ import main
from ssl_core.runs.store import Store
from ssl_core.search.plan import searches

HOUSE = Path(__file__).resolve().parent.parent

PATIENCE = 240  # seconds that a busy machine may take for what needs three
WORDS = ["search", "--method", "supervised", "--knob", "lr=0.05:0.5", "--batch", "8", "--evaluations", "4"]


@pytest.mark.parametrize(
    "words",
    [
        ["search"],
        ["search", "--knob", "treshold"],
        ["search", "--knob", "threshold=0.9:0.1"],
        ["search", "--knob", "threshold", "--threshold", "0.9"],
        ["search", "--knob", "threshold", "--sampler", "magic"],
        ["search", "--knob", "threshold", "--runs", "1"],
        ["search", "--method", "nothing", "--knob", "lr"],
        ["search", "--knob", "threshold", "--labels", "3"],
    ],
    ids=" ".join,
)
def test_bad_arguments_are_two_and_one_sentence(tmp_path, capsys, words):
    assert main([*words, "--store", str(tmp_path / "s")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    assert printed.err.strip().endswith((".", "?"))
    assert not (tmp_path / "s").exists() or not searches(Store(tmp_path / "s"))


@pytest.mark.timeout(4 * PATIENCE)
def test_ctrl_c_stops_a_search_and_the_same_words_finish_it(tmp_path):
    line = [
        sys.executable,
        "-m",
        "ssl_core",
        *WORDS,
        "--steps",
        "900",  # or the last might be done before the first one's row was seen
        "--runs",
        "3",
        "--store",
        str(tmp_path),
        "--json",
    ]
    store = Store(tmp_path)
    first = subprocess.Popen(line, cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    limit = time.monotonic() + PATIENCE
    while not any(run.tail.read() for run in store.runs()):
        assert first.poll() is None, first.communicate()
        assert time.monotonic() < limit
        time.sleep(0.02)
    first.send_signal(signal.SIGINT)
    out, err = first.communicate(timeout=PATIENCE)
    assert first.returncode == 1
    assert "Traceback" not in err
    assert json.loads(out.splitlines()[-1])["state"] == "stopped"
    again = subprocess.run(line, cwd=HOUSE, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    search = json.loads(again.stdout.splitlines()[-1])
    assert [trial["trial"] for trial in search["trials"]] == [0, 1, 2]
    assert search["trials"][0]["values"] == {"lr": 0.1}, "the default first"
    assert all(0.05 <= trial["values"]["lr"] <= 0.5 for trial in search["trials"])
    assert len(store.runs()) == 3
    assert "Best: trial" in again.stderr
