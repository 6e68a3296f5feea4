"""What a run may be for, and what it is measured by; everything that lists, charts or searches runs reads it here.

A run says its task in its configuration; one that says nothing classifies, as all did at first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

CLASSIFY = "classify"
GENERATE = "generate"


class Task(NamedTuple):
    """`measure` is the number that counts in the end, `judged` the one that choices are made by: keys of a run's rows.

    `unit` "%" says that both are shares 0..1; anything else is written behind the number as it is.
    """

    measure: str
    judged: str
    title: str  # of the measure
    judged_title: str
    unit: str = "%"
    higher: bool = True  # is better
    beside: tuple[str, ...] = ()  # further keys of a measured row, which the run's end keeps, too

    @property
    def scale(self) -> float:
        """What a value is multiplied by to be shown."""
        return 100.0 if self.unit == "%" else 1.0

    @property
    def axis(self) -> str:
        """The measure on an axis."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def words(self, value: float | None) -> str:
        """A value as people read it: 95.3 %."""
        if value is None:
            return "–"
        return f"{self.scale * value:.1f} {self.unit}" if self.unit else f"{value:.4g}"


TASKS: dict[str, Task] = {
    CLASSIFY: Task(
        "test_accuracy",
        "validation_accuracy",
        "Test accuracy",
        "Validation accuracy",
        beside=("tested", "tested_by_class", "balanced_accuracy", "recall"),
    ),
    # Of the pictures that were asked for, those that the network with every label takes for the class asked for.
    GENERATE: Task("recognised", "recognised", "Recognised as asked", "Recognised as asked", beside=("loss",)),
}


def task_of(row: Mapping[str, Any]) -> Task:
    """The task of a run's configuration, or of its row in a list."""
    return TASKS.get(row.get("task") or CLASSIFY, TASKS[CLASSIFY])


def value_of(row: Mapping[str, Any]) -> float | None:
    """The measure in a run's row, also in one that was recorded when every run classified."""
    return row["value"] if "value" in row else row.get(task_of(row).measure)
