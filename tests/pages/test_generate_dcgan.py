"""The adversarial network on the Generate page: its experiment sets what it says, and odd rows break nothing."""

from __future__ import annotations

import json

from ssl_core.figures import adversaries
from ssl_core.generate.config import configure
from ssl_core.generate.dcgan_experiments import EXPERIMENTS, values


def test_a_press_makes_it_collapse_and_another_makes_it_ordinary_again(visit):
    at = visit("generate.py", made_by="dcgan")
    assert not at.exception
    for name in ("collapse", "ordinary"):
        at.button(key=f"dcgan_{name}").click().run()
        assert not at.exception
        assert at.button(key=f"dcgan_{name}").disabled
        for knob, value in values(name, "digits").items():
            assert at.session_state[f"digits-dcgan-{knob}"] == value
        assert EXPERIMENTS[name].words in [caption.value for caption in at.caption]


def test_rows_that_somebody_edited_draw_nothing_and_break_nothing(visit, store):
    run = store.add(configure("digits", "dcgan", None, 0, {}).to_dict())
    odd = [
        {"step": 1, "opinions_real": [1, 2], "opinions_made": [1], "seen_as": [1, 2]},
        {"step": 2, "opinions_real": [], "opinions_made": [], "seen_as": [0] * 10, "believed_real": None},
        {"step": 3, "opinions_real": 7, "opinions_made": [None], "believed_made": [1.0]},
    ]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in odd))
    assert not visit("generate.py", made_by="dcgan").exception
    assert not [row for row in odd if adversaries.has_opinions(row)]


def test_heaps_and_bars_are_shares_of_what_was_counted():
    row = {"step": 5, "opinions_real": [0, 1, 3], "opinions_made": [2, 0, 0], "seen_as": [3, 1, 0]}
    real, made = adversaries.opinions_traces(row)
    assert (real["y"], made["y"]) == ([0, 25, 75], [100, 0, 0])
    assert adversaries.coverage_traces(row, "abc")[0]["y"] == [75, 25, 0]
    assert "sees 2 of 3" in adversaries.coverage_words(row, "abc", lambda seen: sum(map(bool, seen)))
