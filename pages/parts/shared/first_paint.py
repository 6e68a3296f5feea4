"""What the served HTML says before Streamlit's own code has come: the look of every page, and its first title.

Streamlit lays a page out narrow, at another height and without our styles, and again when its script has run: that
jump was most of what moved at load.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

FRAME = Path(__file__).resolve().parents[3] / "assets" / "frame"
TITLE = "Few-Label Lab"
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@lru_cache(maxsize=1)
def frame() -> bytes:
    """Our style and script, as they stand in the head of the page."""
    style, script = ((FRAME / name).read_text() for name in ("look.css", "reach.js"))
    return f"<style>\n{style}</style>\n<script>\n{script}</script>\n".encode()


def with_frame(page: bytes) -> bytes:
    """The served HTML with it; what has no head stays as it is."""
    named = page.replace(b"<title>Streamlit</title>", f"<title>{TITLE}</title>".encode(), 1)
    return named.replace(b"</head>", frame() + b"</head>", 1)


class FirstPaint:
    """The ASGI middleware that puts it into every page, and into nothing else."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pages are asked for as they are, not compressed; every other request goes through untouched."""
        if scope["type"] != "http" or scope["method"] != "GET" or "." in scope["path"].rsplit("/", 1)[-1]:
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name not in LEFT_OUT]
        await self.app(scope | {"headers": plain}, receive, _gathering(send))


# A page compressed could not be changed, and one that the browser kept may have our style of yesterday.
LEFT_OUT = (b"accept-encoding", b"if-none-match", b"if-modified-since")
STALE = (b"content-length", b"etag", b"last-modified", b"accept-ranges")


def _gathering(send: Send) -> Send:
    """Send what is sent; HTML as a whole, with our frame."""
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and _html(message):
            start.update(message)
        elif not start:
            await send(message)
        else:
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                page = with_frame(b"".join(parts))
                kept = [(name, value) for name, value in start["headers"] if name not in STALE]
                await send(start | {"headers": [*kept, (b"content-length", str(len(page)).encode())]})
                await send({"type": "http.response.body", "body": page})

    return sending


def _html(message: dict[str, Any]) -> bool:
    return dict(message.get("headers", ())).get(b"content-type", b"").startswith(b"text/html")
