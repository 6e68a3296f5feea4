"""A frame says what was done, as operations and strengths: doing just that again gives its pictures."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from ssl_core.augment import OPERATIONS, PRESETS, Kind, from_text, preset
from ssl_core.augment.policy import Change
from ssl_core.augment.words import caption

SEVERAL = "one_of(rotate(10..40), one_of(hflip, solarize(0..1)), posterize(1..8))@0.7 > randaugment(chance=0.5)"
# Pillow rounds to whole levels and places, and knows what came from outside: near relatives of ours at best.
ROUNDED = ("tf-code", "kekmodel")
RELATIVES = ("rotate", "shear_x", "shear_y", "translate_x", "translate_y", "solarize", "posterize", "brightness")


def pictures(n: int = 64) -> torch.Tensor:
    rough = torch.rand((n, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    return (F.interpolate(rough, 32, mode="bilinear") * 255).round() / 255


def policy_of(name: str):
    return from_text(SEVERAL) if name == "several" else preset(name, Kind("upload", 3, 32))


def places_are_missing(change: Change) -> bool:
    """Whether the change has chance of its own, such as the place of a hole, that a strength does not tell."""
    return change.name in ("hole", "pixel_hole", "mixture", "normalise") or (
        change.name in OPERATIONS and OPERATIONS[change.name].luck > 0
    )


def again(change: Change, x: torch.Tensor) -> torch.Tensor:
    """One change to one picture [1, C, H, W]."""
    if change.name in ("shift_right", "shift_down"):
        pixels, edge = int(change.strength), abs(int(change.strength))
        moved = F.pad(x, [edge] * 4, mode="reflect").roll(pixels, -1 if change.name == "shift_right" else -2)
        return moved[..., edge:-edge, edge:-edge]
    return OPERATIONS[change.name](x, torch.tensor([change.strength], dtype=x.dtype))


@pytest.mark.parametrize("name", [*PRESETS, "several"])
def test_doing_the_changes_of_a_frame_again_gives_its_pictures(name):
    policy, x = policy_of(name), pictures()
    before = x
    for frame in policy.film(policy.draw(len(x), torch.Generator().manual_seed(1)), x):
        assert len(frame.changes) == len(x)
        for row, changes in enumerate(frame.changes):
            if any(places_are_missing(change) for change in changes):
                continue
            if name in ROUNDED and not {change.name for change in changes} <= {*RELATIVES, "shift_right", "shift_down"}:
                continue
            y = before[row : row + 1]
            for change in changes:
                y = again(change, y)
            apart = (y[0] - frame.x[row]).abs()
            assert (apart.quantile(0.6) <= 0.02) if name in ROUNDED else (apart.max() <= 1e-5), changes
        before = frame.x


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("rotate", -12.34), "rotate −12.3°"),
        (Change("translate_x", -0.08), "translate x −8 %"),
        (Change("posterize", 5.9), "posterize 5"),
        (Change("color", 0.417), "color 0.42"),
        (Change("equalize"), "equalize"),
        (Change("hflip"), "mirrored"),
        (Change("shift_right", -3), "3 px left"),
        (Change("shift_down", 2), "2 px down"),
        (Change("hole", 0.375), "hole 38 %"),
        (Change("pixel_hole", 0.25), "hole 25 % of the area"),
        (Change("mixture", 0.4, ((Change("rotate", 3.0), Change("shear_x")), (Change("color", 1.2),))),
         "40 % mixture of rotate + shear x, color"),
    ],
)  # fmt: skip
def test_words_are_made_last(change, words):
    assert caption(change) == words
