"""The same numbers as torchvision and timm, for the same λ and the same box."""

from __future__ import annotations

import pytest
import torch

from ssl_core.mix import MIXES, Drawn, blend, mix_drawn, mixup
from ssl_core.mix.mask import box_around, box_mask
from ssl_core.mix.partner import draw_partner


@pytest.fixture
def golden(oracle):
    numbers = {name: torch.from_numpy(value) for name, value in oracle("mix").items()}
    x = numbers["images"]
    return numbers, x, torch.eye(int(numbers["L"]), dtype=x.dtype)[numbers["labels"]]


def partner(name, x):
    return draw_partner(name, torch.arange(len(x)), torch.Generator())


def test_oracle_torchvision_mixup(golden):
    numbers, x, y = golden
    rows = partner("roll", x)
    for case, lam in enumerate(numbers["tv_mixup_lam"]):
        out = mixup(x, x[rows], y, y[rows], lam.expand(len(x)))
        assert (out[0] - numbers["tv_mixup_images"][case]).abs().max() < 1e-12
        assert (out[1] - numbers["tv_mixup_labels"][case]).abs().max() < 1e-12


def test_oracle_torchvision_cutmix(golden):
    numbers, x, y = golden
    for case, lam in enumerate(numbers["tv_cutmix_lam"]):
        chance = {axis: numbers[f"tv_cutmix_r{axis}"][case].expand(len(x)) for axis in "xy"}
        lam = lam.expand(len(x))
        box = box_around(lam, chance["x"], chance["y"], x.shape[-2:])
        assert torch.equal(box[0], numbers["tv_cutmix_box"][case])
        out = mix_drawn(MIXES["cutmix"], x, y, Drawn(partner("roll", x), lam, chance))
        assert torch.equal(out.pictures, numbers["tv_cutmix_images"][case])
        assert (out.share - numbers["tv_cutmix_label_weight"][case]).abs().max() < 1e-12
        assert (out.labels - numbers["tv_cutmix_labels"][case]).abs().max() < 1e-12


@pytest.mark.parametrize("grain", ["batch", "pair", "elem"])
def test_oracle_timm(golden, grain):
    numbers, x, y = golden
    count, smoothing = len(x), float(numbers["timm_label_smoothing"])
    y = y * (1 - smoothing) + smoothing / y.shape[1]
    rows = partner("flip", x)

    def everyone(drawn):  # pairs: row i and row B-1-i share what was drawn
        return torch.cat([drawn, drawn.flip(0)]) if grain == "pair" else drawn.expand(count, *drawn.shape[1:])

    lam = everyone(numbers[f"timm_mixup_{grain}_lam"])
    out = mixup(x, x[rows], y, y[rows], lam)
    assert (out[0] - numbers[f"timm_mixup_{grain}_images"]).abs().max() < 1e-6
    assert (out[1] - numbers[f"timm_mixup_{grain}_labels"]).abs().max() < 1e-6

    box = everyone(numbers[f"timm_cutmix_{grain}_box"])[:, [2, 0, 3, 1]]  # stored as top, bottom, left, right
    mask = box_mask(box, x.shape[-2:]).double()
    share = mask.mean(dim=(1, 2, 3))
    assert (share - everyone(numbers[f"timm_cutmix_{grain}_label_weight"])).abs().max() < 1e-12
    out = blend(x, x[rows], mask, y, y[rows], share)
    assert (out[0] - numbers[f"timm_cutmix_{grain}_images"]).abs().max() < 1e-6
    assert (out[1] - numbers[f"timm_cutmix_{grain}_labels"]).abs().max() < 1e-6


@pytest.mark.parametrize("shape", [(6, 3, 32, 32), (5, 1, 8, 8), (4, 3, 9, 12)])
def test_installed_torchvision_agrees_given_its_draws(shape):
    from torchvision.transforms import v2

    torch.manual_seed(0)
    x, labels = torch.rand(shape), torch.arange(shape[0]) % 3
    y = torch.eye(3)[labels]
    rows = partner("roll", x)
    for _ in range(20):
        theirs = v2.MixUp(num_classes=3)
        parameters = theirs.make_params([x]) | {"labels": labels, "batch_size": len(x)}
        ours = mixup(x, x[rows], y, y[rows], torch.full((len(x),), parameters["lam"]))
        assert (ours[0] - theirs.transform(x, parameters)).abs().max() <= 1.2e-7  # the order of two float32 roundings
        assert (ours[1] - theirs.transform(labels, parameters)).abs().max() <= 1.2e-7

        theirs = v2.CutMix(num_classes=3)
        parameters = theirs.make_params([x]) | {"labels": labels, "batch_size": len(x)}
        mask = box_mask(torch.tensor([parameters["box"]]), shape[-2:]).expand(len(x), -1, -1, -1)
        ours = blend(x, x[rows], mask, y, y[rows], mask.mean(dim=(1, 2, 3)))
        assert torch.equal(ours[0], theirs.transform(x, parameters))
        assert (ours[1] - theirs.transform(labels, parameters)).abs().max() < 1e-6
