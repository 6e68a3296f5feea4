"""The variational autoencoder against what must hold: the bound, its two ends, and the codes that are walked through."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from ssl_core.data import load
from ssl_core.generate import vae
from ssl_core.generate.config import configure
from ssl_core.generate.every_label import shipped
from ssl_core.generate.judge import recognised
from ssl_core.generate.loop import Workbench
from ssl_core.generate.vae_network import Decoder, Encoder, sides
from ssl_core.generate.vae_scene import SIDE, Codes
from ssl_core.generate.vae_walk import lattice, lines, plane_of
from ssl_core.train.chance import generator_at


def learned(steps: int, data: str = "digits", **values) -> Workbench:
    """A workbench after so many steps, with the losses of each."""
    bench = Workbench(configure(data, "vae", values={"width": 16, "device": "cpu"} | values), load(data))
    for _ in range(steps):
        bench.take()
    return bench


@pytest.fixture(scope="module")
def told():
    """A conditional one of digits that has learned its classes."""
    return learned(200)


@pytest.fixture(scope="module")
def plain():
    """One that was never told a class."""
    return learned(200, conditional=False, beta=0.5)


def test_the_kl_is_what_is_drawn_and_what_torch_says():
    """Closed form against 400,000 draws of log q(z) − log p(z), and against torch.distributions."""
    generator = torch.Generator().manual_seed(0)
    mean, log_variance = torch.randn(3, 4, generator=generator), torch.randn(3, 4, generator=generator)
    q, p = Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)
    exact = vae.kl(mean, log_variance)
    assert torch.allclose(exact, kl_divergence(q, p).sum(dim=1), atol=1e-5)
    z = mean + (0.5 * log_variance).exp() * torch.randn(400_000, 3, 4, generator=generator)
    assert torch.allclose(exact, (q.log_prob(z) - p.log_prob(z)).sum(dim=2).mean(dim=0), rtol=0.01)
    assert vae.kl(torch.zeros(1, 4), torch.zeros(1, 4)) == 0


def test_the_likelihoods_are_those_of_their_distributions():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(5, 1, 3, 3, generator=generator)
    x = torch.rand(5, 1, 3, 3, generator=generator)
    sigma = (logits.sigmoid() - x).square().mean().sqrt()
    wanted = -Normal(logits.sigmoid(), sigma).log_prob(x).sum() / 5
    assert torch.allclose(vae.gaussian(logits, x), wanted, rtol=1e-5)
    wider = -Normal(logits.sigmoid(), 1.1 * sigma).log_prob(x).sum() / 5
    narrower = -Normal(logits.sigmoid(), 0.9 * sigma).log_prob(x).sum() / 5
    assert vae.gaussian(logits, x) < min(wider, narrower), "another width would fit better"
    black_and_white = (x > 0.5).float()
    wanted = -Bernoulli(logits=logits).log_prob(black_and_white).sum() / 5
    assert torch.allclose(vae.bernoulli(logits, black_and_white), wanted, rtol=1e-5)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_the_bound_falls_and_is_reconstruction_and_weighted_kl(likelihood):
    bench = learned(40, likelihood=likelihood, beta=3.0)
    losses = [float(step["loss"]) for step in bench.losses]
    assert sum(losses[-5:]) < sum(losses[:5])
    assert sorted(losses[-5:])[-1] < losses[0]
    for step in bench.losses:
        assert float(step["loss"]) == pytest.approx(float(step["reconstruction"]) + 3 * float(step["kl"]), rel=1e-4)
        assert step["kl"] >= 0


def test_without_beta_it_is_an_autoencoder():
    """It draws nothing, its loss is the reconstruction, and it reconstructs better than a tight bound lets it."""
    free, tight = learned(60, beta=0.0), learned(60, beta=8.0)
    assert all(torch.equal(step["loss"], step["reconstruction"]) for step in free.losses)
    mean, log_variance = torch.ones(2, 3), torch.zeros(2, 3)
    assert torch.equal(free.making.draw(mean, log_variance, generator_at(0, 0)), mean)
    assert not torch.equal(tight.making.draw(mean, log_variance, generator_at(0, 0)), mean)
    assert float(free.losses[-1]["reconstruction"]) < float(tight.losses[-1]["reconstruction"])


def test_a_code_comes_back_near_where_it_was(plain):
    """z → picture → z: nearer than to the code of any other of 40 pictures, for most."""
    painter = plain.making
    x, labels = painter.pictures(painter.points[:40])
    z = painter.codes(x, labels)
    again = painter.codes(painter.paint(z, labels), labels)
    nearest = torch.cdist(again, z).argmin(dim=1)
    assert (nearest == torch.arange(40)).float().mean() > 0.8
    assert (again - z).norm(dim=1).median() < 0.5 * torch.pdist(z).median()


def test_what_it_makes_is_recognised_as_asked(told):
    """The issue's bar is 95 % within ten seconds; these are 200 steps, two seconds of one core."""
    asked = torch.arange(300) % 10
    made = told.making.make(asked, generator_at(0, 1))
    network = shipped(load("digits").card)
    assert recognised(network, made, asked) > 0.9
    assert recognised(network, made, (asked + 1) % 10) < 0.1
    of_one_class = made[asked == 3].flatten(1)
    assert torch.pdist(of_one_class).min() > 0.01, "every picture of a class is the same"


