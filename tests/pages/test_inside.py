"""The page Inside one batch, as a visitor without a browser sees it: its numbers, its address, its sentences."""

from __future__ import annotations

import json

import pytest
import torch

from ssl_core.data import load
from ssl_core.inside.rows import total_of
from ssl_core.inside.trace import trace, with_knobs
from ssl_core.runs.files import write_json
from ssl_core.runs.saved import save_checkpoint
from ssl_core.train.config import configure
from ssl_core.train.moments import moment_of
from ssl_core.train.trainee import Trainee
from tests.pages.conftest import problems


@pytest.fixture
def run(store):
    """A finished run of MixMatch whose network was never trained, with one moment kept."""
    config = configure("digits", "mixmatch", 20, 0, {"steps": 40, "batch": 8})
    added, trainee = store.add(config.to_dict() | {"experiment": "x"}), Trainee(config, load("digits"))
    trainee.step = 10
    torch.save(moment_of(trainee), added.folder / "quarter.pt")
    trainee.step = 40
    save_checkpoint(added.folder / "checkpoint.pt", trainee.state_dict())
    write_json(added.folder / "end.json", {"state": "done", "why": "", "step": 40, "test_accuracy": 0.9})
    return added


def scene(test) -> dict:
    """What the flow was told to draw, from the message that goes to the browser."""
    protos = [block.proto for block in test.get("bidi_component")]
    texts = [proto.json or proto.mixed.json for proto in protos]
    return next(json.loads(text) for text in texts if '"columns"' in text)


def key(test, name):
    return next(w for kind in (test.selectbox, test.slider, test.number_input) for w in kind if w.key == name)


def words(test) -> str:
    return " ".join(part.value for kind in (test.markdown, test.caption, test.info, test.latex) for part in kind)


def test_without_a_run_it_shows_a_network_that_nobody_trained(visit):
    test = visit("inside.py")
    assert problems(test) == []
    assert key(test, "of_run").value == "digits"
    assert key(test, "moment").value == "start"
    seen = trace(configure("digits", "fixmatch", 40, 0), load("digits"))
    assert scene(test)["total"]["loss"] == pytest.approx(float(seen.step.loss), rel=1e-5)
    assert [c["name"] for c in scene(test)["columns"]][-1] == "losses"


def test_its_address_is_the_whole_of_it(visit, run):
    asked = {"of_run": run.name, "moment": "quarter", "at_stage": "blends", "mixmatch-temperature": "0.2"}
    asked["mixmatch-views"] = "3"
    test = visit("inside.py", **asked)
    assert problems(test) == []
    drawn = scene(test)
    assert (drawn["stage"], drawn["number"]) == ("blends", 10)
    config = configure("digits", "mixmatch", 20, 0, {"steps": 40, "batch": 8, "temperature": 0.2, "views": 3})
    kept = torch.load(run.folder / "quarter.pt", weights_only=True)
    assert drawn["total"] == {
        "loss": pytest.approx(total_of(trace(config, load("digits"), kept))["loss"], rel=1e-5),
        "terms": drawn["total"]["terms"],
    }
    assert r"\boxed{\tilde y_b}" in words(test)
    chosen = drawn["rows"][-1]["id"]
    assert scene(visit("inside.py", **asked, at_row=chosen))["row"] == chosen


def test_a_slider_changes_the_loss_and_another_method_has_its_own(visit, run):
    test = visit("inside.py", of_run=run.name, moment="end", **{"mixmatch-weight": "5"})
    assert key(test, "mixmatch-weight").value == 5
    before = scene(test)["total"]["loss"]
    key(test, "mixmatch-weight").set_value(0.0).run()
    after = scene(test)["total"]
    assert after["loss"] == pytest.approx(after["terms"][0]["mean"], rel=1e-5)
    assert after["loss"] != before
    key(test, "by_method").set_value("fixmatch").run()
    assert problems(test) == []
    assert key(test, "fixmatch-weight").value == configure("digits", "fixmatch", 20, 0).knobs.weight
    assert key(test, "fixmatch-threshold").value == configure("digits", "fixmatch", 20, 0).knobs.threshold


def test_another_run_has_its_own_values(visit, run, store):
    other = store.add(configure("digits", "mixmatch", 20, 0, {"steps": 40, "temperature": 0.3}).to_dict())
    write_json(other.folder / "end.json", {"state": "done", "why": "", "step": 40})
    test = visit("inside.py", of_run=run.name)
    key(test, "mixmatch-temperature").set_value(0.9).run()
    key(test, "of_run").set_value(other.name).run()
    assert problems(test) == []
    assert key(test, "mixmatch-temperature").value == 0.3


def test_a_hand_on_the_flow_is_heard(visit):
    test = visit("inside.py", at_stage="gate")
    assert scene(test)["stage"] == "gate"
    assert "The stage" not in words(test)
    key(test, "at_stage").set_value("strong").run()
    assert test.query_params["at_stage"] == "strong"
    assert r"\boxed{u_b^s}" in words(test)


def test_every_symbol_is_on_the_page_with_its_knob(visit):
    test = visit("inside.py", at_stage="gate")
    tau = configure("digits", "fixmatch", 20, 0).knobs.threshold
    assert rf"$\tau$ **the threshold: how confident a guess must be to count** ({tau:g} here)" in words(test)
    assert r"$\mu$ how many unlabelled pictures" in words(test)


@pytest.mark.parametrize("content", [b"", b"no weights"])
def test_a_damaged_moment_is_one_sentence(visit, run, content):
    (run.folder / "quarter.pt").write_bytes(content)
    test = visit("inside.py", of_run=run.name, moment="quarter")
    assert [e.value for e in test.exception] == []
    assert [e.value for e in test.error] == ["quarter.pt cannot be read: choose another moment of this run."]


def test_weights_of_another_network_are_one_sentence(visit, run):
    torch.save(
        {"step": 3, "model": {}, "average": {}, "state": {}, "head": {}, "memory": {}}, run.folder / "quarter.pt"
    )
    test = visit("inside.py", of_run=run.name, moment="quarter")
    assert [e.value for e in test.exception] == []
    assert "another network" in test.error[0].value


def test_a_run_that_saw_no_pictures_says_so(visit, store):
    config = configure("digits", "fixmatch", 20, 0, {"steps": 40}).to_dict()
    config["training"]["model"] = "efficientnet_lite0"
    kept = store.add(config | {"experiment": "x"})
    write_json(kept.folder / "end.json", {"state": "done", "why": "", "step": 40})
    test = visit("inside.py", of_run=kept.name)
    assert [e.value for e in test.exception] == []
    assert "features" in " ".join(i.value for i in [*test.info, *test.error])


def test_knobs_outside_of_their_range_in_an_address_are_ignored(visit):
    asked = {"threshold": "7", "temperature": "nan", "weight": "x"}
    test = visit("inside.py", turn="0", **{f"fixmatch-{name}": value for name, value in asked.items()})
    assert problems(test) == []
    assert (
        with_knobs(configure("digits", "fixmatch", 40, 0), {}).knobs.threshold == key(test, "fixmatch-threshold").value
    )
