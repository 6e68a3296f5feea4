"""The commands that scripts rely on: their words, their JSON, their exit codes, and a clean Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssl_core.__main__ import main
from ssl_core.runs.store import Store

HOUSE = Path(__file__).resolve().parent.parent
PATIENCE = 240  # seconds that a busy machine may take for what needs three
QUICK = ["--steps", "40", "--batch", "8", "--evaluations", "2"]


def command(*words, **options):
    return [sys.executable, "-m", "ssl_core", *map(str, words)], {"cwd": HOUSE, "text": True} | options


def test_train_prints_one_json_row_last(tmp_path, capfd):
    words = ["train", "--data", "digits", "--method", "fixmatch", "--labels", "20", "--seed", "0", "--mu", "2", *QUICK]
    assert main([*words, "--store", str(tmp_path), "--json"]) == 0
    row = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert (row["method"], row["labels"], row["seed"]) == ("fixmatch", 20, 0)
    assert 0 <= row["test_accuracy"] <= 1
    assert row["seconds"] > 0
    run = Store(tmp_path).run(row["run"])
    assert run.state == "done"
    assert run.config["knobs"]["mu"] == 2


def test_experiment_prints_every_run_and_skips_what_is_done(tmp_path, capfd):
    words = ["experiment", "--data", "digits", "--methods", "supervised", "mixmatch", "--labels", "10", "20"]
    words += ["--seeds", "0", "1", *QUICK, "--store", str(tmp_path), "--json"]
    assert main(words) == 0
    first = capfd.readouterr()
    told = json.loads(first.out.splitlines()[-1])["runs"]
    asked = {(m, n, s) for m in ("supervised", "mixmatch") for n in (10, 20) for s in (0, 1)}
    assert {(r["method"], r["labels"], r["seed"]) for r in told} == asked
    assert all(0 <= r["test_accuracy"] <= 1 and r["seconds"] > 0 and r["run"] for r in told)
    assert "runs done" in first.err, "a progress bar on stderr"
    assert main(words) == 0
    assert json.loads(capfd.readouterr().out.splitlines()[-1])["runs"] == told
    assert len(Store(tmp_path).runs()) == 8


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--data", "nothing"],
        ["train", "--method", "nothing"],
        ["train", "--labels", "5"],
        ["train", "--labels", "x"],
        ["train", "--treshold", "0.9"],
        ["train", "--threshold"],
        ["train", "--threshold", "2"],
        ["train", "--threshold", "nan"],
        ["train", "loose"],
        ["train", "--resume", "../../etc"],
        ["runs", "--state", "flying"],
        ["export"],
        ["export", "../../etc"],
        ["experiment", "--methods", "supervised", "nothing"],
        ["experiment", "--labels", "1000000"],
        ["experiment", "--methods", "supervised", "--threshold", "0.9"],
        ["nothing"],
        [],
    ],
    ids=" ".join,
)
def test_bad_arguments_are_two_and_one_sentence(tmp_path, monkeypatch, capsys, words):
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "s"))
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.strip().endswith((".", "?"))
    assert len(told.err.strip().splitlines()) == 1
    assert not (tmp_path / "s").exists() or not Store(tmp_path / "s").runs()


def test_runs_lists_what_is_there_and_export_prints_a_script(tmp_path, capsys):
    assert main(["train", "--method", "supervised", "--labels", "20", *QUICK, "--store", str(tmp_path)]) == 0
    name = Store(tmp_path).runs()[0].name
    capsys.readouterr()
    assert main(["runs", "supervised", "--state", "done", "--store", str(tmp_path)]) == 0
    assert name in capsys.readouterr().out
    assert main(["runs", "--state", "failed", "--store", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"runs": []}
    assert main(["export", name, "--store", str(tmp_path)]) == 0
    compile(capsys.readouterr().out, "script.py", "exec")


def test_a_run_that_fails_is_exit_code_one(tmp_path, capsys):
    words = ["train", "--method", "mixmatch", "--labels", "10", *QUICK, "--store", str(tmp_path)]
    assert main([*words, "--device", "cuda"]) == (0 if __import__("torch").cuda.is_available() else 1)


def interrupted(line, options, store):
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    limit = time.monotonic() + PATIENCE
    while not any((run.folder / "checkpoint.pt").exists() for run in store.runs()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


@pytest.mark.timeout(4 * PATIENCE)
def test_ctrl_c_stops_a_run_that_can_be_resumed(tmp_path):
    store = Store(tmp_path)
    words = ["train", "--method", "supervised", "--steps", 20000, "--evaluations", 200]  # a checkpoint comes soon
    line, options = command(*words, "--store", tmp_path, "--json")
    code, out, err = interrupted(line, options, store)
    row = json.loads(out.splitlines()[-1])
    assert code == 1
    assert row["state"] == "stopped"
    assert "Traceback" not in err
    run = store.run(row["run"])
    assert run.state == "stopped"
    step = row["step"]
    line, options = command("train", "--resume", row["run"], "--store", tmp_path, "--json")
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    limit = time.monotonic() + PATIENCE
    while not any(r["step"] > step + 500 for r in run.tail.read()):
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    steps = [r["step"] for r in run.tail.read()]
    assert steps == sorted(set(steps)), "no step twice"


@pytest.mark.timeout(4 * PATIENCE)
def test_ctrl_c_stops_an_experiment_and_the_same_words_go_on(tmp_path):
    words = ["experiment", "--methods", "supervised", "--labels", 10, 20, 40]
    words += ["--steps", 1500, "--store", tmp_path, "--json"]
    line, options = command(*words)
    code, out, _ = interrupted(line, options, Store(tmp_path))
    states = [r["state"] for r in json.loads(out.splitlines()[-1])["runs"]]
    assert code == 1
    assert "stopped" in states
    again = subprocess.run(line, capture_output=True, **options)
    told = json.loads(again.stdout.splitlines()[-1])["runs"]
    assert again.returncode == 0
    assert [r["state"] for r in told] == ["done"] * 3
    assert len(Store(tmp_path).runs()) == 3


def test_the_doctor_says_what_the_card_says(capsys):
    assert main(["doctor", "--data", "digits", "--policy", "hflip@0.5 > rotate(0..90)"]) == 1
    said = capsys.readouterr().out
    assert "mirrored left and right may be of another class" in said
    assert "turned by more than 40° may be of another class" in said
    assert main(["doctor", "--data", "shapes", "--policy", "hflip@0.5 > rotate(0..90)"]) == 0
    assert "another class" not in capsys.readouterr().out


def test_help_names_the_commands():
    line, options = command("--help", capture_output=True)
    told = subprocess.run(line, **options, env=os.environ | {"COLUMNS": "100"})
    assert told.returncode == 0
    assert "experiment" in told.stdout


def test_afresh_begins_a_run_again_where_its_checkpoint_is_damaged(tmp_path, capsys):
    words = ["train", "--method", "supervised", "--labels", "20", *QUICK, "--store", str(tmp_path)]
    assert main([*words, "--limit_minutes", "0.1"]) == 0
    (run,) = Store(tmp_path).runs()
    first = run.end["test_accuracy"]
    (run.folder / "end.json").unlink()
    (run.folder / "checkpoint.pt").write_bytes(b"half a file")
    again = ["train", "--resume", run.name, "--store", str(tmp_path)]
    assert main(again) == 1
    assert "--afresh" in capsys.readouterr().out
    assert main([*again, "--afresh"]) == 0
    (run,) = Store(tmp_path).runs()
    assert (run.state, run.end["test_accuracy"]) == ("done", first)
    steps = [row["step"] for row in run.tail.read()]
    assert steps == sorted(set(steps)), "nothing is left of the record before"
    assert not (tmp_path / "runner.log").exists(), "it trains here"
    capsys.readouterr()
    assert main([*again, "--afresh"]) == 2
    assert "only what ended early" in capsys.readouterr().err
    assert main([*words, "--afresh"]) == 2
