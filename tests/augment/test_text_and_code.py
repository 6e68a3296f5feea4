"""A pipeline written down and read back is the same pipeline, and the programs it exports run."""

from __future__ import annotations

import ast

import pytest
import torch

from ssl_core.augment.code import to_albumentations, to_python
from ssl_core.augment.jsonform import from_json, to_json
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policy import Policy
from ssl_core.augment.presets import PRESETS, Kind, preset
from ssl_core.augment.steps import OneOf, Step, default_step
from ssl_core.augment.text import from_text, to_text
from ssl_core.augment.torchvision_code import CODE, left_out, to_torchvision
from ssl_core.data.catalog import CATALOG

CARDS = [*CATALOG.values(), Kind("upload", 3, 64)]
LUCKY = {name for name, operation in OPERATIONS.items() if operation.luck}


def run(program: str) -> dict:
    space: dict = {"__name__": "exported"}
    exec(compile(program, "exported.py", "exec"), space)  # noqa: S102 - our own text
    return space


def pictures(n: int = 4, side: int = 32) -> torch.Tensor:
    return torch.randint(0, 256, (n, 3, side, side), generator=torch.Generator().manual_seed(0)) / 255


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_text_and_json(name, card):
    policy = preset(name, card)
    assert from_text(to_text(policy), policy.name) == policy
    assert from_json(to_json(policy), policy.name) == policy


@pytest.mark.parametrize("name", OPERATIONS)
def test_steps_survive_text_and_json(name):
    step = default_step(name, 8)
    signed = OPERATIONS[name].signed
    odd = Step(name, step.low, step.high, 1 / 3, "minus" if signed else "both", "bilinear")
    policy = Policy("pipeline", (step, OneOf((odd, step), 0.25), odd))
    assert from_text(to_text(policy)) == policy
    assert from_json(to_json(policy)) == policy


def test_what_people_write():
    assert from_text("rotate(-30..30)") == from_text("rotate(0..30)")
    assert from_text(" hflip@.5>invert ") == from_text("hflip@0.5 > invert")
    assert from_text("").stages == ()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("rotat(3)", "Did you mean rotate"),
        ("rotate(3..999)", "between 0 and 180"),
        ("rotate(20..10)", "lower end first"),
        ("rotate(nan)", "must be a number"),
        ("rotate(3)@2", "between 0 and 1"),
        ("rotate(3", "bracket"),
        ("rotate)3(", "bracket"),
        ("one_of()", "choose from"),
        ("one_of(one_of(one_of(hflip)))", "deeper"),
        ("hole(high=2)", "between 0 and 1"),
        ("hole(size=2)", "no knob"),
        ("randaugment(pool=identity+evil)", "evil"),
        ("hole@0.5", "leave out"),
        ("__import__('os')", "no operation"),
        ("3 + 4", "not a stage"),
        ("hflip > " * 30 + "hflip", "at most 24"),
        ("x" * 5000, "at most 4,000"),
    ],
)
def test_one_sentence_for_what_is_wrong(text, part):
    with pytest.raises(ValueError, match=r"\S") as wrong:
        from_text(text)
    assert part in str(wrong.value)
    assert str(wrong.value).count("\n") == 0


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{",
     '{"version": 1}', '{"version": 1, "stages": [3]}', '{"version": 1, "stages": [{"stage": "evil"}]}',
     '{"version": 1, "stages": [{"stage": "rotate", "low": "3"}]}',
     '{"version": 1, "stages": [{"stage": "hole", "x": 1}]}',
     '{"version": 1, "stages": [{"stage": "rotate", "low": NaN}]}', "[" * 5000],
)  # fmt: skip
def test_bad_json_is_one_sentence(text):
    with pytest.raises(ValueError, match=r"\S"):
        from_json(text)


@pytest.mark.parametrize("name", sorted(set(CODE) - LUCKY))
def test_exported_torchvision_gives_the_same_picture(name):
    operation = OPERATIONS[name]
    low, high = operation.bounds
    strength = low + 0.4 * (high - low) if operation.has_strength else 0.0
    if name.startswith("translate"):
        strength = 5 / 32  # whole pixels, where the two agree
    x = pictures(1)
    for sign in ("plus", "minus") if operation.signed else ("both",):
        for sampling in ("nearest", "bilinear") if operation.matrix else ("nearest",):
            policy = Policy("one", (Step(name, strength, strength, 1.0, sign, sampling),))
            mine = policy(x, torch.Generator().manual_seed(0))
            theirs = run(to_torchvision(policy))["augment"](x[0])
            assert (mine[0] - theirs).abs().max() <= 1e-5, (name, sign, sampling)


@pytest.mark.parametrize("name", sorted(set(CODE) & LUCKY))
def test_exported_torchvision_of_random_places_is_a_picture(name):
    policy = Policy("one", (default_step(name),))
    x = pictures(1)[0]
    y = run(to_torchvision(policy))["augment"](x)
    assert y.shape == x.shape
    assert y.min() >= 0
    assert y.max() <= 1


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_exports_programs_that_run(name):
    policy = preset(name, Kind("upload", 3, 32))
    x = pictures()
    augment = run(to_torchvision(policy))["augment"]
    for _ in range(5):
        assert augment(x[0]).shape == x[0].shape
    ours = run(to_python(policy))["augment"](x, seed=3)
    assert torch.equal(ours, policy(x, torch.Generator().manual_seed(3)))
    ast.parse(to_albumentations(policy))


def test_what_torchvision_lacks_is_named():
    policy = from_text("clahe(2) > hflip > one_of(salt_pepper(0.1), motion_blur(0.1))")
    assert left_out(policy) == ["clahe", "salt_pepper", "motion_blur"]
    assert "clahe, salt_pepper, motion_blur" in to_torchvision(policy)


def test_albumentations_text_of_every_operation_is_python():
    for name in OPERATIONS:
        ast.parse(to_albumentations(Policy("one", (default_step(name),))))
