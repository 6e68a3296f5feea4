"""Texture against shape: the pictures are what they claim, and the measure tells a network of the look from others."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn

from ssl_core.augment.restyle import statistics
from ssl_core.data import load
from ssl_core.data.shapes_snow import CLASSES, ON_SNOW, grounds
from ssl_core.figures.snow import looks_chart
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.looks import exchanged, exchanged_shots, looks
from tests.test_rooms import HOUSE


@pytest.fixture(scope="module")
def data():
    return load("shapes_snow")


def light(x: torch.Tensor) -> torch.Tensor:
    """How bright pictures in 0..1 are."""
    return x.mean(dim=(1, 2, 3))


class OfLook(nn.Module):
    """Names a class of snow where a picture is bright as a whole; sees no shape."""

    def forward(self, x):
        sign = torch.tensor([1.0 if name in ON_SNOW else -1.0 for name in CLASSES])
        return 20 * (light(x) - 0.5)[:, None] * sign


class Always(nn.Module):
    """Says the same of every picture."""

    def forward(self, x):
        return torch.tensor([1.0, 0, 0, 0]) + 0 * light(x)[:, None]


def test_a_figure_takes_the_look_of_the_other_ground(data):
    rows = grounds(data.card).usual
    other, snowy = exchanged(data, rows)
    assert torch.equal(snowy, ~grounds(data.card).snowy[rows])
    own, taken = (statistics(x.float() / 255).mean.mean(dim=1) for x in (data.test_images[rows], other))
    assert (own[snowy] < 0.5).double().mean() > 0.95  # it stood on the meadow, and is as bright as snow now
    assert (taken[snowy] > 0.5).double().mean() > 0.95
    assert (taken[~snowy] < 0.5).double().mean() > 0.95
    cover = grounds(data.card).cover[rows][:, None]
    inside = lambda x: (x.float() * cover).sum((1, 2, 3)) / cover.sum((1, 2, 3))  # noqa: E731
    outside = lambda x: (x.float() * (1 - cover)).sum((1, 2, 3)) / (1 - cover).sum((1, 2, 3))  # noqa: E731
    above = [(inside(x) > outside(x)) for x in (data.test_images[rows], other)]
    assert (above[0] == above[1]).double().mean() > 0.8  # most figures stand out as they did


def test_a_network_of_the_look_is_found_out_and_one_that_says_the_same_is_not(data):
    told = looks(Classifier(data.card, "none", OfLook().eval()), data)
    assert told.look > 0.95
    assert told.own > 0.4  # half of the right pair
    assert told.shape < 0.1  # never even the right pair
    same = looks(Classifier(data.card, "none", Always().eval()), data)
    assert same.look == pytest.approx(0.5, abs=0.06)
    assert same.own == same.shape == same.drawn


def test_every_network_has_its_say_below_a_picture(data):
    networks = {"one": Classifier(data.card, "none", Always().eval())}
    shots = exchanged_shots(data, networks, 3)
    assert len(shots) == 3
    assert all(shot.caption == f"one: {CLASSES[0]}" for shot in shots)
    assert "in the look of" in exchanged_shots(data, {}, 1)[0].caption


def test_the_chart_shows_means_and_how_far_tries_lie_apart():
    chart = looks_chart({"plain": {"shape": [0.1, 0.2, 0.6], "look": [0.9, 0.9, 0.9]}})
    shape, look = chart["data"]
    assert shape["y"] == pytest.approx([30])
    assert shape["error_y"]["array"] == pytest.approx([30])
    assert shape["error_y"]["arrayminus"] == pytest.approx([20])
    assert look["error_y"]["array"] == pytest.approx([0])


def test_names_under_the_bars_are_as_they_are_in_lines_a_phone_has_room_for():
    names = ["as they are", "grounds repainted"]
    axis = looks_chart({name: {"shape": [0.1], "look": [0.9]} for name in names})["layout"]["xaxis"]
    assert axis["tickvals"] == names
    assert [text.replace("<br>", " ") for text in axis["ticktext"]] == names
    assert axis["ticktext"][1] == "grounds<br>repainted"


def test_what_was_measured_is_what_the_page_says_of_it():
    rows = [
        row for row in json.loads((HOUSE / "assets/looks.json").read_text())["rows"] if row["data"] == "shapes_snow"
    ]
    plain, repainted, restyled = rows
    assert [row["strong"] for row in rows] == ["", "repaint_ground(1)", "restyle(1)"]
    mean = lambda row, part: sum(row[part]) / len(row[part])  # noqa: E731
    assert max(restyled["look"]) < min(plain["look"])
    assert min(restyled["shape"]) > max(plain["shape"])
    assert mean(restyled, "own") < mean(plain, "own")
    assert mean(restyled, "flipped") < mean(repainted, "flipped")
