"""The journal of a data set: one act a line, on the disk before whoever said it sees the next picture.

It lies in the store beside the runs, in a folder named by us. Several people write at once, each act whole under a
lock; what a killed process left half-written is ended and passed over by the next one. Nothing is ever changed: an undo
is an act, too.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ssl_core.data import folders, kept, places
from ssl_core.data.understand import MOST_CLASSES, clean
from ssl_core.label.acts import HOW, PICTURE, Act, Said, said, undoable
from ssl_core.people import names as nicknames
from ssl_core.runs.files import Tail, kernel_lock

PATIENCE = 10.0  # seconds that an act waits for the others' acts


def place(data: str) -> Path:
    """The folder of a data set's journal, which may not exist; a name never becomes a path by itself.

    A folder of pictures has one journal at whatever size it is read: labels are of files.
    """
    if parts := folders.NAME.fullmatch(folders.canonical(data)):
        data = f"folder:{parts['path']}"
    return places.kept().parent / "_labels" / kept.place(data).name


class Journal:
    """What was said of a data set's pictures. Cheap to ask again: only what is new is read.

    `own` are the classes that the set brings along; those that people name come behind them. `home` is another folder
    than the set's usual one, such as a game's.
    """

    def __init__(self, data: str, own: Sequence[str] = (), home: Path | None = None) -> None:
        self.data, self.own, self.home = data, tuple(own), home or place(data)
        self.path = self.home / "journal.jsonl"
        self._tail = Tail(self.path)
        self._said: tuple[int, Said] | None = None

    def another(self) -> Journal:
        """The same for another thread: a journal remembers how far it was read."""
        return Journal(self.data, self.own, self.home)

    def acts(self) -> list[Act]:
        """Every whole line, oldest first."""
        return list(self._tail.read())

    def said(self, most: int | None = None) -> Said:
        """What stands now, or stood after the first `most` acts."""
        acts = self.acts()
        if most is not None and most < len(acts):
            return said(acts[:most])
        kept = self._said  # once: another thread may put its own in its place
        if kept is None or kept[0] != len(acts):
            kept = self._said = len(acts), said(acts)
        return kept[1]

    @property
    def classes(self) -> tuple[str, ...]:
        """Every class that can be said, in the order of their numbers."""
        return (*self.own, *(name for name in self.said().classes if name not in self.own))

    def say(self, who: str, labels: Mapping[str, str | None], how: str = "single", *, order: str = "") -> Act:
        """These pictures are of these classes, None for none of these, in one act; returns it once it is on the disk.

        `order` is the one that asked, as ssl_core/label/questions.py says it: an estimate is judged by draws alone.

        Raises ValueError, one sentence, for a class that is not among those named.
        """
        if how not in HOW:
            raise ValueError(f"A label is said in one of the ways {', '.join(HOW)}, not {how!r}.")
        known = self.classes
        for label in labels.values():
            if label is not None and label not in known:
                raise ValueError(f"There is no class {clean(str(label), 'of that name')!r} here: name it first.")
        return self._write(who, how, says=dict(labels), **({"order": order} if order else {}))

    def skip(self, who: str, pictures: Sequence[str]) -> Act:
        """Do not ask this person about these for now."""
        return self._write(who, "single", skip=list(pictures))

    def undo(self, who: str) -> Act | None:
        """Take this person's last act that stands back, as often as there is one; returns what was undone, or None."""
        with self._locked():
            last = undoable(self.acts(), person(who))
            if last is not None:
                self._append(self._act(who, "single", {"undo": last["id"]}))
        return last

    def name_classes(self, who: str, classes: Sequence[str]) -> Act:
        """The classes that can be said from now on, the set's own in front; raises ValueError, one sentence."""
        names = checked_classes([*self.own, *(name for name in classes if name not in self.own)], self.said())
        return self._write(who, "single", classes=list(names))

    def _write(self, who: str, how: str, **what: Any) -> Act:
        for picture in [*what.get("says", ()), *what.get("skip", ())]:
            if not PICTURE.fullmatch(picture):
                raise ValueError(f"{clean(str(picture), 'This')!r} is no number of a picture.")
        with self._locked():
            act = self._act(who, how, what)
            self._append(act)
        return act

    def _act(self, who: str, how: str, what: dict[str, Any]) -> Act:
        return {"id": secrets.token_hex(6), "when": round(time.time(), 3), "who": person(who), "how": how} | what

    def _append(self, act: Act) -> None:
        """One line, and on the disk: a torn line of somebody who was killed is ended first."""
        line = (json.dumps(act, ensure_ascii=False) + "\n").encode(errors="replace")
        with open(self.path, "ab", buffering=0) as file:
            if file.tell():
                with open(self.path, "rb") as before:
                    before.seek(-1, os.SEEK_END)
                    line = line if before.read(1) == b"\n" else b"\n" + line
            file.write(line)
            os.fsync(file.fileno())

    def _locked(self) -> Any:
        self.home.mkdir(parents=True, exist_ok=True)
        return kernel_lock(self.home / "lock", PATIENCE)


def person(who: str) -> str:
    """A nickname as it is kept: letters, digits and spaces, at most 40; "somebody" where there is none."""
    return nicknames.clean(who) or "somebody"


def checked_classes(classes: Sequence[str], so_far: Said) -> tuple[str, ...]:
    """Names as they are kept; raises ValueError, one sentence, for too few, twice the same, or one in use left out."""
    names = tuple(clean(name, "") for name in classes)
    if "" in names or not names:
        raise ValueError("Name the classes, each with a letter or a digit.")
    if len(names) > MOST_CLASSES:
        raise ValueError(f"At most {MOST_CLASSES} classes can be told apart here, not {len(names)}.")
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError("Two classes have the same name: give each its own.")
    used = {word.label for words in so_far.words.values() for word in words.values()} - {None}
    if gone := sorted(used - set(names)):
        raise ValueError(f"Pictures are labelled {gone[0]!r} already: keep that class, or undo those labels first.")
    return names
