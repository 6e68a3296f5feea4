"""Oversampling: SMOTE with its trace, its kin with their promises checked, and the spaces they work in."""

from ssl_core.oversample.danger import danger
from ssl_core.oversample.rebalance import rebalance
from ssl_core.oversample.resample import Outcome, resample
from ssl_core.oversample.smote import Traced, smote
from ssl_core.oversample.variants import VARIANTS

__all__ = ["VARIANTS", "Outcome", "Traced", "danger", "rebalance", "resample", "smote"]
