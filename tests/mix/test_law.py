"""λ follows its law."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from ssl_core.mix.law import LAWS, density, draw_shares, kept_variance
from ssl_core.mix.paired import kept_noise, measured_noise, paired_mixup

COUNT = 20_000


def drawn(law: str, alpha: float, grain: str = "sample", count: int = COUNT) -> torch.Tensor:
    return draw_shares(LAWS[law], alpha, count, torch.Generator().manual_seed(11), grain)


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.75, 1.0, 1.2, 8.0])
def test_kolmogorov_smirnov_against_beta(alpha):
    """On the lower half: single precision rounds the many values just below 1 to 1 where α is small."""
    lam = drawn("beta", alpha).double()
    low = lam[lam < 0.5]
    assert len(low) / COUNT == pytest.approx(0.5, abs=0.015)
    assert stats.kstest(low.numpy(), lambda v: 2 * stats.beta(alpha, alpha).cdf(v)).pvalue > 0.01


@pytest.mark.parametrize("alpha", [0.5, 0.75, 4.0])
def test_folded_is_the_larger_of_the_two_shares(alpha):
    lam = drawn("folded", alpha)
    assert lam.min() >= 0.5
    assert stats.kstest(lam.double().numpy(), lambda v: 2 * stats.beta(alpha, alpha).cdf(v) - 1).pvalue > 0.01
    theory = {0.75: 0.778, 0.5: 0.818}.get(alpha)  # E max(λ, 1−λ), a known integral
    if theory:
        assert lam.mean() == pytest.approx(theory, abs=0.004)


@pytest.mark.parametrize("alpha", [0.2, 0.75, 1.0, 1.2, 8.0])
def test_kept_variance(alpha):
    lam = drawn("beta", alpha).double()
    squares = lam.square() + (1 - lam).square()
    error = squares.std() / COUNT**0.5
    assert abs(squares.mean() - kept_variance(alpha)) < 4 * error
    assert kept_variance(1) == pytest.approx(2 / 3)


def test_resizemix_draws_the_side_evenly():
    lam = drawn("scale", 1.0)
    assert stats.kstest(torch.sqrt(1 - lam.double()).numpy(), stats.uniform(0.1, 0.7).cdf).pvalue > 0.01


@pytest.mark.parametrize(("law", "alpha"), [("beta", 1.5), ("beta", 4.0), ("folded", 2.0), ("scale", 1.0)])
def test_densities_have_area_one_and_match_the_draws(law, alpha):
    edges = np.linspace(0, 1, 201)
    middle = (edges[1:] + edges[:-1]) / 2
    p = density(LAWS[law], alpha, middle)
    assert p.mean() == pytest.approx(1, abs=0.02)
    seen, _ = np.histogram(drawn(law, alpha).numpy(), bins=10, range=(0, 1))
    assert np.allclose(seen / COUNT, p.reshape(10, 20).mean(axis=1) / 10, atol=0.015)


def test_laws_of_one_value_have_no_density():
    assert density(LAWS["half"], 1, np.array([0.5])) is None
    assert density(LAWS["beta"], 0, np.array([0.5])) is None
    assert torch.equal(drawn("half", 1.0, count=3), torch.full((3,), 0.5))


@pytest.mark.parametrize("count", [2, 7, 8])
def test_grains(count):
    assert len(drawn("beta", 1.0, "batch", count).unique()) == 1
    pair = drawn("beta", 1.0, "pair", count)
    assert torch.equal(pair, pair.flip(0)) and len(pair.unique()) == (count + 1) // 2
    assert len(drawn("beta", 1.0, "sample", count).unique()) == count


def test_wrong_requests_are_one_sentence():
    with pytest.raises(ValueError, match="0 \\(off\\) or more"):
        drawn("beta", -1)
    with pytest.raises(ValueError, match="drawn for each of sample, pair, batch"):
        drawn("beta", 1, "pixel")


def test_paired_noise_law():
    x = torch.rand(2, 1, 128, 128)
    lam = torch.tensor([1.0, 0.8, 0.5, 0.2])
    pair = [x[i].expand(len(lam), -1, -1, -1) for i in (0, 1)]
    left = measured_noise(*pair, lam, 0.1, torch.Generator().manual_seed(0)) / 0.1
    assert torch.allclose(left, kept_noise(lam), rtol=0.02)
    assert kept_noise(torch.tensor([0.5])).item() == pytest.approx(0.7071, abs=1e-4)


def test_paired_mixup_treats_both_pictures_alike():
    noisy = torch.rand(6, 3, 4, 4)
    out, target = paired_mixup(noisy, 2 * noisy, torch.Generator().manual_seed(0))
    assert torch.allclose(2 * out, target)
    out, target = paired_mixup(noisy, noisy, torch.Generator().manual_seed(0), alpha=0)
    assert torch.equal(out, noisy)
