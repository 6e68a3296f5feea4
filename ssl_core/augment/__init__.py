"""Augmentation: pure batched operations, and policies that draw what to do apart from doing it."""

from ssl_core.augment import ctaugment
from ssl_core.augment.operations import OPERATIONS, Operation
from ssl_core.augment.policies import Cutout, RandAugment, ShiftFlip, strong, weak
from ssl_core.augment.policy import Policy, Stage
from ssl_core.augment.presets import PRESETS, Kind, policy_of, preset
from ssl_core.augment.text import from_text, to_text

__all__ = [
    "OPERATIONS",
    "PRESETS",
    "Cutout",
    "Kind",
    "Operation",
    "Policy",
    "RandAugment",
    "ShiftFlip",
    "Stage",
    "ctaugment",
    "from_text",
    "policy_of",
    "preset",
    "strong",
    "to_text",
    "weak",
]
