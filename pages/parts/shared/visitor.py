"""What a visitor may do: everything on a server of this machine alone; on an open one, what takes nothing from others.

In a class only the teacher's browser may do everything, wherever the server is bound.
A browser is known by a random token in a cookie (door.py). What it starts is marked with a hash of that, in a hidden
file that no export takes along.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts.shared.door import COOKIE, TOKEN, alone
from pages.parts.shared.store import store as shared_store
from ssl_core.data import kept, room
from ssl_core.people import asking, limits, owners, register
from ssl_core.people.names import class_mode
from ssl_core.people.teacher import desk
from ssl_core.runs.store import Run, Store
from ssl_core.search.plan import folder_of

MARK = ".visitor"
HASH = re.compile(r"[0-9a-f]{32}")
NOT_YOURS = (
    "Others can open this server, so only the browser that started something may stop, archive or delete it here. "
    "Started with SSL_OPEN=1, the server lets everyone."
)
NOT_HERE = (
    "Others can open this server, so its pages download nothing and read no folder of its disk. Use a terminal, or "
    "start the server with SSL_OPEN=1."
)
NOT_IN_CLASS = (
    "In a class only the browser that started something may stop, archive or delete it, or the teacher: see the page "
    "Class."
)
SHARED = "Others asked for this, too, so only the teacher may stop, archive or delete it: see the page Class."
NOT_FETCHED = (
    "In a class only the teacher lets this server download something or read a folder of its disk: see the page Class."
)
Outcome = TypeVar("Outcome")
_starting = threading.Lock()  # so that nobody marks what another visitor starts in the same moment


def trusted() -> bool:
    """Whether every visitor may do everything: on a server of this machine alone, or where its operator says so.

    SSL_OPEN=1 says so for an open server; SSL_OPEN=0 says the contrary for one of this machine that others reach
    through a proxy. In a class it is the teacher alone, whatever SSL_OPEN says.
    """
    if class_mode():
        return is_teacher()
    said = os.environ.get("SSL_OPEN", "")
    return said == "1" or (said != "0" and alone())


def is_teacher() -> bool:
    """Whether this browser is the teacher's, in a class."""
    return class_mode() and desk().seats(browser())


def _asker() -> asking.Asker | None:
    """Who asks in this thread, for the limits of ssl_core/people/limits.py."""
    if not class_mode() or get_script_run_ctx(suppress_warning=True) is None:
        return None
    return asking.Asker(register.called(shared_store(), browser()), is_teacher())


asking.found_by(_asker)


def visitors_may() -> str:
    """The same in a sentence, for whoever shares a link."""
    if class_mode():
        return (
            "Whoever opens it may look, train and bring pictures, and stop, archive and delete what the same browser "
            "started and nobody else asked for; the teacher may do everything."
        )
    if os.environ.get("SSL_OPEN", "") == "1":
        return "Whoever opens it may do everything here, also stop and delete what others started (SSL_OPEN=1)."
    others = "On a server that others can open they may" if trusted() else "Whoever opens it may"
    return (
        f"{others} look, train and bring pictures, and stop, archive and delete what the same browser started; "
        "downloads and folders of the server are off."
    )


def starting(store: Store, what: Callable[[], Outcome]) -> Outcome:
    """Do what starts runs, and mark those that are new as this browser's; a search marks its own by itself.

    In a class all that was asked for has its person among its owners, new or not.
    """
    with _starting:
        before, outcome = {run.name for run in store.runs()}, None
        try:
            outcome = what()
            return outcome
        finally:  # also of what was begun before something went wrong
            new = [run for run in store.runs() if run.name not in before and "search" not in run.config]
            mark(run.folder for run in new)
            own(store, map(owners.subject, [*_runs_in(outcome), *new]))


def _runs_in(outcome: Any) -> list[Run]:
    """The runs of what somebody asked for: a launch, a run, or a list of either."""
    if isinstance(outcome, list | tuple):
        return [run for part in outcome for run in _runs_in(part)]
    return [outcome] if isinstance(outcome, Run) else []


