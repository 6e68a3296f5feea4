"""DCGAN: its losses and its penalty against numbers by hand, its augmentation, its networks, and its experiments."""

import json
import math
from pathlib import Path

import pytest
import torch
from torch import nn

from ssl_core.data import load
from ssl_core.generate import diffaugment
from ssl_core.generate.adversarial import (
    LOSSES,
    discriminator_loss,
    draw_targets,
    generator_loss,
    gradient_penalty,
)
from ssl_core.generate.config import configure
from ssl_core.generate.contract import weights_of
from ssl_core.generate.dcgan_experiments import EXPERIMENTS, values
from ssl_core.generate.dcgan_networks import NORMS, Discriminator, Generator, Spectral, doublings
from ssl_core.generate.loop import Workbench
from ssl_core.train.chance import generator_at

DIGITS = load("digits")
ZEROS, CERTAIN = torch.zeros(4), torch.ones(4)
HONEST = draw_targets(4, 0.0, 0.0, generator_at(0, 0))


def bench(steps: int = 0, **knobs) -> Workbench:
    """A tiny run on digits after so many steps."""
    small = {"width": 4, "latent": 3, "batch": 8, "device": "cpu"}
    one = Workbench(configure("digits", "dcgan", 100, 0, small | knobs), DIGITS)
    for _ in range(steps):
        one.take()
    return one


def test_the_penalty_of_a_linear_discriminator_is_half_its_squared_slope():
    """D(x) = w·x + b has the gradient w everywhere: ½·‖w‖², and the penalty's own gradient is w."""
    w = torch.tensor([3.0, -4.0, 0.0], requires_grad=True)
    penalty = gradient_penalty(lambda x: x @ w + 7, torch.randn(5, 3, generator=generator_at(0, 0)))
    penalty.backward()
    assert penalty.item() == pytest.approx(12.5)
    assert torch.allclose(w.grad, w.detach())


def test_the_penalty_of_a_tiny_network_is_the_one_written_out_by_hand():
    """D(x) = a·softplus(W x): dD/dx = Wᵀ(a·σ(W x)), and the penalty falls along its own gradient."""
    chance = generator_at(0, 1)
    W, a = (torch.randn(shape, generator=chance).double().requires_grad_() for shape in ((4, 3), (4,)))
    x = torch.randn(6, 3, generator=chance).double()
    penalty = gradient_penalty(lambda x: nn.functional.softplus(x @ W.T) @ a, x)
    by_hand = (0.5 * (((a * torch.sigmoid(x @ W.T)) @ W) ** 2).sum(dim=1)).mean()
    assert penalty.item() == pytest.approx(by_hand.item(), rel=1e-12)
    for mine, hand in zip(torch.autograd.grad(penalty, (W, a)), torch.autograd.grad(by_hand, (W, a)), strict=True):
        assert torch.allclose(mine, hand, rtol=1e-10)


