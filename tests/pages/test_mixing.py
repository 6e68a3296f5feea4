"""The mixing page, as a visitor without a browser sees it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ssl_core.mix import MIXES

FRAME = str(Path(__file__).resolve().parents[2] / "pages" / "_frame.py")


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_STORE", str(tmp_path_factory.mktemp("store")))
        yield


def opened(**choices) -> AppTest:
    """The page after these widgets were set, by key."""
    at = AppTest.from_file(FRAME, default_timeout=60).run().switch_page("mixing.py").run()
    for key, value in choices.items():
        at = _set(at, key, value)
    assert not at.exception
    return at


def _set(at: AppTest, key: str, value) -> AppTest:
    kinds = (at.selectbox, at.slider, at.number_input, at.segmented_control)
    widget = next(w for kind in kinds for w in kind if w.key == key)
    return widget.set_value(value).run()


def words(at: AppTest) -> str:
    return " ".join(part.value for kind in (at.markdown, at.caption, at.info, at.error) for part in kind)


def player(at: AppTest) -> dict:
    """What the player was told to show, from the message that goes to the browser."""
    protos = [block.proto for block in at.get("bidi_component")]
    texts = [proto.json or proto.mixed.json for proto in protos]
    return next(json.loads(text) for text in texts if '"frames"' in text)


def linked(**query) -> AppTest:
    at = AppTest.from_file(FRAME, default_timeout=60).switch_page(str(Path(FRAME).with_name("mixing.py")))
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception and not at.error
    return at


@pytest.mark.parametrize(
    ("query", "names", "sharp"),
    [
        ({}, ["Summer Palace", "dahlia"], False),
        ({"from_a": "flower"}, ["dahlia", "Summer Palace"], False),
        ({"from_a": "shapes"}, None, True),
        ({"a": "3"}, ["6", "8"], True),  # of the first data set, as such a link has always meant
        ({"b": "3"}, ["2", "6"], True),
        ({"from_b": "digits"}, ["Summer Palace", "8"], False),
    ],
)
def test_two_photographs_come_first_and_a_number_means_the_first_data_set(query, names, sharp):
    shown = player(linked(**query))
    assert shown["sharp"] == sharp and (names is None or shown["names"] == names)
    kind = "png" if sharp else "jpeg"
    assert {frame["picture"].partition(";")[0] for frame in shown["frames"]} == {f"data:image/{kind}"}


def test_every_method_shows_asked_kept_and_label_share():
    at = opened()
    for name, method in MIXES.items():
        at = _set(at, "mix", name)
        assert not at.exception and not at.error, name
        assert player(at)["now"]["lam"] == 0.7 and method.idea in words(at)
        assert at.session_state["alpha"] == method.alpha


def test_lambda_moves_the_label():
    at = opened(lam=0.25)
    assert (player(at)["now"]["mass"], player(at)["now"]["share"]) == (0.25, 0.25)
    at = _set(at, "mix", "sample_pairing")
    assert player(at)["now"]["share"] == 1


def test_the_player_has_a_frame_for_every_step_from_a_to_b():
    at = opened()
    frames = player(at)["frames"]
    assert [frame["lam"] for frame in frames] == [1 - n / 32 for n in range(33)]
    assert [frame["share"] for frame in frames] == [round(frame["lam"], 4) for frame in frames]
    shown = player(_set(at, "mix", "cutmix"))
    assert all(frame["mass"] == frame["share"] for frame in (*shown["frames"], shown["now"]))


def test_draw_puts_a_lambda_of_the_law_on_the_slider():
    at = opened(mix="mixmatch")
    seen = set()
    for _ in range(3):
        at = next(b for b in at.button if b.label == "Draw λ").click().run()
        seen.add(at.session_state["lam"])
    assert len(seen) == 3 and min(seen) >= 0.5 and at.session_state["draw"] == 4


@pytest.mark.parametrize("name", ["augmix", "remix"])
def test_every_lens_opens(name):
    at = opened(from_a="digits", mix=name)
    for lens in ("batch", "pixels", "noise", "four", "network", "grid"):
        at = _set(at, "lens", lens)
        assert not at.exception and not at.error, lens
        if lens == "network":
            assert "no finished run" in words(at)


def test_alpha_0_is_one_sentence():
    at = opened(alpha=0.0)
    assert "α = 0 turns mixing off" in words(at)
    assert not _set(at, "lens", "batch").exception


def test_pictures_of_two_sizes_are_made_alike_and_that_is_said():
    at = opened(from_a="digits", mix="across_sets")
    assert at.session_state["from_b"] == "shapes"
    assert "enlarged from 8×8 to 32×32, because only pictures of one size" in words(at)


def test_an_uploaded_picture_is_mixed_and_a_broken_one_is_a_sentence():
    at = opened(from_a="digits", from_b="upload")
    assert [e.value for e in at.error] == ["Choose a file for picture B first."]
    file = io.BytesIO()
    Image.new("RGB", (90, 50), "red").save(file, "PNG")
    at = at.file_uploader[0].upload("red.png", file.getvalue(), "image/png").run()
    assert not at.exception and not at.error and "enlarged from 8×8 to 128×128" in words(at)
    at = at.file_uploader[0].upload("broken.png", b"\x89PNG broken", "image/png").run()
    assert not at.exception and len(at.error) == 1 and at.error[0].value.count("\n") == 0
