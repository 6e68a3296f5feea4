"""A pipeline as one line of text: for links, for the terminal, for run folders.

    rotate(0..30)@0.5 > one_of(clahe(2), gamma(0.9..1.1))@0.5 > hole(high=0.375, fill=0)

Stages are separated by " > ". An operation takes its strength or a range of strengths, then words: plus or minus
for one sign alone, bilinear for smooth sampling. @ gives the probability. Other stages take name=value.
"""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Any

from ssl_core.augment.agent import Agent
from ssl_core.augment.ctaugment import CTAugment
from ssl_core.augment.operations import OPERATIONS, PAPER_NAMES
from ssl_core.augment.policies import Cutout, RandAugment, ShiftFlip
from ssl_core.augment.policy import Policy, Stage
from ssl_core.augment.reference import PixelCutout, Reference
from ssl_core.augment.steps import Normalise, OneOf, Step
from ssl_core.augment.variants import AugMix, AutoAugment, Variant
from ssl_core.knobs import build, knobs_of, unknown

BLOCKS: dict[str, type] = {
    "shift_flip": ShiftFlip,
    "randaugment": RandAugment,
    "variant": Variant,
    "reference": Reference,
    "learned": CTAugment,
    "q_learning": Agent,
    "autoaugment": AutoAugment,
    "augmix": AugMix,
    "hole": Cutout,
    "pixel_hole": PixelCutout,
    "normalise": Normalise,
}
"""Stages with knobs, by the name they have in text."""
POOLED = (RandAugment, Agent)
"""Stages that also say which operations they draw from."""

MOST_TEXT, MOST_STAGES, MOST_DEPTH = 4000, 24, 3
_STAGE = re.compile(r"\s*([a-z_]+)\s*(?:\((.*)\))?\s*(?:@\s*([^@()]+))?\s*", re.DOTALL)


def number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(float(value))


# --- writing


def to_text(policy: Policy) -> str:
    """The line that from_text reads back."""
    return " > ".join(_write(stage) for stage in policy.stages)


def _write(stage: Stage) -> str:
    if isinstance(stage, OneOf):
        return f"one_of({', '.join(_write(choice) for choice in stage.choices)})" + _chance(stage.chance)
    if isinstance(stage, Step):
        words = []
        if stage.operation.has_strength:
            ends = [number(stage.low), number(stage.high)]
            words.append(ends[0] if ends[0] == ends[1] else "..".join(ends))
        words += [stage.sign] if stage.sign != "both" else []
        words += [stage.sampling] if stage.sampling != "nearest" else []
        return stage.name + (f"({', '.join(words)})" if words else "") + _chance(stage.chance)
    name = next(name for name, cls in BLOCKS.items() if cls is type(stage))
    words = [
        f"{key}={_value(getattr(stage, key))}"
        for key, k in knobs_of(type(stage)).items()
        if getattr(stage, key) != k.default
    ]
    if isinstance(stage, POOLED) and stage.pool != PAPER_NAMES:
        words.append(f"pool={'+'.join(stage.pool)}")
    return name + (f"({', '.join(words)})" if words else "")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else number(value)


def _chance(chance: float) -> str:
    return "" if chance == 1 else f"@{number(chance)}"


# --- reading


def from_text(text: str, name: str = "pipeline") -> Policy:
    """Read a pipeline; raises ValueError, one sentence that says what to do, for anything that is not one."""
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise ValueError(f"A pipeline is a line of at most {MOST_TEXT:,} characters.")
    parts = _split(text, ">") if text.strip() else []
    return Policy(name, tuple(_within_bounds([_read(part, 1) for part in parts])))


def _within_bounds(stages: list[Stage]) -> list[Stage]:
    if len(stages) > MOST_STAGES:
        raise ValueError(f"A pipeline has at most {MOST_STAGES} stages; this one has {len(stages)}.")
    return stages


