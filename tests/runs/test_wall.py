"""The wall of a run: always the same pictures, what its method believes of them, and no trace in the training."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from ssl_core.data import load
from ssl_core.data.contact_sheet import COLUMNS, MOST_SIDE, contact_sheet
from ssl_core.export.formats import zipped
from ssl_core.figures.wall import quality_bars, wall_key, wall_words, with_quality
from ssl_core.images.reading import read_picture
from ssl_core.models.ask import logits
from ssl_core.runs import wall as reading
from ssl_core.runs.again import set_back
from ssl_core.runs.run import SHEET, WALL
from ssl_core.runs.store import Store
from ssl_core.runs.wall import changes, each, moments, sheet, sides
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee
from ssl_core.train.wall import MOMENTS, PICTURES, Wall, spacing

SHORT = {"steps": 60, "batch": 8, "evaluations": 3}
PLAIN = {"threshold": 0.6, "align": False, "temperature": 1.0}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished run of FixMatch."""
    store = Store(tmp_path_factory.mktemp("store"))
    run = store.add(configure("digits", "fixmatch", 20, 0, SHORT | PLAIN).to_dict())
    assert work(run.folder)["state"] == "done"
    return run


def trainee(method, seed=0, data="digits", **knobs):
    return Trainee(configure(data, method, 20, seed, SHORT | knobs), load(data))


def test_the_record_says_what_the_method_believes_of_the_network_that_was_kept(done):
    rows = moments(done)
    assert [rows[0]["step"], rows[-1]["step"]] == [0, 60]
    assert done.wall.bad == 0
    assert max(map(len, (done.folder / WALL).read_text().splitlines())) < 4_000
    t = trainee("fixmatch", **PLAIN)
    t.load_state_dict(torch.load(done.folder / "checkpoint.pt", weights_only=True))
    place = Wall(t)
    guess = torch.softmax(logits(t.model, t.images[place.rows]), dim=1)
    last = rows[-1]
    assert last["guess"] == guess.argmax(dim=1).tolist()
    assert last["confidence"] == pytest.approx(guess.max(dim=1).values.tolist(), abs=1e-4)
    assert last["threshold"] == PLAIN["threshold"]
    used = [confidence >= PLAIN["threshold"] for confidence in last["confidence"]]
    assert [bool(count) for count in each(last, "counts")] == used
    assert 0 < sum(used) < PICTURES
    assert last["truth"] == load("digits").labels[place.rows].tolist()
    assert all(row["truth"] == last["truth"] for row in rows), "always the same ones"


