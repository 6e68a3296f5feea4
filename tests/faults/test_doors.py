"""What comes in from outside: names, addresses, many at once and for long; each row of the plan that is the server's.

A real server and websockets as browsers speak them, without a browser.
"""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from tests.browser.conftest import Server
from tests.faults.viewer import handshake

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("doors"))
    yield started
    started.close()


def fetched(server, host: str, path: str = "/") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:{port}", "localhost.evil.example:{port}", "0.0.0.0:{port}"]
)
def test_a_page_of_another_site_cannot_have_its_name_lead_here(server, name):
    """DNS rebinding: a foreign name as Host, and as Origin, too."""
    name = name.format(port=server.port)
    for path in ("/", "/runs?compare=x", "/_stcore/host-config", "/lab/plotly.js", "/static/js/nothing.js"):
        answer = fetched(server, name, path)
        assert answer.status == 421
        assert b"localhost" in answer.body
    assert handshake(server.port, host=name, origin=f"http://{name}") == 403
    assert handshake(server.port, host=name) == 403


@pytest.mark.parametrize(
    "name", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}", "localhost"]
)
def test_this_machines_own_names_are_answered(server, name):
    name = name.format(port=server.port)
    assert fetched(server, name).status == 200
    assert handshake(server.port, host=name, origin=f"http://{name}") == 101


def test_a_foreign_origin_is_refused_under_our_own_name(server):
    assert handshake(server.port, host=f"localhost:{server.port}", origin="http://evil.example") == 403
    assert handshake(server.port, host=f"localhost:{server.port}", origin="null") == 403
