"""Pictures of one's own: files, a zip or a dropped folder, or a folder of the server the operator allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.visitor import mark_data, may_fetch
from ssl_core.data import places
from ssl_core.data.brought import MOST_PICTURES, SIDES, clean
from ssl_core.data.card import Card
from ssl_core.data.catalog import find_card
from ssl_core.data.folders import changed, name_of
from ssl_core.data.uploads import MOST_MEGABYTES, File, add_files
from ssl_core.images import ENDINGS, FITS, KINDS

KINDS_TAKEN = ["zip", *(ending[1:] for ending in ENDINGS), "csv", "tsv", "txt"]
OWN_SIZE = 0  # in the choice of sizes: what the pictures need
LOOKED = 8  # pictures of the preview
FITTED = 4  # of the comparison of cut, pad and squash
LOSES = {  # what each way of making a picture square does to it
    "cut": "the middle; what lies at the ends is lost.",
    "pad": "everything, smaller, with a rim added.",
    "squash": "everything, but shapes are distorted.",
}
MOST_LEFT_OUT = 6  # lines on what was passed over
CHOSEN = "chosen_files"  # in the session's state: files that an uploader forgets when its page is left
RECHECK = 10  # seconds for which a folder that was looked at counts as looked at
LAYOUT = (
    f"At most {MOST_MEGABYTES} MB and {MOST_PICTURES:,} pictures: {KINDS}. One folder per class, or a table (CSV) with "
    "columns file and label. Folders called train, test and val are kept as they are; pictures whose class nobody "
    "knows go into a folder called unlabelled. Without test pictures a fifth of each class becomes the test."
)


class Choices(NamedTuple):
    """How pictures are kept: side None is what they need."""

    side: int | None
    channels: int
    fit: str
    flip: bool


def settle() -> None:
    """Choose what was just brought; before the widgets of the page are made."""
    if name := st.session_state.pop("just_brought", None):
        st.session_state["data"] = name
        st.session_state["brought"] = f"Kept: {find_card(name).title}. It is now among the data of every page."


def bring() -> None:
    """The widgets, and what came of it."""
    if message := st.session_state.pop("brought", None):
        st.success(plain(message))
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


def choose_files() -> list[File]:
    """The files of the uploader, by name and content; those chosen before another page was looked at stay chosen."""
    whole = st.toggle("Upload a whole folder", key="zip_folder", help="Its folders inside are the classes.")
    key = f"zip{'_in_folder' if whole else ''}{st.session_state.get('zips', '')}"  # another key lets go of files
    chosen = st.file_uploader(
        "Your pictures: a folder" if whole else "Your pictures: a zip, or picture files",
        KINDS_TAKEN,
        "directory" if whole else True,
        key=key,
        max_upload_size=MOST_MEGABYTES,
        help=LAYOUT,
        on_change=_chosen_anew,
        args=(key,),
    )
    if chosen:
        st.session_state[CHOSEN] = [(file.name, file.getvalue()) for file in chosen]
    files = st.session_state.get(CHOSEN, [])
    if files and not chosen:
        size = sum(len(content) for _, content in files) / 1e6
        name = files[0][0] if len(files) == 1 else f"{len(files):,} files"
        st.caption(f"Still chosen: **{plain(clean(name, 'a file'))}**, {size:,.1f} MB.")
        st.button("Let go of it", key="zip_let_go", on_click=_let_go, width="stretch")
    return files


def _chosen_anew(key: str) -> None:
    if not st.session_state.get(key):
        _let_go()


def _let_go() -> None:
    st.session_state.pop(CHOSEN, None)
    st.session_state.pop("zip_looked", None)


def choose_title() -> str:
    """What the data set will be called."""
    return st.text_input("Name", "My pictures", max_chars=40, key="zip_name", persist_state="session")


def choose_how() -> Choices:
    """Size, colour, how a picture becomes square, and whether its mirror image keeps its class."""
    left, right = st.columns(2)
    side = left.selectbox(
        "Size", [OWN_SIZE, *SIDES], format_func=lambda side: f"{side}×{side}" if side else "as they need",
        key="zip_side", help="Photographs need 128×128, small pictures less: then they train faster.",
        persist_state="session",
    )  # fmt: skip
    colours = right.selectbox("Colour", ["colour", "grey"], key="zip_colour", persist_state="session")
    fit = st.segmented_control(
        "Where a picture is not square", FITS, default=FITS[0], required=True, key="zip_fit", width="stretch",
        help="Cut out its middle, pad its short side in the colour of its rim, or squash its long one.",
        persist_state="session",
    )  # fmt: skip
    flip = st.toggle(
        "A mirrored picture keeps its class", True, key="zip_flip", help="Not so for digits, letters or left hands.",
        persist_state="session",
    )  # fmt: skip
    return Choices(side or None, {"colour": 3, "grey": 1}[colours], fit or FITS[0], flip)


def show_understood(files: list[File], choices: Choices, most: int = LOOKED) -> bool:
    """What the files were understood to be, before anything is kept, and some of the pictures; False with an error."""
    try:
        look = look_of(files)
        shots = _shots(look, choices, choices.fit, most)
        fits = {fit: _shots(look, choices, fit, FITTED) for fit in FITS}
    except (ValueError, RuntimeError) as wrong:
        st.error(plain(wrong))
        return False
    count, what, rest = look.words.split(" ", 2)
    st.markdown(f"**{count} {what}** {plain(rest)}")
    left_out(look.told.left_out)
    if shots:
        _grid(shots, "zip_look", "As they would be kept")
    if len({tuple(shot.src for shot in some) for some in fits.values()}) > 1:
        st.markdown("**Some are not square.** Each way keeps something else:")
        for fit, some in fits.items():
            st.caption(f"{fit.capitalize()}{' (chosen)' if fit == choices.fit else ''}: {LOSES[fit]}")
            _grid(some, f"zip_{fit}", f"The same pictures: {fit}")
    return True


def left_out(rows: Iterable[Any]) -> None:
    """What was passed over, how many of it and why; rows of what, count and why."""
    rows = list(rows)
    for what, count, why in rows[:MOST_LEFT_OUT]:
        st.caption(f"Passed over: {count:,} {plain(what)} ({plain(why)}).")
    if rest := rows[MOST_LEFT_OUT:]:
        st.caption(f"Passed over: {sum(count for _, count, _ in rest):,} more.")


def _grid(shots: list, key: str, label: str) -> None:
    shown = [picture(shot.src, shot.label, shot.label) for shot in shots]
    picture_grid(shown, key=key, label=label, side=64, least=84, lines=1)


def look_of(files: list[File]) -> Any:
    """What the files hold, opened once for as long as they are the same; raises ValueError, one sentence."""
    from ssl_core.data.look import look_at

    key = [(name, len(content)) for name, content in files]
    if st.session_state.get("zip_looked", (None,))[0] != key:
        st.session_state["zip_looked"] = (key, look_at(files), {})
    return st.session_state["zip_looked"][1]


def _shots(look: Any, choices: Choices, fit: str, most: int) -> list:
    """Some of the pictures as they would be kept, decoded once."""
    kept, key = st.session_state["zip_looked"][2], (choices.side, choices.channels, fit, most)
    if key not in kept:
        kept[key] = look.shots(choices.side or 64, choices.channels, fit, most)
    return kept[key]


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


def work(make: Callable[[Callable[[int], None]], Card]) -> None:
    """Read the pictures, counting them aloud, then show them; one sentence where they cannot be read."""
    line = st.empty()
    line.caption("Reading …")

    def progress(done: int) -> None:
        if done % 50 == 0:
            line.caption(f"{done:,} pictures read …")

    try:
        name = st.session_state["just_brought"] = make(progress).name
    except (ValueError, OSError) as wrong:
        line.error(plain(wrong))
        return
    from pages.parts.shared.data_cache import forget

    mark_data(name)
    forget()
    _changed.clear()
    _let_go()
    st.session_state["zips"] = st.session_state.get("zips", 0) + 1
    st.rerun()