def own(store: Store, what: Iterable[str]) -> None:
    """In a class, write down that this browser's person asked for these, too; alone nothing."""
    if class_mode() and (who := register.called(store, browser())):
        for one in dict.fromkeys(what):
            with contextlib.suppress(OSError):  # what was begun goes on
                owners.own(store, one, who, browser())


def mark(folders: Iterable[Path]) -> None:
    """Write down that this browser began these, where nobody did before."""
    for folder in folders:
        with contextlib.suppress(OSError), open(folder / MARK, "x") as file:
            file.write(_hash())


def mark_search(store: Store, name: str, before: Iterable[str]) -> None:
    """Mark a search as this browser's, unless it was there `before`."""
    own(store, [name])
    if name not in before:
        mark([folder_of(store, name)])


def bringing(make: Callable[[], Outcome], *, upload: bool = True) -> Outcome:
    """Do what keeps a data set within what one person of a class may bring; raises ValueError, one sentence, as it."""
    own = [name for name in room.brought() if class_mode() and _mine([kept.place(name)])]
    if upload:  # not what labels said here were kept with: a set of its own each time
        limits.check_sets(shared_store(), sum(name.startswith("upload:") for name in own))
    with room.at_most(limits.bytes_left(shared_store(), room.bytes_of(own))):
        return make()


def mark_data(name: str) -> None:
    """Mark a data set that was just brought as this browser's."""
    own(shared_store(), [name])
    mark([kept.place(name)])


def may_end(store: Store, runs: Iterable[Run]) -> str:
    """Why this visitor may not stop, archive or delete these runs, one sentence; empty where it may."""
    if trusted():
        return ""
    runs = list(runs)
    if not all(_mine(_folders(store, run)) for run in runs):
        return NOT_IN_CLASS if class_mode() else NOT_YOURS
    return SHARED if class_mode() and any(len(owners.owners_of(store, run)) > 1 for run in runs) else ""


def may_end_search(store: Store, name: str | None) -> str:
    """Why this visitor may not stop a search, or nothing."""
    if trusted() or not name:
        return ""
    if not _mine([folder_of(store, name)]):
        return NOT_IN_CLASS if class_mode() else NOT_YOURS
    return SHARED if class_mode() and len(owners.owners(store).get(name, ())) > 1 else ""


def may_delete_data(name: str) -> str:
    """Why this visitor may not delete a data set that is kept, or nothing."""
    return "" if trusted() or _mine([kept.place(name)]) else NOT_IN_CLASS if class_mode() else NOT_YOURS


def may_fetch() -> str:
    """Why nothing is downloaded and no folder read for this visitor, or nothing."""
    return "" if trusted() else NOT_FETCHED if class_mode() else NOT_HERE


def _folders(store: Store, run: Run) -> list[Path]:
    """Where the mark of a run may be: its own folder, or that of the search that made it."""
    search = run.config.get("search")
    with contextlib.suppress(ValueError, TypeError):
        return [run.folder, folder_of(store, search)] if search else [run.folder]
    return [run.folder]


def _mine(folders: Iterable[Path]) -> bool:
    mine = _hash()
    return any(secrets.compare_digest(_read(folder / MARK), mine) for folder in folders)


def _read(path: Path) -> str:
    """The hash in a mark; nothing for what is none."""
    try:
        with open(path, "rb") as file:
            text = file.read(33).decode("ascii", "replace")
    except OSError:
        return ""
    return text if HASH.fullmatch(text) else ""


def browser() -> str:
    """What this browser is known by, here and in files: nobody can be taken for it who reads it there."""
    return _hash()


def _hash() -> str:
    return hashlib.sha256(f"few-label-lab {_token()}".encode()).hexdigest()[:32]


def _token() -> str:
    """The browser's; one of this session where it keeps no cookies."""
    cookie = st.context.cookies.get(COOKIE)
    if isinstance(cookie, str) and TOKEN.fullmatch(cookie):
        return cookie
    return st.session_state.setdefault("visitor", secrets.token_urlsafe(32))
