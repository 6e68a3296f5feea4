"""What the worker does with a run of a maker: the only place that joins ssl_core/generate and the run folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ssl_core.data import Dataset, load
from ssl_core.generate.config import Config
from ssl_core.generate.contract import Making
from ssl_core.generate.loop import Workbench, make
from ssl_core.runs.origin import check_same
from ssl_core.runs.pictures_record import PicturesRecord
from ssl_core.runs.referee import referee_of
from ssl_core.runs.run import Run
from ssl_core.runs.saved import check_checkpoint, load_checkpoint
from ssl_core.tasks import GENERATE


def learn(
    run: Run,
    report: Callable[[dict[str, Any]], None],
    checkpoint: dict[str, Any] | None,
    save: Callable[[dict[str, Any]], None],
) -> str:
    """Let the maker of a run learn to its end, with pictures and measures; how it ended, as `make` says it."""
    config, data = Config.from_dict(run.config), None
    if config.card is not None:
        data = load(config.data)
        check_same(run.config, data.card)
    with PicturesRecord(run.folder) as look:
        return make(
            config, data, report,
            checkpoint=checkpoint, save=save, stop=run.stopping, look=look, judge=referee_of(run, config, data),
        )  # fmt: skip


def making_of(run: Run | None, data: Dataset | None) -> Making:
    """What the maker of a run has learned by its last checkpoint; raises ValueError, one sentence."""
    saved = load_checkpoint(run.folder / "checkpoint.pt") if run else None
    if saved is None:
        raise ValueError("Nothing of this run is kept yet: wait for its first pictures, or start it afresh.")
    if not run.config:
        raise ValueError(run.why)
    bench = Workbench(Config.from_dict(run.config), data)
    bench.load_state_dict(check_checkpoint(saved, GENERATE))
    return bench.making
