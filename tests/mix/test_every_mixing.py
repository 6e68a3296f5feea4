"""Truths that hold for every row of the table of mixing methods."""

from __future__ import annotations

import pytest
import torch

from ssl_core.mix import MIXES, Aids, Mixing, draw, mix, mix_drawn, mixup
from ssl_core.mix.inside import edges
from ssl_core.mix.law import LAWS
from ssl_core.mix.mask import MASKS
from ssl_core.mix.method import FORMS, SPACES, draw_chance
from ssl_core.mix.partner import PARTNERS
from ssl_core.mix.share import SHARES
from ssl_core.mix.strip import pair_strip, strip_lam
from ssl_core.mix.train import MATCHABLE, TRAINABLE, mix_batch, mix_given, places

CLASSES = 4
PIXELS = [name for name, method in MIXES.items() if method.form not in ("chains", "moments")]


def batch(count: int = 12, channels: int = 3, height: int = 8, width: int = 10, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(count, channels, height, width, generator=generator)
    return x, torch.eye(CLASSES)[torch.arange(count) % CLASSES]


def aids(x):
    return Aids(edges(x), torch.tensor([500.0, 400.0, 100.0, 20.0]), lambda x, generator: 1 - x)


def mixed(name: str, seed: int = 1, **asked):
    x, y = batch()
    drawn = draw(MIXES[name], y.argmax(1), x.shape[-2:], torch.Generator().manual_seed(seed), **asked)
    return x, y, drawn, mix_drawn(MIXES[name], x, y, drawn, aids(x))


def at(method: Mixing, lam: float):
    x, y = batch()
    chance = draw_chance(method, len(x), x.shape[-2:], torch.Generator().manual_seed(2))
    return x, y, mix(method, x, x.flip(0), y, y.flip(0), torch.full((len(x),), lam), chance, aids(x.flip(0)))


@pytest.mark.parametrize("name", MIXES)
def test_cells_of_the_grid_exist(name):
    method = MIXES[name]
    assert method.partner in PARTNERS and method.form in FORMS and method.mask in MASKS
    assert method.share in SHARES and method.law in LAWS and method.space in SPACES


@pytest.mark.parametrize("name", MIXES)
def test_labels_sum_to_one_and_masks_stay_between_0_and_1(name):
    _, y, drawn, out = mixed(name)
    assert torch.allclose(out.labels.sum(1), torch.ones(len(y)), atol=1e-6)
    assert out.mask.min() >= 0 and out.mask.max() <= 1
    assert out.share.min() >= 0 and out.share.max() <= 1 + 1e-6
    assert drawn.lam.min() >= 0 and drawn.lam.max() <= 1
    assert torch.isfinite(out.pictures).all()


@pytest.mark.parametrize("name", [name for name in MIXES if SHARES[MIXES[name].share].mass])
def test_label_mass_is_the_mean_of_the_mask_over_10_000_draws(name):
    count = 10_000
    x, y = torch.zeros(count, 1, 8, 8), torch.eye(2)[torch.arange(count) % 2]
    drawn = draw(MIXES[name], y.argmax(1), (8, 8), torch.Generator().manual_seed(3))
    out = mix_drawn(MIXES[name], x, y, drawn, Aids(salience=torch.rand(count, 8, 8)))
    assert (out.share - out.mask.mean(dim=(1, 2, 3))).abs().max() < 1e-6
    kept = (out.labels * y).sum(1)  # what is left of the own label, where the partner's is another
    other = (y * y[drawn.partner]).sum(1) == 0
    if MIXES[name].form == "whole":
        assert (kept - out.mask.mean(dim=(1, 2, 3)))[other].abs().le(1e-6).all()


@pytest.mark.parametrize("name", PIXELS)
def test_at_lambda_1_the_picture_is_the_first(name):
    x, y, out = at(MIXES[name], 1.0)
    assert torch.equal(out.pictures, x)
    if MIXES[name].share != "remix":
        assert torch.equal(out.labels, y)


@pytest.mark.parametrize("name", ["mixup", "mixmatch", "paired", "manifold", "across_sets", "fmix", "resizemix"])
def test_at_lambda_0_the_picture_is_the_partner(name):
    x, y, out = at(MIXES[name], 0.0)
    assert torch.allclose(out.pictures, x.flip(0), atol=1e-6)
    assert torch.equal(out.labels, y.flip(0))


@pytest.mark.parametrize("name", [n for n in PIXELS if MIXES[n].form == "whole"])
def test_every_pixel_is_its_mask_between_the_two_pictures(name):
    x, _, drawn, out = mixed(name)
    assert torch.allclose(out.pictures, out.mask * x + (1 - out.mask) * x[drawn.partner], atol=1e-6)


@pytest.mark.parametrize("name", [n for n in PIXELS if MIXES[n].form == "whole" and MIXES[n].share == "mass"])
def test_swapping_the_two_and_turning_the_mask_over_changes_nothing(name):
    from ssl_core.mix import blend

    x, y, drawn, out = mixed(name)
    other = drawn.partner
    again = blend(x[other], x, 1 - out.mask, y[other], y, 1 - out.share)
    assert torch.allclose(again[0], out.pictures, atol=1e-6) and torch.allclose(again[1], out.labels, atol=1e-6)


@pytest.mark.parametrize("name", MIXES)
def test_same_seed_same_mixture_and_another_seed_another(name):
    assert torch.equal(mixed(name)[3].pictures, mixed(name)[3].pictures)
    assert not torch.equal(mixed(name)[3].pictures, mixed(name, seed=7)[3].pictures)


@pytest.mark.parametrize("name", [n for n in MIXES if MIXES[n].lam.beta and MIXES[n].form in ("whole", "grey")])
def test_alpha_0_is_off(name):
    x, _, drawn, out = mixed(name, alpha=0.0)
    assert torch.equal(drawn.lam, torch.ones(len(x))) and torch.equal(out.pictures, x)


@pytest.mark.parametrize("name", MIXES)
def test_bytes_and_two_sizes_give_one_sentence(name):
    x, y = batch()
    lam = torch.ones(len(x))
    for wrong, word in (((x * 255).byte(), "divide by 255"), (x[:, :, :4], "differ in size")):
        with pytest.raises(ValueError, match=word) as error:
            mix(MIXES[name], x, wrong, y, y, lam, {}, aids(x))
        assert str(error.value).count(".") == str(error.value).rstrip(".").count(".") + 1


@pytest.mark.parametrize("name", MIXES)
def test_strip_of_nine_moves_from_one_end_to_the_other(name):
    x, y = batch()
    strip = pair_strip(MIXES[name], x[0], x[1], y[0], y[1], strip_lam(), 0, aids(x[:1]))
    assert strip.pictures.shape == (9, 3, 8, 10)
    assert (strip.share.diff() <= 1e-6).all()  # the first label never gains on the way to the second picture


@pytest.mark.parametrize("name", TRAINABLE)
@pytest.mark.parametrize("grain", ["sample", "pair", "batch"])
def test_training_can_use_it(name, grain):
    x, y = batch()
    counts = torch.tensor([9.0, 9.0, 9.0, 1.0])
    out, labels = mix_batch(name, x, y, torch.Generator().manual_seed(0), grain=grain, counts=counts)
    assert out.shape == x.shape and torch.allclose(labels.sum(1), torch.ones(len(x)), atol=1e-6)
    if MIXES[name].lam.beta:
        off = mix_batch(name, x, y, torch.Generator(), alpha=0.0, counts=counts)
        assert off[0] is x and off[1] is y


def test_training_without_mixing_is_the_batch_itself_and_the_rest_a_sentence():
    x, y = batch()
    assert mix_batch("none", x, y, torch.Generator())[0] is x
    with pytest.raises(ValueError, match="cannot mix by 'saliencymix'"):
        mix_batch("saliencymix", x, y, torch.Generator())
    with pytest.raises(ValueError, match="pass counts"):
        mix_batch("remix", x, y, torch.Generator())


@pytest.mark.parametrize("name", MATCHABLE)
def test_mixmatch_can_use_it_with_its_own_draws(name):
    x, y = batch()
    partner, lam = torch.randperm(len(x), generator=torch.Generator().manual_seed(0)), torch.linspace(0.5, 1, len(x))
    generator = torch.Generator().manual_seed(4)
    before = generator.get_state()
    chance = places(name, len(x), x.shape[-2:], generator)
    out, labels = mix_given(name, x, y, partner, lam, chance)
    assert torch.allclose(labels.sum(1), torch.ones(len(x)), atol=1e-6)
    if name == "mixup":
        assert torch.equal(before, generator.get_state())
        wanted = mixup(x, x[partner], y, y[partner], lam)
        assert torch.equal(out, wanted[0]) and torch.equal(labels, wanted[1])
    else:
        assert not torch.equal(out, x)
    with pytest.raises(ValueError, match="MixMatch cannot mix by 'cutout'"):
        mix_given("cutout", x, y, partner, lam)
