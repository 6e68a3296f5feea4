"""Our look stands in every page that the server gives out, once, and in nothing else."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from pages.parts.shared.first_paint import FRAME, FirstPaint, with_frame

HOUSE = Path(__file__).resolve().parents[2]
PAGE = b"<html><head><title>Streamlit</title></head><body></body></html>"


def asked(path: str, content: bytes, kind: str, parts: int = 1) -> tuple[dict, bytes, list[bytes]]:
    """(headers, body, names of the headers that reached the app) of a request through the middleware."""
    reached, sent = [], []

    async def app(scope, receive, send):
        reached.extend(name for name, _ in scope["headers"])
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(content)).encode()), (b"etag", b"x")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        step = -(-len(content) // parts)
        for place in range(parts):
            body = content[place * step : (place + 1) * step]
            await send({"type": "http.response.body", "body": body, "more_body": place < parts - 1})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept-encoding", b"gzip"), (b"host", b"h")]}
    asyncio.run(FirstPaint(app)(scope, None, send))
    return dict(sent[0]["headers"]), b"".join(one["body"] for one in sent[1:]), reached


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("path", ["/", "/training", "/base/training"])
def test_a_page_has_the_look_once_and_its_length_fits(path, parts):
    headers, body, reached = asked(path, PAGE, "text/html; charset=utf-8", parts)
    assert body == with_frame(PAGE)
    assert body.count((FRAME / "look.css").read_bytes()) == body.count((FRAME / "reach.js").read_bytes()) == 1
    assert b"<title>Few-Label Lab</title>" in body
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers, "a browser must not keep the look of another version"
    assert reached == [b"host"], "a compressed page could not be changed"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/static/js/index.js", "text/javascript"), ("/lab/wall/x", "text/plain"), ("/x.html", "text/html")],
)
def test_everything_else_goes_through_as_it_is(path, kind):
    headers, body, _ = asked(path, PAGE, kind)
    assert body == PAGE
    assert headers[b"etag"] == b"x"


def test_a_page_without_a_head_stays_as_it_is():
    assert with_frame(b"no head here") == b"no head here"


def test_every_key_that_the_look_names_is_on_a_page():
    """A container that was renamed would lose its room without a word."""
    sources = "\n".join(file.read_text() for file in (HOUSE / "pages").rglob("*.py"))
    look = re.sub(r"/\*.*?\*/", "", (FRAME / "look.css").read_text(), flags=re.S)
    keys = set(re.findall(r"st-key-([a-z_A-Z]+)", look))
    parts = {"snow_Usual": "snow_{words[:5]}", "snow_Flipp": "snow_{words[:5]}", "grid_labelled": "grid_{part}"}
    parts |= {"grid_unlabelled": "grid_{part}", "grid_test": "grid_{part}", "figures_": "figures_{len(figures)}"}
    parts |= {"own_class": "own_class{label}", "class_row_": "class_row_{mark}", "beside_": "beside_{name}"}
    parts |= {"smote_stage": "{name}_stage", "smote_rest": "{name}_rest"}
    missing = [key for key in keys if f'"{parts.get(key, key)}"' not in sources]
    assert missing == []


@pytest.mark.parametrize("file", ["look.css", "reach.js"])
def test_the_look_closes_no_tag_and_asks_no_other_host(file):
    text = (FRAME / file).read_text()
    assert "</" not in text
    assert not re.search(r"https?://|@import|url\(", text)
