"""The agent on the Generate page, as a visitor without a browser sees it."""

from __future__ import annotations

import json
from pathlib import Path

from pages.parts.generate import agent_worth as worth_part
from ssl_core.augment import policy_of
from ssl_core.augment.agent import Agent
from ssl_core.data.catalog import CATALOG
from ssl_core.figures.agent_worth import POLICIES
from ssl_core.runs.files import write_json
from ssl_core.runs.run import AGENT
from tests.pages.conftest import problems
from tests.runs.test_agent_record import line

WHERE = {"made_by": "agent"}


def words(test) -> str:
    return " ".join(part.value for kind in (test.markdown, test.caption, test.info) for part in kind)


def button(test, key: str):
    return next(one for one in test.button if one.key == key)


def alts(test) -> list[str]:
    protos = [block.proto for block in test.get("bidi_component")]
    values = [json.loads(text) for text in (proto.bytes or proto.json or proto.mixed.json for proto in protos) if text]
    return [value["alt"] for value in values if isinstance(value, dict) and "alt" in value]


def agent_in(run) -> Agent:
    policy = policy_of(run.config["training"]["strong"], CATALOG["digits"])
    return next(stage for stage in policy.stages if isinstance(stage, Agent))


def test_it_says_what_mixmatch_is_not_and_starts_what_was_chosen(visit, store):
    test = visit("generate.py", **WHERE, **{"agent-gamma": "0.3", "agent_labels": "20"})
    assert problems(test) == []
    assert "MixMatch is no reinforcement learning" in words(test)
    assert "arXiv:1905.02249" in words(test)
    assert any("it has learned nothing yet" in alt for alt in alts(test))
    test = button(test, "agent_go").click().run()
    assert problems(test) == []
    (run,) = store.runs()
    assert (run.config["data"], run.config["method"], run.config["labels"]) == ("digits", "fixmatch", 20)
    usual = next(stage for stage in policy_of("agent", CATALOG["digits"]).stages if isinstance(stage, Agent))
    assert agent_in(run).gamma == 0.3
    assert agent_in(run).pool == usual.pool
    assert button(test, "agent_go").disabled


def test_what_an_agent_thought_is_shown_and_can_be_played_again(visit, store):
    test = button(visit("generate.py", **WHERE), "agent_go").click().run()
    (run,) = store.runs()
    rows = [line(step=0, taken=[0, 0, 0], chosen=[], earned=0.0), line(step=400), line(step=1000, taken=[9, 1, 10])]
    (run.folder / AGENT).write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"step": 3, "x": []}\n{"st')
    write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 1000, "test_accuracy": 0.9})
    test = test.run()
    assert problems(test) == []
    said = " ".join(alts(test))
    assert "highest rotate, gentle 1.5; hflip 0.5; rotate, strong −2.0" in said
    assert "most often rotate 50 %, hflip 50 % of 20 choices" in said
    assert "+40.0 points of accuracy" in said


def test_a_measurement_is_shown_with_the_sentence_it_earns(visit, monkeypatch, tmp_path):
    scores = {"agent": (0.90, 0.92), "random": (0.90, 0.921), "ctaugment": (0.80, 0.82)}
    results = {
        name: {str(seed): {"test": test, "seconds": 9.0} for seed, test in enumerate(scores.get(name, (0.95, 0.97)))}
        for name in POLICIES
    }
    table = {"command": "python -m x", "sets": {"digits": {"40": results}}}
    (tmp_path / "agent.json").write_text(json.dumps(table))
    monkeypatch.setattr(worth_part, "ASSETS", Path(tmp_path))
    test = visit("generate.py", **WHERE)
    assert problems(test) == []
    assert (
        "No: over 2 seeds it errs 10.0 ± 0.0 points less than CTAugment; it errs 5.0 ± 0.0 points more than"
        in words(test)
    )
    assert any(alt.startswith("Error on the test: The agent 9.0 %") for alt in alts(test))
