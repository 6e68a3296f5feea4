"""Pictures packed as tiles of large sheets: a folder with meta.json, the sheets, and one byte a label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ssl_core.images.formats import MOST_BYTES
from ssl_core.images.reading import read_picture
from ssl_core.named_files import read_named

MOST_SIDE = 8192  # of a sheet
MOST_META = 10 * 2**20  # bytes of meta.json
MOST_LABELS = 10 * 2**20  # one byte each


def meta(folder: Path) -> dict[str, Any] | None:
    """What meta.json says, or None where the folder holds no tile sheets."""
    try:
        about = json.loads(read_named(folder / "meta.json", MOST_META))
    except (OSError, ValueError, RecursionError):
        return None
    return about if isinstance(about, dict) and about.get("format") == "tile sheets" else None


def read(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 [N, 3, side, side] and labels int64 [N]; raises ValueError, one sentence, for a damaged folder."""
    try:
        about = meta(folder) or {}
        part, side, columns = about["splits"][split], int(about["tile"]), int(about["cols"])
        most, count = int(about["per_sheet"]), int(part["count"])
        sheets = [_tiles(_inside(folder, name), side, columns)[:most] for name in part["sheets"]]
        images = np.concatenate(sheets)[:count].transpose(0, 3, 1, 2)
        labels = np.frombuffer(read_named(_inside(folder, part["labels"]), MOST_LABELS), np.uint8).astype(np.int64)
    except (KeyError, TypeError, ValueError, OSError) as wrong:
        raise ValueError(f"The tile sheets in {folder} cannot be read ({wrong}).") from None
    if not len(images) == len(labels) == count or labels.max() >= len(about["classes"]):
        raise ValueError(
            f"The tile sheets in {folder} hold {len(images)} pictures and {len(labels)} labels, not {count}."
        )
    return images, labels


def _inside(folder: Path, name: str) -> Path:
    if Path(name).name != name:
        raise ValueError(f"{name!r} is no file of this folder")
    return folder / name


def _tiles(path: Path, side: int, columns: int) -> np.ndarray:
    sheet = read_picture(read_named(path, MOST_BYTES + 1), longest=MOST_SIDE)
    rows = sheet.shape[0] // side
    return sheet.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)
