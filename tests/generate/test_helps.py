"""Does it help: equal terms for all rows, and sentences that follow from the numbers alone."""

import json

import pytest

from ssl_core.__main__ import main
from ssl_core.helps import PLAIN, effects_of, gain, rows_of, sentences, table_rows
from ssl_core.intervals import mean_interval
from ssl_core.runs import made
from ssl_core.runs.experiment import enqueue
from ssl_core.runs.helps import accuracies, plan, read_table
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work

ROWS = rows_of(["vae"])
BASE = [0.70, 0.72, 0.68, 0.71, 0.69]


def plus(points, *, jitter=0.0):
    return [one + points / 100 + sign * jitter for one, sign in zip(BASE, (1, -1, 1, -1, 0), strict=True)]


def test_all_rows_have_the_same_network_steps_and_labels():
    configs = plan("digits", 20, [0, 1]).configs()
    assert len(configs) == 2 * len(ROWS)
    same = [one.training for one in configs if one.training.rebalance == "none"]
    assert len(set(same)) == 1
    filled = {(one.training.fill_to, one.training.real_share) for one in configs if one.training.rebalance != "none"}
    assert filled == {(52, 0.5)}
    loops = {(one.training.steps, one.training.model, one.training.batch, one.training.lr) for one in configs}
    assert len(loops) == 1
    assert {one.training.lr for one in plan("digits", 20, [0], knobs={"lr": 0.07}).configs()} == {0.07}
    assert {one.training.rebalance for one in configs} == {"none", "smote", "made:vae", "made:vae+guesses"}


@pytest.mark.parametrize(
    ("mine", "answer"),
    [
        (plus(5, jitter=0.004), "help? Yes: +5.0 ±"),
        (plus(-5, jitter=0.004), "help? No, they do harm: −5.0 ±"),
        (plus(0.5, jitter=0.03), "help? Not that these seeds could tell: +"),
    ],
)
def test_the_answer_is_what_the_interval_says(mine, answer):
    said = sentences({PLAIN: BASE, "vae": mine}, ROWS)
    assert answer in said[0]
    assert "5 seeds" in said[-1]


def test_a_maker_must_beat_what_needs_none_and_has_seen_as_much():
    test = {PLAIN: BASE, "mixup": plus(8, jitter=0.001), "smote": plus(1), "vae": plus(5, jitter=0.001)}
    test |= {"pseudo-label": plus(20), "vae+guesses": plus(22, jitter=0.001)}
    said = sentences(test, ROWS)
    assert "Against mixup, the best of the simple ways: −3.0" in said[0] and "simpler ways that do more" in said[0]
    assert "Against Pseudo-Label itself: +2.0" in said[1] and "worth it" in said[1]


def test_the_difference_is_paired():
    """Seeds differ by 4 points and the rows by 1 in each of them: unpaired, nothing could be told."""
    mean, interval = gain(plus(1), BASE)
    assert mean == pytest.approx(1) and interval == pytest.approx((1, 1))
    made_one = effects_of({PLAIN: BASE, "vae": plus(1)}, ROWS)[1]
    assert made_one.change == pytest.approx(-1) and made_one.clear
    low, high = mean_interval([100 * one for one in BASE])
    assert high - low > 2


def test_nothing_is_said_of_nothing():
    assert sentences({}, ROWS) == [] and effects_of({}, ROWS) == [] and table_rows({}, ROWS) == []
    assert "tells nothing yet" in sentences({PLAIN: [0.7], "vae": [0.8]}, ROWS)[0]


def test_the_table_says_what_each_row_has_seen():
    lines = table_rows({PLAIN: BASE, "vae+guesses": plus(2, jitter=0.01)}, ROWS)
    assert [line["Has seen"] for line in lines] == ["labelled", "labelled and unlabelled"]
    assert lines[0]["Against plain (points)"] == "–"
    assert lines[1]["Against plain (points)"].startswith("+2.0 ± ")


def test_the_command_measures_says_writes_and_goes_on(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(made.FEW, "vae", {"steps": 2, "batch": 8, "width": 4, "latent": 2})
    monkeypatch.setattr("ssl_core.runs.helps.defaults", _short)
    monkeypatch.setattr("ssl_core.terminal.helps.train_here", _here)
    words = ["helps", "--data", "digits", "--labels", "20", "--seeds", "0", "--store", str(tmp_path / "store")]
    out = tmp_path / "made.json"
    assert main([*words, "--out", str(out)]) == 0
    entry = read_table(out)["data"]["digits"]["20"]
    assert entry["test"].keys() == ROWS.keys() and entry["seeds"] == [0]
    assert entry["command"].startswith("python -m ssl_core helps --data digits --labels 20 --seeds 0 --makers vae")
    said = capsys.readouterr().out
    assert "tells nothing yet" in said and "Has" not in said.split("\n")[0]
    runs = len(list((tmp_path / "store").glob("2*")))
    assert main([*words, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert len(list((tmp_path / "store").glob("2*"))) == runs == len(ROWS)
    assert again["results"][0]["accuracy"].keys() == ROWS.keys()
    out.write_text("[]")
    assert main([*words, "--out", str(out)]) == 2


def _here(folder, experiment, nickname, launcher):
    """As train_here does, in this very process."""
    launched = enqueue(Store(folder), experiment)
    for run in launched.runs:
        work(run.folder)
    return launched.id, launched.runs


def _short(data, method):
    from ssl_core.train.config import defaults

    return defaults(data, method) | {"steps": 2, "evaluations": 1, "batch": 8}


def test_a_row_counts_when_all_seeds_of_plain_training_are_done():
    def run(method, seed, value, variant="", state="done"):
        return {"method": method, "variant": variant, "seed": seed, "value": value, "state": state}

    runs = [run("supervised", 1, 0.6), run("supervised", 0, 0.5), run("supervised", 0, 0.7, "mixup")]
    assert accuracies(runs, ROWS) == {PLAIN: [0.5, 0.6]}
    assert accuracies([*runs, run("supervised", 1, 0.8, "mixup")], ROWS)["mixup"] == [0.7, 0.8]
    assert accuracies([run("supervised", 0, None, state="failed")], ROWS) == {}
