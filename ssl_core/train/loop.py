"""The training loop, on one screen; it knows no method by name, no file and no run.

`steps` can be walked through one by one, as a page or a test does; `train` walks through all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ssl_core.data import Dataset
from ssl_core.methods import Batch, Step
from ssl_core.train.config import Config
from ssl_core.train.memory import keep_freed_memory
from ssl_core.train.moments import due, moment_of
from ssl_core.train.schedule import factor
from ssl_core.train.together import ALONE, Together
from ssl_core.train.trainee import Trainee

ROWS = 100  # rows of a whole run's chart
Row = dict[str, Any]


class Taken(NamedTuple):
    """A step that has been taken: what went in, what came out, and a row of numbers if one is due."""

    batch: Batch
    step: Step  # with `seen`, if the trainee is watched
    rate: float  # the learning rate
    row: Row | None
    measured: bool  # whether the row has accuracies: the moment to save


def steps(trainee: Trainee) -> Iterator[Taken]:
    """Take the steps that are left, one each time the next is asked for; between two the network stands still.

    About a hundred of a whole run have a row. Raises Diverged, one sentence, when the loss is no number.
    """
    training, began = trainee.config.training, time.monotonic() - trainee.seconds
    every, between = max(1, training.steps // ROWS), max(1, training.steps // training.evaluations)
    while trainee.step < training.steps:
        batch, hidden, generator = trainee.draw()
        with trainee.precision():
            step = trainee.config.knobs.step(trainee.live, batch, trainee.state, generator)
            trainee.learn(batch, generator, step)
        rate = training.lr * factor(training.schedule, trainee.step, training.steps, trainee.warmup_steps)
        trainee.optimize(step.loss, rate)
        trainee.meter.add(step, hidden)
        trainee.step += 1
        trainee.seconds = time.monotonic() - began

        last, row, measured = trainee.step == training.steps, None, False
        if last or trainee.step % every == 0:
            row = trainee.row() | {"lr": rate} | trainee.meter.read(trainee.step)
            measured = last or trainee.step % between < every
            row |= trainee.measure() if measured else {}
        yield Taken(batch, step, rate, row, measured)


def train(
    config: Config,
    data: Dataset,
    report: Callable[[Row], None],
    *,
    checkpoint: dict[str, Any] | None = None,
    save: Callable[[dict[str, Any]], None] = lambda state: None,
    keep: Callable[[str, dict[str, Any]], None] = lambda moment, weights: None,
    stop: Callable[[], bool] = lambda: False,
    look: Callable[[Trainee], None] = lambda trainee: None,
    together: Together = ALONE,
    spent: float = 0.0,
) -> str:
    """Train one run and say how it ended: "done", "stopped" (by `stop()`) or "out of time".

    `report` gets the rows; `save` gets a checkpoint whenever accuracy was measured and at the end; `checkpoint` is
    one of those, to go on from. `keep` gets the weights of the moments of ssl_core/train/moments.py. `look` is called
    after every row, and must change nothing. With others `together` each learns from its share of the rows, and what
    the first one hears of `stop` and time counts; `spent` seconds of that were used up before. Raises Diverged, one
    sentence, when the loss is no number.
    """
    keep_freed_memory()
    trainee, planned = Trainee(config, data), config.training.steps
    if checkpoint:
        trainee.load_state_dict(checkpoint)
    trainee.learn_with(together)
    if trainee.step == 0:
        unusual = {} if trainee.bits == 32 else {"bits": trainee.bits}
        report(trainee.row() | unusual | trainee.measure())
        with together.alone():
            look(trainee)
    walk, over = steps(trainee), 0
    while trainee.step < planned and not (over := together.agree(_over(trainee, stop, spent))):
        for moment in due(trainee):
            keep(moment, moment_of(trainee))
        taken = next(walk)
        if taken.row:
            report(taken.row)
            with together.alone():
                look(trainee)
        if taken.measured:
            save(trainee.state_dict())  # after its row: what a checkpoint covers has been reported
    save(trainee.state_dict())
    return "done" if trainee.step == planned else ("stopped", "out of time")[over - 1]


def _over(trainee: Trainee, stop: Callable[[], bool], spent: float) -> int:
    """1 where somebody asked it to stop, 2 where its time is up, else 0."""
    return 1 if stop() else 2 * (trainee.seconds + spent >= 60 * trainee.config.training.limit_minutes)
