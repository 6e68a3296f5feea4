"""A pipeline as a torchvision program: a function of one picture that runs by itself."""

from __future__ import annotations

from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.policies import Cutout, RandAugment, ShiftFlip
from ssl_core.augment.policy import Policy, Stage
from ssl_core.augment.steps import Normalise, OneOf, Step
from ssl_core.augment.text import number, to_text
from ssl_core.augment.variants import AugMix, AutoAugment, Variant

HEAD = '''"""{title}

Written by Few-Label Lab. Takes one picture, a float tensor [C, H, W] in 0..1, and returns a changed copy.
"""

import math
import random

import torch
from torchvision.transforms import v2
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as F

'''

_AFFINE = "F.affine(x, angle=0.0, translate={t}, scale={c}, shear={h}, interpolation={i}{centre})"


def _affine(t: str = "[0, 0]", c: str = "1.0", h: str = "[0.0, 0.0]", centre: str = "") -> str:
    return _AFFINE.replace("{t}", t).replace("{c}", c).replace("{h}", h).replace("{centre}", centre)


# Expressions of x (the picture), {s} (the strength) and {i} (how moved pixels are read). Ours leans the other way.
CODE: dict[str, str] = {
    "identity": "x",
    "autocontrast": "F.autocontrast(x)",
    "equalize": "F.equalize(x)",
    "invert": "F.invert(x)",
    "hflip": "F.horizontal_flip(x)",
    "vflip": "F.vertical_flip(x)",
    "greyscale": "F.rgb_to_grayscale(x, num_output_channels=x.shape[0])",
    "rotate": "F.rotate(x, {s}, interpolation={i})",
    "shear_x": _affine(h="[math.degrees(math.atan(-({s}))), 0.0]", centre=", center=[0, 0]"),
    "shear_y": _affine(h="[0.0, math.degrees(math.atan(-({s})))]", centre=", center=[0, 0]"),
    "translate_x": _affine(t="[round({s} * x.shape[-1]), 0]"),
    "translate_y": _affine(t="[0, round({s} * x.shape[-2])]"),
    "scale": _affine(c="{s}"),
    "rescale": _affine(c="1 / (1 - {s} / 2)"),
    "brightness": "F.adjust_brightness(x, {s})",
    "contrast": "F.adjust_contrast(x, {s})",
    "color": "F.adjust_saturation(x, {s})",
    "sharpness": "F.adjust_sharpness(x, {s})",
    "hue": "F.adjust_hue(x, {s})",
    "gamma": "F.adjust_gamma(x, {s})",
    "posterize": "F.posterize(x, int({s}))",
    "solarize": "F.solarize(x, {s})",
    "solarize_add": "torch.where(x < 0.5, (x + {s}).clamp(0, 1), x)",
    "channel_shuffle": "v2.RandomChannelPermutation()(x)",
    "random_crop": "shift(x, {s})",
    "random_resized_crop": "v2.RandomResizedCrop(x.shape[-2:], scale=({s}, {s}), antialias=False)(x)",
    "perspective": "v2.RandomPerspective({s}, p=1.0)(x)",
    "cutout": "hole(x, {s}, 0.5)",
    "erase": "v2.RandomErasing(p=1.0, scale=({s}, {s}))(x)",
    "erase_grey": "v2.RandomErasing(p=1.0, scale=({s}, {s}), value=0.5)(x)",
    "erase_noise": "v2.RandomErasing(p=1.0, scale=({s}, {s}), value='random')(x).clamp(0, 1)",
    "gaussian_noise": "F.gaussian_noise(x, sigma={s})",
    "gaussian_blur": "blur(x, {s})",
}

HELPERS = {
    "shift": '''def shift(x, share):
    """Pad by a share of the side with reflected borders and cut a window of the old size anywhere."""
    height, width = x.shape[-2:]
    dy, dx = round(share * height), round(share * width)
    padded = F.pad(x, [dx, dy, dx, dy], padding_mode="reflect")
    return F.crop(padded, random.randint(0, 2 * dy), random.randint(0, 2 * dx), height, width)
''',
    "hole": '''def hole(x, share, fill):
    """Paint over a square of this share of the side, its centre anywhere, clipped at the border."""
    x, (height, width) = x.clone(), x.shape[-2:]
    cy, cx, half_y, half_x = random.random() * height, random.random() * width, share * height / 2, share * width / 2
    rows = slice(max(0, round(cy - half_y)), max(0, round(cy + half_y)))
    columns = slice(max(0, round(cx - half_x)), max(0, round(cx + half_x)))
    x[..., rows, columns] = fill
    return x
''',
    "blur": '''def blur(x, sigma):
    """A bell curve of this deviation in pixels, six pixels each way where they fit."""
    if sigma < 1e-3:
        return x
    size = [2 * min(6, side - 1) + 1 for side in (x.shape[-1], x.shape[-2])]
    return F.gaussian_blur(x, size, [sigma, sigma])
''',
}
BLOCK_CODE = {
    AutoAugment: "v2.AutoAugment(v2.AutoAugmentPolicy.CIFAR10)(x)",
    AugMix: "v2.AugMix(severity={severity}, mixture_width={width})(x)",
}


