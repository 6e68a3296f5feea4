"""What the worker does with a run of a maker: the only place that joins ssl_core/generate and the run folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ssl_core.data import load
from ssl_core.generate.config import Config
from ssl_core.generate.loop import make
from ssl_core.runs.origin import check_same
from ssl_core.runs.pictures_record import PicturesRecord
from ssl_core.runs.referee import referee_of
from ssl_core.runs.run import Run


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
