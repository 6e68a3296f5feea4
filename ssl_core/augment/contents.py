"""Every single operation that a policy can do, taken out of its stages: what the doctor looks through."""

from __future__ import annotations

from dataclasses import replace

from ssl_core.augment.agent import Agent
from ssl_core.augment.ctaugment import CTAugment
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policies import RandAugment
from ssl_core.augment.policy import Policy, Stage
from ssl_core.augment.pools import AUTOAUGMENT, POOLS, Pool, strength_of
from ssl_core.augment.reference import NAMES, TABLES, Reference
from ssl_core.augment.steps import OneOf, Step
from ssl_core.augment.variants import AugMix, AutoAugment, Variant


def steps_of(policy: Policy) -> list[Step]:
    """Every operation a policy can do whose strengths are known beforehand, as a step of its own."""
    return [step for stage in policy.stages for step in _inside(stage)]


def _inside(stage: Stage) -> list[Step]:
    if isinstance(stage, Step):
        return [stage]
    if isinstance(stage, OneOf):
        steps = [step for choice in stage.choices for step in _inside(choice)]
        return [replace(step, chance=step.chance * stage.chance) for step in steps]
    if isinstance(stage, (RandAugment, Agent)):
        ranges = [(OPERATIONS[name].low, OPERATIONS[name].high) for name in stage.pool]
        pairs = zip(stage.pool, ranges, strict=True)
        return [Step(name, *span, stage.chance, sampling=stage.sampling) for name, span in pairs]
    return [Step(name, low, high, sampling=_sampling(stage)) for name, (low, high) in _ranges(stage).items()]


def _sampling(stage: Stage) -> str:
    return getattr(stage, "sampling", "nearest")


def _ranges(stage: Stage) -> dict[str, tuple[float, float]]:
    """The reach of each operation of a pool; translations are left out, since some pools count them in pixels."""
    strengths: dict[str, list[float]] = {}
    for name, strength in _strengths(stage):
        if not name.startswith("translate") and OPERATIONS[name].has_strength:
            strengths.setdefault(name, []).append(abs(strength) if OPERATIONS[name].signed else strength)
    return {name: (min(values), max(values)) for name, values in strengths.items()}


def _strengths(stage: Stage) -> list[tuple[str, float]]:
    if isinstance(stage, Variant):
        pool = POOLS[stage.pool]
        return _of_pool(pool, range(pool.bins) if stage.level < 0 else [min(stage.level, pool.bins - 1)])
    if isinstance(stage, CTAugment):
        return _of_pool(POOLS["ctaugment"], range(POOLS["ctaugment"].bins))
    if isinstance(stage, AugMix):
        return _of_pool(POOLS["augmix"], range(stage.severity))
    if isinstance(stage, AutoAugment):
        entries = {entry.name: entry for entry in POOLS["torchvision"].entries}
        halves = [(name, level) for pair in AUTOAUGMENT for name, chance, level in pair if name in entries and chance]
        return [(n, strength_of(entries[n], level / 9, sign)) for n, level in halves for sign in (False, True)]
    if isinstance(stage, Reference) and stage.chance:
        table = {name: rule for name, rule in TABLES[stage.rule].items() if name != "solarize"}  # in levels of 256
        return [(name, float(table[name](level, 32))) for name in NAMES if name in table for level in range(1, 10)]
    return []


def _of_pool(pool: Pool, bins: range | list[int]) -> list[tuple[str, float]]:
    levels = [number / (pool.bins - 1) for number in bins]
    return [
        (entry.name, strength_of(entry, level, sign))
        for entry in pool.entries
        for level in levels
        for sign in (False, True)
    ]
