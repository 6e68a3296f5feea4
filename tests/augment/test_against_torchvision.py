"""Every operation beside torchvision's functional, one picture at a time, in float; exceptions carry their reason."""

from __future__ import annotations

import math

import pytest
import torch
from torchvision.transforms.v2 import AutoAugment, AutoAugmentPolicy, InterpolationMode
from torchvision.transforms.v2 import functional as F

from ssl_core.augment import crops, erase
from ssl_core.augment.operation import places, warp
from ssl_core.augment.operations import OPERATIONS
from ssl_core.augment.pools import AUTOAUGMENT

SHAPES = [(3, 8, 8), (1, 8, 8), (3, 32, 32), (1, 28, 28), (3, 33, 31), (3, 24, 40)]
LEAN = {"angle": 0.0, "translate": [0, 0], "scale": 1.0}


def _shear(x, s, axis):
    lean = [0.0, 0.0]
    lean[axis] = math.degrees(math.atan(-s))
    return F.affine(x, **LEAN, shear=lean, center=[0, 0])


def _grey3(x):
    return F.rgb_to_grayscale(x, num_output_channels=x.shape[0])


# name: (torchvision's function, strengths, tolerance, why it is not 2e-7)
PEERS = {
    "autocontrast": (lambda x, s: F.autocontrast(x), [0], 2e-7, ""),
    "equalize": (lambda x, s: F.equalize(x), [0], 2e-7, ""),
    "invert": (lambda x, s: F.invert(x), [0], 0, ""),
    "hflip": (lambda x, s: F.horizontal_flip(x), [0], 0, ""),
    "vflip": (lambda x, s: F.vertical_flip(x), [0], 0, ""),
    "greyscale": (lambda x, s: _grey3(x), [0], 2e-7, ""),
    "rotate": (lambda x, s: F.rotate(x, s), [0, 7.3, -21.0, 63.7, -158.0], 0, ""),
    "shear_x": (lambda x, s: _shear(x, s, 0), [0, 0.11, -0.27], 0, ""),
    "shear_y": (lambda x, s: _shear(x, s, 1), [0, 0.13, -0.29], 0, ""),
    "scale": (lambda x, s: F.affine(x, angle=0.0, translate=[0, 0], scale=s, shear=[0.0, 0.0]), [1, 0.73, 1.37], 0, ""),
    "brightness": (F.adjust_brightness, [0, 0.4, 1, 1.7], 2e-7, ""),
    "contrast": (F.adjust_contrast, [0, 0.4, 1, 1.7], 2e-7, ""),
    "color": (F.adjust_saturation, [0, 0.4, 1, 1.7], 2e-7, ""),
    "sharpness": (F.adjust_sharpness, [0, 0.4, 1, 1.7], 2e-7, ""),
    "hue": (F.adjust_hue, [0, 0.1, -0.23, 0.5], 2e-6, "hue in sixths is rounded at another place"),
    "gamma": (F.adjust_gamma, [0.5, 1, 1.8], 2e-7, ""),
    "posterize": (lambda x, s: F.posterize(x, int(s)), [1, 3, 8], 0, ""),
    "solarize": (F.solarize, [0, 0.3, 1], 0, ""),
    "gaussian_blur": (
        lambda x, s: F.gaussian_blur(x, [2 * min(6, d - 1) + 1 for d in (x.shape[-1], x.shape[-2])], [s, s]),
        [0.3, 1.0, 2.0],
        1e-6,
        "two passes along the sides instead of one square kernel",
    ),
}


def picture(shape, seed=0):
    """Whole levels, as real pictures have: torchvision's equalize rounds to them even where it changes nothing."""
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)) / 255


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", PEERS)
def test_equals_torchvision(name, shape):
    function, strengths, tolerance, _ = PEERS[name]
    operation = OPERATIONS[name]
    if operation.colour and shape[0] == 1:
        pytest.skip("needs colour")
    batch = torch.stack([picture(shape, seed) for seed in range(len(strengths))])
    mine = operation(batch, torch.tensor([float(s) for s in strengths]))
    for x, s, y in zip(batch, strengths, mine, strict=True):
        assert (y - function(x, float(s))).abs().max() <= tolerance, (name, s)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_translation_of_whole_pixels(shape):
    x = picture(shape)[None]
    for axis, size, name in ((0, shape[2], "translate_x"), (1, shape[1], "translate_y")):
        for pixels in (-3, 0, 2):
            move = [0, 0]
            move[axis] = pixels
            peer = F.affine(x, angle=0.0, translate=move, scale=1.0, shear=[0.0, 0.0])
            assert torch.equal(OPERATIONS[name](x, torch.tensor([pixels / size])), peer)


@pytest.mark.parametrize("name", ["rotate", "shear_x", "shear_y", "scale"])
def test_bilinear_sampling(name):
    function = {
        "rotate": lambda x, s: F.rotate(x, s, InterpolationMode.BILINEAR),
        "scale": lambda x, s: F.affine(x, 0.0, [0, 0], s, [0.0, 0.0], InterpolationMode.BILINEAR),
    }.get(name)
    if function is None:
        axis = int(name.endswith("y"))

        def function(x, s):
            lean = [0.0, 0.0]
            lean[axis] = math.degrees(math.atan(-s))
            return F.affine(x, 0.0, [0, 0], 1.0, lean, InterpolationMode.BILINEAR, center=[0, 0])

    x, s = picture((3, 32, 32))[None], 0.37 if name != "rotate" else 17.0
    assert (warp(x, OPERATIONS[name].matrix(torch.tensor([s])), "bilinear") - function(x, s)).abs().max() <= 1e-5


