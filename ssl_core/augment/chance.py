"""Noise that belongs to one picture: a field of numbers that follows from that picture's own draws alone.

A generator would give a picture other noise in another batch or on a GPU. Hashing (seed, pixel number) does not:
the same draws give the same pixels in any company, on any device, without a loop over pictures.
"""

from __future__ import annotations

import torch
from torch import Tensor

_LEFT = {bits: (1 << (32 - bits)) - 1 for bits in (8, 15, 16)}  # what a shift of a word to the right leaves of it


def sent(drawn: Tensor, x: Tensor) -> Tensor:
    """What was drawn, beside the pictures x; a GPU is not waited for, or it would idle at each of a draw's parts."""
    return drawn.to(x.device, non_blocking=True)


def _word(number: int) -> int:
    """32 bits as PyTorch's signed int32 writes them; its products wrap around, as the hash wants."""
    return number - 2**32 if number >= 2**31 else number


def _shifted(h: Tensor, bits: int) -> Tensor:
    return (h >> bits).bitwise_and_(_LEFT[bits])  # int32 drags its sign along: away with it


def _mix(h: Tensor) -> Tensor:
    """A 32-bit integer hash (constants: Chris Wellons' search of 2018, "lowbias32"), in place."""
    h ^= _shifted(h, 16)
    h *= 0x7FEB352D
    h ^= _shifted(h, 15)
    h *= _word(0x846CA68B)
    h ^= _shifted(h, 16)
    return h


def field(luck: Tensor, count: int) -> Tensor:
    """`count` numbers uniform in (0, 1) for every row of luck [B, 2], float32 [B, count]."""
    seed = (luck[:, :2].double() * 2**24).to(torch.int32)
    place = torch.arange(count, device=luck.device, dtype=torch.int32) * _word(0x9E3779B1)  # golden ratio: spreads
    h = _mix(_mix(place[None] ^ seed[:, :1]) ^ seed[:, 1:2])
    u = _shifted(h, 8).float().add_(0.5).mul_(2.0**-24)
    return u.clamp_(max=1 - 2.0**-24)  # the last of 2²⁴ would be rounded to 1


def normal(luck: Tensor, count: int) -> Tensor:
    """The same, standard normal."""
    return field(luck, count).mul_(2).sub_(1).erfinv_().mul_(2**0.5)
