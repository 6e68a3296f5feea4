"""What people say of an experiment: a name, a note, tags, and whether it is pinned, in one small file beside its runs.

The file is named by a digest of the experiment's id, since the id of a folder's experiment is no file name. It is what
people may edit by hand; an export takes it along, and unpacked into a store it is there again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ssl_core.people.names import clean
from ssl_core.runs import checked
from ssl_core.runs.files import read_json, write_json
from ssl_core.runs.plain_files import because, kind_of
from ssl_core.runs.store import ARCHIVE, Run, Store, Unreachable, identity

LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 80, checked.LONGEST_NOTE, 30, checked.MOST_TAGS


class About(NamedTuple):
    """What was said of an experiment, in a class by `who` last; `why` is the sentence of a file that cannot be read."""

    name: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    why: str = ""
    who: str = ""


NOTHING = About()


def about(store: Store, experiment: str) -> About:
    """What was said of an experiment, nothing where nobody said something; never raises."""
    path = _path(store.root, experiment)
    seen = identity(path)
    return _read(path, seen, experiment) if seen else NOTHING


@lru_cache(maxsize=4096)
def _read(path: Path, seen: tuple[int, ...], experiment: str) -> About:
    """Read once for each state of the file: lists ask for every experiment of a store."""
    try:
        values = checked.about(read_json(path))
    except FileNotFoundError:  # gone between two looks
        return NOTHING
    except ValueError as wrong:
        return About(why=str(wrong))
    except OSError as wrong:
        return About(why=f"{path.name} cannot be read: {because(wrong)}.")
    if values["experiment"] != experiment:
        return About(why=f"{path.name} is about another experiment: delete it.")
    said = {name: values[name] for name in ("name", "note", "pinned") if name in values}
    said["who"] = clean(values.get("who", ""))
    return About(**said, tags=tuple(values.get("tags", ())))


def say(store: Store, experiment: str, said: About) -> About:
    """Write down what was said of an experiment, tidied; what says nothing leaves no file.

    Raises ValueError, one sentence, for more than there is room for, and Unreachable where nothing can be written.
    """
    tidy = tidied(said)
    path = _path(store.root, experiment)
    try:
        if tidy._replace(who="") == NOTHING:
            path.unlink(missing_ok=True)
        else:
            write_json(path, {"experiment": experiment, **tidy._asdict(), "why": None, "who": tidy.who or None})
    except OSError as wrong:
        raise Unreachable(f"{path.name} cannot be written: {because(wrong)}.") from None
    return tidy


def tidied(said: About) -> About:
    """The same without control characters and needless space, each tag once; raises ValueError, one sentence."""
    name, note = _line(said.name), _text(said.note)
    tags = tuple(dict.fromkeys(filter(None, (_line(tag).lstrip("#").strip().lower() for tag in said.tags))))
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A name has at most {LONGEST_NAME} characters: put the rest into the note.")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"A note has at most {LONGEST_NOTE:,} characters, and this one has {len(note):,}.")
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise ValueError(f"At most {MOST_TAGS} tags of at most {LONGEST_TAG} characters.")
    return About(name, note, tags, bool(said.pinned), who=clean(said.who))


def _line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _text(text: str) -> str:
    return "\n".join(_line(line) for line in text.splitlines()).strip()


def files_about(runs: Iterable[Run]) -> list[Path]:
    """The files about the experiments of these runs, each once, for whoever takes the runs along."""
    paths: dict[Path, None] = {}
    for run in runs:
        root, experiment = run.folder.parent, run.config.get("experiment")
        if experiment:  # what is put aside is still spoken of in the store that its archive lies in
            homes = (root, root.parent) if root.name == ARCHIVE else (root,)
            paths |= dict.fromkeys(_path(home, experiment) for home in homes)
    return [path for path in paths if kind_of(path) == "file"]


def _path(root: Path, experiment: str) -> Path:
    digest = hashlib.sha256(experiment.encode(errors="replace")).hexdigest()[:16]
    return root / f"about-{digest}.json"
