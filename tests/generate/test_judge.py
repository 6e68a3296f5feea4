"""Judging made pictures: numbers that are known beforehand, and makers that cheat in known ways."""

import pytest
import torch

from ssl_core.data import load
from ssl_core.generate.every_label import shipped
from ssl_core.generate.judge import covered, diversity, frechet, judge, nearest_of, recognised, seen_as

DIGITS = load("digits")
NETWORK = shipped(DIGITS.card)


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def judged(made, asked=None, learned=None):
    learned = DIGITS.images if learned is None else learned
    return judge(NETWORK, made, asked, learned, DIGITS.test_images, DIGITS.test_labels, chance())


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_the_shipped_networks_know_their_data(name):
    data = load(name)
    assert recognised(shipped(data.card), data.test_images, data.test_labels) > 0.98


def test_a_network_of_other_pictures_is_not_taken():
    import dataclasses

    assert shipped(dataclasses.replace(DIGITS.card, contents="of other pictures")) is None
    assert shipped(dataclasses.replace(DIGITS.card, name="folder:../digits")) is None


def test_the_frechet_distance_of_a_set_with_itself_is_nothing():
    rows = torch.randn(200, 16, generator=chance())
    assert frechet(rows, rows) == pytest.approx(0, abs=1e-9)
    assert frechet(rows, rows[torch.randperm(200, generator=chance())]) == pytest.approx(0, abs=1e-9)


def test_the_frechet_distance_of_two_gaussians_is_the_closed_form():
    """Of Gaussians whose covariances commute: |μ1 − μ2|² + Σ (σ1 − σ2)², whatever the axes are turned to."""
    raw = torch.randn(4000, 3, generator=chance()).double()
    raw -= raw.mean(dim=0)
    white = raw @ torch.linalg.inv(torch.linalg.cholesky(raw.T @ raw / 3999)).T  # mean 0 and covariance 1, exactly
    turn = torch.linalg.qr(torch.randn(3, 3, generator=chance(1)).double())[0]
    deviations, others = torch.tensor([1.0, 2.0, 0.5]).double(), torch.tensor([3.0, 2.0, 0.1]).double()
    shift = torch.tensor([1.0, -2.0, 0.5]).double()
    one, other = white * deviations @ turn, (white * others + shift) @ turn
    expected = shift.square().sum() + (deviations - others).square().sum()
    assert frechet(one, other) == pytest.approx(expected.item(), rel=1e-6)
    assert frechet(other, one) == pytest.approx(expected.item(), rel=1e-6)


def test_real_pictures_are_real_new_and_varied():
    held = load("digits").test_images[:240]
    seen = judged(held, DIGITS.test_labels[:240])
    assert seen.recognised > 0.95 and seen.recognised_real > 0.95
    assert seen.frechet < 1.6 * seen.frechet_real
    assert seen.memorised < 0.05
    assert 0.85 < seen.varied < 1.15
    assert seen.covered == 10


def test_copies_are_found_memorised_beside_the_pictures_they_copy():
    rows = torch.arange(0, 600, 3)
    seen = judged(DIGITS.images[rows], DIGITS.labels[rows])
    assert seen.memorised == 1.0
    assert seen.memorised_real < 0.1
    assert torch.equal(DIGITS.images[seen.nearest.row], DIGITS.images[rows])
    assert seen.nearest.distance.max() == 0
    nearly = (DIGITS.images[rows].float() / 255 + 0.02 * torch.randn(200, 1, 8, 8, generator=chance())).clamp(0, 1)
    assert judged(nearly, DIGITS.labels[rows]).memorised > 0.9


def test_noise_is_not_recognised_and_far_from_real():
    noise = torch.rand(300, 1, 8, 8, generator=chance())
    seen = judged(noise, torch.arange(300) % 10)
    assert seen.recognised < 0.25
    assert seen.frechet > 10 * seen.frechet_real
    assert seen.memorised == 0


def test_one_picture_again_and_again_has_no_diversity_and_one_class():
    seen = judged(DIGITS.test_images[:1].repeat(200, 1, 1, 1), torch.full((200,), int(DIGITS.test_labels[0])))
    assert seen.varied == pytest.approx(0, abs=1e-3)
    assert (seen.covered, sum(seen.seen), max(seen.seen)) == (1, 200, 200)
    assert sum(one is not None for one in seen.diversity) == 1
    assert seen.by_class.count(None) == 9


def test_a_maker_without_classes_is_judged_by_what_the_network_sees():
    seen = judged(DIGITS.test_images[:200])
    assert seen.recognised is None
    assert seen.seen == seen_as(NETWORK, DIGITS.test_images[:200])
    assert seen.varied > 0.8


def test_a_lost_class_is_not_covered():
    assert covered((100, 100, 4, 0)) == 2
    assert covered((100, 100, 8, 0)) == 3


def test_diversity_is_a_ratio_of_distances():
    rows = torch.randn(60, 5, generator=chance())
    labels = torch.arange(60) % 2
    assert diversity(3 * rows, labels, rows, labels, 2) == pytest.approx((3.0, 3.0))
    assert diversity(rows[:1], labels[:1], rows, labels, 2) == (None, None)


def test_a_picture_is_nearest_to_itself_whatever_its_type():
    few = DIGITS.images[:50]
    assert nearest_of(few.float() / 255, few).distance.max() < 1e-6
    assert nearest_of(few, few).row.tolist() == list(range(50))


def test_the_judgement_follows_from_its_generator():
    made = DIGITS.test_images[:100]
    assert judged(made).frechet == judged(made).frechet
