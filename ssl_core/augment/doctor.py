"""What is wrong with a pipeline on these pictures, found by trying it: augmentations fail silently otherwise.

Each check stands for a fault that public code has had: operations that move no pixel, signs that are always
positive, one draw shared by a whole batch, holes larger than the picture, values outside 0..1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from ssl_core.augment.contents import steps_of
from ssl_core.augment.dead import check_dead
from ssl_core.augment.finding import LEVELS, Finding
from ssl_core.augment.labels import check_labels
from ssl_core.augment.policy import Policy
from ssl_core.augment.pools import FACTORS
from ssl_core.augment.steps import Normalise, without_normalise

ENOUGH = 192  # pictures looked at


def diagnose(policy: Policy, x: Tensor, card: Any, seed: int = 0) -> list[Finding]:
    """All findings, the worst first; empty if nothing is wrong.

    x [N, C, H, W] are pictures of the data set, floats in 0..1; `card` gives name, mirrors and turns.
    """
    findings = check_input(x)
    if findings:
        return findings
    x = x.repeat(-(-ENOUGH // len(x)), 1, 1, 1)[: ENOUGH if x.shape[-1] <= 64 else 48]
    findings += check_places(policy) + check_signs(policy) + check_labels(policy, card)
    shown = without_normalise(policy)
    drawn = shown.draw(len(x), Generator().manual_seed(seed))
    frames = shown.film(drawn, x)
    findings += check_dead(policy, frames, x)
    findings += check_output(frames[-1].x if frames else x, x)
    findings += check_shared(shown, x)
    return sorted(dict.fromkeys(findings), key=lambda finding: LEVELS.index(finding.level))


def summary(findings: list[Finding]) -> str:
    """One sentence over everything."""
    if not findings:
        return "Nothing wrong was found: every operation does something, every picture draws for itself."
    count = {level: sum(f.level == level for f in findings) for level in LEVELS}
    return ", ".join(f"{n} {level}{'s' * (n > 1)}" for level, n in count.items() if n) + "."


# --- the checks


def check_input(x: Tensor) -> list[Finding]:
    """Rows that are no pictures, whole numbers, or a range that is not 0..1: the classic confusion."""
    if x.ndim != 4:
        return [Finding("error", "input", "The rows of this data set are no pictures, so no operation here fits them.")]
    if not x.is_floating_point():
        return [
            Finding("error", "input", "The pictures are whole numbers 0..255; divide them by 255 before augmenting.")
        ]
    if not torch.isfinite(x).all():
        return [Finding("error", "input", "The pictures hold values that are no numbers; load them again.")]
    if x.min() < 0 or x.max() > 1:
        sentence = f"The pictures reach from {x.min():.3g} to {x.max():.3g}; augment them in 0..1 and normalise last."
        return [Finding("error", "input", sentence)]
    return []


def check_places(policy: Policy) -> list[Finding]:
    """Steps that never act or stand in the wrong place."""
    findings = [
        Finding(
            "warning", step.name, f"{step.operation.title} never acts: its probability is 0. Remove it or raise it."
        )
        for step in steps_of(policy)
        if step.chance == 0
    ]
    last = len(policy.stages) - 1
    for place, stage in enumerate(policy.stages):
        if isinstance(stage, Normalise) and place < last:
            sentence = "Normalise is not the last stage, so what follows gets values outside 0..1: move it to the end."
            findings.append(Finding("error", "normalise", sentence))
        elif isinstance(stage, Normalise):
            sentence = "Normalise leaves 0..1, which is right as the last stage; pictures here are shown before it."
            findings.append(Finding("note", "normalise", sentence))
    return findings


def check_signs(policy: Policy) -> list[Finding]:
    """Operations that could go both ways and go one."""
    findings = []
    for step in steps_of(policy):
        name, operation = step.operation.title, step.operation
        if operation.signed and step.sign != "both" and step.high > 0:
            way = "positive" if step.sign == "plus" else "negative"
            sentence = f"{name} is always {way}: the network will know that direction only. Let it take both signs."
            findings.append(Finding("warning", step.name, sentence))
        if step.name in FACTORS and step.low < step.high and (step.high <= 1 or step.low >= 1):
            way = "weakens" if step.high <= 1 else "strengthens"
            sentence = (
                f"{name} only {way}: its factor stays between {step.low:g} and {step.high:g}, and 1 means unchanged."
            )
            findings.append(Finding("note", step.name, sentence))
    return findings


def check_output(y: Tensor, x: Tensor) -> list[Finding]:
    """Values outside 0..1, pictures of one colour, values driven to black and white."""
    if not torch.isfinite(y).all():
        return [Finding("error", "output", "Some values come out as no number: remove operations until they do not.")]
    findings = []
    if y.min() < -1e-6 or y.max() > 1 + 1e-6:
        findings.append(
            Finding("error", "output", f"Values come out between {y.min():.3g} and {y.max():.3g}, not 0..1.")
        )
    flat = (y.flatten(1).std(1) < 0.01) & (x.flatten(1).std(1) > 0.03)
    if (share := flat.double().mean().item()) > 0.02:
        sentence = f"{100 * share:.0f} % of the pictures come out as one flat colour, so their labels teach nothing."
        findings.append(Finding("error" if share > 0.2 else "warning", "output", sentence))
    ends = [((v <= 0) | (v >= 1)).double().mean().item() for v in (x, y)]
    if ends[1] - ends[0] > 0.35:
        after, before = (f"{100 * end:.0f} %" for end in reversed(ends))
        sentence = f"{after} of the values are pure black or white, {before} before: detail is lost."
        findings.append(Finding("warning", "output", sentence))
    return findings


def check_shared(augment: Callable[[Tensor, Generator], Tensor], x: Tensor) -> list[Finding]:
    """Whether a batch of one picture comes out as one picture though another seed gives another: a shared draw.

    Takes any function of a batch and a generator, so that it can examine other people's pipelines, too.
    """
    batch = x[:1].expand(24, -1, -1, -1)
    ys = [augment(batch, Generator().manual_seed(seed)) for seed in range(3)]
    alike = all(torch.equal(y, y[:1].expand_as(y)) for y in ys)
    if alike and not all(torch.equal(y, ys[0]) for y in ys):
        sentence = "One draw is shared by the whole batch: every picture of a step gets the same change. Draw for each."
        return [Finding("error", "batch", sentence)]
    return []
