"""Partners, masks, forms, joined data sets, and mixing inside a network."""

from __future__ import annotations

import pytest
import torch

from ssl_core.mix import MIXES, Aids, draw_lam, mix, mixup
from ssl_core.mix.form import chained, draw_chains, moment_exchange, moments
from ssl_core.mix.inside import edges, hidden_layers, hidden_strip, manifold_mixup, moment_exchanged, salience
from ssl_core.mix.join import alike, joined_classes, joined_labels
from ssl_core.mix.mask import low_frequencies
from ssl_core.mix.partner import PARTNERS, draw_partner
from ssl_core.mix.share import remix_share
from ssl_core.mix.strip import pair_strip, pixel_numbers, square, strip_lam
from ssl_core.models import MODELS
from ssl_core.models.ask import probabilities


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_blend_and_draw_lam_are_what_training_was_measured_with():
    assert draw_lam(0.75, 3, generator(5)).tolist() == draw_lam(0.75, 3, generator(5)).tolist()
    x, y, lam = torch.rand(4, 1, 2, 2), torch.eye(4), torch.tensor([0.1, 0.5, 0.9, 1.0])
    out = mixup(x, x.flip(0), y, y.flip(0), lam)
    share = lam.reshape(-1, 1, 1, 1)
    assert torch.equal(out[0], share * x + (1 - share) * x.flip(0))


@pytest.mark.parametrize("name", PARTNERS)
def test_partner_rules_keep_their_word(name):
    labels = torch.tensor([0, 0, 1, 1, 2, 2, 2])
    rows = draw_partner(name, labels, generator())
    own = torch.arange(len(labels))
    assert rows.shape == labels.shape and rows.min() >= 0 and rows.max() < len(labels)
    if name in ("permutation", "derangement", "roll", "flip"):
        assert torch.equal(rows.sort().values, own)
    if name == "derangement":
        assert not (rows == own).any()
    if name == "same_class":
        assert torch.equal(labels[rows], labels) and not (rows == own).any()
    if name == "other_class":
        assert (labels[rows] != labels).all()


def test_partners_of_one_class_only():
    one = torch.zeros(3, dtype=torch.int64)
    with pytest.raises(ValueError, match="choose a second class"):
        draw_partner("other_class", one, generator())
    assert draw_partner("same_class", torch.tensor([0, 1]), generator()).tolist() == [0, 1]  # alone: itself


def test_fmix_landscape_is_the_same_in_both_directions():
    """The spectrum's real and imaginary parts must not be taken from two rows of frequencies."""
    flat = low_frequencies(300, (32, 32), generator())
    flat = flat / flat.std(dim=(1, 2), keepdim=True)
    across, down = flat.diff(dim=2).square().mean(), flat.diff(dim=1).square().mean()
    assert (across / down).item() == pytest.approx(1, abs=0.1)
    assert across < 0.05  # smooth: white noise would have 2


def test_moments_become_the_partners():
    h1, h2 = torch.randn(5, 16, 4, 4), 3 * torch.randn(5, 16, 4, 4) + 1
    for over in ((1,), (2, 3), (1, 2, 3)):
        ours, theirs = moments(moment_exchange(h1, h2, over), over), moments(h2, over)
        assert all(torch.allclose(a, b, atol=1e-3, rtol=1e-3) for a, b in zip(ours, theirs, strict=True))
    grey = moment_exchange(torch.rand(2, 1, 8, 8), torch.rand(2, 1, 8, 8))
    assert torch.isfinite(grey).all() and grey.std() > 0.1


def test_remix_gives_the_rare_class_the_label():
    first, second = torch.tensor([100.0, 100, 10, 10, 100]), torch.tensor([10.0, 10, 100, 100, 90])
    lam = torch.tensor([0.3, 0.7, 0.7, 0.3, 0.3])
    assert remix_share(lam, first, second).tolist() == pytest.approx([0, 0.7, 1, 0.3, 0.3])


def test_chains_of_nothing_change_nothing_and_weights_sum_to_one():
    chance = draw_chains(6, generator())
    assert torch.allclose(chance["weight"].sum(1), torch.ones(6))
    x = torch.rand(6, 1, 4, 4)
    assert torch.allclose(chained(x, chance, lambda x, g: x), x, atol=1e-6)
    assert not torch.allclose(chained(x, chance, lambda x, g: x / 2), x)


