"""Augmentation: pure batched operations, and policies that draw what to do apart from doing it."""

from ssl_core.augment.operations import OPERATIONS, Operation
from ssl_core.augment.policies import Cutout, Policy, RandAugment, ShiftFlip, strong, weak

__all__ = ["OPERATIONS", "Cutout", "Operation", "Policy", "RandAugment", "ShiftFlip", "strong", "weak"]
