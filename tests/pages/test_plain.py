"""Strangers' text is shown as text. What Streamlit makes of it is seen in a browser: tests/browser/test_plain.py."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.shared.plain import MOST, plain

ORDINARY = [
    "No pictures found in /data/pets. Put one folder per class there.",
    "20261120-201503-fixmatch_cta-20-s0-7f3a",
    "λ = 0.5, at 12:30, 3 × 4 (about 12 %)",
    "rotate(0..10), cutout(0.2)!",
    "rotate(0..25)@0.8 at 50 % @ home",
    "folder: pets, 1.5 MB, a-b + c = d",
    "猫 and собака",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_sentence_stays_as_it_is(text):
    assert plain(text) == text


def test_it_is_one_line_of_bounded_length():
    assert plain("a\n\n# b\r\n\tc\x0bd\u2028e\x85f") == "a # b c d e f"
    assert plain("x" * 10_000) == "x" * (MOST - 1) + "…"
    assert len(plain("[" * 10**6)) <= 2 * MOST
    assert plain("x" * 50, most=20) == "x" * 19 + "…"
    assert plain("x" * 20, most=20) == "x" * 20


def test_what_cannot_be_seen_is_seen():
    assert plain("\x00a\x1b[2Jb") == "\ufffda\ufffd\\[2Jb"
    assert plain("\ud800") == "\ufffd"
    assert plain("gnp.\u202etxt.exe") == "gnp.\ufffdtxt.exe"
    plain("".join(map(chr, range(0x20000)))).encode()


class Mute:
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "None"), (3, "3"), (["a"], "\\['a'\\]"), (Mute(), "Mute"), ("", "")]
)
def test_anything_can_be_shown(value, shown):
    assert plain(value) == shown


def page_with_chart() -> None:
    from pages.parts.shared.live_chart import live_chart

    name = "<a href='http://evil.example'>x</a> 1 < 2<br>"
    live_chart({"data": [{"x": ["<b>"], "name": name}], "layout": {}}, alt="a", key="chart")


def test_a_name_in_a_chart_is_no_link():
    (chart,) = AppTest.from_function(page_with_chart).run().get("bidi_component")
    figure = json.loads(chart.proto.bytes)["figure"]
    assert figure["data"][0] == {"x": ["&lt;b>"], "name": "&lt;a href='http://evil.example'>x&lt;/a> 1 &lt; 2<br>"}
