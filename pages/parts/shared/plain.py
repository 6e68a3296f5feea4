"""Text from addresses, files and people, shown as text: Streamlit reads most of what it shows as markdown.

For bodies (error, warning, info, markdown, caption, toast), labels (buttons, expanders, tabs, links), help texts,
captions of st.image, and the options of radio, pills and segmented_control. Not for what Streamlit shows as it is:
options of selectbox and multiselect, values of inputs, cells of st.dataframe.
"""

from __future__ import annotations

import re
import unicodedata

MOST = 400  # characters: room for a sentence, not for a file that somebody sent as its own name
_NOTHING = "\u2060"  # word joiner: has no width, breaks no line, and ends whatever pattern it stands in
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # of writing direction

_MARKS = re.compile(  # what markdown's own escape stops
    r"[\\`*\[\]<>~$|&]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # between two letters it emphasises nothing
    r"|:(?=[A-Za-z:])"  # :red[...] and its like
    r"|^[#+=-](?=[\s#+=-]|$)"  # headings, rules and lists, where it stands at the beginning of a line
)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_AGAIN = re.compile(  # what Streamlit looks for once more when the escapes are gone
    r"(?<=:)(?=[\w+-]+[:/])"  # emoji and icons
    r"|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=[\w.+-]@)(?=[\w-])"  # addresses
    r"|(?:(?<=^[-<>~])|(?<=\s[-<>~]))(?=[->=]{1,2}(?:\s|$))",  # arrows
    re.IGNORECASE,
)


def plain(text: object, most: int = MOST) -> str:
    """One line of text as markdown that shows exactly this text, without links, pictures, colours or icons.

    Line breaks become spaces; control characters, lone surrogates and turns of the writing direction become U+FFFD;
    what is longer than `most` characters ends in "…".
    """
    try:
        whole = str(text)
    except Exception:  # of a stranger's object, such as an exception that cannot say itself
        whole = type(text).__name__
    line = " ".join(whole[: 4 * most].split())
    line = "".join("\ufffd" if _unseen(sign) else sign for sign in line)
    if len(line) > most or len(whole) > 4 * most:
        line = line[: most - 1] + "…"
    escaped = _MARKS.sub(r"\\\g<0>", _AGAIN.sub(_NOTHING, line))
    return _NUMBERED.sub(r"\1\\\2", escaped)


def _unseen(sign: str) -> bool:
    return sign in _TURNS or unicodedata.category(sign) in ("Cc", "Cs")
