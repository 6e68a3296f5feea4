"""Whom the server answers to, what its pages may load, and how it knows a browser again."""

from __future__ import annotations

import asyncio

import pytest
from streamlit import config

from pages.parts.shared.door import COOKIE, OURS, Door, answers_to, host_of, policy, token_of

MINE = ["localhost", "localhost:8501", "LOCALHOST:8501", "localhost.:80", "127.0.0.1", "127.0.0.1:8501", "[::1]:8501"]
FOREIGN = [
    "evil.example",
    "evil.example:8501",
    "localhost.evil.example",
    "127.0.0.1.evil.example:8501",
    "evil.example#localhost",
    "localhost@evil.example",
    "user:localhost@evil.example",
    "evil.example/localhost",
    "evil.example?localhost",
    "evil.example, localhost",
    "localhost evil.example",
    "0.0.0.0:8501",
    "127.0.0.2",
    "[::2]",
    "[::1",
    "localhost:x",
    "localhost:8501:9",
    "",
    ":8501",
    "\x00",
]


@pytest.fixture
def setting():
    """setting(address=..., hosts=[...]) for one test."""
    names = ("server.address", "server.allowedHosts")
    before = [config.get_option(name) for name in names]

    def put(address, hosts=()):
        for name, value in zip(names, (address, list(hosts)), strict=True):
            config.set_option(name, value)

    yield put
    put(before[0], before[1] or ())


@pytest.mark.parametrize("address", OURS)
def test_a_server_of_this_machine_answers_to_its_own_names_alone(setting, address):
    setting(address)
    assert [host for host in MINE if not answers_to(host)] == []
    assert [host for host in FOREIGN if answers_to(host)] == []


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.0.7", "::", None, ""])  # noqa: S104
def test_an_open_server_answers_to_any_name_or_to_those_that_were_named(setting, address):
    setting(address)
    assert all(map(answers_to, [*MINE, "lab.example", "192.168.0.7:8501"]))
    assert not any(map(answers_to, ["", "a/b", "a@b", "a b", "\x00"]))
    setting(address, ["Lab.example", "*.school.example"])
    assert all(map(answers_to, [*MINE, "lab.example:8501", "a.school.example", "LAB.EXAMPLE."]))
    assert not any(
        map(answers_to, ["evil.example", "lab.example.evil.example", "evilschool.example", "school.example"])
    )
    setting(address, ["*"])
    assert answers_to("any.example")


def test_behind_a_proxy_a_server_of_this_machine_answers_to_the_names_it_was_told(setting):
    setting("127.0.0.1", ["lab.example"])
    assert answers_to("lab.example") and answers_to("localhost:8501")
    assert not answers_to("evil.example")


def test_a_name_is_read_as_browsers_write_it():
    assert [host_of(text) for text in ("A.b:1", "[::1]:80", "x.", "x:y")] == ["a.b", "::1", "x", ""]


def sent(kind: str, headers: list[tuple[bytes, bytes]], content: bytes = b"text/html; charset=utf-8") -> list[dict]:
    """What goes out for a request; the app behind the door answers with that content."""
    out, inside = [], []

    async def app(scope, receive, send):
        inside.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", content)]})
        await send({"type": "http.response.body", "body": b"in"})

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        out.append(message)

    asyncio.run(Door(app)({"type": kind, "headers": headers, "scheme": "http"}, receive, send))
    return out


def test_a_foreign_name_gets_a_sentence_and_no_page(setting):
    setting("127.0.0.1")
    start, body = sent("http", [(b"host", b"evil.example")])
    assert start["status"] == 421
    assert b"localhost" in body["body"] and b"allowedHosts" in body["body"]
    assert sent("websocket", [(b"host", b"evil.example")]) == [{"type": "websocket.close", "code": 1008}]
    assert sent("http", [])[0]["status"] == 421, "no name at all"


def test_a_page_may_load_nothing_from_elsewhere_and_stand_in_nobodys_frame(setting):
    setting("127.0.0.1")
    headers = dict(sent("http", [(b"host", b"localhost:8501")])[0]["headers"])
    rules = headers[b"content-security-policy"].decode()
    assert "frame-ancestors 'self'" in rules and "default-src 'self'" in rules and "img-src 'self' data: blob:" in rules
    assert "http:" not in rules and "https:" not in rules and "*" not in rules
    assert "ws://localhost:8501 wss://localhost:8501" in rules
    assert "x;" not in policy("x; script-src *")
    assert headers[b"x-content-type-options"] == b"nosniff"


def test_a_new_browser_gets_a_mark_once_that_no_script_can_read(setting):
    setting("127.0.0.1")
    host = (b"host", b"localhost")
    mark = dict(sent("http", [host])[0]["headers"])[b"set-cookie"].decode()
    assert "HttpOnly" in mark and "SameSite=Lax" in mark and "Secure" not in mark
    token = token_of(mark.split(";")[0])
    assert len(token) == 43
    assert token != token_of(dict(sent("http", [host])[0]["headers"])[b"set-cookie"].decode().split(";")[0])
    known = [host, (b"cookie", f"other=1; {COOKIE}={token}".encode())]
    assert b"set-cookie" not in dict(sent("http", known)[0]["headers"])
    assert b"set-cookie" not in dict(sent("http", [host], b"text/css")[0]["headers"])
    assert b"set-cookie" in dict(sent("http", [host, (b"cookie", COOKIE.encode() + b"=guessed")])[0]["headers"])


@pytest.mark.parametrize(
    "cookies", ["", "a", f"{COOKIE}=", f"{COOKIE}=short", f"{COOKIE}={'x' * 44}", "=;=;", "a=\x00"]
)
def test_whatever_else_stands_in_a_cookie_is_no_mark(cookies):
    assert token_of(cookies) == ""