@pytest.mark.parametrize("shape", [*SHAPES, (3, 1, 5)], ids=str)
def test_places_are_those_of_affine_grid(shape):
    matrix = torch.randn(4, 2, 3, generator=torch.Generator().manual_seed(0))
    peer = torch.nn.functional.affine_grid(matrix, [4, *shape], align_corners=False)
    assert (places(matrix, *shape[-2:]) - peer).abs().max() <= 1e-6  # some processors multiply and add at once


def test_random_crop_is_pad_and_crop():
    x = picture((3, 32, 32))[None]
    padded = F.pad(x, [4, 4, 4, 4], padding_mode="reflect")
    for dy, dx in ((-4, 3), (0, 0), (4, -1)):
        luck = torch.tensor([[(dy / 4 + 1) / 2, (dx / 4 + 1) / 2]])
        mine = OPERATIONS["random_crop"](x, torch.tensor([0.125]), luck)
        assert torch.equal(mine, F.crop(padded, 4 + dy, 4 + dx, 32, 32))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_window_is_resized_crop(shape):
    x = picture(shape)[None]
    top, left, height, width = 1, 2, shape[1] - 4, shape[2] - 5
    mine = crops.window(x, *(torch.tensor([float(v)]) for v in (top, left, height, width)))
    peer = F.resized_crop(x, top, left, height, width, list(shape[1:]), antialias=False)
    assert (mine - peer).abs().max() <= 1e-6  # the same bilinear rule in another order of sums


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_perspective(shape):
    x, luck = picture(shape)[None], torch.rand(1, 8, generator=torch.Generator().manual_seed(3))
    height, width = shape[1:]
    r, b = width - 1, height - 1
    inward = (luck.view(4, 2).double() * 0.4 * torch.tensor([width / 2, height / 2])).round()
    signs = torch.tensor([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    start = torch.tensor([[0, 0], [r, 0], [r, b], [0, b]])
    exact = (inward / torch.tensor([width / 2, height / 2]) / 0.4).flatten()[None].float()
    mine = OPERATIONS["perspective"](x, torch.tensor([0.4]), exact)
    peer = F.perspective(x, start.tolist(), (start + signs * inward).long().tolist(), fill=None)
    assert (mine - peer).abs().max() <= 1e-4  # two solvers of the same eight equations


def test_elastic_given_the_displacement():
    x = picture((3, 24, 40))[None]
    field = 0.1 * torch.randn(1, 24, 40, 2, generator=torch.Generator().manual_seed(1))
    assert (crops.bend(x, field) - F.elastic(x, field)).abs().max() <= 1e-5  # coordinates are rounded elsewhere


@pytest.mark.parametrize(("name", "value"), [("erase", 0.0), ("erase_grey", 0.5), ("erase_mean", None)])
def test_erase(name, value):
    x = picture((3, 24, 40))[None]
    luck, area = torch.tensor([[0.4, 0.6, 0.2]]), torch.tensor([0.2])
    top, left, height, width = (int(v) for v in erase.box(x, area, luck))
    fill = torch.full((1, 1, 1), value) if value is not None else x[0].mean(dim=(1, 2), keepdim=True)
    peer = F.erase(x, top, left, height, width, fill.expand(3, height, width))
    assert (OPERATIONS[name](x, area, luck) - peer).abs().max() <= 2e-7


@pytest.mark.parametrize("quality", [10, 50, 90])
def test_jpeg_is_what_an_encoder_loses(quality):
    import io

    import numpy as np
    from PIL import Image

    smooth = F.resize(picture((3, 6, 6), 5), [40, 36]).clamp(0, 1)
    for x in (smooth, smooth[:1]):
        array = (x * 255).round().byte().movedim(0, -1).numpy()
        file = io.BytesIO()
        Image.fromarray(array.squeeze()).save(file, "JPEG", quality=quality, subsampling=0)
        peer = np.asarray(Image.open(file)).reshape(array.shape).astype(int)
        mine = OPERATIONS["jpeg"](torch.from_numpy(array).movedim(-1, 0)[None] / 255, torch.tensor([float(quality)]))
        mine = (mine[0] * 255).round().movedim(0, -1).numpy().astype(int)
        # The encoder's cosine transform is in whole numbers: a coefficient at a rounding edge may fall the other way.
        assert np.abs(mine - peer).mean() <= 0.5
        assert np.abs(mine - peer).max() <= 8


def test_channel_shuffle():
    x, luck = picture((3, 8, 8))[None], torch.tensor([[0.7, 0.1, 0.4]])
    mine = OPERATIONS["channel_shuffle"](x, torch.zeros(1), luck)
    assert torch.equal(mine, F.permute_channels(x, [1, 2, 0]))


def test_autoaugment_is_the_published_table():
    words = {
        "autocontrast": "AutoContrast",
        "shear_y": "ShearY",
        "translate_x": "TranslateX",
        "translate_y": "TranslateY",
    }
    mine = tuple(
        tuple((words.get(n, n.capitalize()), p, None if n in ("autocontrast", "equalize", "invert") else level)
              for n, p, level in pair)
        for pair in AUTOAUGMENT
    )  # fmt: skip
    assert mine == tuple(AutoAugment(AutoAugmentPolicy.CIFAR10)._get_policies(AutoAugmentPolicy.CIFAR10))


def test_every_operation_is_compared_or_says_why_not():
    elsewhere = {"translate_x", "translate_y", "random_crop", "random_resized_crop", "perspective", "elastic", "erase",
                 "erase_grey", "erase_mean", "jpeg", "channel_shuffle", "clahe"}  # fmt: skip
    for name, operation in OPERATIONS.items():
        compared = name in PEERS or name in elsewhere or name == "identity"
        assert compared or operation.peer.startswith(("none", "same")), name
        assert operation.peer != "equal" or name in PEERS or name in elsewhere or name == "identity", name
