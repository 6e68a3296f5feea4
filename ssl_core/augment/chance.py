"""Noise that belongs to one picture: a field of numbers that follows from that picture's own draws alone.

A generator would give a picture other noise in another batch or on a GPU. Hashing (seed, pixel number) does not:
the same draws give the same pixels in any company, on any device, without a loop over pictures.
"""

from __future__ import annotations

import torch
from torch import Tensor

_WORD = 0xFFFFFFFF


def _mix(h: Tensor) -> Tensor:
    """A 32-bit integer hash (constants: Chris Wellons' search of 2018, "lowbias32"), held in 64 bits."""
    h = (h ^ (h >> 16)) * 0x7FEB352D & _WORD
    h = (h ^ (h >> 15)) * 0x846CA68B & _WORD
    return h ^ (h >> 16)


def field(luck: Tensor, count: int) -> Tensor:
    """`count` numbers uniform in (0, 1) for every row of luck [B, 2], float32 [B, count]."""
    seed = (luck[:, :2].double() * 2**24).long()
    place = torch.arange(count, device=luck.device) * 0x9E3779B1 & _WORD  # golden ratio: spreads neighbours
    h = _mix(_mix(place[None] ^ seed[:, :1]) ^ seed[:, 1:2])
    return (((h >> 8).float() + 0.5) * 2.0**-24).clamp(max=1 - 2.0**-24)  # the last of 2²⁴ would be rounded to 1


def normal(luck: Tensor, count: int) -> Tensor:
    """The same, standard normal."""
    return torch.erfinv(2 * field(luck, count) - 1) * 2**0.5
