"""The numbers of the two lessons inside one batch: steps of real runs, looked at as the page looks at them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import torch

from ssl_core.data import load
from ssl_core.inside.moments import weights_of
from ssl_core.inside.rows import counts_of
from ssl_core.inside.trace import Trace, trace, with_knobs
from ssl_core.methods.mixmatch import sharpen as sharpened
from ssl_core.runs.store import Run, Store
from ssl_core.runs.worker import work
from ssl_core.train.config import Config, configure

Number = tuple[str, str, list[float]]


@cache
def finished(method: str) -> tuple[Config, Run]:
    """A run with 20 labels and all that it keeps of its way."""
    config = configure("digits", method, 20, 0)
    run = Store(tempfile.mkdtemp()).add(config.to_dict())
    work(run.folder)
    return config, run


def look(method: str, moment: str, **knobs: Any) -> Trace:
    """The step that the page shows of it."""
    config, run = finished(method)
    return trace(with_knobs(config, knobs), load("digits"), weights_of(run, moment))


def gate() -> Iterator[Number]:
    """The gate of FixMatch, where its run has it and wide open."""
    gate = finished("fixmatch")[0].knobs.threshold
    yield "gate_tau", "τ of a run of FixMatch on the digits, in %", [100 * gate]
    for moment, tau in (("twentieth", gate), ("twentieth", 0.0), ("end", gate)):
        counts = counts_of(look("fixmatch", moment, threshold=tau))
        name, words = f"{moment}{'' if tau else '_open'}", f"FixMatch, 20 labels, seed 0, {moment}, τ = {tau:g}"
        yield f"{name}_batch", f"unlabelled pictures of a batch: {words}", [counts["unlabelled"]]
        yield f"{name}_count", f"guesses that pass the gate: {words}", [counts["counted"]]
        yield (
            f"{name}_right",
            f"% of those that are right: {words}",
            [100 * counts["right"] / max(1, counts["counted"])],
        )
        yield f"{name}_wrong", f"passed and wrong: {words}", [counts["counted"] - counts["right"]]


def sharpening() -> Iterator[Number]:
    """Guessing and sharpening in MixMatch."""
    for high, temperature in ((70, 0.5), (60, 0.5), (60, 0.1)):
        value = sharpened(torch.tensor([high / 100, 1 - high / 100], dtype=torch.float64), temperature)[0]
        name = f"sharp_{high}_{round(10 * temperature)}"
        yield (
            name,
            f"% that sharpening with T = {temperature:g} makes of {high} against {100 - high}",
            [100 * float(value)],
        )
    seen = look("mixmatch", "twentieth")
    words, n = "MixMatch, 20 labels, seed 0, twentieth", len(seen.unlabelled)
    views = seen.step.seen["view_guesses"].argmax(dim=1).view(-1, n)
    yield (
        "views_unlike",
        f"% of pictures whose two views get another digit: {words}",
        [100 * float((views[0] != views[1]).double().mean())],
    )
    wrong = seen.step.seen["targets"].argmax(dim=1)[:n] != seen.hidden
    yield "targets_wrong", f"% of sharpened guesses that are wrong: {words}", [100 * float(wrong.double().mean())]
    yield (
        "own_share",
        f"% of a blend that is the picture's own, on average: {words}",
        [100 * float(seen.step.seen["lam"].double().mean())],
    )
