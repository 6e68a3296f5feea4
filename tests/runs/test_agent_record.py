"""What an agent thought, in its run's folder: whole after a stop, silent elsewhere, and checked where it is read."""

from __future__ import annotations

import json

import pytest

from ssl_core.figures import agent as figures
from ssl_core.runs import checked
from ssl_core.runs.again import set_back
from ssl_core.runs.agent import thoughts
from ssl_core.runs.run import AGENT
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.runs.mutations import VALUES

SHORT = {"steps": 40, "batch": 8, "mu": 2, "evaluations": 2, "strong": "agent"}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    run = Store(tmp_path_factory.mktemp("store")).add(configure("digits", "fixmatch", 20, 0, SHORT).to_dict())
    assert work(run.folder)["state"] == "done"
    return run


def line(**facts) -> dict:
    row = {"step": 20, "operations": ["rotate", "rotate", "hflip"], "levels": [0, 1, 0], "values": [1.5, -2.0, 0.5]}
    row |= {"taken": [3, 0, 5], "chosen": [2], "turns": 4, "epsilon": 0.9, "score": 0.5, "earned": 40.0, "error": 0.1}
    return row | facts


def test_each_row_of_the_record_has_its_thoughts_and_they_add_up(done):
    rows = thoughts(done)
    assert [row["step"] for row in rows] == list(range(41))
    assert [row["turns"] for row in rows] == [step // 5 for step in range(41)]
    assert all(sum(row["taken"]) == 2 * row["turns"] for row in rows)
    assert not any(rows[5]["values"])
    assert any(rows[-1]["values"])
    measured = {row["step"]: row["validation_accuracy"] for row in done.tail.read() if "validation_accuracy" in row}
    first, last = rows[5]["score"], rows[-1]["score"]
    assert rows[-1]["earned"] == pytest.approx(100 * (last - first), abs=0.01)
    assert 0 < measured[40] <= 1


def test_a_stopped_and_resumed_run_has_the_record_of_one_that_was_not(done, tmp_path):
    store = Store(tmp_path)
    run = store.add(configure("digits", "fixmatch", 20, 0, SHORT).to_dict())
    assert work(run.folder, watch=lambda row: row["step"] < 27 or run.stop())["state"] == "stopped"
    with open(run.folder / AGENT, "a") as file:
        file.write(json.dumps(line(step=30)) + '\n{"step": 4')  # beyond the checkpoint, and torn
    run.resume()
    assert work(run.folder)["state"] == "done"
    assert (run.folder / AGENT).read_bytes() == (done.folder / AGENT).read_bytes()
    (run.folder / "end.json").write_text('{"state": "stopped", "why": ""}')
    set_back(store, run)
    assert [path.name for path in run.folder.iterdir()] == ["config.json"]


def test_where_no_agent_chooses_there_is_no_file(tmp_path):
    run = Store(tmp_path).add(configure("digits", "fixmatch", 20, 0, SHORT | {"strong": "", "steps": 3}).to_dict())
    assert work(run.folder)["state"] == "done"
    assert not (run.folder / AGENT).exists()
    assert thoughts(run) == []


def test_what_no_worker_wrote_is_a_sentence_or_can_be_drawn():
    for key in line():
        for value in [*VALUES.values(), [], [0], [9, 9, 9], ["a b"] * 3, [10**6] * 3]:
            try:
                row = checked.agent(line(**{key: value}))
            except ValueError as wrong:
                assert str(wrong).endswith(".")
                continue
            rows = [checked.agent(line(step=0)), row]
            charts = [figures.values_chart(row), figures.chosen_chart(rows), figures.reward_chart(rows)]
            assert json.dumps(charts)
            assert figures.values_words(row) and figures.chosen_words(rows) and figures.reward_words(rows)
            assert figures.height(row) < 20_000
    with pytest.raises(ValueError, match="names an action that there is not"):
        checked.agent(line(chosen=[3]))
    with pytest.raises(ValueError, match="the same of each"):
        checked.agent(line(levels=[0, 1]))


def test_the_table_shows_every_value_where_it_belongs_and_frames_the_choice():
    row = line(chosen=[2, 1])
    chart = figures.values_chart(row)
    assert chart["data"][0]["z"] == [[1.5, -2.0], [0.5, 0.5]]  # without strengths an operation fills its line
    assert chart["layout"]["yaxis"]["ticktext"] == ["rotate", "hflip"]
    assert chart["data"][0]["text"] == [["1.5 ★", "-2.0"], ["", "0.5"]]
    x, y = chart["data"][1]["x"], chart["data"][1]["y"]
    assert (min(x[:5]), max(x[:5]), min(y[:5]), max(y[:5])) == (-0.48, 1.48, 0.54, 1.46)  # hflip: the whole line
    assert (min(x[6:11]), max(x[6:11]), min(y[6:11]), max(y[6:11])) == (0.52, 1.48, -0.46, 0.46)
    frames = figures.values_frames([line(step=0), row], 40)
    assert [frame["at"] for frame in frames] == [0, 0.5]
    assert frames[1]["data"] == chart["data"]
    assert figures.values_words(row).endswith("Chosen now: hflip and rotate, strong.")


def test_shares_over_time_are_of_the_choices_between_two_moments():
    rows = [line(step=0, taken=[0, 0, 0]), line(step=10, taken=[1, 1, 2]), line(step=20, taken=[1, 1, 6])]
    assert figures.chosen_shares(rows) == [[0.5, 0.0], [0.5, 1.0]]
    assert figures.chosen_chart(rows)["data"][0]["x"] == [0, 10, 20]
    assert figures.chosen_words(rows[-1:]).startswith(
        "What was chosen over 20 steps, by operation: most often hflip 75 %"
    )
    gains = figures.reward_chart([line(step=0, earned=0.0), line(step=10, earned=-3.0)])["data"][0]
    assert (gains["x"], gains["y"], gains["width"]) == ([5.0], [-3.0], [8.6])
