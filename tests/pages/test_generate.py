"""The Generate page around an autoencoder: it starts what is chosen, shows what came of it, and lets it be touched."""

from __future__ import annotations

import json

import pytest

from ssl_core.generate.config import configure
from ssl_core.runs import worker
from tests.pages.conftest import problems

QUICK = {"steps": 4, "frames": 2, "batch": 8, "width": 4, "latent": 3}
LINK = {f"digits-vae-{name}": str(value) for name, value in QUICK.items()}


@pytest.fixture(autouse=True)
def no_runner(monkeypatch):
    monkeypatch.setattr("ssl_core.runs.makers.ensure_runner", lambda store: store.wake())
    monkeypatch.setattr("pages.parts.generate.live_runs.ensure_runner", lambda store: store.wake())


def given(at, key):
    """What the component of this key was given."""
    (block,) = [b for b in at.get("bidi_component") if b.proto.id.endswith(f"-{key}")]
    return json.loads(block.proto.mixed.json or block.proto.json)


def test_what_the_address_says_is_what_runs_and_it_is_shown_and_touched(store, visit):
    at = visit("generate.py", **LINK)
    assert problems(at) == []
    at.button(key="make_go").click().run()
    assert problems(at) == []
    (run,) = store.runs()
    assert run.config == run.config | configure("digits", "vae", None, 0, QUICK).to_dict()
    assert at.button(key="make_go").disabled
    assert not at.button(key="make_stop").disabled
    at.button(key="make_stop").click().run()
    assert run.state == "stopped"
    assert visit("generate.py", **LINK).button(key="make_go").label == "Go on"
    run.resume()
    assert worker.work(run.folder)["state"] == "done"

    at = visit("generate.py", **LINK)
    assert problems(at) == []
    assert [moment["step"] for moment in given(at, "made")["moments"]] == [0, 2, 4]
    walk = given(at, "walk")
    assert walk["grid"]["src"].startswith("data:image/png;base64,") and walk["label"] == 0
    assert len(walk["points"]["x"]) == len(walk["points"]["label"])
    at.selectbox(key="walk_class").set_value(7).run()
    assert problems(at) == []
    assert given(at, "walk")["label"] == 7
    at.number_input(key="line_b").set_value(9).run()
    assert problems(at) == []


def test_other_pages_take_a_makers_run_for_what_it_is(store, visit):
    """Runs lists it by its own measure; nobody is offered its networks as a classifier."""
    run = store.add(configure("digits", "vae", 40, 0, QUICK).to_dict() | {"experiment": "x"})
    assert worker.work(run.folder)["state"] == "done"
    for page in ("runs.py", "predict.py", "smote.py", "mixing.py"):
        at = visit(page)
        assert problems(at) == []
        if page != "runs.py":
            options = [one for box in at.selectbox for one in map(str, box.options)]
            assert not [one for one in options if "Variational" in one or run.name in one], page
    assert problems(visit("training.py", experiment="x")) == []
    assert problems(visit("search.py")) == []
