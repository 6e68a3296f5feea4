"""The training loop, on one screen; it knows no method by name, no file and no run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ssl_core.data import Dataset
from ssl_core.train.config import Config
from ssl_core.train.memory import keep_freed_memory
from ssl_core.train.schedule import factor
from ssl_core.train.trainee import Trainee

ROWS = 100  # rows of a whole run's chart
Row = dict[str, Any]


def train(
    config: Config,
    data: Dataset,
    report: Callable[[Row], None],
    *,
    checkpoint: dict[str, Any] | None = None,
    save: Callable[[dict[str, Any]], None] = lambda state: None,
    stop: Callable[[], bool] = lambda: False,
) -> str:
    """Train one run and say how it ended: "done", "stopped" (by `stop()`) or "out of time".

    `report` gets about a hundred rows of numbers; `save` gets a checkpoint whenever accuracy was measured and at
    the end; `checkpoint` is one of those, to go on from. Raises Diverged, one sentence, when the loss is no number.
    """
    keep_freed_memory()
    trainee = Trainee(config, data)
    if checkpoint:
        trainee.load_state_dict(checkpoint)
    steps, schedule, began = config.training.steps, config.training.schedule, time.monotonic() - trainee.seconds
    every, measured = max(1, steps // ROWS), max(1, steps // config.training.evaluations)

    if trainee.step == 0:
        report(trainee.row() | trainee.measure())
    while trainee.step < steps and not stop() and trainee.seconds < 60 * config.training.limit_minutes:
        batch, hidden, generator = trainee.draw()
        with trainee.precision():
            step = config.knobs.step(trainee.live, batch, trainee.state, generator)
            trainee.learn(batch, generator)
        rate = config.training.lr * factor(schedule, trainee.step, steps, trainee.warmup_steps)
        trainee.optimize(step.loss, rate)
        trainee.meter.add(step, hidden)
        trainee.step += 1
        trainee.seconds = time.monotonic() - began

        last = trainee.step == steps
        if last or trainee.step % every == 0:
            row = trainee.row() | {"lr": rate} | trainee.meter.read(trainee.step)
            measure = last or trainee.step % measured < every
            report(row | (trainee.measure() if measure else {}))
            if measure:
                save(trainee.state_dict())  # after its row: what a checkpoint covers has been reported
    save(trainee.state_dict())
    return "done" if trainee.step == steps else "stopped" if stop() else "out of time"
