"""Another look by its statistics alone: they are the style's, and strength 0 is the picture."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from ssl_core.augment import from_text
from ssl_core.augment.chance import normal
from ssl_core.augment.restyle import WIDTHS, Statistics, drawn, palette, parted, restyle, statistics, taken_over
from tests.augment import styles


def pictures(n: int = 6, side: int = 32, channels: int = 3, seed: int = 0) -> torch.Tensor:
    """Smooth pictures with an edge: mean and detail differ from one to the next."""
    generator = torch.Generator().manual_seed(seed)
    x = F.interpolate(torch.rand(n, channels, 4, 4, generator=generator), (side, side), mode="bilinear")
    x[..., side // 2 :] *= torch.rand(n, channels, 1, 1, generator=generator)
    return x


def noise(n: int, side: int) -> torch.Tensor:
    luck = torch.rand(n, 2, generator=torch.Generator().manual_seed(5))
    return normal(luck, side * side).view(n, 1, side, side)


def test_detail_and_what_is_left_add_up_to_the_picture():
    x = pictures()
    details, rest = parted(x)
    assert len(details) == len(WIDTHS)
    torch.testing.assert_close(sum(details) + rest, x)
    flat = torch.full((2, 1, 8, 8), 0.4)
    assert max(float(detail.abs().max()) for detail in parted(flat)[0]) < 1e-6


def test_the_first_width_is_the_picture_less_the_mean_of_its_neighbours():
    x = pictures(1, 8)
    assert torch.allclose(parted(x)[0][0][0, :, 3, 4], x[0, :, 3, 4] - x[0, :, 2:5, 3:6].mean(dim=(1, 2)), atol=1e-6)
    assert torch.allclose(parted(x)[0][0][0, :, 0, 0], x[0, :, 0, 0] - x[0, :, :2, :2].mean(dim=(1, 2)), atol=1e-6)


def test_every_width_is_averaged_over_the_neighbours_that_there_are():
    smooth = x = torch.rand(2, 3, 7, 20, generator=torch.Generator().manual_seed(0))  # 7 is narrower than the widest
    for width in WIDTHS:
        smooth = F.avg_pool2d(smooth, width, 1, width // 2, count_include_pad=False)
    torch.testing.assert_close(parted(x)[1], smooth)


def test_statistics_of_the_restyled_picture_are_its_styles():
    x, style = pictures(), statistics(pictures(seed=1))
    y = statistics(taken_over(x, style, noise(6, 32)))
    torch.testing.assert_close(y.mean, style.mean, atol=1e-5, rtol=0)
    torch.testing.assert_close(y.deviation, style.deviation, atol=1e-5, rtol=0)


def test_the_finest_detail_comes_near_the_styles_also_where_there_was_none():
    smooth, rough = pictures(), Statistics(*(part[6:12] for part in palette()))  # strokes, mosaic, dots, hatching
    before, after = statistics(smooth).detail, statistics(taken_over(smooth, rough, noise(6, 32))).detail
    near = lambda detail: (detail - rough.detail)[..., 0].abs().mean()  # noqa: E731
    assert near(after) < 0.4 * near(before)


def test_a_picture_in_its_own_style_is_the_picture():
    x = pictures()
    torch.testing.assert_close(taken_over(x, statistics(x), noise(6, 32)), x, atol=1e-5, rtol=0)


def test_a_picture_without_anything_on_it_gets_the_styles_colour_and_grain():
    flat, style = torch.full((6, 3, 32, 32), 0.7), statistics(pictures(seed=1))
    y = taken_over(flat, style, noise(6, 32))
    assert y.isfinite().all()
    torch.testing.assert_close(y.mean(dim=(2, 3)), style.mean, atol=1e-5, rtol=0)


def test_strength_zero_is_the_picture_bit_for_bit_and_more_goes_further():
    x, luck = pictures(), torch.rand(6, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(restyle(x, torch.zeros(6), luck), x)
    away = [float((restyle(x, torch.full((6,), s), luck) - x).abs().mean()) for s in (0.25, 0.5, 1.0)]
    assert away[0] > 0
    assert torch.allclose(torch.tensor(away), away[2] * torch.tensor([0.25, 0.5, 1.0]), rtol=1e-4)


def test_looks_lie_between_two_of_the_palette_and_all_are_drawn():
    looks, ends = palette(), torch.tensor([[0.0, 0.999, 0.0], [0.0, 0.999, 1.0]])
    first, last = drawn(ends, 3), drawn(ends, 3)
    torch.testing.assert_close(first.mean[0], looks.mean[0])
    torch.testing.assert_close(last.detail[1], looks.detail[-1])
    many = drawn(torch.rand(4000, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([1, 1, 0.0]), 3)
    assert len(many.mean.unique(dim=0)) == len(looks.mean)
    grey = drawn(ends, 1)
    assert grey.mean.shape == (2, 1)
    assert grey.detail.shape == (2, 1, len(WIDTHS))


def test_the_palette_is_what_its_command_measures():
    for look, numbers in styles.measured().items():
        known = Statistics(*(part[list(styles.looks()).index(look)] for part in palette()))
        for part, values in numbers.items():
            assert torch.allclose(torch.tensor(values), getattr(known, part), atol=2e-3), (look, part)


def test_it_can_be_written_into_a_pipeline():
    x = pictures(4)
    policy = from_text("restyle(0.8)@0.5 > hflip@0.5")
    one, again = (policy(x, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, again)
    assert not torch.equal(one, policy(x, torch.Generator().manual_seed(4)))
