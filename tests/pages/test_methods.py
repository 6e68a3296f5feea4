"""The cards: one for each method, complete, with its knobs and its results."""

from __future__ import annotations

import json

import pytest

from ssl_core.methods import METHODS
from ssl_core.methods.flow import flow_of
from ssl_core.methods.symbols import symbols_of
from tests.pages.conftest import problems


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_card(visit, method):
    test = visit("methods.py", method=METHODS[method].title)
    assert problems(test) == []
    assert test.subheader[0].value == METHODS[method].title
    said = " ".join(m.value for m in test.markdown)
    for text in (METHODS[method].idea, METHODS[method].watch, METHODS[method].breaks, METHODS[method].paper):
        assert text in said
    assert len(test.latex) == 1
    assert all(f"${symbol.tex}$: {symbol.words}" in said for symbol in symbols_of(METHODS[method]))
    (drawing,) = [part for part in test.get("bidi_component") if f"flow-{method}" in part.proto.id]
    sent = json.loads(drawing.proto.mixed.json or drawing.proto.json)
    titles = [stage.title for stage in flow_of(method)]
    for shape in ("across", "down"):
        assert [box["title"] for box in sent[shape]["boxes"]] == titles
    assert all(title in sent["alt"] for title in titles)


def test_matching_is_shown_in_a_plane(visit):
    test = visit("methods.py", method="Nearest match")
    assert "Matching, seen in a plane" in [s.value for s in test.subheader]
    assert test.selectbox(key="points").value == "uneven"
    assert "Matching, seen in a plane" not in [s.value for s in visit("methods.py", method="FixMatch").subheader]


def test_results_are_labelled_as_measured_here(visit):
    test = visit("methods.py")
    assert "Made by `python -m ssl_core results`" in " ".join(c.value for c in test.caption)
