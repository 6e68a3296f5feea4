"""Opening a data set for labelling aside: a network may have to look at every picture first, which takes minutes."""

from __future__ import annotations

import dataclasses

from ssl_core.label import aside
from ssl_core.label.session import Session, opened
from ssl_core.label.teaching import Teacher
from ssl_core.runs.looking import Stopped


class Opening:
    """A thread that opens a data set; whoever asks sees how far it got: `phase`, `left` in seconds, `wrong`, `teacher`.

    What has been looked at is kept, so that a killed one goes on where it was.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.phase, self.left = "loading PyTorch", None
        self.wrong = ""
        self.teacher: Teacher | None = None
        self._session: Session | None = None
        aside.start(self._work, f"open {name}")

    @property
    def done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return bool(self._session or self.wrong)

    def session(self) -> Session | None:
        """The session with a journal of its own for whoever asks, or None while it is not open."""
        if self._session is None:
            return None
        return with_own_journal(self._session)

    def _say(self, phase: str, left: float | None) -> None:
        self.phase, self.left = phase, left

    def _work(self) -> None:
        try:
            session = opened(self.name, self._say, aside.ending.is_set)
            import sklearn.cluster  # noqa: F401 - takes a second, for which the first question would wait

            self.teacher = Teacher(with_own_journal(session))
            self._session = session
        except Stopped:
            self.wrong = "The server is ending."
        except (ValueError, OSError) as wrong:
            self.wrong = str(wrong)
        except Exception as wrong:  # whoever waits must learn that there is nothing to wait for
            self.wrong = f"The pictures could not be looked at ({type(wrong).__name__}: {wrong}): try again."
            raise


def with_own_journal(session: Session) -> Session:
    """A journal remembers how far it was read, and is read by one thread."""
    return dataclasses.replace(session, journal=session.journal.another())
