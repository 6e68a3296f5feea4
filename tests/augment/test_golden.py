"""Pixels of public implementations, level for level: the golden numbers of tests/oracles."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from ssl_core.augment import clahe, crops, light, pillow
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.pools import POOLS, strength_of
from ssl_core.augment.reference import KEKMODEL, PixelCutout, from_levels, kekmodel_box, magnitude, tf_box, to_levels


def name_of(word: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", word).lower().replace("auto_contrast", "autocontrast")


def pictures(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float32)).movedim(-1, -3) / 255


def levels(x: torch.Tensor) -> np.ndarray:
    return (x * 255).round().to(torch.uint8).movedim(-3, -1).numpy()


def full(value: float, n: int) -> torch.Tensor:
    return torch.full((n,), value, dtype=torch.float64)


def by_pillow(rule: str, word: str, level: int, sign: int, x: torch.Tensor) -> torch.Tensor:
    """x and the result in levels with alpha."""
    if word in ("FlipLR", "FlipUD"):
        return x.flip(-1 if word == "FlipLR" else -2)
    name = name_of(word)
    function = pillow.PILLOW.get(name) or {"invert": pillow.invert, "blur": pillow.blur, "smooth": pillow.smooth}[name]
    return function(x, full(magnitude(rule, name, level, x.shape[-1]) * (sign or 1), len(x)))


@pytest.mark.parametrize("rule", ["tf-code", "kekmodel"])
def test_every_level_of_the_reference_randaugments(oracle, rule):
    gold = oracle("randaugment_" + rule.replace("-", "_"))
    large, small = pictures(gold["images"]), pictures(gold["image8"][None])
    for e, word in enumerate(gold["op"]):
        for x, out, valid in ((large, "out", "valid"), (small, "out8", "valid8")):
            if word == "CropBilinear":
                continue  # not in the pool; the next test
            done = by_pillow(rule, str(word), int(gold["level"][e]), int(gold["sign"][e]), to_levels(x))
            mine, expected = levels(done[:, :-1] / 255), gold[out][e].reshape(len(x), *gold[out].shape[-3:])
            case = f"{rule} {word} level {gold['level'][e]} sign {gold['sign'][e]} on {x.shape[-1]}"
            assert np.array_equal(mine, expected), case
            if rule == "tf-code":
                assert np.array_equal((done[:, -1] > 0).numpy(), gold[valid][e].reshape(done[:, -1].shape) > 0), case


def test_crop_bilinear_within_a_level(oracle):
    gold = oracle("randaugment_tf_code")
    x = pictures(gold["images"])
    for e in np.flatnonzero(gold["op"] == "CropBilinear"):
        cut = torch.full((3,), float(gold["level"][e]))
        mine = levels(crops.window(x, cut, cut, x.shape[-2] - 2 * cut, x.shape[-1] - 2 * cut))
        assert np.abs(mine.astype(int) - gold["out"][e]).max() <= 1


def test_two_operations_in_a_row_carry_or_lose_the_fill(oracle):
    gold = oracle("randaugment_tf_code")
    for words, level, sign, out, valid in zip(
        *(gold[f"chain_{k}"] for k in ("op", "level", "sign", "out", "valid")), strict=True
    ):
        x = to_levels(pictures(gold["images"]))
        for step in range(2):
            x = by_pillow("tf-code", str(words[step]), int(level[step]), int(sign[step]), x)
        assert np.array_equal(levels(x[:, :-1] / 255), out), words
        assert np.array_equal((x[:, -1] > 0).numpy(), valid > 0), words
        grey = from_levels(x, 0.5)  # in [-1, 1] the fill is 0
        assert torch.equal(
            (grey == 0.5).all(1) | torch.from_numpy(valid > 0), torch.ones_like(x[:, -1], dtype=torch.bool)
        )


def test_the_holes_of_both_codes(oracle):
    gold = oracle("randaugment_tf_code")
    size = gold["mask"].shape[-1]
    for side, centre, mask in zip(gold["mask_size"], gold["mask_centre"], gold["mask"], strict=True):
        share = {k: (torch.tensor([float(c)]) + 0.5) / size for k, c in zip("yx", centre, strict=True)}
        assert np.array_equal(PixelCutout("tf-code", int(side)).mask(share, size, size)[0].numpy(), mask == 0)
    for level, centre, valid in zip(*(gold[f"cutout_{k}"] for k in ("level", "centre", "valid")), strict=True):
        edges = [tf_box(torch.tensor(float(c)), int(2 * level), size) for c in centre]
        hole = np.ones((size, size), bool)
        hole[int(edges[1][0]) : int(edges[1][1]), int(edges[0][0]) : int(edges[0][1])] = False
        assert np.array_equal(hole, valid > 0)
    gold = oracle("randaugment_kekmodel")
    image = gold["images"][1]
    for v, (x0, y0), out in zip(gold["cutout_size"], gold["cutout_xy"], gold["cutout_out"], strict=True):
        mine = image.copy()
        (left, right), (top, bottom) = (
            [int(edge) for edge in kekmodel_box(torch.tensor(c, dtype=torch.float64), int(v), size)] for c in (x0, y0)
        )
        mine[top:bottom, left:right] = 127
        assert np.array_equal(mine, out)


def test_kekmodels_pool_is_ours(oracle):
    gold = oracle("randaugment_kekmodel")
    assert [name_of(str(word)) for word in gold["pool_op"]] == list(pillow.PILLOW)
    assert {n for n, most in zip(pillow.PILLOW, gold["pool_max"], strict=True) if most} == set(KEKMODEL)


def test_torchvisions_randaugment(oracle):
    gold = oracle("randaugment_torchvision")
    for image, out in (("image8", "out8_float"), ("image_grey", "out_grey_float")):
        x = pictures(gold[image][None])
        for word, m, expected in zip(gold["op"], gold["magnitude"], gold[out], strict=True):
            mine = torchvision_like(name_of(str(word)), float(m), x, "nearest").movedim(1, -1)[0].numpy()
            assert np.abs(mine - expected).max() <= 1e-6, (word, m, image)
    x = pictures(gold["image8"][None])
    for word, m, expected in zip(*(gold[f"bilinear_{k}"] for k in ("op", "magnitude", "out8_float")), strict=True):
        mine = torchvision_like(name_of(str(word)), float(m), x, "bilinear").movedim(1, -1)[0].numpy()
        assert np.abs(mine - expected).max() <= 1e-6, (word, m)
    # On whole levels: geometry and bit operations exactly, the blends within one level.
    x = pictures(gold["images"])
    for word, m, expected in zip(gold["op"], gold["magnitude"], gold["out"], strict=True):
        name = name_of(str(word))
        blended = name in ("color", "contrast", "sharpness", "autocontrast")
        if blended or name in ("brightness", "posterize", "solarize"):  # whole-level arithmetic is nearly Pillow's
            scaled = {"posterize": m, "solarize": m * 255}.get(name, 1 + m)
            mine = levels(pillow.PILLOW[name](to_levels(x), full(scaled, 3))[:, :-1] / 255)
        else:
            mine = levels(torchvision_like(name, float(m), x, "nearest"))
        assert np.abs(mine.astype(int) - expected).max() <= (1 if blended else 0), (word, m)


def torchvision_like(name: str, m: float, x: torch.Tensor, sampling: str) -> torch.Tensor:
    """torchvision's unit of each magnitude, turned into ours."""
    if name.startswith("translate"):
        m = int(m) / x.shape[-1 if name.endswith("x") else -2]
    if name.startswith("shear"):
        m = -m  # the one sign that differs
    if name in ("brightness", "color", "contrast", "sharpness"):
        m = 1 + m
    if name == "color" and x.shape[1] == 1:
        return x
    operation, strength = OPERATIONS[name], torch.full((len(x),), m)
    return operation(x, strength, sampling=sampling)


