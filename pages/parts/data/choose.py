"""Choosing pictures of one's own and how they are kept: files, a zip or a folder, their size, and what mirrors do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts.shared.plain import plain
from ssl_core.data.squared import SIDES
from ssl_core.data.understand import MOST_PICTURES, clean
from ssl_core.data.uploads import MOST_MEGABYTES, File
from ssl_core.images.formats import KINDS
from ssl_core.images.reading import FITS

OWN_SIZE = 0  # in the choice of sizes: what the pictures need
CHOSEN = "chosen_files"  # in the session's state: files that an uploader forgets when its page is left
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


class _Chosen(NamedTuple):
    """What was uploaded, and the server's numbers for it."""

    numbers: list[str]
    files: list[File]


def choose_files() -> list[File]:
    """The files of the uploader, by path and content; those chosen before another page was looked at stay chosen.

    Kinds of files are not narrowed down here: what is no picture is passed over in words, and other archives are named.
    """
    whole = st.toggle("Choose a whole folder", key="zip_folder", help="Its folders inside are the classes.")
    key = f"zip{'_in_folder' if whole else ''}{st.session_state.get('zips', '')}"  # another key lets go of files
    chosen = st.file_uploader(
        "Your pictures: a folder" if whole else "Your pictures: a zip, picture files, or a dropped folder",
        accept_multiple_files="directory" if whole else True,
        key=key,
        max_upload_size=MOST_MEGABYTES,
        help=LAYOUT,
        on_change=_chosen_anew,
        args=(key,),
    )
    if chosen:
        _take(chosen)
    files = st.session_state[CHOSEN].files if CHOSEN in st.session_state else []
    if files and not chosen:
        size = sum(len(content) for _, content in files) / 1e6
        name = files[0][0] if len(files) == 1 else f"{len(files):,} files"
        st.caption(f"Still chosen: **{plain(clean(name, 'a file'))}**, {size:,.1f} MB.")
        st.button("Let go of it", key="zip_let_go", on_click=let_go, width="stretch")
    return files


def _take(chosen: Sequence[Any]) -> None:
    """Remember what was uploaded, as the server holds it: the page gets a copy of up to 500 MB anew on every run."""
    numbers = [file.file_id for file in chosen]
    if CHOSEN in st.session_state and st.session_state[CHOSEN].numbers == numbers:
        return
    context = get_script_run_ctx()
    there = context.uploaded_file_mgr.get_files(context.session_id, numbers) if context else []
    contents = {record.file_id: record.data for record in there}
    files = [(file.name, contents.get(file.file_id) or file.getvalue()) for file in chosen]
    st.session_state[CHOSEN] = _Chosen(numbers, files)


def _chosen_anew(key: str) -> None:
    if not st.session_state.get(key):
        let_go()


def let_go() -> None:
    """Forget what was chosen, here and in the server, which would hold it until the visitor leaves."""
    chosen, context = st.session_state.pop(CHOSEN, None), get_script_run_ctx()
    st.session_state.pop("zip_looked", None)
    for number in chosen.numbers if chosen and context else ():
        context.uploaded_file_mgr.remove_file(context.session_id, number)


def choose_title() -> str:
    """What the data set will be called."""
    return st.text_input("Name", "My pictures", max_chars=40, key="zip_name", persist_state="session")


def choose_how() -> Choices:
    """Size, colour, how a picture becomes square, and whether its mirror image keeps its class.

    No list has to be opened: one that the page redraws closes, and with it the choice that was about to be made.
    """
    side = st.pills(
        "Pixels a side", [OWN_SIZE, *SIDES], format_func=lambda side: str(side or "as they need"), default=OWN_SIZE,
        required=True, key="zip_side", persist_state="session",
        help="Photographs need 128, small pictures less: then they train faster.",
    )  # fmt: skip
    colours = st.segmented_control(
        "Colour", ["colour", "grey"], default="colour", required=True, key="zip_colour", width="stretch",
        persist_state="session",
    )  # fmt: skip
    fit = st.segmented_control(
        "Where a picture is not square", FITS, default=FITS[0], required=True, key="zip_fit", width="stretch",
        help="Cut out its middle, pad its short side in the colour of its rim, or squash its long one.",
        persist_state="session",
    )  # fmt: skip
    flip = st.toggle(
        "A mirrored picture keeps its class", True, key="zip_flip", help="Not so for digits, letters or left hands.",
        persist_state="session",
    )  # fmt: skip
    return Choices(side or None, {"colour": 3, "grey": 1}[colours or "colour"], fit or FITS[0], flip)
