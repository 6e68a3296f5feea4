"""Turning the knobs by itself: a search is a plan, its trials are ordinary runs, Optuna proposes the next one."""
