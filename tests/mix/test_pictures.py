"""Pictures on their way to the page arrive pixel by pixel."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from ssl_core.figures.mixing import answers_chart, batch_chart, gap_to_label, law_chart, pixel_chart
from ssl_core.figures.mixing_pictures import frames, mask_source
from ssl_core.images.writing import to_source
from ssl_core.mix import MIXES, draw, mix_drawn
from ssl_core.mix.law import density_points, draws
from ssl_core.mix.strip import pixel_numbers, strip_lam


def decoded(address: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("scale", [1, 3])
def test_png_holds_the_pixels(channels, scale):
    x = torch.rand(channels, 5, 7)
    seen = decoded(to_source(x, scale))
    wanted = (x * 255).round().byte().numpy().repeat(scale, 1).repeat(scale, 2).transpose(1, 2, 0)
    assert np.array_equal(seen.reshape(wanted.shape), wanted)


def test_mask_is_blue_for_the_first_picture_and_vermilion_for_the_second():
    seen = decoded(mask_source(torch.tensor([[[1.0, 0.0]]])))
    assert seen[0].tolist() == [[0, 114, 178], [213, 94, 0]]


def test_frames_tell_share_and_mass():
    x, y = torch.rand(4, 1, 8, 8), torch.eye(4)
    method = MIXES["cutmix"]
    drawn = draw(method, y.argmax(1), (8, 8), torch.Generator().manual_seed(0))
    out = mix_drawn(method, x, y, drawn)
    shown = frames(out, drawn.lam.tolist())
    assert len(shown) == 4 and all(frame["share"] == frame["mass"] for frame in shown)
    assert [frame["lam"] for frame in shown] == drawn.lam.tolist()
    assert np.array_equal(decoded(shown[2]["picture"]), (out.pictures[2, 0] * 255).round().byte().numpy())
    chart = batch_chart(x, out.pictures, drawn.partner, out.share)
    assert len(chart.layout.images) == 8


def test_charts_take_every_law_and_every_picture():
    for method in MIXES.values():
        for alpha in (0.0, 0.05, 1.0, 8.0):
            at, density = density_points(method.lam, alpha)
            chart = law_chart(at, density, 0.5, draws(method.lam, alpha, 1))
            assert np.isfinite(chart.layout.yaxis.range).all()
    black = pixel_numbers(torch.zeros(9, 1, 8, 8))
    assert np.isfinite(pixel_chart(strip_lam(), black, 0.5).data[0].y).all()


def test_distance_from_the_mixed_label():
    labels = torch.tensor([[0.7, 0.3], [0.5, 0.5]])
    assert gap_to_label(labels, labels) == 0
    assert gap_to_label(torch.tensor([[1.0, 0], [1.0, 0]]), labels) == pytest.approx(0.4)
    same = answers_chart(strip_lam(2), labels, labels, 0, 0, ("a", "b"))
    assert len(same.data) == 3
