"""What strangers write into addresses and files, and how to see whether it came through as more than text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

EVIL = "evil.example"
PICTURE = f"![x](http://{EVIL}/pixel.png)"
VALUES = [
    "",
    "\x00",
    "\x00" + "x" * 10,
    "a" * 10_000,
    f"../../etc/passwd#{EVIL}",
    f"/etc/passwd {PICTURE}",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..",
    PICTURE,
    f"[click](http://{EVIL})",
    f"<img src=http://{EVIL}/b.png>",
    f"<script src=//www.{EVIL}/x.js></script>",
    f"www.{EVIL} http://{EVIL}/a_b me@{EVIL}",
    f":red[{EVIL}] :material/home: :{EVIL}[lost]",
    f":smile: $x^2$ `code {EVIL}` **bold** # h\n\n- list\n\n{PICTURE}",
    f"\u202e{EVIL}",
    "\U0001f600:+1::material/home:",
    "nan",
    "inf",
    "-1",
    "1e309",
    "9" * 400,
    "0x10",
    "1_000",
    "\u0661\u0662\u0663",
    "\u00b2",
    f'["{PICTURE}", 1]',
    f'{{"a": "{PICTURE}"}}',
    "\ufffd" + EVIL,  # as a lone surrogate arrives
    "'; drop table runs; --",
    "True",
]
# Fields of Streamlit's messages that its pages read as markdown, but for the kinds that show a text as it is.
MARKDOWN = ("label", "help", "caption", "title", "body", "text", "delta", "message")
AS_IT_IS = {"code", "text", "html", "latex", "json", "text_input", "text_area"}
ESCAPED = re.compile(r"\\.", re.DOTALL)
ALIVE = re.compile(
    r"!?\[[^\]]*\]\(|<[a-z!/]|https?://|www\.|[\w.+-]+@[\w-]+\.|:material/|:[a-z-]+\[|:\w+:|`|\$.+\$", re.IGNORECASE
)


def texts(element: Any) -> Iterator[str]:
    """Every text of an element, or of a block, that is read as markdown."""
    proto, kind = element.proto, element.type
    if kind not in AS_IT_IS:
        yield from (str(getattr(proto, field, "")) for field in MARKDOWN)
    if kind in ("radio", "image", "imgs"):
        yield from map(str, getattr(proto, "options", ()))
    if kind in ("button_group", "pills", "segmented_control"):
        yield from (option.content for option in proto.options)
    for name in ("expandable", "tab", "popover", "dialog"):
        block = getattr(proto, name, None)
        if block is not None:
            yield from (str(getattr(block, field, "")) for field in ("label", "title", "help"))


def alive(text: str) -> bool:
    """Whether a stranger's words stand in a text as more than letters."""
    bare = ESCAPED.sub("", text)
    return EVIL.lower() in text.lower() and bool(ALIVE.search(bare))


def came_through(test: Any) -> list[str]:
    """Tracebacks on a page, and texts of strangers that are more than text."""
    wrong = [f"{one.value}" for one in test.exception]
    for element in everything(test):
        wrong += [f"{element.type}: {text[:200]!r}" for text in texts(element) if alive(text)]
        if element.type == "html":
            wrong += [f"html: {element.proto.body[:200]!r}" for _ in re.findall(rf"<[^>]*{EVIL}", element.proto.body)]
    return wrong


def everything(test: Any) -> Iterator[Any]:
    """Every element and block of a page."""
    waiting = list(test._tree.children.values())
    while waiting:
        node = waiting.pop()
        if getattr(node, "proto", None) is not None:
            yield node
        waiting += getattr(node, "children", {}).values()
