"""A pipeline as JSON: the same stages as in text, one object each."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policy import Policy, Stage
from ssl_core.augment.steps import SIGNS, OneOf, Step
from ssl_core.augment.text import BLOCKS, MOST_DEPTH, MOST_STAGES, MOST_TEXT, POOLED, check_step, make, unknown_stage
from ssl_core.knobs import Knob, knobs_of

VERSION = 1
_CHANCE = Knob(1.0, "", low=0.0, high=1.0)
_WORDS = {"sign": Knob("both", "", choices=SIGNS), "sampling": Knob("nearest", "", choices=("nearest", "bilinear"))}


def to_json(policy: Policy) -> str:
    """Readable JSON that from_json reads back."""
    return json.dumps({"version": VERSION, "stages": [_object(stage) for stage in policy.stages]}, indent=1)


def _object(stage: Stage) -> dict[str, Any]:
    if isinstance(stage, OneOf):
        return {"stage": "one_of", "chance": stage.chance, "choices": [_object(choice) for choice in stage.choices]}
    if isinstance(stage, Step):
        values = dataclasses.asdict(stage)
        return {"stage": values.pop("name")} | values
    name = next(name for name, cls in BLOCKS.items() if cls is type(stage))
    values = {key: getattr(stage, key) for key in knobs_of(type(stage))}
    return {"stage": name} | values | ({"pool": list(stage.pool)} if isinstance(stage, POOLED) else {})


def from_json(text: str, name: str = "pipeline") -> Policy:
    """Read a pipeline; raises ValueError, one sentence, for anything that is not one."""
    if len(text) > 10 * MOST_TEXT:
        raise ValueError(f"The JSON of a pipeline has at most {10 * MOST_TEXT:,} characters.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("This is not JSON: paste the whole text that Export as JSON gives.") from None
    if not isinstance(value, dict) or value.get("version") != VERSION or not isinstance(value.get("stages"), list):
        raise ValueError(f'The JSON of a pipeline is {{"version": {VERSION}, "stages": [...]}}.')
    return Policy(name, _stages(value["stages"], 1))


def _stages(values: list[Any], depth: int) -> tuple[Stage, ...]:
    if len(values) > MOST_STAGES or depth > MOST_DEPTH:
        raise ValueError(f"A pipeline has at most {MOST_STAGES} stages, one_of no deeper than twice.")
    return tuple(_stage(value, depth) for value in values)


def _stage(value: Any, depth: int) -> Stage:
    if not isinstance(value, dict) or not isinstance(value.get("stage"), str):
        raise ValueError('Every stage is an object that begins {"stage": NAME, ...}.')
    values = dict(value)
    name = values.pop("stage")
    if name == "one_of":
        choices = values.get("choices")
        if not isinstance(choices, list) or not choices:
            raise ValueError("one_of needs a list of choices.")
        return OneOf(_stages(choices, depth + 1), _CHANCE.check("chance", values.get("chance", 1.0)))
    if name in OPERATIONS:
        return _step(name, values)
    if name not in BLOCKS:
        raise unknown_stage(name)
    return make(name, values)


def _step(name: str, values: dict[str, Any]) -> Step:
    operation = OPERATIONS[name]
    fields: dict[str, Any] = {"low": float(operation.low), "high": float(operation.high)}
    for key, value in values.items():
        if key in ("low", "high"):
            fields[key] = Knob(0.0, "", low=-1e6, high=1e6).check(f"{key} of {name}", value)
        elif key == "chance":
            fields[key] = _CHANCE.check(f"chance of {name}", value)
        elif key in _WORDS:
            fields[key] = _WORDS[key].check(f"{key} of {name}", value)
        else:
            raise ValueError(f"{name} has no {key!r}: it has low, high, chance, sign and sampling.")
    return check_step(Step(name, **fields))