def test_the_sheet_shows_these_pictures_in_this_order(done):
    pictures = load("digits").images[Wall(trainee("fixmatch")).rows].numpy()
    shown = read_picture(sheet(done))[:, :, 0]
    side = shown.shape[1] // COLUMNS
    for place, picture in enumerate(pictures):
        top, left = side * (place // COLUMNS), side * (place % COLUMNS)
        assert (shown[top : top + side, left : left + side] == picture[0]).all()


def test_every_method_sees_the_same_pictures_and_none_with_a_label():
    walls = [Wall(trainee(method)) for method in ("supervised", "fixmatch", "mixmatch")]
    assert len({tuple(wall.rows.tolist()) for wall in walls}) == 1
    assert len(walls[0].rows) == PICTURES
    for wall in walls:
        assert not set(wall.rows.tolist()) & set(wall.trainee.labelled.indices.tolist())
        assert wall.trainee.free[wall.places].tolist() == wall.rows.tolist()
    assert Wall(trainee("fixmatch", seed=1)).rows.tolist() != walls[0].rows.tolist()


@pytest.mark.parametrize("method", ["supervised", "mixmatch", "flexmatch", "softmatch", "adamatch", "mean_teacher"])
def test_looking_changes_no_bit_of_the_training(method):
    def trained(look):
        rows, saved = [], []
        config = configure("digits", method, 20, 0, SHORT | {"steps": 12})
        train(config, load("digits"), rows.append, save=saved.append, look=look)
        return [{k: v for k, v in row.items() if k != "seconds"} for row in rows], saved[-1]

    looked = []
    (before, one), (after, other) = trained(lambda t: None), trained(lambda t: looked.append(Wall(t).row()))
    assert before == after
    assert len(looked) == len(after)
    for part in ("model", "average", "state"):
        assert all(torch.equal(value, other[part][name]) for name, value in one[part].items())


@pytest.mark.parametrize("cut", [25, 40])
def test_a_run_that_was_stopped_and_resumed_has_the_wall_of_one_that_was_not(done, tmp_path, cut):
    run = Store(tmp_path).add(configure("digits", "fixmatch", 20, 0, SHORT | PLAIN).to_dict())
    assert work(run.folder, watch=lambda row: row["step"] < cut or run.stop())["state"] == "stopped"
    early = run.wall.read()
    assert 0 < len(early) < len(moments(done))
    with open(run.folder / WALL, "a") as file:
        file.write(json.dumps(early[-1] | {"step": cut + 9}) + '\n{"step": 4')  # beyond the checkpoint, and torn
    run.resume()
    assert work(run.folder)["state"] == "done"
    assert (run.folder / WALL).read_bytes() == (done.folder / WALL).read_bytes()
    assert run.wall.read() == done.wall.read(), "a reader that saw the earlier file sees this one"


def test_it_leaves_and_comes_back_in_a_zip_and_goes_when_a_run_begins_afresh(done, tmp_path):
    with zipfile.ZipFile(io.BytesIO(zipped([done]))) as file:
        file.extractall(tmp_path)
    store = Store(tmp_path)
    there = store.run(done.name)
    assert moments(there) == moments(done)
    assert sheet(there) == sheet(done)
    (there.folder / "end.json").write_text('{"state": "stopped", "why": ""}')
    set_back(store, there)
    assert sorted(path.name for path in there.folder.iterdir()) == ["config.json"]


def test_where_every_picture_has_a_label_there_is_no_wall(tmp_path):
    config = configure("digits", "supervised", 1100, 0, SHORT | {"steps": 3})
    t = Trainee(config, load("digits"))
    t.free = t.free[:0]
    assert not Wall(t).due()


def test_of_pictures_that_nobody_knows_the_truth_is_unknown():
    data = load("digits")
    labels = data.labels.clone()
    config = configure("digits", "fixmatch", 20, 0, SHORT)
    hidden = torch.from_numpy(np.setdiff1d(np.arange(len(labels)), Trainee(config, data).labelled.indices))
    labels[hidden] = -1
    t = Trainee(config, data)
    t.labels = labels
    assert set(Wall(t).row()["truth"]) == {-1}


def test_the_matched_label_is_told_from_the_guess_and_the_sharpened_from_the_plain():
    row = Wall(trainee("nearest_match")).row()
    assert row["taught"] != row["guess"]
    assert set(row["learned"]) == {1.0}
    mixed = Wall(trainee("mixmatch")).row()
    assert all(now > before for now, before in zip(mixed["learned"], mixed["confidence"], strict=True))
    assert "taught" not in mixed
    assert mixed["counts"] == 1
    assert Wall(trainee("supervised")).row()["counts"] == 0


@pytest.mark.parametrize("steps", [1, 7, 60, 1000, 2**20])
def test_there_are_never_more_than_so_many_moments(steps):
    config = configure("digits", "fixmatch", 20, 0)
    config = dataclasses.replace(config, training=dataclasses.replace(config.training, steps=steps))
    every, between = max(1, steps // 100), spacing(config, PICTURES)
    rows = [step for step in range(0, steps, every) if step % between < every]
    assert between >= every
    assert 1 <= len(rows) <= 2 * MOMENTS


def test_changes_count_every_other_guess():
    rows = [{"guess": [0, 1]}, {"guess": [0, 2]}, {"guess": [3, 1]}]
    assert changes(rows) == [[0, 0], [0, 1], [1, 2]]


@pytest.mark.parametrize("shape", [(61, 1, 8, 8), (3, 3, 32, 32), (1, 3, 96, 96), (4, 1, 20, 70), (5, 7), (2, 1)])
def test_every_sheet_that_is_written_can_be_read(shape):
    rows = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8 if len(shape) == 4 else np.float32)
    across, down = sides(contact_sheet(rows))
    assert across // COLUMNS <= MOST_SIDE <= reading.MOST_SIDE
    assert down // (across // COLUMNS) == -(-len(rows) // COLUMNS)
    assert COLUMNS == reading.COLUMNS


@pytest.mark.parametrize("content", [b"", b"GIF89a", reading.PNG, reading.PNG + b"\0\0\xff\xff\0\0\xff\xff", b"<svg/>"])
def test_what_is_no_sheet_is_none(tmp_path, content):
    (tmp_path / SHEET).write_bytes(content)
    assert sheet(type("Run", (), {"folder": Path(tmp_path)})) is None


def test_the_words_count_what_is_used_and_what_is_right():
    row = {"step": 9, "truth": [1, 2, -1, 4], "guess": [1, 3, 5, 4], "confidence": [0.99, 0.97, 0.96, 0.1]}
    row |= {"counts": [1.0, 1.0, 1.0, 0.0], "threshold": 0.95}
    assert wall_words(row) == (
        "At step 9, 3 of 4 guesses count; 1 (50.0 %) of these are right. 1 is wrong and at least 90 % sure."
    )
    assert wall_words(row | {"truth": [-1] * 4}).endswith("nobody knows which of them are right.")
    assert "95.0 % of every class" in wall_key(row)
    assert "a threshold of its own" in wall_key(row | {"threshold": [0.9, 0.8, 0.9, 0.9]})
    assert "Every guess counts" in wall_key({**row, "counts": 1.0, "threshold": None})
    assert "weight in the loss" in wall_key({**row, "counts": [0.3] * 4, "threshold": None})
    assert "learned instead" in wall_key(row | {"taught": [1, 2, 3, 4]})


def test_bars_hold_every_guess_once_right_or_wrong():
    rows = [{"step": step, "pseudo_counts": [4.0, 2.0], "pseudo_right": [3.0, 0.0]} for step in range(7)]
    summed = with_quality(rows, ["cat", "dog"])
    assert summed[0]["pseudo_counts"] == [4, 2]
    assert summed[-1]["pseudo_counts"] == [20, 10], "the last five rows"
    right, wrong = quality_bars(summed[-1], ["cat", "dog"], 20)["data"]
    assert [right["y"], wrong["y"]] == [[15, 0], [5, 10]]
    assert with_quality(rows, ["cat", "dog", "cow"]) == []
