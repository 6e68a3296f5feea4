"""The three losses of style transfer on pictures whose values are known."""

from __future__ import annotations

import pytest
import torch

from ssl_core.generate.gram import content_loss, gram, style_loss, total_variation


def test_the_gram_matrix_of_two_known_maps():
    maps = torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]])[None]
    # Σ F₁² / 4 = 30/4, Σ F₁F₂ / 4 = (1 + 4)/4, Σ F₂² / 4 = 2/4
    assert torch.equal(gram(maps), torch.tensor([[[7.5, 1.25], [1.25, 0.5]]]))


def test_a_gram_matrix_forgets_where_and_remembers_what_goes_together():
    maps = torch.rand(2, 5, 6, 7, generator=torch.Generator().manual_seed(0))
    order = torch.randperm(42, generator=torch.Generator().manual_seed(1))
    shuffled = maps.flatten(2)[..., order].view_as(maps)
    torch.testing.assert_close(gram(shuffled), gram(maps))
    assert torch.linalg.eigvalsh(gram(maps)).min() > -1e-6  # a sum of squares in every direction
    apart = maps.flip(3)
    apart[:, 0] = maps[:, 0]  # one channel in its old place: it meets others now
    assert not torch.allclose(gram(apart), gram(maps), atol=1e-3)


def test_losses_are_relative_to_what_is_wanted():
    wanted = torch.rand(1, 3, 3, generator=torch.Generator().manual_seed(0))
    assert style_loss([wanted, wanted], [wanted, wanted]) == 0
    assert style_loss([torch.zeros_like(wanted)], [wanted]) == pytest.approx(1)
    assert style_loss([1.5 * wanted, wanted], [wanted, wanted]) == pytest.approx(0.125)  # 0.5² in one layer of two
    assert content_loss(1.1 * wanted, wanted) == pytest.approx(0.01, rel=1e-4)
    assert content_loss(wanted, torch.zeros_like(wanted)).isfinite()


def test_total_variation_of_known_pictures():
    assert total_variation(torch.full((1, 3, 4, 5), 0.3)) == 0
    stripes = torch.tensor([0.0, 1.0]).repeat(3).expand(1, 1, 4, 6)  # across 1 everywhere, down 0
    assert total_variation(stripes) == 1
    chess = ((torch.arange(4)[:, None] + torch.arange(6)) % 2).float()[None, None]
    assert total_variation(chess) == 2
    ramp = torch.linspace(0, 1, 11).expand(1, 1, 4, 11)
    assert total_variation(ramp) == pytest.approx(0.01)