def test_torchvisions_table_of_magnitudes(oracle):
    gold = oracle("randaugment_torchvision")
    entries = {entry.name: entry for entry in POOLS["torchvision"].entries}
    for word, signed, row in zip(*(gold[f"space_{k}"] for k in ("op", "signed", "magnitude")), strict=True):
        entry = entries[name_of(str(word))]
        assert entry.signed == bool(signed), word
        factor = entry.name in ("brightness", "color", "contrast", "sharpness")
        scale = 32 if entry.name.startswith("translate") else 1
        mine = [strength_of(entry, b / 30, False) * scale - factor for b in range(31)]
        assert np.allclose(mine, row, atol=1e-5), word


def test_clahe_is_opencvs(oracle):
    gold = oracle("clahe")
    for c in range(int(gold["n_cases"])):
        level = torch.from_numpy(gold[f"c{c}_grey"].astype(np.int64))[None]
        for clip, (columns, rows), expected in zip(
            *(gold[f"c{c}_{k}"] for k in ("clip_limit", "tiles", "expected")), strict=True
        ):
            mine = clahe.clahe_levels(level, torch.tensor([clip]), int(rows), int(columns))[0].numpy()
            assert np.array_equal(mine, expected), (c, clip, rows)


def test_clahe_on_colour_stage_by_stage(oracle):
    gold = oracle("clahe")
    rgb, lab = pictures(gold["rgb"][None]).double(), gold["rgb_lab"].astype(float)
    light_, ab = clahe.to_lab(rgb)
    assert np.abs((light_[0] * 2.55).round().numpy() - lab[..., 0]).max() <= 2
    assert np.abs((ab[0] + 128).round().movedim(0, -1).numpy() - lab[..., 1:]).max() <= 2
    level = torch.from_numpy(gold["rgb_lab"][None, ..., 0].astype(np.int64))
    given = torch.from_numpy(lab[None, ..., 1:]).movedim(-1, 1) - 128
    for clip, (columns, rows), expected, picture in zip(
        *(gold[f"rgb_{k}"] for k in ("clip_limit", "tiles", "L_expected", "expected")), strict=True
    ):
        mine = clahe.clahe_levels(level, torch.tensor([clip]), int(rows), int(columns))
        assert np.array_equal(mine[0].numpy(), expected)
        back = levels(clahe.from_lab(mine.double() / 2.55, given))[0]
        assert np.abs(back.astype(int) - picture).max() <= 1


def test_gamma_is_albumentations(oracle):
    gold = oracle("gamma")
    for g, expected, floats, picture in zip(
        *(gold[k] for k in ("gamma", "expected_uint8", "expected_float", "image_expected")), strict=True
    ):
        x = torch.from_numpy(gold["level"].astype(np.float64) / 255).view(1, 1, 1, 256)
        mine = light.gamma(x, torch.tensor([g]))
        assert np.abs(mine.flatten().numpy() - floats).max() <= 1e-12
        cut = (mine.flatten().numpy() * 255 + 1e-9).astype(int)
        # At 100 % the peer's table is one lower at 24 levels: its own rounding, named in the numbers' notes.
        wrong = cut != expected
        assert wrong.sum() == (24 if g == 1 else 0)
        assert np.all(cut[wrong] == expected[wrong] + 1)
        if g != 1:
            colour = light.gamma(torch.from_numpy(gold["image"] / 255.0)[None], torch.tensor([g]))
            assert np.array_equal((colour[0].numpy() * 255 + 1e-9).astype(int), picture)
