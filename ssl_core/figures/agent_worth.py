"""Does an agent that learns the augmentation help? What assets/agent.json says, as numbers and as one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ssl_core.effects import Effect, effects, signed

POLICIES = {
    "agent": "The agent",
    "random": "Random choice",
    "randaugment": "RandAugment",
    "ctaugment": "CTAugment",
    "labelled": "Agent, own labels",
    "more": "RandAugment, more labels",
}
RIVALS = ("random", "randaugment", "ctaugment")  # what must be beaten: they see no label more than the agent


def seeds_of(table: Mapping[str, Any], data: str, labels: str) -> list[str]:
    """The seeds that every policy was trained with."""
    results = table.get("sets", {}).get(data, {}).get(labels, {})
    shared = set.intersection(*({*results.get(policy, {})} for policy in POLICIES))
    return sorted(shared, key=int)


def effects_of(table: Mapping[str, Any], data: str, labels: str) -> list[Effect]:
    """Each policy's error, and its change against the agent's over the seeds that all have; [] where there are none."""
    seeds = seeds_of(table, data, labels)
    if not seeds:
        return []
    results = table["sets"][data][labels]
    return effects({title: [results[name][seed]["test"] for seed in seeds] for name, title in POLICIES.items()})


def more_time(table: Mapping[str, Any], data: str, labels: str) -> float | None:
    """How much more processor time the agent takes than RandAugment, as a share; None where nobody measured it."""
    seeds = seeds_of(table, data, labels)
    if not seeds:
        return None
    both = [[table["sets"][data][labels][name][s]["seconds"] for s in seeds] for name in ("agent", "randaugment")]
    agent, usual = map(sum, both)
    return agent / usual - 1 if usual else None


def sentence(made: Sequence[Effect]) -> str:
    """The answer that the numbers earn; a rival's change is its error less the agent's, so above 0 the agent is better.

    Yes only where the agent is better than each of RIVALS by more than these seeds vary by chance.
    """
    if not made:
        return "Nobody has measured this yet."
    count = len(made[0].errors)
    if count < 2:
        return "One seed has no interval: train more before believing any of this."
    by_name = {one.name: one for one in made}
    rivals = [by_name[POLICIES[name]] for name in RIVALS]
    better = [one for one in rivals if one.clear and one.change > 0]
    worse = [one for one in rivals if one.clear and one.change < 0]
    said = "Yes" if len(better) == len(rivals) else "No"
    parts = [
        *(f"it errs {_points(one)} less than {_inside(one)}" for one in better),
        *(f"it errs {_points(one)} more than {_inside(one)}" for one in worse),
        *(
            f"it cannot be told from {_inside(one)} (error {_points(one)})"
            for one in rivals
            if one not in (*better, *worse)
        ),
    ]
    answer = f"{said}: over {count} seeds {'; '.join(parts)}."
    more = by_name[POLICIES["more"]]
    if not more.clear or more.change > 0:
        return answer
    return f"{answer} The labels that its reward looks at, trained on instead, take {_points(more)} off the error."


def _points(one: Effect) -> str:
    low, high = one.change_interval
    size = abs(one.change) if one.clear else one.change
    return f"{signed(size).removeprefix('+') if one.clear else signed(-size)} ± {(high - low) / 2:.1f} points"


def _inside(one: Effect) -> str:
    return one.name[0].lower() + one.name[1:] if not one.name.startswith(("RandAugment", "CTAugment")) else one.name


def read_table(path: Path) -> dict[str, Any]:
    """What was measured, or a table without sets where nothing was."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {"sets": {}}


def worth_words(made: Sequence[Effect]) -> str:
    """The chart as a sentence, for those who do not see it."""
    return f"Error on the test: {'; '.join(f'{one.name} {one.error:.1f} %' for one in made)}."


def worth_rows(made: Sequence[Effect]) -> list[dict[str, Any]]:
    """The table behind the chart."""
    return [
        {"Operations chosen by": one.name, "Error (%)": round(one.error, 1), "Against the agent (points)": one.words}
        for one in made
    ]
