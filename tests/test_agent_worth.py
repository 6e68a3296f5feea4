"""The sentence that a measurement of the agent earns: yes only against every rival, and no number without its spread."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ssl_core.figures.agent_worth import POLICIES, effects_of, more_time, read_table, sentence, worth_rows

SHIPPED = Path(__file__).resolve().parents[1] / "assets" / "agent.json"


def table(seconds: float = 10.0, **scores: tuple[float, ...]) -> dict:
    usual = (0.90, 0.91, 0.92)
    results = {
        name: {str(seed): {"test": test, "seconds": seconds} for seed, test in enumerate(scores.get(name, usual))}
        for name in POLICIES
    }
    return {"command": "x", "sets": {"digits": {"40": results}}}


def said(**scores: tuple[float, ...]) -> str:
    return sentence(effects_of(table(**scores), "digits", "40"))


def test_yes_is_said_only_where_every_rival_is_beaten_beyond_chance():
    low = (0.80, 0.81, 0.83)
    assert said(random=low, randaugment=low, ctaugment=low).startswith(
        "Yes: over 3 seeds it errs 9.7 ± 1.4 points less"
    )
    nearly = said(random=low, randaugment=low)
    assert nearly.startswith("No: ")
    assert nearly.endswith("it cannot be told from CTAugment (error 0.0 ± 0.0 points).")
    assert "errs 4.0 ± 0.0 points more than RandAugment" in said(randaugment=(0.94, 0.95, 0.96))
    assert "cannot be told from random choice (error −0.3 ± " in said(random=(0.95, 0.86, 0.91))
    spent = said(more=(0.95, 0.96, 0.97))
    assert spent.endswith("reward looks at, trained on instead, take 5.0 ± 0.0 points off the error.")


def test_only_seeds_that_all_have_count_and_one_is_not_enough():
    whole = table()
    del whole["sets"]["digits"]["40"]["more"]["1"]
    assert [len(one.errors) for one in effects_of(whole, "digits", "40")] == [2] * len(POLICIES)
    del whole["sets"]["digits"]["40"]["more"]["2"]
    assert sentence(effects_of(whole, "digits", "40")).startswith("One seed has no interval")
    del whole["sets"]["digits"]["40"]["more"]
    assert effects_of(whole, "digits", "40") == []
    assert sentence([]) == "Nobody has measured this yet."
    assert more_time(whole, "digits", "40") is None


def test_what_ships_was_measured_with_five_seeds_or_more():
    shipped = read_table(SHIPPED)
    assert read_table(SHIPPED.with_name("absent.json")) == {"sets": {}}
    made = effects_of(shipped, "digits", "40")
    assert len(made[0].errors) >= 5
    assert [row["Operations chosen by"] for row in worth_rows(made)] == list(POLICIES.values())
    results = shipped["sets"]["digits"]["40"]
    seeds = [results["agent"][seed]["test"] for seed in sorted(results["agent"], key=int)]
    assert made[0].error == pytest.approx(100 * (1 - sum(seeds) / len(seeds)))
    assert json.dumps(shipped)
    assert -0.5 < more_time(shipped, "digits", "40") < 1
