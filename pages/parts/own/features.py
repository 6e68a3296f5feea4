"""Which network that has seen other pictures is offered for these, and what it has seen."""

from __future__ import annotations

from ssl_core.features.card import lacks, learned_from
from ssl_core.runs.defaults import PHOTOGRAPH

OFFERED = "efficientnet_lite0"


def features_for(channels: int, side: int) -> tuple[str, str]:
    """(its name, a sentence on what it learned from), or nothing for grey or small pictures or where it is not here."""
    if channels != 3 or side < PHOTOGRAPH or lacks(OFFERED):
        return "", ""
    return OFFERED, learned_from(OFFERED)
