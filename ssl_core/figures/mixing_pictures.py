"""Mixtures and their masks as pictures that a page can show without sending a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ssl_core.images.writing import to_shown_source

FIRST, SECOND = (0, 114, 178), (213, 94, 0)  # blue for the first picture, vermilion for its partner (Okabe & Ito)


def mask_source(mask: Any) -> str:
    """A mask [1, H, W] in 0..1: blue where the first picture shows, vermilion where its partner does."""
    m = np.asarray(mask, dtype=np.float32)
    first, second = (np.array(colour, dtype=np.float32)[:, None, None] / 255 for colour in (FIRST, SECOND))
    return to_shown_source(m * first + (1 - m) * second)


def frames(mixed: Any, lams: Iterable[float]) -> list[dict[str, Any]]:
    """Every row of a mixed strip with its λ: picture and mask, the label's share and the mask's mean."""
    shown = []
    for lam, picture, mask, share in zip(lams, mixed.pictures, mixed.mask, mixed.share, strict=True):
        share, mass = float(share), float(mask.mean())
        shown.append(
            {
                "lam": lam,
                "picture": to_shown_source(picture),
                "mask": mask_source(mask),
                "share": round(share, 4),
                "mass": round(mass, 4),
            }
        )
    return shown
