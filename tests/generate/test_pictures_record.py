"""What a maker shows while it learns, as it lies in the run's folder and comes back; whatever else lies there."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from ssl_core.figures.making import has_plane, losses_chart, plane_chart, plane_frames
from ssl_core.generate.config import configure
from ssl_core.runs.checked import pictures
from ssl_core.runs.makers import begin, like, moments
from ssl_core.runs.pictures_record import MOST_PIXELS, PicturesRecord, as_bytes, side_by_side
from ssl_core.runs.store import Store

SMALL = {"steps": 6, "frames": 3, "batch": 8, "width": 4, "latent": 3, "device": "cpu"}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(30)).decode()
GOOD = {"step": 3, "name": "samples", "png": PNG, "count": 12, "columns": 10}


def queued(store):
    return store.add(configure("digits", "vae", 40, 0, SMALL).to_dict())


def decoded(src):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(src.removeprefix("data:image/png;base64,")))))


def test_pictures_come_back_as_they_were_shown(tmp_path):
    run = queued(Store(tmp_path))
    rows = torch.rand(12, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    with PicturesRecord(run.folder) as look:
        look(0, {"samples": rows, "originals": rows[:3]})
        look(2, {"samples": 1 - rows})
    first, last = moments(run, 9)
    assert (first["step"], list(first["rows"]), last["step"]) == (0, ["samples", "originals"], 2)
    shown = first["rows"]["samples"]
    assert (shown["count"], shown["columns"]) == (12, 10)
    sheet = decoded(shown["src"])
    assert sheet.shape == (16, 80)
    assert np.array_equal(sheet[8:16, 8:16], as_bytes(rows)[11, 0])
    assert not sheet[8:, 16:].any()
    assert side_by_side(as_bytes(rows[:3])).shape == (1, 8, 24)
    assert [one["step"] for one in moments(run, 1)] == [2]


def test_a_film_has_its_first_and_its_newest_moment(tmp_path):
    run = queued(Store(tmp_path))
    (run.folder / "pictures.jsonl").write_text("".join(json.dumps(GOOD | {"step": n}) + "\n" for n in range(50)))
    steps = [one["step"] for one in moments(run, 12)]
    assert len(steps) == 12 and steps[0] == 0 and steps[-1] == 49 and steps == sorted(set(steps))


def test_large_pictures_are_halved_until_a_row_is_small(tmp_path):
    run = queued(Store(tmp_path))
    with PicturesRecord(run.folder) as look:
        look(0, {"samples": torch.zeros(40, 3, 160, 160)})
    (line,) = run.pictures.read()
    assert decoded("data:image/png;base64," + line["png"]).shape[:2] == (4 * 80, 10 * 80)
    assert 40 * 80 * 80 <= MOST_PIXELS < 40 * 160 * 160


@pytest.mark.parametrize(
    "change",
    [
        {"png": "javascript:alert(1)"},
        {"png": PNG + '");x'},
        {"png": "iVBORw0KGgo" + "A" * 2**21},
        {"png": None},
        {"name": "<b>"},
        {"name": ""},
        {"count": 0},
        {"count": 10**9},
        {"columns": "ten"},
        {"step": -1},
        {"step": True},
    ],
)
def test_a_line_that_no_worker_wrote_is_passed_over(tmp_path, change):
    with pytest.raises(ValueError, match="line of pictures"):
        pictures(GOOD | change)
    run = queued(Store(tmp_path))
    (run.folder / "pictures.jsonl").write_text(
        json.dumps(GOOD | change) + "\n" + json.dumps(GOOD) + '\n{"step": 4, "na'
    )
    assert [one["step"] for one in moments(run, 5)] == [3]
    assert run.pictures.bad == 1


def test_a_link_in_its_place_is_not_followed(tmp_path):
    run = queued(Store(tmp_path / "runs"))
    (tmp_path / "other").write_text(json.dumps(GOOD) + "\n")
    (run.folder / "pictures.jsonl").symlink_to(tmp_path / "other")
    assert moments(run, 5) == []
    assert run.state == "broken"


def test_what_is_chosen_is_one_run_however_often_it_is_started(tmp_path, monkeypatch):
    monkeypatch.setattr("ssl_core.runs.makers.ensure_runner", lambda store: None)
    store, config = Store(tmp_path), configure("digits", "vae", 40, 0, SMALL).to_dict()
    assert like(store, config) is None
    run = begin(store, config)
    assert begin(store, config) is run is like(store, config)
    assert begin(store, config | {"seed": 1}) is not run
    run.stop()
    assert run.state == "stopped"
    assert begin(store, config) is run
    assert run.state == "queued"
    with pytest.raises(ValueError, match="threads may be at most"):
        begin(store, config | {"training": config["training"] | {"threads": 999}})


def test_points_of_a_damaged_row_are_not_drawn():
    row = {"step": 3, "plane_x": [0.0, 1.0], "plane_y": [2.0, 3.0], "plane_class": [1, 0]}
    assert has_plane(row)
    for wrong in ({"plane_x": 3.0}, {"plane_y": [1.0]}, {"plane_class": [1, None]}, {"plane_x": None}):
        assert not has_plane(row | wrong)
    figure = plane_chart(row, ("a", "b"), "run")
    assert [(trace["name"], trace["x"], trace["y"]) for trace in figure["data"]] == [
        ("a", [1.0], [3.0]),
        ("b", [0.0], [2.0]),
    ]
    looks = {(t["marker"]["color"], t["marker"]["symbol"]) for t in plane_chart(row, tuple("abcdefghij"), "")["data"]}
    assert len(looks) == 10
    frames = plane_frames([row | {"step": n} for n in range(40)], ("a", "b"), 39, 5)
    assert [frame["at"] for frame in frames][:: len(frames) - 1] == [0, 1]
    assert len(frames) == 5


def test_a_loss_that_was_not_measured_leaves_a_gap():
    rows = [{"step": 0, "loss": None}, {"step": 1, "loss": 2.0, "kl": [1.0]}, {"step": 2, "loss": -1.0}]
    loss, kl = losses_chart(rows, {"loss": "Loss", "kl": "KL"}, "")["data"]
    assert (loss["x"], loss["y"], kl["x"]) == ([1, 2], [2.0, -1.0], [])
