"""The pictures that a maker makes for a run: before its first step, from nothing that the run must not see.

They are kept in the run's folder, so that a resumed run, and whoever looks at its steps, has the same. A maker that
learned elsewhere (made:RUN) is taken only where every labelled picture it saw is one of this run's as well.
"""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Callable

import numpy as np
import torch

from ssl_core.data import Dataset, split
from ssl_core.fillings import MadeBy, made_by
from ssl_core.generate.config import Config as MakerConfig
from ssl_core.generate.config import configure as configure_maker
from ssl_core.generate.contract import Making, Material
from ssl_core.generate.guesses import surest
from ssl_core.runs.files import write_whole
from ssl_core.runs.looking import OutOfTime, Stopped
from ssl_core.runs.made_check import check_maker
from ssl_core.runs.making import making_of
from ssl_core.runs.plain_files import open_plain
from ssl_core.runs.run import MADE
from ssl_core.runs.store import Run, Store
from ssl_core.train.chance import generator_at
from ssl_core.train.config import Config
from ssl_core.train.device import pick_device
from ssl_core.train.invented import WithMade, drawn_by, lacking
from ssl_core.train.loop import steps
from ssl_core.train.trainee import Trainee

MAKING = 2**41  # what pictures are made with; no step has this number
AT_ONCE = 500  # pictures
MOST_BYTES = 2**31  # of the pictures of a run
# What learning from a handful of pictures changes in a maker's recipe: more would cost time and learn them by heart.
FEW = {"vae": {"steps": 300, "batch": 32, "width": 16}}
Say = Callable[[str, float | None], None]


def with_made(run: Run, config: Config, data: Dataset, say: Say, stop: Callable[[], bool]) -> Dataset:
    """The data set with the pictures that are made for this run, if it asks for any, made now or before.

    `say` gets a phase and the seconds left. Raises Stopped when `stop()` says so, OutOfTime at the run's limit, and
    ValueError, one sentence.
    """
    if not (by := made_by(config.training.rebalance)):
        return data
    if (kept := made_for(run, config, data)) is not None:
        return kept
    drawn = drawn_by(config, data)
    asked = lacking(config, data.labels[drawn.labelled])
    over = _in_time(config, stop)
    making = _trained(run, by, config, data, drawn.labelled) if by.run else learned(by, config, data, say, over)
    chance = generator_at(config.seed, MAKING)
    parts = [making.make(part, chance).cpu() for part in asked.split(AT_ONCE)]
    pictures = torch.cat([part.float() for part in parts])
    if not torch.isfinite(pictures).all():
        raise ValueError("The maker makes pictures that are no numbers: lower its learning rate.")
    made = {"images": (255 * pictures).round().clamp(0, 255).to(torch.uint8), "labels": asked}
    buffer = io.BytesIO()
    torch.save(made, buffer)
    write_whole(run.folder / MADE, buffer.getvalue())
    return WithMade(**vars(data), made_images=made["images"], made_labels=asked)


def made_for(run: Run, config: Config, data: Dataset) -> WithMade | None:
    """The data set with what was made for a run, None where nothing has been; ValueError for a file that is damaged."""
    if not made_by(config.training.rebalance):
        return None
    try:
        with open_plain(run.folder / MADE, MOST_BYTES) as file:
            kept = torch.load(file, map_location="cpu", weights_only=True)
        images, labels = kept["images"], kept["labels"]
        good = (
            (images.dtype, labels.dtype) == (torch.uint8, torch.int64)
            and images.shape[1:] == data.images.shape[1:]
            and labels.tolist() == lacking(config, data.labels[drawn_by(config, data).labelled]).tolist()
            and len(images) == len(labels)
        )
    except FileNotFoundError:
        return None
    except Exception:  # what a damaged file makes of a reader has no end
        good = False
    if not good:
        raise ValueError(f"{MADE} does not hold the pictures that were made for this run: start it afresh.")
    return WithMade(**vars(data), made_images=images, made_labels=labels)


def learned(by: MadeBy, config: Config, data: Dataset, say: Say, stop: Callable[[], bool]) -> Making:
    """A maker that has learned from the labelled pictures of a run, and from its surest guesses if it asks for them."""
    material = material_for(config, data, say, stop) if by.guesses else labelled_material(config, data)
    asked = recipe_for(config, by.maker)
    making = asked.knobs.begin(material, config.seed, asked.training)
    total, began = asked.training.steps, time.monotonic()
    for k in range(total):
        if stop():
            raise Stopped
        making.step(k, generator_at(config.seed, k))
        done = k + 1
        spent = time.monotonic() - began
        say(f"{asked.knobs.title} learns, step {done:,} of {total:,}", spent / done * (total - done))
    return making


def _in_time(config: Config, stop: Callable[[], bool]) -> Callable[[], bool]:
    """`stop`, which raises OutOfTime as soon as what began just now took as long as the run may take."""
    limit = config.training.limit_minutes
    end = time.monotonic() + 60 * limit

    def over() -> bool:
        if time.monotonic() >= end:
            raise OutOfTime(
                f"It reached its limit of {limit:g} minutes while its maker learned: start it with a higher limit."
            )
        return stop()

    return over


def recipe_for(config: Config, maker: str) -> MakerConfig:
    """How a maker learns for a run: its usual recipe, or one for few pictures, on the run's device."""
    here = FEW.get(maker, {}) | {"device": config.training.device, "threads": config.training.threads}
    return configure_maker(config.data, maker, config.labels, config.seed, here)


def labelled_material(config: Config, data: Dataset) -> Material:
    """The run's labelled pictures and their labels, and nothing else."""
    rows, device = torch.from_numpy(drawn_by(config, data).labelled), pick_device(config.training.device)
    return Material(data.images[rows].to(device), data.labels[rows].to(device), data.card.classes)


def material_for(config: Config, data: Dataset, say: Say, stop: Callable[[], bool]) -> Material:
    """The same, and behind them the unlabelled pictures whose class a network is sure of, under its guesses.

    The network learns as the run will, without any invented picture: it knows the labelled pictures alone.
    """
    few, plain = labelled_material(config, data), _without_made(config)
    trainee = Trainee(plain, data)
    for _ in steps(trainee):
        if stop():
            raise Stopped
        say(f"a network learns to guess, step {trainee.step:,} of {plain.training.steps:,}", None)
    free = torch.from_numpy(drawn_by(config, data).unlabelled)
    rows, guesses = surest(trainee.average.shadow, data.images[free])
    device = few.images.device
    images = torch.cat([few.images, data.images[free[rows]].to(device)])
    return Material(images, torch.cat([few.labels, guesses.to(device)]), few.classes)


def _without_made(config: Config) -> Config:
    none = {"rebalance": "none", "fill_to": 0, "real_share": 0.0}
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **none))


def _trained(run: Run, by: MadeBy, config: Config, data: Dataset, labelled: np.ndarray) -> Making:
    """The maker of another run, checked to have seen no labelled picture that this run does not have."""
    store = Store(run.folder.parent)
    check_maker(store, run.config)
    other = store.run(by.run)
    asked = MakerConfig.from_dict(other.config)
    theirs = split(
        data.labels.numpy(), asked.labels, asked.seed, validation=data.card.validation, held=data.card.held
    ).labelled
    if beyond := len(set(theirs.tolist()) - set(labelled.tolist())):
        raise ValueError(
            f"{by.run} learned from {beyond:,} labelled pictures that this run must not see: choose a maker with the "
            "same seed and no more labels."
        )
    return making_of(other, data)
