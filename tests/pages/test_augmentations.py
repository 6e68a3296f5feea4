"""The Augmentations page, as a visitor without a browser sees it."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.parts.augmentations.gallery import START
from ssl_core.augment import OPERATIONS, PRESETS, from_text, preset, to_text
from ssl_core.data.catalog import CATALOG

HOUSE = Path(__file__).resolve().parents[2]
BAD = Path(os.environ.get("SSL_BAD_INPUTS", HOUSE.parent / "shared" / "data" / "badinputs"))


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_STORE", str(tmp_path_factory.mktemp("store")))
        yield


@pytest.fixture(scope="module")
def opened():
    """The page inside its frame, opened once; every test sets what it needs."""
    at = AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=90).run()
    at.switch_page("augmentations.py").run()
    assert not at.exception
    return at


def text(at: AppTest) -> str:
    return at.session_state["pipeline"]


def show(at: AppTest, **state) -> AppTest:
    for key, value in (
        {"pictures": "shapes", "seed": 0, "sample": 1, "tab": "speed", "stage": "views"} | state
    ).items():
        at.session_state[key] = value
    at.run()
    assert not at.exception, [e.value for e in at.exception]
    return at


def words(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.info, at.error, at.warning)
    return " ".join(part.value for kind in kinds for part in kind)


def pictures(at: AppTest, name: str = "views_grid") -> list[dict]:
    """What the grid was told to show, from the message that goes to the browser."""
    for block in at.get("bidi_component"):
        if name in str(block.proto.id):
            return json.loads(block.proto.json if block.proto.HasField("json") else block.proto.mixed.json)["shots"]
    raise AssertionError(f"no {name} on the page")


def test_it_opens_on_a_photograph_with_every_operation():
    at = AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=90).run()
    at.switch_page("augmentations.py").run()
    assert not at.exception and not at.error
    shots = pictures(at, "gallery")
    assert len(shots) == len(OPERATIONS) and all(shot["alt"].endswith((".", "is")) for shot in shots)
    assert (
        at.selectbox(key="pictures").value == "china" and at.selectbox(key="pictures").options[0] == "Your own picture"
    )
    assert all(shot["src"] != shots[0]["src"] for shot in shots[1:])


def test_a_link_with_a_pipeline_shows_what_it_makes():
    at = AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=90)
    at.switch_page(str(HOUSE / "pages" / "augmentations.py"))
    at.query_params["pipeline"] = "invert"
    at.run()
    assert not at.exception and len(pictures(at)) == 16


@pytest.mark.parametrize(
    ("before", "after"),
    [(START, "invert"), ("rotate(5)", "invert"), ("", "invert"), ("hflip > rotate(5)", "hflip > rotate(5) > invert")],
)
def test_an_operation_of_the_gallery_becomes_the_pipeline_or_its_end(opened, monkeypatch, before, after):
    from pages.parts.augmentations import gallery

    show(opened, stage="gallery", pipeline=before)
    said = next(c.value for c in opened.caption if "Every operation" in c.value)
    assert ("add it to your pipeline" in said) == (">" in after)
    names = [shot["alt"].partition(",")[0] for shot in pictures(opened, "gallery")]
    state = {"gallery": {"chosen": names.index("invert")}, "pipeline": before}
    monkeypatch.setattr(gallery.st, "session_state", state)
    gallery._take(["identity", *(name.replace(" ", "_") for name in names[1:])], 32)
    assert (state["pipeline"], state["stage"], state["sweep"]) == (after, "views", "invert")
    state |= {"gallery": {"chosen": 0}, "pipeline": before}
    gallery._take(["identity"], 32)
    assert state["pipeline"] == before, "the picture as it is chooses nothing"


def test_whatever_changes_the_views_shows_them(opened):
    show(opened, stage="gallery", pipeline="invert > hflip")
    opened.button(key="remove-1").click().run()
    assert opened.session_state["stage"] == "views" and len(pictures(opened)) == 16
    show(opened, stage="gallery", pipeline="invert")
    next(b for b in opened.button if b.label == "New seed").click().run()
    assert opened.session_state["stage"] == "views"


def test_every_lens_opens_without_an_error(opened):
    from pages.parts.augmentations.lenses import LENSES

    for lens in LENSES:
        assert not show(opened, tab=lens).error, lens


def test_every_preset_fills_the_builder(opened):
    for name in PRESETS:
        show(opened, pictures="digits")
        opened.selectbox(key="preset").set_value(name).run()
        assert not opened.exception, name
        assert from_text(text(opened)).stages == preset(name, CATALOG["digits"]).stages
        assert opened.session_state["preset"] is None


def test_add_move_duplicate_and_remove(opened):
    show(opened, pipeline="hflip > invert")
    opened.selectbox(key="add").set_value("gamma").run()
    assert text(opened) == "hflip > invert > gamma(0.7..1.4)"
    opened.button(key="earlier-2").click().run()
    assert text(opened) == "hflip > gamma(0.7..1.4) > invert"
    opened.button(key="copy-0").click().run()
    opened.button(key="remove-1").click().run()
    opened.button(key="later-0").click().run()
    assert text(opened) == "gamma(0.7..1.4) > hflip > invert"
    assert not opened.exception


def test_sliders_write_into_the_text_and_the_text_into_the_sliders(opened):
    show(opened, pipeline="rotate(5..10)@0.5")
    strength = opened.slider(key="range-0-None-rotate")
    assert strength.value == (5.0, 10.0)
    strength.set_value((18.0, 36.0)).run()
    assert text(opened) == "rotate(18..36)@0.5"
    opened.slider(key="chance-0-None-rotate").set_value(1.0).run()
    opened.radio(key="sign-0-None-rotate").set_value("plus").run()
    opened.radio(key="sampling-0-None-rotate").set_value("bilinear").run()
    assert text(opened) == "rotate(18..36, plus, bilinear)"


def test_one_of_groups(opened):
    show(opened, pipeline="one_of(hflip, invert)@0.5")
    opened.selectbox(key="choice-add-0").set_value("posterize").run()
    assert text(opened) == "one_of(hflip, invert, posterize(4..8))@0.5"
    opened.button(key="choice-0-0").click().run()
    opened.slider(key="range-0-1-posterize").set_value((2.0, 3.0)).run()
    opened.slider(key="chance-0-group").set_value(1.0).run()
    assert text(opened) == "one_of(invert, posterize(2..3))"


def test_the_same_seed_draws_the_same_pictures_and_another_seed_others(opened):
    first = pictures(show(opened, pipeline=to_text(preset("strong", CATALOG["shapes"])), seed=3))
    assert len(first) == 16
    assert all(shot["alt"] and shot["src"].startswith("data:image/png") for shot in first)
    assert len({shot["src"] for shot in first}) > 12
    other = pictures(show(opened, seed=4))
    assert [shot["src"] for shot in other] != [shot["src"] for shot in first]
    assert pictures(show(opened, seed=3)) == first


def test_a_wrong_pipeline_is_one_sentence(opened):
    show(opened, pipeline="rotat(3)")
    assert [e.value for e in opened.error] == ["There is no operation 'rotat'. Did you mean rotate?"]


def test_the_doctor_says_that_equalize_is_dead_on_digits(opened):
    show(opened, pictures="digits", pipeline="equalize", tab="doctor")
    assert "Equalize is dead here" in words(opened)
    show(opened, pictures="shapes", pipeline="equalize", tab="doctor")
    assert "dead" not in words(opened)


def test_import_json_and_refuse_nonsense(opened):
    from ssl_core.augment.jsonform import to_json

    show(opened)
    opened.text_area(key="import_text").set_value(to_json(from_text("invert > rotate(3)")))
    opened.button(key="take_import").click().run()
    assert text(opened) == "invert > rotate(3)"
    opened.text_area(key="import_text").set_value('{"version": 9}')
    opened.button(key="take_import").click().run()
    assert text(opened) == "invert > rotate(3)"
    assert len(opened.error) == 1


def test_an_uploaded_picture_is_shown(opened):
    show(opened, pictures="upload", pipeline="identity")
    assert "Choose a file" in words(opened)
    file = io.BytesIO()
    Image.fromarray(np.full((40, 60, 3), (200, 30, 60), np.uint8)).save(file, "PNG")
    opened.file_uploader(key="upload").upload("../../etc/passwd.png", file.getvalue()).run()
    assert not opened.exception
    assert not opened.error
    assert "passwd" not in words(opened)


@pytest.mark.skipif(not BAD.is_dir(), reason=f"no folder of bad inputs at {BAD} (SSL_BAD_INPUTS)")
@pytest.mark.parametrize("name", ["broken/truncated_half.jpg", "bombs/png_real_20000x20000_1bit.png", "odd/1x5000.png"])
def test_bad_input_on_the_page_is_one_sentence(opened, name):
    show(opened, pictures="upload")
    opened.file_uploader(key="upload").upload("picture." + name.rsplit(".", 1)[1], (BAD / name).read_bytes()).run()
    assert not opened.exception
    assert len(opened.error) == 1
    assert opened.error[0].value.endswith(".")
    assert len(pictures(opened)) == 16, "the page keeps its shape"


EIGHT = (
    "random_crop(0.125) > hflip@0.5 > rotate(0..20) > translate_x(0..0.1) > contrast(0.7..1.3) > gamma(0.8..1.2) > "
    "gaussian_blur(0.2..1) > cutout(0.2..0.4)"
)


@pytest.mark.parametrize(("side", "limit"), [(32, 0.15), (224, 0.6)])
def test_sixteen_pictures_of_eight_operations_in_time(side, limit):
    from ssl_core.studio.preview import view
    from ssl_core.studio.sources import pictures as fetch

    source, policy = fetch("china", side), from_text(EIGHT)
    view(policy, source, 0, 16, 0, False)
    times = []
    for seed in range(5):
        began = time.thread_time()  # of the processor, so that other work on the machine does not count
        view(policy, source, 0, 16, seed, False)
        times.append(time.thread_time() - began)
    assert min(times) <= limit


def test_a_control_of_the_pipeline_before_changes_nothing_of_the_new_one(opened):
    """A preset is taken and, before its page has come, a slider of a block that the preset does not have is moved."""
    at = show(opened, pictures="digits", pipeline=START)
    last = len(from_text(START).stages) - 1
    (slider,) = [one for one in at.slider if one.key.startswith(f"range-{last}-")]
    slider.set_value((slider.min, slider.max))
    at.selectbox(key="preset").set_value("weak")
    at.run()
    assert not at.exception
    assert text(at) == to_text(preset("weak", CATALOG["digits"]))
