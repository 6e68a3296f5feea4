"""What a maker's run makes, and what that is worth: the pictures of each class, judged by who knows every label."""

from __future__ import annotations

import torch
from torch import Tensor

from ssl_core.data import Dataset
from ssl_core.generate.config import Config
from ssl_core.generate.judge import Judgement, judge
from ssl_core.generate.material import material_of, unseen_rows
from ssl_core.runs.every_label import every_label, lacking
from ssl_core.runs.making import making_of
from ssl_core.runs.store import Run, Store
from ssl_core.train.chance import generator_at

EACH = 50  # pictures a class
CHANCE = 2**42  # what they are made and compared with; no step has this number


def pictures_of(run: Run, data: Dataset, each: int = EACH) -> tuple[Tensor, Tensor]:
    """`each` pictures of every class, uint8 [n, C, H, W], and the classes asked for [n], which a plain maker ignores.

    Always the same of the same run. Raises ValueError, one sentence.
    """
    making = making_of(run, data)
    asked = torch.arange(len(data.card.classes)).repeat_interleave(each)
    chance = generator_at(run.config["seed"], CHANCE)
    made = torch.cat([making.make(part, chance).cpu().float() for part in asked.split(500)])
    if not torch.isfinite(made).all():
        raise ValueError("This maker makes pictures that are no numbers: train it again with a lower learning rate.")
    return (255 * made).round().clamp(0, 255).to(torch.uint8), asked


def judged(store: Store, run: Run, data: Dataset, each: int = EACH) -> tuple[Judgement, Tensor, Tensor]:
    """The judgement of a maker's run, with the pictures it is about and the pictures it learned from, uint8 both.

    Compared with test pictures, or with others that it has not seen where there is no test. Raises ValueError, one
    sentence, where nobody can judge.
    """
    network, config = every_label(store, data.card), Config.from_dict(run.config)
    if network is None:
        raise ValueError(lacking(data.card))
    made, asked = pictures_of(run, data, each)
    learned = material_of(config, data).images
    real = real_pictures(config, data)
    asked = asked if config.knobs.makes_classes else None
    chance = generator_at(run.config["seed"], CHANCE + 1)
    return judge(network, made, asked, learned, *real, chance), made, learned


def real_pictures(config: Config, data: Dataset) -> tuple[Tensor, Tensor]:
    """What made pictures are compared with, and labels: test pictures, or training ones that the maker has not seen.

    Beside those it has learned from, a maker that copies would look as if it copied nothing. Raises ValueError, one
    sentence, where there are none.
    """
    if len(data.test_images) > 1:
        return data.test_images, data.test_labels
    rows = unseen_rows(config, data)
    if len(rows) < 2:
        raise ValueError(
            f"This maker has learned from every picture of {data.card.title} whose class is known, so there is none to "
            "compare its own with: let another learn from fewer labels."
        )
    return data.images[rows], data.labels[rows]
