"""Knobs as older runs and links wrote them, under today's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERSION = 1  # of the configuration's shape on disk


def todays(method: str, knobs: Mapping[str, Any]) -> dict[str, Any]:
    """The knobs with today's names and types; what is up to date, or wrong, comes back as it is.

    MixMatch's `ramp` was a word and `ramp_fraction` the share of the run; SoftMatch's `align` was a word.
    """
    new = dict(knobs)
    if method in ("mixmatch", "mixmatch_sgd"):
        if new.get("ramp") in ("images", "fraction"):
            new["ramp_counts"] = new.pop("ramp")
        if "ramp_fraction" in new:
            new["ramp"] = new.pop("ramp_fraction")
    if method == "softmatch" and new.get("align") in ("uniform", "model", "none"):
        word = new.pop("align")
        new |= {"align": False} if word == "none" else {"align": True, "align_to": word}
    return new
