"""Measurements, run by hand: each prints ratios against the obvious alternative, measured in the same run."""
