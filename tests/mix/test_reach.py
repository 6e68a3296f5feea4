"""A box or a pasted frame can lie anywhere: every row and every column is reached, the first and the last, too."""

from __future__ import annotations

import pytest
import torch

from ssl_core.mix import MIXES
from ssl_core.mix.mask import MASKS, box_around, paste_box
from ssl_core.mix.method import Aids, draw_chance, mix

SIZES = [(8, 8), (7, 12), (32, 20)]
DRAWS = 3_000


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lam", [0.3, 0.75, 0.9])
@pytest.mark.parametrize("name", ["box", "paste"])
def test_every_row_and_column_is_reached(name, lam, size):
    chance = MASKS[name].draw(DRAWS, size, torch.Generator().manual_seed(0))
    partner = MASKS[name].make(torch.full((DRAWS,), lam), chance, size)[:, 0] == 0
    assert partner.any(dim=2).any(dim=0).tolist() == [True] * size[0], "rows"
    assert partner.any(dim=1).any(dim=0).tolist() == [True] * size[1], "columns"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lam", [0.3, 0.75, 0.95])
def test_a_pasted_frame_takes_every_place_that_it_fits_into_equally_often(lam, size):
    chance = MASKS["paste"].draw(DRAWS, size, torch.Generator().manual_seed(1))
    x1, y1, x2, y2 = paste_box(torch.full((DRAWS,), lam), chance, size).unbind(dim=1)
    for near, far, side in ((x1, x2, size[1]), (y1, y2, size[0])):
        long = int((1 - lam) ** 0.5 * side)
        assert (far - near).unique().tolist() == [long]
        places = side - long + 1
        often = torch.bincount(near, minlength=places).double()
        assert len(often) == places
        assert (often - DRAWS / places).abs().max() < 5 * (DRAWS / places) ** 0.5


def test_the_last_draw_before_one_is_the_last_place():
    """What torch.rand can give at most still leaves the frame inside, and against the border."""
    most = torch.tensor([1 - 2**-24])
    box = paste_box(torch.tensor([0.75]), {"across": most, "down": most}, (8, 10))
    assert box.tolist() == [[5, 4, 10, 8]]
    first = paste_box(torch.tensor([0.75]), {"across": most * 0, "down": most * 0}, (8, 10))
    assert first.tolist() == [[0, 0, 5, 4]]


@pytest.mark.parametrize("size", SIZES)
def test_a_box_is_cut_at_the_border_only(size):
    height, width = size
    y, x = (axis.flatten() for axis in torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"))
    box = box_around(torch.full((len(x),), 0.5), x, y, size)
    high, wide = (int(0.5 * 0.5**0.5 * side) for side in size)
    wanted = [
        [max(0, int(a) - wide), max(0, int(b) - high), min(width, int(a) + wide), min(height, int(b) + high)]
        for a, b in zip(x, y, strict=True)
    ]
    assert box.tolist() == wanted


@pytest.mark.parametrize("name", ["cutmix", "resizemix", "saliencymix"])
def test_the_partner_of_a_method_reaches_every_pixel(name):
    """Through `mix`: wherever the partner may lie, it is what arrives there."""
    size, count = (6, 9), 2_000
    x1, x2 = torch.zeros(count, 1, *size), torch.ones(count, 1, *size)
    labels = torch.eye(2)[[0]].expand(count, 2), torch.eye(2)[[1]].expand(count, 2)
    chance = draw_chance(MIXES[name], count, size, torch.Generator().manual_seed(2))
    salience = torch.zeros(count, size[0] * size[1])
    salience[torch.arange(count), torch.arange(count) % salience.shape[1]] = 1
    aids = Aids(salience=salience.view(count, *size))
    mixed = mix(MIXES[name], x1, x2, *labels, torch.full((count,), 0.6), chance, aids)
    assert (mixed.pictures.amax(dim=0)[0] == 1).all()
    assert torch.equal(mixed.pictures, 1 - mixed.mask)
