"""The snow lesson: its pictures are what they claim, and its measures tell a network of the ground from others."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ssl_core.augment import from_text
from ssl_core.augment.ground import likeness
from ssl_core.data import CATALOG, load
from ssl_core.data.shapes_snow import CLASSES, ON_SNOW, RHO, grounds
from ssl_core.figures.snow import ground_chart
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.snow import study


@pytest.fixture(scope="module")
def data():
    return load("shapes_snow")


def bright(images: torch.Tensor) -> torch.Tensor:
    """Whether the rim is snow."""
    rim = torch.cat([images[:, 2, 0].float(), images[:, 2, -1].float()], dim=1)
    return rim.mean(dim=1) > 110


@pytest.mark.parametrize("name", RHO)
def test_the_ground_fits_the_class_as_often_as_it_says(name):
    data = load(name)
    wolf = torch.isin(data.labels, torch.tensor([CLASSES.index(figure) for figure in ON_SNOW]))
    assert CATALOG[name].classes == CLASSES
    assert (bright(data.images) == wolf).double().mean().item() == pytest.approx(RHO[name], abs=0.03)


def test_flipped_pictures_are_the_same_figures_on_the_other_ground(data):
    known = grounds(data.card)
    assert torch.equal(data.test_labels[known.usual], data.test_labels[known.flipped])
    assert torch.equal(known.cover[known.usual], known.cover[known.flipped])
    assert torch.equal(known.snowy[known.usual], ~known.snowy[known.flipped])
    assert torch.equal(bright(data.test_images), known.snowy)
    inside = (known.cover == 1)[:, None].expand_as(data.test_images)
    assert torch.equal(
        data.test_images[known.usual][inside[known.usual]], data.test_images[known.flipped][inside[known.flipped]]
    )
    outside = (known.cover == 0)[:, None].expand_as(data.test_images)
    assert torch.equal(data.test_images[outside], known.bare[outside])


class OfGround(nn.Module):
    """Names a class of snow where the picture's corners are bright; looks at nothing else."""

    def forward(self, x):
        light = 20 * (x[:, 2, :2, :2].mean(dim=(1, 2)) - 0.4)
        sign = torch.tensor([1.0 if name in ON_SNOW else -1.0 for name in CLASSES])
        return light[:, None] * sign


class OfFigure(nn.Module):
    """Looks at the middle alone and always says the same."""

    def forward(self, x):
        return torch.stack([x[:, 0, 16, 16] + 1, *(0 * x[:, 0, 16, 16],) * 3], dim=1)


def test_a_network_of_the_ground_is_found_out(data):
    told = study(Classifier(data.card, "none", OfGround().eval()), data)
    assert told.ground_decides == 1
    assert told.on_ground > 0.99
    assert told.usual == pytest.approx(0.95 / 2, abs=0.06)  # the right pair; within it always the same class
    assert told.flipped == pytest.approx(0.05 / 2, abs=0.06)
    assert told.figure_alone == pytest.approx(0.25, abs=0.05)


def test_a_network_that_looks_at_the_middle_is_not(data):
    told = study(Classifier(data.card, "none", OfFigure().eval()), data)
    assert told.ground_decides == pytest.approx(0.5, abs=0.01)
    assert told.on_ground < 0.25 < told.ground_area
    assert told.usual == told.flipped == told.usual_by_class[0] / 4
    figure = ground_chart(CLASSES, told.usual_by_class, told.flipped_by_class, 0.25)
    assert figure["data"][0]["y"][0] == pytest.approx(100 * told.usual)


def test_repainting_changes_the_ground_and_leaves_the_figure(data):
    known = grounds(data.card)
    x = data.test_images[:200].float() / 255
    cover = known.cover[:200, None]
    alike = likeness(x)
    assert alike[cover == 0].mean() > 0.9
    core = -nn.functional.max_pool2d(-cover, 5, 1, padding=2) == 1  # two pixels inside the figure
    assert alike[core].mean() < 0.03
    y = from_text("repaint_ground(1)")(x, torch.Generator().manual_seed(0))
    moved = (y - x).abs().mean(dim=1, keepdim=True)
    assert moved[core].mean() < 0.01 < 0.1 < moved[cover == 0].mean()


def test_a_repainted_ground_says_nothing_of_the_old_one(data):
    known = grounds(data.card)
    y = from_text("repaint_ground(1)")(data.test_images.float() / 255, torch.Generator().manual_seed(0))
    rim = y[:, :, 0].mean(dim=(1, 2))
    snow, meadow = rim[known.snowy].mean(), rim[~known.snowy].mean()
    assert abs(snow - meadow) < 0.06
    before = data.test_images[:, :, 0].float().mean(dim=(1, 2)) / 255
    assert before[known.snowy].mean() - before[~known.snowy].mean() > 0.5