def test_saliency_box_sits_on_the_peak():
    peak = torch.zeros(1, 8, 8)
    peak[0, 2, 5] = 1
    lam, one = torch.tensor([0.75]), torch.rand(1, 1, 8, 8)
    out = mix(MIXES["saliencymix"], one, one, torch.eye(2)[:1], torch.eye(2)[1:], lam, {}, Aids(salience=peak))
    assert out.mask[0, 0, 2, 5] == 0 and out.mask[0, 0, 7, 0] == 1
    with pytest.raises(ValueError, match="which pixels matter"):
        mix(MIXES["saliencymix"], one, one, torch.eye(2)[:1], torch.eye(2)[1:], lam, {})


def test_two_data_sets_at_one_table():
    a, b, words = alike(torch.rand(1, 1, 8, 8), torch.rand(1, 3, 32, 32))
    assert a.shape == b.shape == (1, 3, 32, 32) and "enlarged from 8×8 to 32×32" in words
    assert alike(b, b)[2] == ""
    assert joined_classes(("0", "1"), ("circle",)) == ("0", "1", "circle")
    assert joined_classes(("0", "1"), ("0", "1")) == ("0", "1")
    assert joined_labels(torch.eye(2), 5, 2).tolist() == [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]


def test_square_between_four_pictures():
    corners = torch.rand(4, 3, 4, 4)
    pictures, labels = square(corners, torch.eye(4), 5)
    for place, corner in zip((0, 4, 20, 24), range(4), strict=True):
        assert torch.allclose(pictures[place], corners[corner], atol=1e-6) and labels[place, corner] == 1
    assert torch.allclose(labels[12], torch.full((4,), 0.25)) and torch.allclose(pictures[12], corners.mean(0))


def test_mixing_two_pictures_costs_contrast():
    x = torch.rand(2, 1, 32, 32, generator=generator())
    numbers = pixel_numbers(pair_strip(MIXES["mixup"], *x, *torch.eye(2), strip_lam(), 0).pictures)
    assert (numbers.contrast[4] / numbers.contrast[0]).item() == pytest.approx(0.5**0.5, rel=0.05)
    assert (numbers.sharpness[4] / numbers.sharpness[0]).item() == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize("name", ["small_convnet", "wrn_28_2"])
def test_inside_a_network(name):
    model = MODELS[name](1, 3).eval()
    x, y = torch.rand(4, 1, 8, 8), torch.eye(3)[torch.tensor([0, 1, 2, 0])]
    rows, lam = torch.tensor([1, 0, 3, 2]), torch.full((4,), 0.3)
    one, plain = torch.ones(4), model(x)
    for layer in range(len(hidden_layers(model)) + 1):
        assert torch.allclose(manifold_mixup(model, x, rows, one, layer), plain, atol=1e-5)
    deep = manifold_mixup(model, x, rows, lam, 1)
    assert not torch.allclose(deep, plain)
    assert torch.allclose(manifold_mixup(model, x, rows, lam, 0), model(0.3 * x + 0.7 * x[rows]), atol=1e-5)
    assert torch.allclose(model(x), plain)  # the hook is gone
    assert not torch.allclose(moment_exchanged(model, x, rows), plain)
    strip = hidden_strip(model, x[0], x[1], strip_lam(), 1)
    assert torch.allclose(strip[[0, -1]], probabilities(model, x[:2]), atol=1e-5)

    seen = salience(model, x, y)
    assert seen.shape == (4, 8, 8) and seen.min() >= 0 and seen.max() > 0
    assert all(p.grad is None for p in model.parameters())
    assert edges(x).shape == (4, 8, 8)


class Visitor(torch.nn.Module):
    """A layer during which somebody else asks the same network about a picture of their own."""

    def __init__(self, ask):
        super().__init__()
        self.ask = ask

    def forward(self, h):
        self.ask()
        return h


def test_who_asks_a_network_while_another_looks_inside_it_gets_an_answer_of_their_own():
    model = MODELS["small_convnet"](1, 4).eval()
    x, seen = torch.rand(36, 1, 8, 8, generator=generator()), []
    alone = probabilities(model, x)

    def ask():
        if not seen:
            seen.append(None)
            seen[0] = probabilities(model, x)

    model.body.append(Visitor(ask))
    hidden_strip(model, x[0], x[1], strip_lam(18), 1)
    torch.testing.assert_close(seen[0], alone)
