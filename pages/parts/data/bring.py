"""Pictures of one's own: files, a zip or a folder, or a folder of the server the operator allows, made a data set."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from pages.parts.data.choose import Choices, choose_files, choose_how, choose_title, let_go
from pages.parts.data.dropped import pack_folders
from pages.parts.data.understood import show_understood
from pages.parts.shared.plain import plain
from pages.parts.shared.visitor import bringing, mark_data, may_fetch
from ssl_core.data import places
from ssl_core.data.bring import Progress
from ssl_core.data.card import Card
from ssl_core.data.catalog import find_card
from ssl_core.data.folders import changed, name_of
from ssl_core.data.uploads import add_files
from ssl_core.figures.look import duration

RECHECK = 10  # seconds for which a folder that was looked at counts as looked at
OFTEN = 0.3  # seconds between two words on how far reading is


def settle(key: str = "data") -> str:
    """Choose what was just brought, under this key; before the widgets of the page are made. Its name, or ""."""
    name = st.session_state.pop("just_brought", "")
    if name:
        st.session_state[key] = name
    return name


def bring(brought: str) -> None:
    """The widgets, and what came of it; `brought` is what settle said."""
    if brought and (card := find_card(brought)):
        st.success(f"Kept: {plain(card.title)}. It is now among the data of every page.")
    with st.expander("Bring your own pictures", icon=":material/upload:", key="bring"):
        files = choose_files()
        title = choose_title()
        choices = choose_how()
        fine = not files or show_understood(files, choices)
        if st.button("Keep as a data set", key="keep", disabled=not files, width="stretch") and fine:
            work(lambda progress: add_files(files, title, **choices._asdict(), progress=progress))
        folder_of_machine(choices)


def folder_of_machine(choices: Choices) -> None:
    """A folder of the server, where its operator allows some."""
    if places.roots():
        st.divider()
        why = may_fetch()
        facts = {"disabled": bool(why), "help": why or None}
        path = st.text_input("Or a folder of this machine", key="folder", placeholder="a path under SSL_ROOTS", **facts)
        if st.button("Read the folder", key="read_folder", width="stretch", **facts) and not why:
            _read_folder(name_of(path.strip(), choices.side, choices.channels, choices.fit), choices.flip)
    pack_folders()


def again(name: str) -> None:
    """Say that a folder has changed since it was read, and offer to read it again."""
    if name.startswith("folder:") and (news := _changed(name)):
        st.warning(f"{plain(news)} Runs go on with the copy until you read it again.")
        why = may_fetch()
        facts = {"disabled": bool(why), "help": why or None}
        if st.button("Read the folder again", key="read_again", width="stretch", **facts) and not why:
            _read_folder(name, None)


@st.cache_data(ttl=RECHECK, show_spinner=False)
def _changed(name: str) -> str:
    return changed(name)


def _read_folder(name: str, flip: bool | None) -> None:
    from ssl_core.data import folders

    work(lambda progress: folders.prepare(name, flip=flip, progress=progress))


def work(make: Callable[[Progress], Card]) -> None:
    """Read the pictures with progress and the time left, then show them; one sentence where they cannot be read."""
    line, began, said = st.empty(), time.monotonic(), 0.0
    line.progress(0.0, "Reading pictures")

    def progress(done: int, total: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said > OFTEN or done == total:
            said, left = now, (now - began) / done * (total - done)
            words = f"Reading pictures: {done:,} of {total:,}, {duration(left)} left"
            line.progress(done / total, words if done < total else f"Keeping {total:,} pictures")

    try:
        name = st.session_state["just_brought"] = bringing(lambda: make(progress)).name
    except (ValueError, OSError) as wrong:
        line.error(plain(wrong))
        return
    from pages.parts.shared.data_cache import forget

    mark_data(name)
    forget()
    _changed.clear()
    let_go()
    st.session_state["zips"] = st.session_state.get("zips", 0) + 1
    st.rerun()
