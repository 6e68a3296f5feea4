"""What some ways of mixing need besides the two pictures: where they are salient, class counts, operations."""

from __future__ import annotations

from typing import Any

from pages.parts.shared.network_cache import network
from pages.parts.shared.trained import trained_runs

# The operations of AugMix's paper, section 3, by the names they have here.
_AUGMIX = (
    "autocontrast",
    "equalize",
    "posterize",
    "rotate",
    "solarize",
    "shear_x",
    "shear_y",
    "translate_x",
    "translate_y",
)


def aids_for(name: str, pair: Any, data: str | None) -> tuple[Any, str]:
    """What a method needs besides the pair, and a sentence about where it came from.

    `data` is the data set both pictures come from, None where there is none.
    """
    from ssl_core.mix.method import Aids

    if name == "saliencymix":
        return _salience(pair, data)
    if name == "augmix":
        return Aids(chain=_chain(pair)), ""
    if name == "remix":
        from ssl_core.mix.share import example_counts

        counts, words = example_counts(pair.y1, pair.y2)
        return Aids(counts=counts), words.format(a=pair.names[0], b=pair.names[1])
    return Aids(), ""


def _salience(pair: Any, data: str | None) -> tuple[Any, str]:
    """Where a network of the data set looks in B; its edges where there is no such network."""
    from ssl_core.mix.inside import edges, salience
    from ssl_core.mix.method import Aids

    x2, y2 = pair.x2[None], pair.y2[None]
    runs = trained_runs(data) if data else {}
    if not runs:
        return Aids(salience=edges(x2)), (
            "There is no trained run yet, so B's edges stand in for what a network looks at."
        )
    run = next(iter(runs))
    return Aids(salience=salience(network(run), x2, y2)), f"B's salience comes from the run {runs[run]}."


def _chain(pair: Any) -> Any:
    """One random augmentation a picture, of those that work at this size."""
    from ssl_core.augment import OPERATIONS, RandAugment
    from ssl_core.augment.policy import Policy

    channels, height, _ = pair.x1.shape
    pool = tuple(name for name in _AUGMIX if OPERATIONS[name].works_on(channels, height))
    return Policy("one operation", (RandAugment(pool, count=1, sampling="bilinear"),))
