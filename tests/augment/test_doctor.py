"""The doctor finds each fault that was built in, and nothing in a healthy pipeline."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from ssl_core.augment import preset, strong, weak
from ssl_core.augment.doctor import check_shared, diagnose, summary
from ssl_core.augment.labels import check_labels
from ssl_core.augment.policy import Policy
from ssl_core.augment.text import from_text
from ssl_core.data import load
from ssl_core.data.catalog import CATALOG


@pytest.fixture(scope="module")
def digits():
    return load("digits").images[:64].float() / 255


@pytest.fixture(scope="module")
def shapes():
    from ssl_core.data.shapes import Nuisance, make

    return torch.from_numpy(make(64, 32, 0, Nuisance())[0]).float() / 255


def findings_of(text: str, x, name: str) -> str:
    return " ".join(f"[{f.level}] {f.sentence}" for f in diagnose(from_text(text), x, CATALOG[name]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("equalize", "[error] Equalize is dead here"),
        ("color(0.1..0.9)", "[error] Color is dead here"),
        ("hue", "because they are grey"),
        ("rotate(0..3)", "[error] Rotate is dead here"),
        ("rotate(0..3)", "choose bilinear"),
        ("autocontrast", "from black to white already"),
        ("hflip@0.5", "a mirrored 2 or 7 is no digit"),
        ("rotate(0..90)", "half round is a 9"),
        ("shift_flip(pixels=1)", "switch its flip off"),
        ("rotate(10..20, plus, bilinear)", "always positive"),
        ("rotate(10..20, minus, bilinear)", "always negative"),
        ("variant(pool=trivial, count=1, level=-1)", "turned by more than 40° may be of another class"),
        ("one_of(vflip, invert)@0.1", "looks like a 9"),
        ("pixel_hole", "[error] 100 % of the pictures come out as one flat colour"),
        ("normalise > translate_x(0.2)", "[error] Normalise is not the last stage"),
        ("invert@0", "never acts"),
        ("brightness(0)", "flat colour"),
        ("contrast(0.05..0.95)", "only weakens"),
        ("translate_x(0.3)@0.2", "come out unchanged"),
    ],
)
def test_finds_what_was_built_in_on_digits(text, words, digits):
    assert words in findings_of(text, digits, "digits")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hflip@0.5", "[error] Hflip: on svhn a picture mirrored left and right"),
        ("vflip", "mirrored top and bottom"),
        ("rotate(0..90)", "turned by more than 40°"),
        ("shift_flip(pixels=4)", "switch its flip off"),
        ("variant(pool=trivial, count=1, level=-1)", "turned by more than 40°"),
    ],
)
def test_the_card_decides_and_not_the_name_of_the_data_set(text, words, shapes):
    assert words in findings_of(text, shapes, "svhn")
    for name in ("shapes", "cifar10"):  # their cards allow any mirror and any turn
        assert words.replace("svhn", name) not in findings_of(text, shapes, name)
    faces = dataclasses.replace(CATALOG["shapes"], mirrors=("left-right",), turns=20.0)
    sentences = [f.sentence for f in diagnose(from_text("hflip > vflip > rotate(0..21)"), shapes, faces)]
    assert [s.partition(":")[0] for s in sentences if "another class" in s] == ["Vflip", "Rotate"]


def test_a_group_that_never_acts_breaks_no_label(digits):
    assert "another class" not in findings_of("one_of(hflip, invert)@0", digits, "digits")


def test_rows_that_are_no_pictures_are_named(digits):
    assert "no pictures" in diagnose(from_text("invert"), digits.flatten(1), CATALOG["digits"])[0].sentence


def test_detail_driven_to_black_and_white_is_found():
    x = 0.2 + 0.6 * torch.rand(16, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert "pure black or white" in findings_of("contrast(3)", x, "shapes")


def test_the_same_operations_are_fine_where_they_work(shapes):
    assert findings_of("equalize", shapes, "shapes") == ""
    assert "dead" not in findings_of("color(0.1..1.9) > hflip@0.5 > rotate(0..30)", shapes, "shapes")


@pytest.mark.parametrize("policy", [weak, strong])
def test_what_training_uses_has_no_errors(policy, digits, shapes):
    for x, name in ((digits, "digits"), (shapes, "shapes")):
        errors = {f.about for f in diagnose(policy(CATALOG[name]), x, CATALOG[name]) if f.level == "error"}
        # The digits reach from black to white, so RandAugment's autocontrast is one more identity there.
        assert errors <= ({"autocontrast"} if name == "digits" else set())


@pytest.mark.parametrize("card", CATALOG.values(), ids=lambda card: card.name)
@pytest.mark.parametrize("policy", [weak, strong])
def test_what_training_uses_keeps_every_class(policy, card):
    assert check_labels(policy(card), card) == []


def test_the_reference_hole_is_too_large_for_digits(digits):
    found = diagnose(preset("tf-code", CATALOG["digits"]), digits, CATALOG["digits"])
    assert found[0].level == "error"
    assert any("flat colour" in f.sentence for f in found)
    assert "error" in summary(found)


def test_wrong_input_is_named_first(digits):
    card, policy = CATALOG["digits"], from_text("invert")
    assert "divide them by 255" in diagnose(policy, (digits * 255).byte(), card)[0].sentence
    assert "0..1" in diagnose(policy, digits * 255, card)[0].sentence
    assert "0..1" in diagnose(policy, digits * 2 - 1, card)[0].sentence
    assert "no numbers" in diagnose(policy, digits * float("nan"), card)[0].sentence


def test_one_draw_for_the_whole_batch_is_found_in_other_peoples_code(shapes):
    def shared(x, generator):
        return (x + torch.rand(1, generator=generator)).clamp(0, 1)

    assert "shared by the whole batch" in check_shared(shared, shapes)[0].sentence
    assert check_shared(strong(CATALOG["shapes"]), shapes) == []
    assert check_shared(lambda x, generator: 1 - x, shapes) == []  # no chance, so nothing to share


def test_nothing_to_say_about_nothing(shapes):
    assert "Nothing wrong" in summary(diagnose(from_text("translate_x(0.1..0.3)"), shapes, CATALOG["shapes"]))
    assert diagnose(Policy("identity", ()), shapes, CATALOG["shapes"])[0].about == "pipeline"
