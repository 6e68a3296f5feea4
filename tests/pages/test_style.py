"""Style transfer on the Generate page: what stands in the address is what runs, and the picture is shown."""

from __future__ import annotations

import json

from ssl_core.runs import worker
from tests.pages.conftest import problems


def canvas_of(at):
    """What the picture's place was given."""
    (block,) = [b for b in at.get("bidi_component") if "canvas" in b.proto.id]
    return json.loads(block.proto.mixed.json or block.proto.json)


def test_two_pictures_and_three_weights_are_a_run_and_its_picture_is_shown(store, visit):
    link = {"made_by": "style", "content": "data", "content_data": "shapes", "content_row": "3", "look": "mosaic"}
    at = visit("generate.py", **link, style_weight="10")
    assert problems(at) == []
    data = canvas_of(at)
    assert data["moments"] == []
    assert data["content"]["title"].endswith("picture 3")
    assert data["style"]["title"] == "Mosaic"
    at.button(key="make_go").click().run()
    assert problems(at) == []
    (run,) = store.runs()
    knobs = run.config["knobs"]
    assert (knobs["content"], knobs["style"], knobs["style_weight"]) == ("shapes:3", "mosaic", 10.0)
    small = run.config | {"knobs": knobs | {"side": 32}, "training": run.config["training"] | {"steps": 2}}
    (run.folder / "config.json").write_text(json.dumps(small))
    assert worker.work(run.folder)["state"] == "done"
    (run.folder / "config.json").write_text(json.dumps(run.config))
    at = visit("generate.py", **link, style_weight="10")
    assert problems(at) == []
    assert next(moment["step"] for moment in canvas_of(at)["moments"]) == 0
    assert at.button(key="other_lenses")
    at.button(key="other_lenses").click().run()
    assert problems(at) == []
    assert sorted(r.config["knobs"]["lens"] for r in store.runs())[-1] == "random"


def test_nothing_runs_before_a_picture_is_there_and_an_address_reaches_no_file(store, visit):
    for place in ("", "mine-0123456789abcdef", "../../etc/passwd"):
        at = visit("generate.py", made_by="style", content="mine", content_mine=place)
        assert not at.exception
        assert [len(at.error), len(at.info)] == ([1, 0] if place.startswith("mine-") else [0, 1])
        assert at.button(key="make_go").disabled


def test_texture_against_shape_starts_a_third_network_and_tells_what_was_measured(store, visit):
    at = visit("snow.py")
    assert problems(at) == []
    told = " ".join(element.value for element in at.markdown)
    assert "Texture against shape" in told
    assert "stops believing" in told
    at.button(key="texture_start").click().run()
    assert problems(at) == []
    assert [run.config["training"]["strong"] for run in store.runs()] == ["restyle(1)"]
    (grid,) = [b for b in at.get("bidi_component") if "exchanged" in b.proto.id]
    shots = json.loads(grid.proto.mixed.json or grid.proto.json)["shots"]
    assert len(shots) == 6
    assert all("in the look of" in shot["alt"] for shot in shots)