def _split(text: str, by: str) -> list[str]:
    """Parts between separators that stand outside all brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == by and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    if depth:
        raise ValueError(f"A bracket is missing in {_short(text)!r}.")
    return [*parts, text[start:]]


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else text[:37] + "..."


def _read(text: str, depth: int) -> Stage:
    match = _STAGE.fullmatch(text)
    if not match:
        raise ValueError(f"{_short(text)!r} is not a stage: write a name, as in rotate(0..30)@0.5.")
    name, inside, chance = match.groups()
    words = [word.strip() for word in _split(inside, ",")] if inside and inside.strip() else []
    if name == "one_of":
        if depth >= MOST_DEPTH:
            raise ValueError("one_of may stand in one_of, but not any deeper.")
        if not words:
            raise ValueError("one_of needs something to choose from, as in one_of(hflip, invert).")
        return OneOf(tuple(_within_bounds([_read(word, depth + 1) for word in words])), _probability(name, chance))
    if name in OPERATIONS:
        return _read_step(name, words, _probability(name, chance))
    if name not in BLOCKS:
        raise unknown_stage(name)
    if chance is not None:
        raise ValueError(f"{name} decides by itself how often it acts: leave out @{_short(chance)}.")
    return make(name, dict(_pair(name, word) for word in words))


def unknown_stage(name: str) -> ValueError:
    """The sentence for a stage that does not exist, with the nearest one that does."""
    near = str(unknown(name, [*OPERATIONS, *BLOCKS, "one_of"], "This"))
    hint = (
        near.partition(". ")[2] if "Did you mean" in near else "See the list of operations on the Augmentations page."
    )
    return ValueError(f"There is no operation {_short(name)!r}. {hint}")


def _probability(name: str, text: str | None) -> float:
    chance = 1.0 if text is None else _number(f"the probability of {name}", text)
    if not 0 <= chance <= 1:
        raise ValueError(f"The probability of {name} must lie between 0 and 1, not {text.strip()}.")
    return chance


def _number(what: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{what[0].upper()}{what[1:]} must be a number, not {_short(text)!r}.")
    return value


def _read_step(name: str, words: list[str], chance: float) -> Step:
    values: dict[str, Any] = {"low": float(OPERATIONS[name].low), "high": float(OPERATIONS[name].high)}
    for word in words:
        if word in ("plus", "minus", "both"):
            values["sign"] = word
        elif word in ("nearest", "bilinear"):
            values["sampling"] = word
        else:
            low, _, high = word.partition("..")
            values["low"] = _number(f"the strength of {name}", low)
            values["high"] = _number(f"the strength of {name}", high) if high else values["low"]
            if OPERATIONS[name].signed and values["low"] == -values["high"]:  # as people write it: rotate(-30..30)
                values["low"] = 0.0
    return check_step(Step(name, chance=chance, **values))


def check_step(step: Step) -> Step:
    """The same step, or ValueError with one sentence if its strengths are out of the operation's range."""
    least, most = step.operation.bounds
    if not step.operation.has_strength:
        return dataclasses.replace(step, low=0.0, high=0.0)
    if not least <= step.low <= step.high <= most:
        raise ValueError(
            f"The strength of {step.name} must lie between {least:g} and {most:g} ({step.operation.meaning}), "
            f"the lower end first, not {number(step.low)}..{number(step.high)}."
        )
    return step


def _pair(name: str, word: str) -> tuple[str, str]:
    key, equals, value = word.partition("=")
    if not equals:
        raise ValueError(f"{name} takes name=value, not {_short(word)!r}.")
    return key.strip(), value.strip()


def make(name: str, values: dict[str, Any]) -> Stage:
    """A stage of BLOCKS from checked values, given as text or as they are."""
    cls, values = BLOCKS[name], dict(values)
    pool = values.pop("pool", None) if cls in POOLED else None
    known = knobs_of(cls)
    parsed = {k: known[k].parse(k, v) if isinstance(v, str) and k in known else v for k, v in values.items()}
    stage = build(cls, parsed, name)
    if pool is None:
        return stage
    names = tuple(pool.split("+")) if isinstance(pool, str) else tuple(pool)
    wrong = [n for n in names if n not in PAPER_NAMES]
    if wrong or not names:
        raise ValueError(f"{name} draws from {', '.join(PAPER_NAMES)}, not {', '.join(map(str, wrong)) or 'nothing'}.")
    return dataclasses.replace(stage, pool=names)
