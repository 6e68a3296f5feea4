"""The knobs that take MixMatch and FixMatch apart: each does what its row says, and the paper's value changes nothing."""

from __future__ import annotations

import pytest
import torch

from ssl_core.augment import preset
from ssl_core.augment.policies import Cutout, RandAugment
from ssl_core.data.catalog import card
from ssl_core.methods.ablation import ablation_of
from ssl_core.methods.fixmatch import select, softened, unlabelled_loss
from ssl_core.methods.mixmatch import MIXED, partners, unmixed
from tests.test_every_method import trainee


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def watched(method, **knobs):
    """(one watched step, its batch) of a fresh network."""
    t = trainee(method, **knobs)
    t.watched = True
    batch, _, chance = t.draw()
    return t.config.knobs.step(t.model, batch, t.state, chance), batch, t


def test_partners_stay_among_their_own_where_kinds_are_blended_apart():
    for mixed in MIXED:
        partner = partners(mixed, 8, 24, generator())
        assert sorted(partner.tolist()) == list(range(24))
        crossed = bool(((partner < 8) != (torch.arange(24) < 8)).any())
        assert crossed == (mixed == "together"), mixed
    assert torch.equal(partners("together", 8, 24, generator()), torch.randperm(24, generator=generator()))


def test_rows_that_are_not_blended_have_no_partner():
    lam = torch.full((24,), 0.7)
    shares = {mixed: unmixed(lam, mixed, 8).tolist() for mixed in MIXED}
    some, all_of_it = [pytest.approx(0.7)], [1.0]
    assert shares["together"] == shares["apart"] == some * 24
    assert shares["labelled"] == some * 8 + all_of_it * 16
    assert shares["unlabelled"] == all_of_it * 8 + some * 16
    assert shares["none"] == all_of_it * 24
    assert lam.tolist() == some * 24, "and λ itself is left alone"


def test_without_mixup_every_blend_is_its_own_picture():
    step, batch, _ = watched("mixmatch", mixed="none")
    rows = torch.cat([batch.x, *batch.u])
    assert torch.equal(step.seen["blends"], rows)
    assert not torch.equal(watched("mixmatch")[0].seen["blends"], rows)


def test_guesses_of_the_average_are_the_averages():
    from ssl_core.methods.contract import teacher_logits
    from ssl_core.methods.mixmatch import guess

    step, batch, t = watched("mixmatch", guesser="average", align=False)
    with torch.no_grad():
        for number in t.average.shadow.parameters():
            number.mul_(1.5)
    moved = t.config.knobs.step(t.model, batch, t.state, generator())
    expected = guess(torch.stack([teacher_logits(batch.teacher, u) for u in batch.u]), t.config.knobs.temperature)[1]
    torch.testing.assert_close(moved.seen["targets"], expected)
    assert not torch.allclose(moved.seen["targets"], step.seen["targets"])


def test_soft_labels_approach_the_hard_one_and_keep_the_guess_at_one():
    p = torch.softmax(torch.randn(50, 10, generator=generator(), dtype=torch.float64), 1)
    torch.testing.assert_close(softened(p, 1.0), p)
    torch.testing.assert_close(softened(p, 0.5), p**2 / (p**2).sum(1, keepdim=True))
    hard = torch.nn.functional.one_hot(p.argmax(1), 10).double()
    torch.testing.assert_close(softened(p, 1e-3), hard, atol=1e-2, rtol=0)
    pseudo, mask = select(p, 0.0)
    logits = torch.randn(50, 10, generator=generator(1), dtype=torch.float64)
    torch.testing.assert_close(unlabelled_loss(logits, hard, mask), unlabelled_loss(logits, pseudo, mask))


def test_a_soft_step_learns_the_guess_itself():
    step, _, _ = watched("fixmatch", soft=1.0, threshold=0.0, align=False)
    torch.testing.assert_close(step.seen["targets"], step.seen["guesses"])
    hard, _, _ = watched("fixmatch", threshold=0.0, align=False)
    assert set(hard.seen["targets"].unique().tolist()) == {0.0, 1.0}
    assert step.loss != hard.loss


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_only_cutout_and_no_cutout_are_trainings_strong_view_in_two_parts(name):
    about = card(name)
    both = preset("strong", about).stages
    assert preset("only-cutout", about).stages == tuple(one for one in both if not isinstance(one, RandAugment))
    assert preset("no-cutout", about).stages == tuple(one for one in both if not isinstance(one, Cutout))
    assert len(preset("only-cutout", about).stages) == len(preset("no-cutout", about).stages) == len(both) - 1


def test_published_errors_are_table_fours():
    """Berthelot et al. 2019, arXiv:1905.02249, table 4, CIFAR-10 with 250 labels."""
    published = ablation_of("mixmatch").published
    assert list(published.values()) == [11.80, 17.09, 11.55, 12.45, 27.83, 11.86, 39.11, 32.16, 12.35, 12.26]
