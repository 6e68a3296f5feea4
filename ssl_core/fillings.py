"""What may stand beside the labelled pictures of a run: copies, SMOTE's pictures, or what a maker makes. Free of torch.

made:vae                      a maker that learns from the run's own labelled pictures before the run begins
made:vae+guesses              the same, and from the run's surest guesses at its unlabelled pictures
made:20261126-101500-vae-...  a maker that was trained before, by the name of its run
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import NamedTuple

from ssl_core.knobs import Knob
from ssl_core.maker_cards import MAKER_CARDS

PLAIN = ("none", "copies", "smote")
FILLING = ("rebalance", "fill_to", "real_share")  # the knobs that speak of it
MADE, GUESSES = "made:", "+guesses"
RUN = re.compile(r"[0-9]{8}-[a-z0-9-]{1,71}")  # as ssl_core/runs/store.py names a run


class MadeBy(NamedTuple):
    """Who makes the pictures: a maker by its key, which learns for the run alone, or a run of one."""

    maker: str = ""
    guesses: bool = False  # it learns from guesses at the unlabelled pictures, too
    run: str = ""


def made_by(text: object) -> MadeBy | None:
    """Who makes what `rebalance` asks for; None where it asks for no maker, or for one that does not exist."""
    if not isinstance(text, str) or not text.startswith(MADE):
        return None
    name = text.removeprefix(MADE)
    if RUN.fullmatch(name):
        return MadeBy(run=name)
    maker = name.removesuffix(GUESSES)
    return MadeBy(maker, name.endswith(GUESSES)) if maker in makers() else None


def makers() -> tuple[str, ...]:
    """The makers that can be asked for a class of a data set."""
    return tuple(name for name, card in MAKER_CARDS.items() if card.fills)


class Fillings(tuple[str, ...]):
    """Ways to choose from: lists some, and takes any maker and any run of one by name."""

    more = ", made:MAKER or made:RUN"

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or made_by(name) is not None


def listed(pictures: bool) -> Fillings:
    """Those to choose from on a data set of pictures, or of vectors."""
    ours = [f"{MADE}{name}{how}" for name in makers() for how in ("", GUESSES)] if pictures else []
    return Fillings((*PLAIN, *ours))


def with_runs(knob: Knob, runs: Iterable[str]) -> Knob:
    """The knob that also lists the runs that are at hand, each as made:RUN."""
    return dataclasses.replace(knob, choices=Fillings((*knob.choices, *runs)))
