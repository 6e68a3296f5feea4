"""The code of components lies under addresses that change with it, and a tick does not carry it along."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from streamlit.testing.v1 import AppTest

import app as house
from pages.parts.shared import code


def asked(name: str) -> Response:
    return house.component_code(Request({"type": "http", "path_params": {"name": name}}))


def test_what_is_kept_is_served_under_a_name_that_is_its_own():
    one, other = (code.kept(f"export default () => {number};\n") for number in (1, 2))
    names = [text.split("lab/code/")[1].split(".js")[0] for text in (one, other)]
    assert names[0] != names[1] and house.CODE.path == "/lab/code/{name}.js"
    answer = asked(names[0])
    assert answer.body == b"export default () => 1;\n" and answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert asked("nothing").status_code == 404


def page_with_chart() -> None:
    from pages.parts.shared.live_chart import live_chart

    live_chart({"data": [], "layout": {}}, alt="a", key="chart")


def test_a_chart_that_changes_is_sent_without_its_code():
    (chart,) = AppTest.from_function(page_with_chart).run().get("bidi_component")
    name = chart.proto.js_content.split("lab/code/")[1].split(".js")[0]
    assert b"Plotly.react" in code.KEPT[name]
    assert len(chart.proto.SerializeToString()) < len(code.KEPT[name])
