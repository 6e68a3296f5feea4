"""One step of a real network on a real batch, traced: the method's own `step`, watched, with knobs as they are set.

    seen = trace(configure("digits", "fixmatch", 40, 0), load("digits"))
    print(seen.step.loss, seen.step.parts, seen.step.seen["guesses"])

Nothing here computes what a method computes: every number is from its `step`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ssl_core.data import Dataset
from ssl_core.features.card import frozen
from ssl_core.knobs import build, knobs_of
from ssl_core.methods import METHODS, Batch, Step
from ssl_core.train.config import Config, defaults
from ssl_core.train.fitting import check_rows
from ssl_core.train.trainee import Trainee

SLIDERS = ("threshold", "temperature", "views", "alpha", "mix_alpha", "weight")  # what a page lets one turn
OTHER_STATE = "What was kept of this run is not what its method remembers: choose another moment of it."


class Trace(NamedTuple):
    """A step that was looked at; its network is as it was before."""

    config: Config  # with the knobs the step was taken with
    number: int  # of the step, 0 for the first
    batch: Batch
    step: Step
    labelled: Tensor  # the labelled pictures as they are, in 0..1 [B, C, H, W]
    unlabelled: Tensor  # the unlabelled ones [n, C, H, W]
    hidden: Tensor  # their labels, which the step never sees: int64 [n], −1 where nobody knows


def as_method(config: Config, method: str) -> Config:
    """The same run with another method, its knobs those of a short run; raises ValueError, one sentence."""
    if method == config.method:
        return config
    own = knobs_of(METHODS[method])
    usual = {name: value for name, value in defaults(config.data, method).items() if name in own}
    made = dataclasses.replace(config, method=method, knobs=build(METHODS[method], usual, METHODS[method].title))
    check_rows(made)
    return made


def with_knobs(config: Config, values: Mapping[str, Any]) -> Config:
    """The same with some of the method's knobs changed; raises ValueError, one sentence."""
    known = knobs_of(type(config.knobs))
    changed = {name: known[name].check(name, value) for name, value in values.items() if name in known}
    return dataclasses.replace(config, knobs=dataclasses.replace(config.knobs, **changed))


def cannot(config: Config) -> str:
    """Why a step of such a run has no pictures to show, one sentence; nothing where it has."""
    if not config.card.pictures:
        return f"{config.card.title} has rows of numbers, not pictures: there is nothing to draw here."
    if frozen(config.training.model):
        return "This run trained on features that were kept beforehand, so its steps see no pictures."
    return ""


def trace(
    config: Config,
    data: Dataset,
    saved: Mapping[str, Any] | None = None,
    *,
    kept_by: str = "",
    skip: int = 0,
) -> Trace:
    """Take the next step from `saved`, a moment or a checkpoint of this run, or from its seed; nothing is learned.

    `kept_by` is the method of the run that kept it, if that is another: then only its weights are taken. `skip`
    looks at a later batch with the same weights. Raises ValueError, one sentence, where `saved` is something else's.
    """
    threads = torch.get_num_threads()
    try:
        with torch.random.fork_rng(devices=[]):
            trainee = Trainee(_here(config), data, watched=True)
            if saved is not None:
                _stand(trainee, saved, whole=kept_by in ("", config.method))
            trainee.step += skip
            batch, hidden, generator = trainee.draw()
            labelled, unlabelled = trainee.as_they_are()
            step = config.knobs.step(trainee.model, batch, trainee.state, generator)
    finally:
        torch.set_num_threads(threads)
    return Trace(config, trainee.step, batch, _detached(step), labelled, unlabelled, hidden)


def _here(config: Config) -> Config:
    """On this processor, with one thread, as runs beside each other have: a batch is small."""
    here = {"device": "cpu", "compile": False, "threads": 1}
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **here))


def _stand(trainee: Trainee, saved: Mapping[str, Any], whole: bool) -> None:
    before = {name: value.shape for name, value in trainee.state.items()}
    if not whole:
        own = trainee.state_dict()
        saved = {**saved, "state": {}} | {part: own[part] for part in ("memory", "head", "companion")}
    trainee.stand_at(dict(saved))
    if {name: value.shape for name, value in trainee.state.items()} != before:
        raise ValueError(OTHER_STATE)


def _detached(step: Step) -> Step:
    parts = {name: part.detach() for name, part in step.parts.items()}
    return step._replace(loss=step.loss.detach(), parts=parts)