def test_the_same_code_is_another_picture_in_another_class(told, plain):
    z = torch.zeros(2, 16)
    assert not torch.allclose(*told.making.paint(z, torch.tensor([0, 1])))
    assert torch.equal(*plain.making.paint(z, torch.tensor([0, 1])))


@pytest.mark.parametrize("side", [8, 28, 32, 45])
@pytest.mark.parametrize("told", [0, 3])
def test_its_networks_take_any_side_and_every_number_of_theirs_learns(side, told):
    shape, classes = (3, side, side), torch.eye(3)[:2] if told else None
    encoder, decoder = Encoder(shape, 4, 5, told), Decoder(shape, 4, 5, told)
    mean, log_variance = encoder(torch.rand(2, *shape), classes)
    assert mean.shape == log_variance.shape == (2, 5)
    painted = decoder(mean + log_variance, classes)
    assert painted.shape == (2, *shape)
    painted.square().sum().backward()
    assert all(number.grad is not None for module in (encoder, decoder) for number in module.parameters())


def test_maps_are_halved_until_one_is_small():
    assert sides(8, 8) == [(8, 8), (4, 4)]
    assert sides(28, 28) == [(28, 28), (14, 14), (7, 7), (4, 4)]
    assert sides(3, 3) == [(3, 3), (2, 2)]


@pytest.mark.parametrize("latent", [1, 2, 3, 16])
def test_places_of_the_plane_are_codes_and_back(latent):
    generator = torch.Generator().manual_seed(0)
    codes = torch.randn(200, latent, generator=generator) * torch.arange(1, latent + 1)
    plane = plane_of(codes)
    places = lattice(5)
    assert plane.codes(places).shape == (25, latent)
    back = plane.places(plane.codes(places))
    assert torch.allclose(back[:, : min(latent, 2)], places[:, : min(latent, 2)], atol=1e-4)
    assert plane.direct is (latent <= 2)
    if latent > 2:
        assert 0 < plane.share < 1
        spread = plane.places(codes).std(dim=0)
        assert torch.allclose(spread, torch.ones(2), atol=0.02), "its unit is a deviation along each axis"
        longest = torch.linalg.svdvals(codes - codes.mean(dim=0))[0] / 200**0.5
        assert plane.across.norm().item() == pytest.approx(longest.item(), rel=1e-3)
    else:
        assert plane.codes(torch.zeros(1, 2)).abs().max() == 0


def test_the_lattice_begins_in_the_upper_left_corner():
    assert lattice(3, 2.0).tolist()[:4] == [[-2, 2], [0, 2], [2, 2], [-2, 0]]


def test_lines_begin_and_end_in_their_pictures(told):
    painter, material = told.making, told.making.material
    a, b = (int(torch.nonzero(material.labels == label)[0]) for label in (3, 8))
    three = lines(painter, a, b)
    x, labels = painter.pictures(torch.tensor([a, b]))
    rebuilt = painter.paint(painter.codes(x, labels), labels)
    assert torch.allclose(three.codes[[0, -1]], rebuilt, atol=1e-5)
    assert torch.equal(three.mixup[0], x[0]) and torch.allclose(three.mixup[-1], x[1])
    assert torch.allclose(three.mixup[4], (x[0] + x[1]) / 2)
    assert torch.equal(three.smote[0], x[0])
    end = (material.images.float() / 255 - three.smote[-1]).flatten(1).abs().amax(dim=1)
    neighbours = torch.nonzero(end < 1e-5).flatten().tolist()
    assert neighbours and a not in neighbours
    assert {int(material.labels[row]) for row in neighbours} == {3}
    same = torch.nonzero(material.labels == 3).flatten()
    far = (material.images[same].float() / 255 - x[0]).flatten(1).norm(dim=1)
    assert far[far > 0].min().item() == pytest.approx((three.smote[-1] - x[0]).norm().item(), rel=1e-4)


def test_what_the_page_shows_is_painted_by_the_decoder(told, plain):
    codes = Codes(told.making)
    grid = codes.lattice(7)
    assert (grid["side"], grid["height"], grid["width"]) == (SIDE, 8, 8)
    assert len(codes.dots()["x"]) == len(codes.dots()["label"]) == 400
    network = shipped(load("digits").card)
    shots = codes.at(0.0, 0.0, network)
    assert [shot["name"] for shot in shots] == [str(digit) for digit in range(10)]
    assert sum(shot["guess"] == shot["name"] for shot in shots) >= 9
    assert len(Codes(plain.making).at(0.0, 0.0, None)) == 1
    assert Codes(plain.making).at(0.0, 0.0, None)[0]["sure"] is None
