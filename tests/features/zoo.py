"""The table of torchvision's classifiers, ssl_core/zoo.json, written from the torchvision that is installed.

    python -m tests.features.zoo

Networks are built without memory (torch's device "meta") where they can be; the largest other takes 3 GB.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from ssl_core import zoo

TABLE = Path(zoo.__file__).with_suffix(".json")


def names() -> list[str]:
    """Every classifier of torchvision that has weights."""
    from torchvision import models

    return models.list_models(module=models)


def facts(name: str) -> zoo.Known:
    """What the table should say of a classifier."""
    from torchvision import models

    from ssl_core.models.classifier import Classifier

    weights = models.get_model_weights(name).DEFAULT
    with torch.device("cpu" if name.startswith("regnet") else "meta"):  # RegNets compute their widths as tensors
        body = Classifier(name)
    learned = "swag" if "SWAG" in weights.name else "imagenet"
    return zoo.Known(
        weights.url.rsplit("/", 1)[1],
        round(weights.meta["_file_size"]),
        body.width,
        weights.transforms().crop_size[0],
        learned,
    )


def main() -> None:
    lines = [f" {json.dumps(name)}: {json.dumps(facts(name))}" for name in names()]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
