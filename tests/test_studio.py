"""The studio without its widgets: what is shown is what was drawn."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from ssl_core.augment import OPERATIONS, PRESETS, from_text, preset, weak
from ssl_core.data.catalog import CATALOG
from ssl_core.images.writing import levels
from ssl_core.studio import edit, gate, preview
from ssl_core.studio.gallery import gallery
from ssl_core.studio.sources import pictures, source_names


def decoded(source: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))))


@pytest.fixture(scope="module")
def digits():
    return pictures("digits", 32)


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_shown_is_what_the_policy_makes(name, digits):
    policy = preset(name, CATALOG["digits"])
    shown = preview.view(policy, digits, 3, 6, 11, True)
    drawn = shown.policy.draw(6, torch.Generator().manual_seed(11))
    expected = levels(shown.policy.apply(drawn, digits.images[3:9].float() / 255))
    for shot, pixels in zip(shown.shots, expected, strict=True):
        assert np.array_equal(decoded(shot.src), pixels[0])
        assert shot.alt
        assert 0 <= shot.unchanged <= 1
        assert 0 <= shot.clipped <= 1


def test_a_large_picture_travels_as_jpeg_and_each_view_is_its_own():
    shown = preview.view(from_text("rotate > contrast"), pictures("china", 64), 0, 4, 0, False)
    sent = [shot.src for shot in shown.shots]
    assert {src.partition(";")[0] for src in [*sent, *shown.before]} == {"data:image/jpeg"}
    made = levels(shown.y).transpose(0, 2, 3, 1).astype(int)
    for place, src in enumerate(sent):
        assert np.abs(made - decoded(src)).mean(axis=(1, 2, 3)).argmin() == place


@pytest.mark.parametrize("name", PRESETS)
def test_the_film_ends_where_the_grid_shows(name, digits):
    shown = preview.view(preset(name, CATALOG["digits"]), digits, 0, 5, 2, False)
    for sample in (0, 4):
        strip = preview.film(shown, sample)
        assert strip[0][1] == "original"
        # Alone or in its batch: resampling may round otherwise in the last place.
        assert np.abs(decoded(strip[-1][0]).astype(int) - decoded(shown.shots[sample].src)).max() <= 1


def test_words_name_what_acted_and_nothing_else(digits):
    shown = preview.view(from_text("invert@0 > rotate(10, plus)"), digits, 0, 4, 0, False)
    assert [shot.words for shot in shown.shots] == [("rotate 10.0°",)] * 4
    assert preview.table(shown)[0]["drawn"] == "rotate 10.0°"


def test_measures_of_change(digits):
    same = preview.view(from_text("identity"), digits, 0, 2, 0, True)
    assert [shot.unchanged for shot in same.shots] == [1, 1]
    black = preview.view(from_text("brightness(0)"), digits, 0, 2, 0, True)
    assert [shot.clipped for shot in black.shots] == [1, 1]
    before, after = preview.histogram(black)
    assert sum(before) == pytest.approx(1)
    assert after[0] == pytest.approx(1)
    grey = decoded(preview.difference(same, 0))
    assert (grey == 153).all()


@pytest.mark.parametrize("name", [n for n in OPERATIONS if n != "identity"])
def test_every_operation_has_a_sweep(name, digits):
    strip = preview.sweep(name, digits, 0, 0, "nearest")
    assert len(strip) == (9 if OPERATIONS[name].has_strength else 1)
    assert all(words for _, words in strip)


def test_photographs_come_with_a_credit():
    for name in ("china", "flower"):
        photo = pictures(name, 64)
        assert photo.images.shape == (1, 3, 64, 64)
        assert "CC BY" in photo.credit
    assert {"digits", "shapes", "china", "flower", "upload"} <= set(source_names())
    with pytest.raises(ValueError, match="Choose a file"):
        pictures("upload", 64)


def test_everything_that_can_be_added_is_a_pipeline():
    for name in edit.can_add():
        text = edit.add("", name, 8)
        assert len(from_text(text).stages) == 1, name
        assert edit.title_of(from_text(text).stages[0])
    assert edit.add("normalise", "hflip", 8) == "hflip > normalise"
    assert edit.remove("hflip", 0) == "identity"
    with pytest.raises(ValueError, match="at most 24"):
        edit.add(" > ".join(["hflip"] * 24), "hflip", 8)


def test_the_gate_is_fixmatchs(digits):
    class Sure(torch.nn.Module):
        """Certain of class 2 for a picture that is bright enough, undecided for others."""

        def forward(self, x):
            return torch.nn.functional.one_hot(torch.full((len(x),), 2), 10) * 20.0 * (x.mean((1, 2, 3)) > 0.2)[:, None]

    image, rest = digits.images[0], (4, 0, Sure(), CATALOG["digits"].classes)
    seen = gate.opinions(weak(CATALOG["digits"]), image, *rest)
    assert [opinion.label for opinion in seen] == ["2"] * 4
    dark = gate.opinions(from_text("brightness(0)"), image, *rest)
    assert dark[0].confidence == pytest.approx(0.1)
    assert "opens for 4 of 4" in gate.verdict(seen, dark, 0.95, "2")
    assert "wrong, it is 7" in gate.verdict(seen, dark, 0.95, "7")
    assert "stays shut" in gate.verdict(dark, seen, 0.95, "2")


def test_the_gallery_shows_what_every_operation_does_to_a_photograph():
    """Each at a strength that its own range holds, seen to change the picture, and drawn the same again."""
    photo = pictures("china", 128)
    shown = gallery(photo, 0)
    assert sorted(one.name for one in shown) == sorted(OPERATIONS) and shown[0].name == "identity"
    original = decoded(shown[0].src).astype(float)
    assert np.abs(original - photo.images[0].permute(1, 2, 0).numpy()).mean() < 3, "a JPEG, but a good one"
    for one in shown[1:]:
        operation = OPERATIONS[one.name]
        low, high = operation.bounds
        assert not operation.has_strength or low <= operation.middle() <= high
        assert np.abs(decoded(one.src) - original).mean() > 0.5 and one.words != "nothing to see here", one.name
        assert one.title and one.does
    assert gallery(photo, 0) == shown
    kinds = [OPERATIONS[one.name].kind for one in shown[1:]]
    assert sum(a != b for a, b in zip(kinds, kinds[1:], strict=False)) == len(set(kinds)) - 1, "a kind stands together"


def test_the_gallery_of_tiny_pictures_is_exact_and_says_where_nothing_happens(digits):
    shown = {one.name: one for one in gallery(digits, 5)}
    inverted = 255 - levels(digits.images[5].float() / 255)[0]
    assert np.array_equal(decoded(shown["invert"].src), inverted)
    assert shown["equalize"].words == "nothing to see here", "dead on eight pixels"
    assert shown["identity"].words == ""


def test_an_upload_comes_first_among_the_sources():
    assert next(iter(source_names())) == "upload"
