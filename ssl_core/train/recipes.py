"""What a run of seconds changes in a paper's recipe of days; every other knob stays the paper's.

The papers train 2^20 steps. In 1,000 steps an average of 0.999 would still hold a third of the first weights, a ramp
over 2^20 pictures would reach 6 % of its weight, and a rate of 0.03 has no time to learn: hence these.
"""

from __future__ import annotations

from typing import Any

_SHORT: dict[str, Any] = {
    "ema": 0.99,
    "ema_warmup": True,
    "model": "small_convnet",
}
_SGD: dict[str, Any] = {
    "optimizer": "sgd",
    "lr": 0.2,
    "schedule": "cosine",
    "warmup": 0.03,
    "decay": "l2",
    "weight_decay": 5e-4,
}

_BY_DATA: dict[str, dict[str, Any]] = {
    "digits": {"steps": 1000},
    "shapes": {"steps": 600, "model": "small_convnet_stride_2"},
    "shapes_snow": {"steps": 300, "model": "small_convnet_stride_2"},
    "shapes_snow_80": {"steps": 300, "model": "small_convnet_stride_2"},
    "shapes_snow_50": {"steps": 300, "model": "small_convnet_stride_2"},
}
# Alignment is what saves the case of one or two labels a class in a short run.
_BY_METHOD: dict[str, dict[str, Any]] = {
    "supervised": _SGD | {"lr": 0.1, "batch": 32},
    "supervised_strong": _SGD | {"lr": 0.1, "batch": 32},
    "fixmatch": _SGD | {"batch": 32, "align": True},
    "mixmatch": {"lr": 0.005, "schedule": "cosine", "ramp": "fraction", "align": True},
}
_BY_BOTH: dict[tuple[str, str], dict[str, Any]] = {
    ("digits", "fixmatch"): {"weight_decay": 2e-3},
    ("shapes", "fixmatch"): {"mu": 4, "steps": 1000},  # a step costs ten times that of the digits
}


def recipe(data: str, method: str) -> dict[str, Any]:
    """The knobs that differ from the paper's for this method on this data set."""
    return _SHORT | _BY_DATA.get(data, {}) | _BY_METHOD.get(method, {}) | _BY_BOTH.get((data, method), {})
