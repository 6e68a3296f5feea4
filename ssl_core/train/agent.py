"""What an agent that chooses the augmentation thinks (ssl_core/augment/agent.py), as a row of the run's record."""

from __future__ import annotations

from typing import Any

from ssl_core.augment.agent import Agent
from ssl_core.augment.policy import Memory
from ssl_core.train.config import Config
from ssl_core.train.fitting import strong_policy
from ssl_core.train.trainee import Trainee

DIGITS = 4


def agent_of(trainee: Trainee) -> tuple[Agent, Memory] | None:
    """The agent of a run and what it knows, None where nothing is chosen by one."""
    for name, memory in trainee.memory.items():
        for stage, known in zip(trainee.policies[name].stages, memory, strict=True):
            if isinstance(stage, Agent):
                return stage, known
    return None


def agent_row(trainee: Trainee) -> dict[str, Any] | None:
    """One moment: lists have an entry for each action; None where there is no agent.

    "values" are Q in points of accuracy, "taken" how often each was chosen so far, "chosen" which are now, by place;
    "earned" is the sum of all rewards in points, "error" that of Q in the last update.
    """
    found = agent_of(trainee)
    return _row(*found, trainee.step) if found else None


def first_row(config: Config) -> dict[str, Any]:
    """What the agent of a configuration thinks before its first step; raises ValueError where there is none."""
    agent = next((stage for stage in strong_policy(config).stages if isinstance(stage, Agent)), None)
    if agent is None:
        raise ValueError("No agent chooses the strong view of this run: --strong agent asks for one.")
    return _row(agent, agent.start(), 0)


def _row(agent: Agent, known: Memory, step: int) -> dict[str, Any]:
    operations, levels = zip(*agent.actions, strict=True)
    return {
        "step": step,
        "operations": list(operations),
        "levels": list(levels),
        "values": [round(value, DIGITS) for value in agent.values(known).tolist()],
        "taken": known["taken"].tolist(),
        "chosen": [place for place in known["chosen"].tolist() if place >= 0],
        "turns": int(known["turns"]),
        "epsilon": round(agent.tries(known), DIGITS),
        "score": round(known["score"].item(), DIGITS),
        "earned": round(known["earned"].item(), DIGITS),
        "error": round(known["error"].item(), DIGITS),
    }
