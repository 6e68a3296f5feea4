"""Mixing: one blend of pictures and labels, and the laws its share is drawn from."""

from ssl_core.mix.blend import blend, draw_lam, mixup
from ssl_core.mix.method import Aids, Drawn, Mixed, Mixing, draw, mix, mix_drawn
from ssl_core.mix.table import MIXES
from ssl_core.mix.train import mix_batch, mix_given, places

__all__ = [
    "MIXES",
    "Aids",
    "Drawn",
    "Mixed",
    "Mixing",
    "blend",
    "draw",
    "draw_lam",
    "mix",
    "mix_batch",
    "mix_drawn",
    "mix_given",
    "mixup",
    "places",
]
