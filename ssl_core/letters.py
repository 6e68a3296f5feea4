"""Bytes that are text in nobody says which alphabet: file names of zips, and tables of labels."""

from __future__ import annotations

import codecs

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),  # what Excel calls Unicode text
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COMMON = range(0xB0, 0xD8)  # first bytes of GB 2312's level one, the 3,755 characters that are used


def to_text(content: bytes, western: str = "cp1252") -> str:
    """The text: as its byte order mark says, else UTF-8, else GBK where that makes common characters, else `western`.

    Never raises: what `western` does not know becomes U+FFFD.
    """
    return content.decode(encoding_of(content, western), errors="replace")


def encoding_of(content: bytes, western: str = "cp1252") -> str:
    """The name of that encoding. The more text the surer: a Chinese character alone can be an accented letter."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030" if _is_chinese(content) else western
    return "utf-8"


def _is_chinese(content: bytes) -> bool:
    """Whether it decodes as GBK, and at least half of its wide characters are common ones.

    Nearly any bytes are some rare character of GBK: "Größe" of a Western system would be one.
    """
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    wide = [character.encode("gb18030") for character in text if character > "\x7f"]
    return 2 * sum(len(pair) == 2 and pair[0] in COMMON and pair[1] > 0xA0 for pair in wide) >= len(wide) > 0
