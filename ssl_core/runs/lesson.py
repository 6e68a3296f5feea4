"""Experiments of lessons: equal ones are one, and none of them is taken for anybody's last experiment."""

from __future__ import annotations

from ssl_core.runs.experiment import Experiment
from ssl_core.runs.progress import IN_LESSON


class LessonExperiment(Experiment):
    """An experiment under an id of its own; what an ordinary one has finished already is taken over, and back."""

    @property
    def id(self) -> str:
        """As of the same choices outside a lesson, behind a word that keeps it apart."""
        return IN_LESSON + super().id