def left_out(policy: Policy) -> list[str]:
    """Names of stages that torchvision cannot do."""
    missing: list[str] = []
    for stage in policy.stages:
        if isinstance(stage, OneOf):
            missing += left_out(Policy("", stage.choices))
        elif isinstance(stage, Step) and stage.name not in CODE:
            missing.append(stage.name)
        elif not isinstance(stage, Step) and _block(stage) is None:
            missing.append(to_text(Policy("", (stage,))).partition("(")[0])
    return list(dict.fromkeys(missing))


def to_torchvision(policy: Policy) -> str:
    """A program with one function, augment(x)."""
    body = "".join(_lines(stage, "    ") for stage in policy.stages)
    program = f"def augment(x):\n{body}    return x\n"
    helpers = [text for name, text in HELPERS.items() if f"{name}(x" in program]
    missing = left_out(policy)
    title = "An augmentation pipeline." + (
        f" Left out, torchvision has no such operation: {', '.join(missing)}." if missing else ""
    )
    main = '\n\nif __name__ == "__main__":\n    print(augment(torch.rand(3, 32, 32)).shape)\n'
    return HEAD.replace("{title}", title) + "\n" + "\n\n".join([*helpers, program]) + main


def _lines(stage: Stage, indent: str) -> str:
    if isinstance(stage, Step):
        if stage.name not in CODE:
            return f"{indent}pass  # {stage.name}: torchvision has no such operation\n"
        return _guarded(stage.chance, indent, lambda inner: f"{inner}x = {_expression(stage)}\n")
    if isinstance(stage, OneOf):
        return _guarded(stage.chance, indent, lambda inner: _choice(stage, inner))
    if isinstance(stage, RandAugment):
        return _randaugment(stage, indent)
    line = _block(stage)
    return (
        f"{indent}{line}\n" if line else f"{indent}pass  # {type(stage).__name__}: torchvision has no such operation\n"
    )


def _guarded(chance: float, indent: str, write) -> str:  # noqa: ANN001 - a function from indentation to lines
    if chance >= 1:
        return write(indent)
    return f"{indent}if random.random() < {number(chance)}:\n{write(indent + '    ')}"


def _choice(stage: OneOf, indent: str) -> str:
    lines = [f"{indent}pick = random.randrange({len(stage.choices)})\n"]
    for place, choice in enumerate(stage.choices):
        lines.append(f"{indent}{'el' if place else ''}if pick == {place}:\n" + _lines(choice, indent + "    "))
    return "".join(lines)


def _strength(step: Step) -> str:
    if not step.operation.has_strength:
        return ""
    text = number(step.low) if step.low == step.high else f"random.uniform({number(step.low)}, {number(step.high)})"
    if not step.operation.signed or step.sign == "plus":
        return text
    return f"-{text}" if step.sign == "minus" else f"random.choice((-1, 1)) * {text}"


def _expression(step: Step) -> str:
    code, strength = CODE[step.name], _strength(step)
    if code.count("{s}") > 1 and "random." in strength:  # drawn once, used twice
        code = f"(lambda s: {code.replace('{s}', 's')})({strength})"
    return code.replace("{s}", strength).replace("{i}", f"InterpolationMode.{step.sampling.upper()}")


def _randaugment(stage: RandAugment, indent: str) -> str:
    steps = [Step(name, OPERATIONS[name].low, OPERATIONS[name].high, sampling=stage.sampling) for name in stage.pool]
    table = "".join(f"{indent}    lambda x: {_expression(step)},\n" for step in steps)
    guard = "" if stage.chance >= 1 else f" if random.random() < {number(stage.chance)} else x"
    return (
        f"{indent}operations = [\n{table}{indent}]\n"
        f"{indent}for operation in random.choices(operations, k={stage.count}):\n{indent}    x = operation(x){guard}\n"
    )


def _block(stage: Stage) -> str | None:
    if isinstance(stage, ShiftFlip):
        line = f"x = shift(x, {stage.pixels} / x.shape[-1])"
        return line + ("; x = F.horizontal_flip(x) if random.random() < 0.5 else x" if stage.flip else "")
    if isinstance(stage, Cutout):
        return f"x = hole(x, random.uniform({number(stage.low)}, {number(stage.high)}), {number(stage.fill)})"
    if isinstance(stage, Normalise):
        return f"x = (x - {number(stage.mean)}) / {number(stage.std)}"
    if isinstance(stage, Variant) and stage.pool == "torchvision" and stage.level >= 0:
        return f"x = v2.RandAugment(num_ops={stage.count}, magnitude={stage.level})(x)"
    if isinstance(stage, Variant) and stage.pool == "trivial" and stage.count == 1 and stage.level < 0:
        return "x = v2.TrivialAugmentWide()(x)"
    if isinstance(stage, RandAugment):
        return ""
    code = BLOCK_CODE.get(type(stage))
    return f"x = {code.format(**vars(stage))}" if code else None
