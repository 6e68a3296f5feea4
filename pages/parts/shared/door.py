"""The door of the server: which names it answers to, what its pages may load, and a mark to know a browser again.

A server of this machine alone answers to this machine's own names. Otherwise a page of any site could have its own
name lead here (DNS rebinding) and press every button. Streamlit's `server.allowedHosts` looks at websockets only.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from streamlit import config

OURS = ("localhost", "127.0.0.1", "::1")
COOKIE = "few_label_lab"  # a random token, in nobody's hands but this browser's: see visitor.py
HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
YEAR = 365 * 24 * 60 * 60
REFUSED = (
    "This server does not answer to the name in this address. Open it as http://localhost:PORT, or start it with "
    "--server.allowedHosts NAME for a name that leads here through a proxy.\n"
)
POLICY = (  # nothing from another host, whatever a text smuggles into a page; Streamlit's own code needs the rest
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob: {sockets}; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def alone() -> bool:
    """Whether the server is for this machine alone: bound to it, and to be reached by no other name."""
    return config.get_option("server.address") in OURS and not config.get_option("server.allowedHosts")


def host_of(header: str) -> str:
    """The name in a Host header, without its port; empty where there is none."""
    match = HOST.fullmatch(header)
    return match[1].strip("[]").lower().rstrip(".") if match else ""


def answers_to(header: str) -> bool:
    """Whether a request with this Host header is let in."""
    host, allowed = host_of(header), config.get_option("server.allowedHosts")
    if host in OURS:
        return True
    if not allowed:
        return bool(host) and not alone()
    names = [name.strip().lower().rstrip(".") for name in allowed]
    return "*" in names or any(host.endswith(name[1:]) if name[:2] == "*." else host == name for name in names)


class Door:
    """The ASGI middleware that does it."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in or not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not answers_to(host):
            await _refuse(scope["type"], receive, send)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            known = token_of(headers.get(b"cookie", ""))
            await self.app(scope, receive, _with_headers(send, host, known, scope.get("scheme") == "https"))


def token_of(cookies: str) -> str:
    """Our token among a browser's cookies; empty where there is none."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel and TOKEN.fullmatch(morsel.value) else ""


async def _refuse(kind: str, receive: Receive, send: Send) -> None:
    if kind == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(REFUSED)).encode())]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSED.encode()})


def _with_headers(send: Send, host: str, known: str, secure: bool) -> Send:
    """Send what is sent, and with a page what it may load and the mark of a browser that is new."""

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            more = {b"x-content-type-options": b"nosniff", b"referrer-policy": b"same-origin"}
            if dict(headers).get(b"content-type", b"").startswith(b"text/html"):
                more |= {b"content-security-policy": policy(host).encode(), b"x-frame-options": b"SAMEORIGIN"}
                if not known:
                    more[b"set-cookie"] = _cookie(secure).encode()
            message = message | {"headers": [*headers, *more.items()]}
        await send(message)

    return sending


def policy(host: str) -> str:
    """What a page may load; older browsers do not take 'self' for a websocket of the same host."""
    return POLICY.format(sockets=f"ws://{host} wss://{host}" if HOST.fullmatch(host) else "")


def _cookie(secure: bool) -> str:
    return (
        f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax"
        f"{'; Secure' if secure else ''}"
    )
