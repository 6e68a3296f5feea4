"""Mixing: one blend of pictures and labels, and the laws its share is drawn from."""

from ssl_core.mix.blend import blend, draw_lam, mixup

__all__ = ["blend", "draw_lam", "mixup"]
