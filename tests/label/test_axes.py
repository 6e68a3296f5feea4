"""The axes along which pictures lie: also of few pictures, and of such that are nearly the same."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from ssl_core.label.axes import along_axes


def test_few_pictures_much_alike_have_axes():
    generator = torch.Generator().manual_seed(0)
    two = F.normalize(torch.rand(2, 1280, generator=generator), dim=1)
    rows = F.normalize(two.repeat(12, 1) + 1e-5 * torch.randn(24, 1280, generator=generator), dim=1)
    places = along_axes(rows)
    assert places.shape == (24, 64)
    assert places.isfinite().all()
    assert torch.allclose(torch.cdist(places[:2], places[:2]), torch.cdist(rows[:2], rows[:2]), atol=1e-3)


def test_one_picture_lies_in_the_middle():
    assert torch.equal(along_axes(torch.ones(1, 80)), torch.zeros(1, 64))
