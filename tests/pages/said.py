"""What a page shows to people: every text that it sends to a browser, less code, commands, addresses and inner keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

from ssl_core.data.catalog import cards
from ssl_core.method_cards import CARDS

INNER = {  # parts of a message to a browser that nobody reads
    *("id", "key", "form_id", "url", "page", "page_script_hash", "query_string", "query_param_key", "icon", "language"),
    *("component_name", "css_content", "html_content", "js_content", "column_order", "columns"),
}
TYPED = {"default", "value", "placeholder"}  # what somebody wrote into a box: a pipeline, say
SEEN = {"text", "title", "name", "hovertemplate", "label", "ticktext", "alt", "words"}  # of a chart, of a component
HIDDEN = {"code", "latex", "html"}  # elements
CODE = re.compile(
    r"```.*?```|`[^`]*`|\$[^$]*\$|https?://\S+|\]\([^)]*\)|:material/\w+:|--[\w-]+|<[^>]*>|%\{[^}]*\}|x86_64", re.S
)
SNAKE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def code_names(test: Any) -> dict[str, str]:
    """Words such as weight_decay, and keys of methods and data sets, on the page, each with the text it stands in."""
    said = [CODE.sub(" ", text) for text in texts(test)]
    keys = {*CARDS, *cards()}
    found = {word: text[:200] for text in said for word in SNAKE.findall(text)}
    return found | {text: text for text in said if text.strip() in keys}


def texts(test: Any) -> Iterator[str]:
    """Everything that the page says, in no order."""
    for element in [*test.main, *test.sidebar]:
        if element.proto is None or element.type in HIDDEN:
            continue
        typed = TYPED if element.type in ("text_input", "text_area") else set()
        yield from _of(element.proto, INNER | typed)
        if element.type in ("dataframe", "table"):
            yield from (str(cell) for row in element.value.itertuples(index=False) for cell in row)


def _of(message: Message, inner: set[str]) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in inner:
            continue
        for one in [value] if isinstance(value, (Message, str, bytes)) else value if field.is_repeated else []:
            if isinstance(one, Message):
                yield from _of(one, inner)
            elif isinstance(one, (str, bytes)) and one[:1] in ("{", "[", b"{", b"["):
                yield from _of_json(one)
            elif isinstance(one, str):
                yield one


def _of_json(text: str | bytes) -> Iterator[str]:
    """What is seen of a chart or of what a component was sent."""
    try:
        yield from _seen(json.loads(text), False)
    except ValueError:
        if isinstance(text, str):
            yield text


def _seen(value: Any, shown: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _seen(inner, shown or name in SEEN)
    elif isinstance(value, list):
        for inner in value:
            yield from _seen(inner, shown)
    elif isinstance(value, str) and shown:
        yield value
