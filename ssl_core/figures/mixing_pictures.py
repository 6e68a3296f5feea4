"""Pictures and masks as small PNG addresses that a page can show without sending a file."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np

FIRST, SECOND = (0, 114, 178), (213, 94, 0)  # blue for the first picture, vermilion for its partner (Okabe & Ito)
_KIND = {1: 0, 3: 2}  # PNG's colour types: grey, RGB


def picture_uri(pixels: Any, scale: int = 1) -> str:
    """A picture [C, H, W] in 0..1, of one or three channels, every pixel `scale` pixels wide."""
    shown = np.asarray(pixels, dtype=np.float32)
    shown = np.round(shown.clip(0, 1) * 255).astype(np.uint8)
    return _png(shown.repeat(scale, axis=1).repeat(scale, axis=2))


def mask_uri(mask: Any) -> str:
    """A mask [1, H, W] in 0..1: blue where the first picture shows, vermilion where its partner does."""
    m = np.asarray(mask, dtype=np.float32)
    colours = (np.array(c, dtype=np.float32)[:, None, None] for c in (FIRST, SECOND))
    first, second = colours
    return _png(np.round(m * first + (1 - m) * second).astype(np.uint8))


def _png(pixels: np.ndarray) -> str:
    """Bytes [C, H, W] as data:image/png;base64,..."""
    channels, height, width = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each row begins with its filter: 0, none
    rows[:, 1:] = pixels.transpose(1, 2, 0).reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, _KIND[channels], 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 3)), (b"IEND", b""))
    file = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return "data:image/png;base64," + base64.b64encode(file).decode()


def frames(mixed: Any) -> list[dict[str, Any]]:
    """Every row of a mixed strip: its picture and mask as addresses, its label share and the mean of its mask."""
    return [
        {
            "picture": picture_uri(mixed.pictures[i]),
            "mask": mask_uri(mixed.mask[i]),
            "share": round(float(mixed.share[i]), 4),
            "mass": round(float(mixed.mask[i].mean()), 4),
        }
        for i in range(len(mixed.pictures))
    ]
