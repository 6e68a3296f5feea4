"""A pipeline as other programs: our own Python, and albumentations as text."""

from __future__ import annotations

import math

from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policies import Cutout, RandAugment, ShiftFlip
from ssl_core.augment.policy import Policy, Stage
from ssl_core.augment.steps import Normalise, OneOf, Step
from ssl_core.augment.text import number, to_text


def to_python(policy: Policy) -> str:
    """A program that uses this package: the very same pixels."""
    return f'''"""An augmentation pipeline of Few-Label Lab; same seed, same pixels."""

import torch

from ssl_core.augment import from_text

policy = from_text({to_text(policy)!r})


def augment(x, seed=0):
    """x is a float tensor [B, C, H, W] in 0..1; every picture draws for itself."""
    return policy(x, torch.Generator().manual_seed(seed))


if __name__ == "__main__":
    print(augment(torch.rand(4, 3, 32, 32)).shape)
'''


# albumentations 2.0.8 (MIT, the last before its licence changed). Pairs in {r} are the strength's range.
ALBUMENTATIONS: dict[str, str] = {
    "identity": "A.NoOp({p})",
    "autocontrast": "A.AutoContrast({p})",
    "equalize": "A.Equalize({p})",
    "rotate": "A.Rotate(limit={sr}, interpolation=cv2.INTER_{i}, border_mode=cv2.BORDER_CONSTANT, {p})",
    "solarize": "A.Solarize(threshold_range={r}, {p})",
    "color": "A.ColorJitter(brightness=0, contrast=0, saturation={r}, hue=0, {p})",
    "contrast": "A.ColorJitter(brightness=0, contrast={r}, saturation=0, hue=0, {p})",
    "brightness": "A.ColorJitter(brightness={r}, contrast=0, saturation=0, hue=0, {p})",
    "hue": "A.ColorJitter(brightness=0, contrast=0, saturation=0, hue={sr}, {p})",
    "shear_x": "A.Affine(shear={{'x': {sd}}}, {p})",
    "shear_y": "A.Affine(shear={{'y': {sd}}}, {p})",
    "translate_x": "A.Affine(translate_percent={{'x': {sr}}}, {p})",
    "translate_y": "A.Affine(translate_percent={{'y': {sr}}}, {p})",
    "scale": "A.Affine(scale={r}, {p})",
    "posterize": "A.Posterize(num_bits={ir}, {p})",
    "hflip": "A.HorizontalFlip({p})",
    "vflip": "A.VerticalFlip({p})",
    "perspective": "A.Perspective(scale={r}, {p})",
    "gamma": "A.RandomGamma(gamma_limit={pr}, {p})",
    "invert": "A.InvertImg({p})",
    "greyscale": "A.ToGray({p})",
    "channel_shuffle": "A.ChannelShuffle({p})",
    "clahe": "A.CLAHE(clip_limit={r}, tile_grid_size=(8, 8), {p})",
    "erase": "A.Erasing(scale={r}, ratio=(0.3, 3.3), fill=0, {p})",
    "erase_grey": "A.Erasing(scale={r}, ratio=(0.3, 3.3), fill=127, {p})",
    "erase_noise": "A.Erasing(scale={r}, ratio=(0.3, 3.3), fill='random', {p})",
    "gaussian_noise": "A.GaussNoise(std_range={r}, {p})",
    "salt_pepper": "A.SaltAndPepper(amount={r}, {p})",
    "gaussian_blur": "A.GaussianBlur(sigma_limit={r}, blur_limit=0, {p})",
    "jpeg": "A.ImageCompression(quality_range={ir}, {p})",
}
LEFT_OUT = "left out, albumentations has no operation that does the same"


def to_albumentations(policy: Policy) -> str:
    """albumentations code as text: near relatives, not the same pixels; what has none is a comment."""
    lines = "".join(f"        {line}\n" for stage in policy.stages for line in _lines(stage))
    return (
        '"""An augmentation pipeline for uint8 pictures [H, W, 3]: near relatives, not the same pixels.\n\n'
        'Written by Few-Label Lab for albumentations 2.0.8.\n"""\n\n'
        f"import albumentations as A\nimport cv2\n\npipeline = A.Compose(\n    [\n{lines}    ]\n)\n"
    )


def _lines(stage: Stage) -> list[str]:
    if isinstance(stage, OneOf):
        inner = [f"    {line}" for choice in stage.choices for line in _lines(choice)]
        return [
            "A.OneOf(",
            "    [",
            *(f"    {line}" for line in inner),
            "    ],",
            f"    p={number(stage.chance)},",
            "),",
        ]
    if isinstance(stage, Step):
        return [_step(stage)]
    if isinstance(stage, ShiftFlip):
        moved = (
            f"A.Pad(padding={stage.pixels}, border_mode=cv2.BORDER_REFLECT_101), # then A.RandomCrop to the old size"
        )
        return [f"# shift: {moved}", *(["A.HorizontalFlip(p=0.5),"] if stage.flip else [])]
    if isinstance(stage, RandAugment):
        steps = [
            Step(n, OPERATIONS[n].low, OPERATIONS[n].high, stage.chance, "both", stage.sampling) for n in stage.pool
        ]
        inner = [f"        {_step(step)}" for step in steps]
        return ["A.SomeOf(", "    [", *inner, "    ],", f"    n={stage.count},", "    replace=True,", "    p=1,", "),"]
    if isinstance(stage, Cutout):
        size = f"({number(stage.low)}, {number(max(stage.high, 0.01))})"
        fill = round(255 * stage.fill)
        return [f"A.CoarseDropout((1, 1), {size}, {size}, fill={fill}, p=1),"]
    if isinstance(stage, Normalise):
        triple = [f"({', '.join([number(v)] * 3)})" for v in (stage.mean, stage.std)]
        return [f"A.Normalize(mean={triple[0]}, std={triple[1]}, max_pixel_value=255, p=1),"]
    return [f"# {to_text(Policy('', (stage,)))}: {LEFT_OUT}"]


def _step(step: Step) -> str:
    if step.name not in ALBUMENTATIONS:
        return f"# {step.name}: {LEFT_OUT}"
    low, high = step.low, step.high
    ends = {"both": (-high, high), "plus": (low, high), "minus": (-high, -low)}[step.sign]
    pair = lambda a, b: f"({number(a)}, {number(b)})"  # noqa: E731
    degrees = [round(math.degrees(math.atan(v)), 4) for v in ends]
    line = ALBUMENTATIONS[step.name].format(
        r=pair(low, high), sr=pair(*ends), sd=pair(*degrees), ir=pair(int(low), int(high)),
        pr=pair(100 * low, 100 * high), i=step.sampling.upper().replace("BILINEAR", "LINEAR"),
        p=f"p={number(step.chance)}",
    )  # fmt: skip
    return line + ","
