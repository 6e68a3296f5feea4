"""Moving pixels by an affine map: inverse maps [B, 2, 3] in units of half of each side, done by one sampling.

`tall` is height over width: turning and leaning mix the two sides, whose units differ unless a picture is square.
"""

from __future__ import annotations

import torch
from torch import Tensor


def _affine(a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor, f: Tensor) -> Tensor:
    return torch.stack([a, b, c, d, e, f], -1).unflatten(-1, (2, 3))


def rotate(degrees: Tensor, tall: float = 1.0) -> Tensor:
    """Counter-clockwise about the centre."""
    angle = torch.deg2rad(degrees)
    zero = torch.zeros_like(angle)
    return _affine(angle.cos(), -angle.sin() * tall, zero, angle.sin() / tall, angle.cos(), zero)


def shear_x(s: Tensor, tall: float = 1.0) -> Tensor:
    """Lean along the width, the top edge fixed, the bottom to the right; torchvision's sign is the other one."""
    one, zero = torch.ones_like(s), torch.zeros_like(s)
    return _affine(one, -s * tall, -s * tall, zero, one, zero)


def shear_y(s: Tensor, tall: float = 1.0) -> Tensor:
    """Lean along the height, the left edge fixed, the right one down; torchvision's sign is the other one."""
    one, zero = torch.ones_like(s), torch.zeros_like(s)
    return _affine(one, zero, zero, -s / tall, one, -s / tall)


def translate_x(share: Tensor, tall: float = 1.0) -> Tensor:
    """Move right by a share of the side."""
    one, zero = torch.ones_like(share), torch.zeros_like(share)
    return _affine(one, zero, -2 * share, zero, one, zero)


def translate_y(share: Tensor, tall: float = 1.0) -> Tensor:
    """Move down by a share of the side."""
    one, zero = torch.ones_like(share), torch.zeros_like(share)
    return _affine(one, zero, zero, zero, one, -2 * share)


def scale(factor: Tensor, tall: float = 1.0) -> Tensor:
    """Larger about the centre above 1, smaller on black below."""
    inverse, zero = 1 / factor, torch.zeros_like(factor)
    return _affine(inverse, zero, zero, zero, inverse, zero)


def rescale(t: Tensor, tall: float = 1.0) -> Tensor:
    """Cut a border of t/4 of the side away and enlarge the rest (CTAugment)."""
    keep, zero = 1 - t / 2, torch.zeros_like(t)
    return _affine(keep, zero, zero, zero, keep, zero)


def hflip(x: Tensor, strength: Tensor) -> Tensor:
    """Mirror left and right."""
    return x.flip(-1)


def vflip(x: Tensor, strength: Tensor) -> Tensor:
    """Mirror top and bottom."""
    return x.flip(-2)
