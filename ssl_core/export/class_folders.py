"""Made pictures as class folders in a zip: what any program that learns from pictures can read."""

from __future__ import annotations

import io
import zipfile

from ssl_core.data import load
from ssl_core.generate.config import Config
from ssl_core.images.writing import to_png
from ssl_core.predict.sorted_zip import folder_names
from ssl_core.runs.judged import EACH, pictures_of
from ssl_core.runs.origin import check_same
from ssl_core.runs.store import Run
from ssl_core.tasks import GENERATE

MOST = 5_000  # pictures a class: a zip of them is held in memory


def class_folders(run: Run, each: int = EACH) -> bytes:
    """`each` pictures of every class, as PNG under the class's name; raises ValueError, one sentence."""
    if not 1 <= each <= MOST:
        raise ValueError(f"Choose 1 to {MOST:,} made pictures a class, not {each}.")
    if run.config.get("task") != GENERATE:
        raise ValueError(f"{run.name} is no maker of pictures, so it has none to write.")
    config = Config.from_dict(run.config)
    if not config.knobs.makes_classes:
        raise ValueError(f"{run.name} cannot be asked for a class, so there are no class folders: train one that can.")
    data = load(config.data)
    check_same(run.config, data.card)
    made, asked = pictures_of(run, data, each)
    folders, out = folder_names(data.card.classes), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:  # pictures do not shrink
        for place, (picture, label) in enumerate(zip(made, asked.tolist(), strict=True)):
            entry = zipfile.ZipInfo(f"{folders[label]}/made {place % each + 1:04d}.png")  # no time: the same every time
            file.writestr(entry, to_png(picture.numpy()))
    return out.getvalue()
