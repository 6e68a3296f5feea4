"""What one run may ask of a server that others use, too: not more threads than it has, and not for ever.

A run from a terminal is its owner's business; what pages start is checked here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ssl_core.launch.local import cores, slots
from ssl_core.people.classroom import classroom
from ssl_core.people.limits import check_minutes, check_steps, held
from ssl_core.runs.checked import is_number
from ssl_core.runs.progress import estimate
from ssl_core.runs.store import Store

MINUTES = 600.0  # a night


def most_minutes() -> float:
    """The longest that a run started from a page may take: $SSL_RUN_MINUTES, else a night; ValueError for no number."""
    text = os.environ.get("SSL_RUN_MINUTES", "")
    try:
        minutes = float(text or MINUTES)
    except ValueError:
        minutes = 0.0
    if not minutes > 0:
        raise ValueError(f"SSL_RUN_MINUTES must be a number of minutes above 0, not {text!r}: set it and start again.")
    return minutes


def check_limits(configs: Iterable[Mapping[str, Any]]) -> None:
    """Raises ValueError, one sentence, for a run that asks for more than this machine has or its server allows.

    `configs` are plain ones, as Config.to_dict and a run's file have them.
    """
    most, minutes = cores(), most_minutes()
    for training in (config["training"] for config in configs):
        threads, limit = training.get("threads", 1), training.get("limit_minutes", 0)
        threads, limit = threads if is_number(threads) else 1, limit if is_number(limit) else 0
        if threads > most:
            raise ValueError(f"threads may be at most {most}, the cores of this machine, not {threads}.")
        if limit > minutes:
            raise ValueError(
                f"limit_minutes may be at most {minutes:g} here, not {limit:g}: "
                "whoever runs this server can allow more with SSL_RUN_MINUTES."
            )


def check_asked(store: Store, configs: Iterable[Mapping[str, Any]]) -> None:
    """Raises ValueError, one sentence, where one person of a class asks for longer runs than the teacher allows.

    `configs` are those that would be new, as for check_limits.
    """
    configs = list(configs)
    if configs and held() is not None:
        check_steps(store, configs)
        if classroom(store).minutes:
            check_minutes(store, estimate(store, configs, slots()))