def test_the_penalty_is_of_the_real_pictures_as_they_are_seen_and_is_learned_from():
    steep, flat = bench(1, r1=50.0), bench(1)
    assert steep.losses[0]["penalty"] > 0 == flat.losses[0]["penalty"]
    pairs = zip(steep.making.discriminator.parameters(), flat.making.discriminator.parameters(), strict=True)
    assert any(not torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize(
    ("loss", "unsure", "fooled"),
    [("cross-entropy", 2 * math.log(2), math.log(2)), ("hinge", 2.0, 0.0), ("least squares", 1.0, 1.0),
     ("minimax", 2 * math.log(2), -math.log(2))],
)  # fmt: skip
def test_a_discriminator_that_knows_nothing_loses_what_the_paper_says(loss, unsure, fooled):
    assert discriminator_loss(loss, ZEROS, ZEROS, HONEST).item() == pytest.approx(unsure)
    assert generator_loss(loss, ZEROS).item() == pytest.approx(fooled)


@pytest.mark.parametrize("loss", LOSSES)
def test_either_side_loses_what_the_other_wins(loss):
    right = discriminator_loss(loss, CERTAIN, -CERTAIN, HONEST)
    assert right < discriminator_loss(loss, -CERTAIN, CERTAIN, HONEST)
    assert generator_loss(loss, CERTAIN) < generator_loss(loss, -CERTAIN)


def test_minimax_is_flat_where_the_discriminator_is_sure_and_the_other_loss_is_not():
    slopes = {}
    for loss in ("minimax", "cross-entropy"):
        sure = torch.full((1,), -10.0, requires_grad=True)
        generator_loss(loss, sure).backward()
        slopes[loss] = sure.grad.item()
    assert slopes["minimax"] == pytest.approx(-1 / (1 + math.exp(10)), rel=1e-4)
    assert slopes["cross-entropy"] == pytest.approx(-1, abs=1e-4)


def test_noise_lowers_both_targets_and_smoothing_the_real_one_alone():
    targets = draw_targets(2000, 0.1, 0.05, generator_at(0, 2))
    assert targets.real.min() >= 0.85 and targets.real.max() <= 0.9
    assert targets.made.min() >= -0.05 and targets.made.max() <= 0
    assert targets.real.mean() == pytest.approx(0.875, abs=2e-3)


@pytest.mark.parametrize("policy", diffaugment.POLICIES[1:])
def test_the_generator_learns_through_the_augmentation(policy):
    """The derivative along a direction is the quotient of differences: every operation is piecewise linear."""
    x = torch.rand(6, 3, 8, 8, generator=generator_at(0, 3)).double().requires_grad_()
    drawn = diffaugment.draw(policy, 6, generator_at(0, 4))
    direction, weight = (torch.randn(x.shape, generator=generator_at(0, k)).double() for k in (5, 6))
    (diffaugment.apply(drawn, x) * weight).sum().backward()
    moved = [(diffaugment.apply(drawn, x.detach() + e * direction) * weight).sum() for e in (1e-4, -1e-4)]
    assert x.grad.abs().sum() > 0
    assert ((moved[0] - moved[1]) / 2e-4).item() == pytest.approx((x.grad * direction).sum().item(), rel=1e-6)


def test_every_picture_is_augmented_in_its_own_way_and_its_two_roles_in_the_same():
    drawn = diffaugment.draw("translation, cutout", 32, generator_at(0, 7))
    x = torch.rand(1, 1, 16, 16, generator=generator_at(0, 8)).expand(32, -1, -1, -1)
    seen = diffaugment.apply(drawn, x)
    assert len(seen.flatten(1).unique(dim=0)) > 20
    assert torch.equal(seen, diffaugment.apply(drawn, x.clone()))
    assert torch.equal(diffaugment.apply(diffaugment.draw("none", 32, generator_at(0, 7)), x), x)


def test_a_policy_changes_nothing_that_is_drawn_after_it():
    after = []
    for policy in diffaugment.POLICIES:
        chance = generator_at(0, 9)
        diffaugment.draw(policy, 8, chance)
        after.append(torch.rand(3, generator=chance))
    assert all(torch.equal(after[0], one) for one in after)


def test_real_and_made_pictures_are_augmented_alike(monkeypatch):
    """In the discriminator's step both kinds go through one draw; only the generator's step draws again."""
    used, apply = [], diffaugment.apply
    monkeypatch.setattr(diffaugment, "apply", lambda drawn, x: used.append(drawn) or apply(drawn, x))
    bench(1, augment="colour, translation, cutout")
    assert used[0] is used[1]
    assert used[2] is not used[0]
    assert len(used) == 3


@pytest.mark.parametrize("side", [4, 5, 8, 28, 32, 48])
@pytest.mark.parametrize("norm", NORMS)
def test_the_networks_fit_pictures_of_any_side_and_every_weight_learns(side, norm):
    with weights_of(0):
        makes, tells = Generator(3, 2, 3, side, 4), Discriminator(2, 3, side, 4, norm)
    labels = torch.tensor([0, 1, 1])
    made = makes(torch.randn(3, 3, generator=generator_at(0, 0)), labels)
    assert made.shape == (3, 3, side, side) and made.abs().max() <= 1
    opinion = tells(made, labels)
    assert opinion.shape == (3,)
    opinion.square().sum().backward()
    dead = [name for net in (makes, tells) for name, w in net.named_parameters() if w.grad is None or not w.grad.any()]
    assert not dead


def test_how_often_a_side_is_halved():
    assert {side: doublings(side) for side in (8, 28, 32, 48, 64)} == {8: 2, 28: 2, 32: 3, 48: 3, 64: 4}


def test_spectral_norm_divides_by_the_largest_singular_value():
    with weights_of(3):
        layer = Spectral(nn.Conv2d(3, 5, 4))
    for _ in range(200):
        weight = layer.weight()
    assert torch.linalg.matrix_norm(weight.flatten(1), 2).item() == pytest.approx(1, rel=1e-4)
    kept = layer.eval().u.clone()
    layer.weight()
    assert torch.equal(layer.u, kept), "it moves when it is only asked"
    assert {"u", "v"} <= set(layer.state_dict())


def test_a_perfect_copy_is_told_from_real_no_better_than_by_chance():
    """Both kinds the same pictures: after learning, opinions are one half and the loss is 2·log 2."""
    with weights_of(0):
        tells = Discriminator(0, 1, 8, 8, "spectral")
    optimizer = torch.optim.Adam(tells.parameters(), 1e-3)
    pictures, targets = DIGITS.images[:400].float() / 127.5 - 1, draw_targets(32, 0.0, 0.0, generator_at(0, 0))
    for k in range(60):
        rows = torch.randint(400, (2, 32), generator=generator_at(1, k))
        loss = discriminator_loss("cross-entropy", tells(pictures[rows[0]]), tells(pictures[rows[1]]), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        real, made = (tells(part).sigmoid() for part in pictures.split(200))
    assert abs(real.mean() - made.mean()) < 0.02
    assert ((real > 0.5).double().mean() + (made <= 0.5).double().mean()).item() / 2 == pytest.approx(0.5, abs=0.07)


def test_it_ignores_neither_the_class_nor_the_noise():
    """After a few steps the same noise makes another picture for another class, and other noise another picture."""
    making = bench(60, lr=1e-2, average=0.5).making
    z = making.noise(2, generator_at(0, 10))
    zero, one = (making.paint(z, torch.full((2,), label)) for label in (0, 1))
    assert (zero - one).abs().mean() > 1e-3
    assert (zero[0] - zero[1]).abs().mean() > 1e-3


def test_a_plain_one_is_never_told_a_class():
    making = bench(2, conditional=False).making
    zero, one = (making.make(torch.full((3,), label), generator_at(0, 11)) for label in (0, 7))
    assert torch.equal(zero, one)


def test_looking_changes_nothing():
    watched, alone = bench(2, norm="spectral"), bench(2, norm="spectral")
    watched.making.measures(watched.chance())
    watched.making.views(watched.chance())
    for one in (watched, alone):
        one.take()
    states = [one.making.discriminator.state_dict() for one in (watched, alone)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_opinions_count_every_picture():
    counts = bench(1).making.measures(generator_at(0, 12))
    assert [sum(counts[f"opinions_{kind}"]) for kind in ("real", "made")] == [200, 200]


def test_experiments_can_be_configured_and_leave_nothing_behind():
    knobs = {name: values(name, "digits") for name in EXPERIMENTS}
    assert len({frozenset(one) for one in knobs.values()}) == 1
    usual = configure("digits", "dcgan", None, 0, {})
    assert configure("digits", "dcgan", None, 0, knobs["ordinary"]) == usual
    assert all(configure("shapes", "dcgan", None, 0, values(name, "shapes")) for name in EXPERIMENTS)


def test_a_collapse_covers_fewer_classes_than_the_ordinary_recipe():
    """Recorded by tests/benchmarks/dcgan.py, since 600 steps of both take half a minute."""
    recorded = json.loads(Path(__file__).with_name("dcgan_collapse.json").read_text())
    assert recorded["collapse"]["values"] == EXPERIMENTS["collapse"].values
    assert max(recorded["collapse"]["covered"]) <= 5 < min(recorded["ordinary"]["covered"][2:])
    assert recorded["ordinary"]["covered"][-1] >= 9
