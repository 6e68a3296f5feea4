"""Blur, sharpness and JPEG: what happens to a pixel depends on its neighbours."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ssl_core.augment.light import blend
from ssl_core.augment.operation import each, places


def _filtered(x: Tensor, weights: list[list[float]]) -> Tensor:
    """One small kernel over every channel; the border it does not fit on stays, as in PIL."""
    kernel = torch.tensor(weights, dtype=x.dtype, device=x.device)
    edge = len(weights) // 2
    if min(x.shape[-2:]) <= 2 * edge:
        return x
    # Every plane as a channel of one picture: on a CPU four times as fast as groups of three, and the same bits.
    # A grey batch needs no groups as it is.
    planes = x if x.shape[1] == 1 else x.reshape(1, -1, *x.shape[-2:])
    kernel = (kernel / kernel.sum()).expand(planes.shape[1], 1, *kernel.shape)
    out = x.clone()
    inner = F.conv2d(planes, kernel, groups=planes.shape[1])
    out[..., edge:-edge, edge:-edge] = inner.view(*x.shape[:2], *inner.shape[-2:])
    return out


SMOOTH = [[1.0, 1.0, 1.0], [1.0, 5.0, 1.0], [1.0, 1.0, 1.0]]  # PIL's SMOOTH
RING = [[1.0] * 5, *([[1.0, 0.0, 0.0, 0.0, 1.0]] * 3), [1.0] * 5]  # PIL's BLUR


def sharpness(x: Tensor, factor: Tensor) -> Tensor:
    """Towards a 3×3 blur below 1; border pixels stay, as in PIL and torchvision."""
    if min(x.shape[-2:]) <= 2:
        return x
    return blend(x, _filtered(x, SMOOTH), factor)


def smooth(x: Tensor, t: Tensor) -> Tensor:
    """The share t of the way to PIL's SMOOTH filter (CTAugment)."""
    return blend(_filtered(x, SMOOTH), x, t)


def blur(x: Tensor, t: Tensor) -> Tensor:
    """The share t of the way to PIL's BLUR filter (CTAugment)."""
    return blend(_filtered(x, RING), x, t)


REACH = 6  # pixels each way: three standard deviations of the largest blur


def gaussian_blur(x: Tensor, sigma: Tensor) -> Tensor:
    """Blur with a bell curve of this standard deviation in pixels, borders reflected."""
    batch, channels, height, width = x.shape
    for side, dim in ((height, 0), (width, 1)):
        reach = min(REACH, side - 1)
        away = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
        bell = torch.exp(-0.5 * (away / sigma.to(x.dtype).clamp(min=1e-3)[:, None]) ** 2)
        bell = (bell / bell.sum(1, keepdim=True)).repeat_interleave(channels, 0)
        shape, pad = ((1, -1, 1), [0, 0, reach, reach]) if dim == 0 else ((1, 1, -1), [reach, reach, 0, 0])
        rows = F.pad(x, pad, mode="reflect").reshape(1, batch * channels, *_grown(height, width, reach, dim))
        x = F.conv2d(rows, bell.view(batch * channels, *shape), groups=batch * channels).view(
            batch, channels, height, width
        )
    return x


def _grown(height: int, width: int, reach: int, dim: int) -> tuple[int, int]:
    return (height + 2 * reach, width) if dim == 0 else (height, width + 2 * reach)


TAPS = 9


def motion_blur(x: Tensor, length: Tensor, luck: Tensor) -> Tensor:
    """The mean over a straight path of this length, a share of the side, in a random direction."""
    angle = math.pi * luck[:, 0]
    way = torch.stack([angle.cos(), angle.sin()], 1) * length[:, None]  # half the side is 1, so this is ± length
    straight = x.new_tensor([[1, 0, 0], [0, 1, 0]]).repeat(len(x), 1, 1)
    out = torch.zeros_like(x)
    for tap in range(TAPS):  # over the path, not over pictures
        straight[:, :, 2] = way * (2 * tap / (TAPS - 1) - 1)
        grid = places(straight, *x.shape[-2:])
        out += F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return (out / TAPS).clamp(0, 1)


# ITU-T T.81, annex K: the tables that nearly every encoder scales.
LUMA = (
    (16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55), (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62), (18, 22, 37, 56, 68, 109, 103, 77), (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101), (72, 92, 95, 98, 112, 100, 103, 99),
)  # fmt: skip
CHROMA = (
    (17, 18, 24, 47, 99, 99, 99, 99), (18, 21, 26, 66, 99, 99, 99, 99), (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99), *(((99,) * 8,) * 4),
)  # fmt: skip
TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))  # JFIF 1.02


def _cosines(like: Tensor) -> Tensor:
    k, n = torch.arange(8.0)[:, None], torch.arange(8.0)[None]
    basis = torch.cos(math.pi * (2 * n + 1) * k / 16) / 2
    basis[0] /= math.sqrt(2)
    return basis.to(like)


def jpeg(x: Tensor, quality: Tensor) -> Tensor:
    """What a JPEG file of this quality loses: rounded cosines of 8×8 blocks, colour at full resolution (4:4:4).

    The file's own coding is lossless, so nothing is left out; encoders that halve the colour lose a little more.
    """
    height, width = x.shape[-2:]
    level = (x * 255).round()
    if x.shape[1] == 3:
        level = torch.einsum("ij,bjhw->bihw", level.new_tensor(TO_YCC), level)
        level[:, 1:] += 128
        level = level.round()
    padded = F.pad(level - 128, [0, -width % 8, 0, -height % 8], mode="replicate")
    rows, columns = padded.shape[-2] // 8, padded.shape[-1] // 8
    blocks = padded.view(*x.shape[:2], rows, 8, columns, 8).transpose(3, 4)
    basis = _cosines(level)
    table = level.new_tensor([LUMA, CHROMA, CHROMA])[: x.shape[1]]
    whole = quality.floor().clamp(1, 100)
    scale = torch.where(whole < 50, (5000 / whole).floor(), 200 - 2 * whole).to(level)
    table = ((table * each(scale) + 50) / 100).floor().clamp(1, 255)[:, :, None, None]
    kept = (basis @ blocks @ basis.T / table).round() * table
    back = (basis.T @ kept @ basis).transpose(3, 4).reshape(padded.shape)[..., :height, :width]
    back = (back + 128).round().clamp(0, 255)
    if x.shape[1] == 3:
        back[:, 1:] -= 128
        back = torch.einsum("ij,bjhw->bihw", torch.linalg.inv(back.new_tensor(TO_YCC)), back)
    return back.round().clamp(0, 255) / 255
