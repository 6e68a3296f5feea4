"""The loop of a maker, on one screen; it knows no maker by name, no file and no run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ssl_core.data import Dataset
from ssl_core.generate.config import Config
from ssl_core.generate.contract import Making
from ssl_core.generate.material import material_of
from ssl_core.train.chance import generator_at
from ssl_core.train.checkpoint import FOREIGN
from ssl_core.train.device import pick_device
from ssl_core.train.memory import keep_freed_memory
from ssl_core.train.meter import Diverged

ROWS = 100  # rows of a whole run's chart
Row = dict[str, Any]


class Workbench:
    """A making, how far it got, and the losses since the last row; `state_dict` of it is the checkpoint."""

    def __init__(self, config: Config, data: Dataset | None) -> None:
        self.config, self.step, self.seconds = config, 0, 0.0
        self.device = pick_device(config.training.device)
        torch.set_num_threads(config.training.threads)
        self.making: Making = config.knobs.begin(material_of(config, data, self.device), config.seed, config.training)
        self.losses: list[dict[str, Tensor | float]] = []

    def take(self) -> None:
        """One step; its losses are noted."""
        self.losses.append(self.making.step(self.step, generator_at(self.config.seed, self.step)))
        self.step += 1

    def row(self) -> Row:
        """Where the run stands, with the mean of each loss since the last row; raises Diverged, one sentence."""
        means: Row = {}
        for name in self.losses[0] if self.losses else ():
            values = [float(losses[name]) for losses in self.losses]
            for place, value in enumerate(values):
                if not math.isfinite(value):
                    at = self.step - len(values) + place + 1
                    raise Diverged(f"{name} became {value} at step {at}: lower the learning rate.")
            means[name] = sum(values) / len(values)
        self.losses = []
        return {"step": self.step, "images": self.step * self.config.training.batch, "seconds": self.seconds} | means

    def chance(self) -> torch.Generator:
        """What is shown and measured is drawn with this, always the same; no step has this number."""
        return generator_at(self.config.seed, 2**40)

    def state_dict(self) -> dict[str, Any]:
        """The checkpoint: tensors and plain values only."""
        losses = [{name: float(value) for name, value in one.items()} for one in self.losses]
        return {"step": self.step, "seconds": self.seconds, "making": self.making.state_dict(), "losses": losses}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on from a checkpoint of the same configuration; raises ValueError, one sentence, for another's."""
        try:
            self.making.load_state_dict(saved["making"])
            self.step, self.seconds, self.losses = int(saved["step"]), float(saved["seconds"]), list(saved["losses"])
        except FOREIGN:
            raise ValueError("The checkpoint is of another network or another version: start afresh.") from None


def make(
    config: Config,
    data: Dataset | None,
    report: Callable[[Row], None],
    *,
    checkpoint: dict[str, Any] | None = None,
    save: Callable[[dict[str, Any]], None] = lambda state: None,
    stop: Callable[[], bool] = lambda: False,
    look: Callable[[int, dict[str, Tensor]], None] = lambda step, views: None,
    judge: Callable[[Making], Row] = lambda making: {},
) -> str:
    """Let a maker learn, and say how it ended: "done", "stopped" (by `stop()`) or "out of time".

    `report` gets the rows; `look` the pictures of a moment, of which there are `frames` in a whole run, and `judge`
    measures these moments. `save` gets a checkpoint after each, and at the end; `checkpoint` is one of those, to go on
    from. Raises Diverged, one sentence, when a loss is no number.
    """
    keep_freed_memory()
    bench, training = Workbench(config, data), config.training
    if checkpoint:
        bench.load_state_dict(checkpoint)

    def moment() -> None:
        report(bench.row() | bench.making.measures(bench.chance()) | judge(bench.making))
        look(bench.step, bench.making.views(bench.chance()))

    if bench.step == 0:
        moment()
    began, planned = time.monotonic() - bench.seconds, training.steps
    every, between = max(1, planned // ROWS), max(1, planned // training.frames)
    while bench.step < planned and not stop() and bench.seconds < 60 * training.limit_minutes:
        bench.take()
        bench.seconds = time.monotonic() - began
        last = bench.step == planned
        if last or bench.step % between == 0:
            moment()
            save(bench.state_dict())  # after its row: what a checkpoint covers has been reported
        elif bench.step % every == 0:
            report(bench.row())
    save(bench.state_dict())
    return "done" if bench.step == planned else "stopped" if stop() else "out of time"
