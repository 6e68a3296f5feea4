"""What a run of seconds changes in a paper's recipe of days; every other knob stays the paper's.

The papers train 2^20 steps. In 1,000 steps an average of 0.999 would still hold a third of the first weights, a ramp
over 2^20 pictures would reach 6 % of its weight, and a rate of 0.03 has no time to learn: hence these. Where the
search of tests/benchmarks/recipes.py found better values they lie in recipes.json, beside this file.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ssl_core.data.catalog import find_card
from ssl_core.features.card import frozen
from ssl_core.method_cards import CARDS, like

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
    "batch": 32,
}
# A family is named on the method's card: a new method of a known family has its recipe already.
FAMILIES: dict[str, dict[str, Any]] = {
    "supervised": _SGD | {"lr": 0.1},
    "consistency": _SGD | {"lr": 0.1, "mu": 4},
    "matching": _SGD | {"lr": 0.1, "mu": 4},
    "fixmatch": _SGD | {"mu": 4},
    "mixmatch": {"lr": 0.005, "schedule": "cosine"},
}

_BY_DATA: dict[str, dict[str, Any]] = {
    "digits": {"steps": 1000},
    # 2,500 of its pictures are asked about each time: that was a third of a supervised run
    "shapes": {"steps": 600, "model": "small_convnet_stride_2", "evaluations": 8},
    "shapes_snow": {"steps": 300, "model": "small_convnet_stride_2"},
    "shapes_snow_80": {"steps": 300, "model": "small_convnet_stride_2"},
    "shapes_snow_50": {"steps": 300, "model": "small_convnet_stride_2"},
}
# How often accuracy is asked for, where a step is so cheap that asking would be most of what is left; no final figure
# hangs on it. The share of every method: python -m tests.benchmarks.evaluation
_BY_FAMILY: dict[tuple[str, str], dict[str, Any]] = {
    ("digits", "supervised"): {"evaluations": 12},
    ("shapes", "supervised"): {"evaluations": 3},
    ("shapes", "consistency"): {"evaluations": 5},
    ("shapes", "matching"): {"evaluations": 5},
}
# What a method needs beside its family's. Alignment is what saves one or two labels a class in a short run.
_BY_METHOD: dict[str, dict[str, Any]] = {
    "vat": {"xi": 0.01},  # 1e-6 is lost in the rounding of single precision
    "uda": {"align": True},
    "mixmatch": {"ramp_counts": "fraction", "align": True},
    "mixmatch_sgd": _SGD | {"lr": 0.1, "batch": 64, "ramp_counts": "fraction", "align": True},
    "remixmatch": {"batch": 32, "views": 2, "ramp": 0.1},
    "fixmatch": {"align": True},
    "fixmatch_cta": {"align": True},
    "adamatch": {"average_momentum": 0.98},
    "ensemble_match": {"align": True, "threshold": 0.8, "forward": "separate"},  # a mean is less sure than its parts
    "co_match": {"align": True, "forward": "separate"},
    "freematch": {"average_momentum": 0.98},
    "softmatch": {"average_momentum": 0.98},
}
_APART = {"forward": "separate"}  # where results are as good as with all views in one pass: a step takes two thirds
_BY_BOTH: dict[tuple[str, str], dict[str, Any]] = {
    # Weak views apart, and μ = 4, are as good as all in one pass and μ = 7, and take a third of the time. Two labels a
    # class can be unlucky draws: over ten of 20 labels and two sets of kernels this has 94.6 % and 88.1 at the lowest;
    # τ = 0.95, λᵤ = 1, rate 0.2 and decay 2e-3 had 92.2 and 83.7: tests/benchmarks/recipes_judged.py
    ("digits", "fixmatch"): {"threshold": 0.8, "weight": 3.0, "lr": 0.3, "weight_decay": 1e-3, "forward": "separate"},
    **{("digits", method): _APART for method in ("uda", "flexmatch", "freematch", "softmatch")},
    ("digits", "mixmatch"): {"batch": 32},
    ("digits", "vat"): {"epsilon": 2.0},  # ε is a length over the picture, and these have 64 numbers instead of 3,072
    # 93.8 % with 40 labels, 90.5 at the lowest, over five draws and two sets of kernels; joint and 1,000 steps, which
    # take as long, 84.6: the same file
    ("shapes", "fixmatch"): {"steps": 1500, "weight_decay": 2e-3, "forward": "separate"},
    **{("shapes", method): _APART for method in ("uda", "fixmatch_cta")},
    ("shapes", "softmatch"): {"steps": 1500, "weight_decay": 2e-3, "forward": "separate"},
    # A quarter turn of a circle, ring, square or cross cannot be seen: to name it only costs steps. The same file.
    ("shapes", "remixmatch"): {"ramp": 0.4, "rotation_weight": 0.0, "anchor_weight": 0.0},
}


@cache
def _searched() -> dict[str, dict[str, dict[str, Any]]]:
    """By data set and method, the knobs that the search changed."""
    return json.loads(Path(__file__).with_name("recipes.json").read_text())


def recipe(data: str, method: str) -> dict[str, Any]:
    """The knobs that differ from the paper's for this method on this data set.

    A set without a recipe of its own learns like the built-in one it resembles most. Raises KeyError for a family
    that has no recipe.
    """
    card = find_card(data)
    like = data if data in _BY_DATA else "digits" if card and card.side < 16 else "shapes"
    family = CARDS[method].family
    kin = FAMILIES[family] | _BY_FAMILY.get((like, family), {})
    written = _SHORT | _BY_DATA[like] | kin | _BY_METHOD.get(method, {}) | _BY_BOTH.get((like, method), {})
    vectors = {} if card is None or card.pictures else {"model": "mlp"}
    return written | _searched().get(like, {}).get(method, {}).get("knobs", {}) | vectors


# On features a network is a line or two: steps cost milliseconds, and the rate is one that lines can bear. What the
# search of tests/benchmarks/feature_recipes.py chose lies in feature_recipes.json, by method, else by its family.
_ON_FEATURES: dict[str, Any] = {
    "steps": 400,
    "ema": 0.98,
    "ema_warmup": True,
    "batch": 32,
    "optimizer": "sgd",
    "lr": 0.02,
    "schedule": "cosine_7_16",
    "decay": "l2",
    "weight_decay": 5e-4,
    "dropout": 0.3,
}
_TUNED: dict[str, Any] = _ON_FEATURES | {"lr": 0.01, "ema": 0.99, "schedule": "cosine", "warmup": 0.1}


@cache
def _searched_on_features() -> dict[str, dict[str, Any]]:
    """By method, the knobs that the search chose."""
    return json.loads(Path(__file__).with_name("feature_recipes.json").read_text())


def features_recipe(model: str, method: str) -> dict[str, Any]:
    """The knobs that differ from the paper's for a network that has seen other pictures, whatever the data set."""
    if not frozen(model):
        family = {name: value for name, value in FAMILIES[CARDS[method].family].items() if name == "mu"}
        return _SHORT | _BY_METHOD.get(method, {}) | _TUNED | family | {"model": model}
    searched = _searched_on_features()
    own = next((searched[name]["knobs"] for name in like(method) if name in searched), {})
    if method not in searched:  # of its next of kin it takes what belongs to the loop
        own = {name: value for name, value in own.items() if name in _ON_FEATURES or name == "scale"}
    return _BY_METHOD.get(method, {}) | _ON_FEATURES | own | {"model": model}
