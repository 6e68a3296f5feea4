"""The pictures that arguments of the terminal name: files, zips and folders of any size, read one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ssl_core.data.layout import LeftOut, Tally
from ssl_core.images.formats import ENDINGS, MOST_BYTES
from ssl_core.named_files import read_named
from ssl_core.zips import Limits, is_junk, is_zip, open_zip

MOST_ZIP = 500 * 2**20  # bytes of a zip: it is read whole
LIMITS = Limits(packed=MOST_ZIP, entries=60_000, unpacked=4 * MOST_ZIP, ratio=200, each=MOST_BYTES)
Named = Iterator[tuple[str, Callable[[], bytes] | str]]


class Walk:
    """Names and readers of all pictures in order; what is passed over on the way is counted.

    A picture in a folder is named by its path from there. A zip that is refused beside other arguments has a sentence
    in its reader's place. Raises ValueError, one sentence, for an argument that is not there, at once, and for a lone
    zip to be refused.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self.paths, self._tally = [Path(name) for name in arguments], Tally()
        for path in self.paths:
            _check(path)

    @property
    def left_out(self) -> list[LeftOut]:
        """What was passed over so far, the most first."""
        return self._tally.rows()

    def __iter__(self) -> Named:
        for path in self.paths:
            try:
                yield from self._of(path)
            except ValueError as wrong:
                if len(self.paths) == 1:
                    raise
                yield path.name, str(wrong)

    def _of(self, path: Path) -> Named:
        if path.is_dir():
            return self._folder(path)
        return self._zip(path) if _begins_like_a_zip(path) else iter([(path.name, _reader(path))])

    def _folder(self, top: Path) -> Named:
        def closed(wrong: OSError) -> None:
            self._tally.add("folders", f"they cannot be opened: {wrong.strerror}")

        for folder, inner, names in os.walk(top, onerror=closed, followlinks=False):
            inner.sort()
            for name in sorted(names):
                path = Path(folder, name)
                where = path.relative_to(top).as_posix()
                if self._wanted(where, plain=path.is_file() and not path.is_symlink()):
                    yield where, _reader(path)

    def _zip(self, path: Path) -> Named:
        opened = open_zip(read_named(path, MOST_ZIP), LIMITS, junk=True)
        return ((entry.name, entry.read) for entry in opened.files if self._wanted(entry.name, plain=True))

    def _wanted(self, where: str, *, plain: bool) -> bool:
        name = where.rpartition("/")[2].lower()
        if is_junk(where):
            self._tally.add("hidden files", "systems leave them behind")
        elif not plain:
            self._tally.add("links and devices", "they are not followed")
        elif not name.endswith(ENDINGS):
            what = f".{name.rpartition('.')[2][:12]} files" if "." in name else "other files"
            self._tally.add(what, "they are no pictures")
        else:
            return True
        return False


def _check(path: Path) -> None:
    try:
        plain = path.is_file() or path.is_dir()
        if not plain:
            path.stat()
    except (OSError, ValueError) as wrong:
        raise ValueError(f"{path.name} cannot be read: {getattr(wrong, 'strerror', None) or wrong}.") from None
    if not plain:
        raise ValueError(f"{path.name} is no plain file and no folder: it is not read.")


def _begins_like_a_zip(path: Path) -> bool:
    try:
        zipped = is_zip(read_named(path, 4))
        large = zipped and path.stat().st_size > MOST_ZIP
    except OSError as wrong:
        raise ValueError(f"{path.name} cannot be read: {wrong.strerror}.") from None
    if large:
        raise ValueError(f"{path.name} has more than {MOST_ZIP // 2**20} MB: unpack it and name its folder.")
    return zipped


def _reader(path: Path) -> Callable[[], bytes]:
    return lambda: read_named(path, MOST_BYTES + 1)
