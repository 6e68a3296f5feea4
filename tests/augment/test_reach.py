"""What erases a box can erase any pixel, those of the last row and column, too."""

from __future__ import annotations

import pytest
import torch

from ssl_core.augment import OPERATIONS
from ssl_core.augment.erase import box

SIZES = [(8, 8), (9, 14)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["cutout", "erase"])
def test_every_row_and_column_is_reached(name, size):
    count, operation = 4_000, OPERATIONS[name]
    luck = torch.rand(count, operation.luck, generator=torch.Generator().manual_seed(0))
    strength = torch.full((count,), 0.15)
    hit = (operation(torch.ones(count, 1, *size), strength, luck) != 1)[:, 0].any(dim=0)
    assert hit.all()


@pytest.mark.parametrize("size", SIZES)
def test_a_box_lies_inside_and_against_either_border(size):
    luck = torch.tensor([[0.5, 0.0, 0.0], [0.5, 1 - 2**-24, 1 - 2**-24]])
    top, left, h, w = box(torch.zeros(2, 1, *size), torch.tensor([0.2, 0.2]), luck)
    assert [top[0], left[0]] == [0, 0]
    assert [top[1] + h[1], left[1] + w[1]] == list(size)
