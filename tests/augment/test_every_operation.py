"""What must be true of every operation there is; a new one is tested by being in the table."""

from __future__ import annotations

import pytest
import torch

from ssl_core.augment import chance
from ssl_core.augment.labels import check_labels
from ssl_core.augment.operation import KINDS
from ssl_core.augment.operations import OPERATIONS, PAPER_NAMES
from ssl_core.augment.policy import Policy
from ssl_core.augment.steps import Step, default_step, rows_of
from ssl_core.data.catalog import CATALOG

SHAPES = [(1, 8, 8), (3, 32, 32), (3, 20, 28), (3, 224, 224)]
WITH_STRENGTH = [name for name, operation in OPERATIONS.items() if operation.has_strength]
SIGNED = [name for name, operation in OPERATIONS.items() if operation.signed]


def pictures(n: int, shape: tuple[int, int, int], seed: int = 0) -> torch.Tensor:
    return torch.randint(0, 256, (n, *shape), generator=torch.Generator().manual_seed(seed)) / 255


def full_step(name: str) -> Step:
    """The operation over its whole range."""
    operation = OPERATIONS[name]
    return Step(name, *(operation.bounds if operation.has_strength else (0.0, 0.0)))


def draw(step: Step, n: int, seed: int = 0):
    return step.draw(n, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", OPERATIONS)
def test_declares_what_a_person_must_know(name):
    operation = OPERATIONS[name]
    assert operation.kind in KINDS
    assert operation.does.endswith(".")
    assert operation.peer
    assert operation.meaning
    assert (operation.pixels is None) != (operation.matrix is None)
    if operation.has_strength:
        least, most = operation.bounds
        assert least <= operation.low <= operation.high <= most
        assert operation.neutral is None or least <= operation.neutral <= most
        assert operation.sweep() == ((-most, most) if operation.signed else (least, most))
    if operation.ruins:
        assert least <= operation.ruins[0] <= operation.ruins[1] <= most


def gentle(name: str) -> Step:
    """The end of an operation's range that is not too strong for anything."""
    low, high = OPERATIONS[name].bounds
    end = low if OPERATIONS[name].ruins[0] > low else high
    return Step(name, end, end)


def mirrors_by_pixels(name: str) -> str:
    """What an operation does to a picture without any symmetry, at full strength: a mirror, or nothing of the kind."""
    x = pictures(1, (3, 16, 16)) * 0.8 + 0.1
    operation = OPERATIONS[name]
    y = operation(x, torch.tensor([operation.bounds[1]]), torch.full((1, operation.luck), 0.5))
    ways = {"left-right": x.flip(-1), "top-bottom": x.flip(-2)}
    return next((way for way, mirrored in ways.items() if torch.allclose(y, mirrored)), "")


def turns_by_pixels(name: str) -> bool:
    """Whether some strength turns a picture by a right angle."""
    operation, x = OPERATIONS[name], pictures(1, (3, 16, 16)) * 0.8 + 0.1
    strengths = torch.linspace(*operation.sweep(), 361)
    luck = torch.full((361, operation.luck), 0.5)
    y = operation(x.expand(361, -1, -1, -1), strengths, luck)
    return bool(((y - x.rot90(1, (-2, -1))).abs().flatten(1).mean(1) < 0.01).any())


@pytest.mark.parametrize("name", OPERATIONS)
def test_says_itself_whether_it_mirrors_or_turns(name):
    operation = OPERATIONS[name]
    assert operation.mirrors == mirrors_by_pixels(name)
    assert operation.turns == turns_by_pixels(name)


@pytest.mark.parametrize("card", CATALOG.values(), ids=lambda card: card.name)
@pytest.mark.parametrize("name", OPERATIONS)
def test_is_reported_where_the_card_says_that_its_mirror_or_turn_changes_the_class(name, card):
    mirror, turn = mirrors_by_pixels(name), turns_by_pixels(name)
    step = gentle(name) if OPERATIONS[name].ruins else full_step(name)  # too much for any picture is another matter
    reported = check_labels(Policy("one", (step,)), card) != []
    assert reported == ((bool(mirror) and mirror not in card.mirrors) or (turn and card.turns < 180))


@pytest.mark.parametrize("card", CATALOG.values(), ids=lambda card: card.name)
def test_turns_are_reported_above_the_cards_largest_alone(card):
    def reported(low, high, sign="both", chance=1.0):
        return check_labels(Policy("one", (Step("rotate", low, high, chance, sign),)), card) != []

    for angle in (0, 10, 30, 40, 45, 90, 180):
        assert reported(0, angle) == reported(angle, angle, "minus") == (angle > card.turns), angle
    assert not reported(0, 180, chance=0.0)


@pytest.mark.parametrize("name", [n for n, operation in OPERATIONS.items() if operation.ruins])
def test_strengths_too_strong_for_anything_are_reported_on_every_card(name):
    low, high = OPERATIONS[name].ruins
    for card in CATALOG.values():
        assert check_labels(Policy("one", (Step(name, low, high),)), card)
        assert check_labels(Policy("one", (gentle(name),)), card) == []


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", OPERATIONS)
def test_stays_a_picture(name, shape):
    x = pictures(2 if shape[1] > 100 else 12, shape)
    before = x.clone()
    step = full_step(name)
    y = step.apply(draw(step, len(x)), x)
    assert y.shape == x.shape
    assert y.dtype == x.dtype
    assert torch.isfinite(y).all()
    assert y.min() >= 0
    assert y.max() <= 1
    assert torch.equal(x, before), "the input was changed in place"


@pytest.mark.parametrize("size", [1, 512])
@pytest.mark.parametrize("name", OPERATIONS)
def test_any_batch_size(name, size):
    x = pictures(1, (1, 8, 8)).expand(size, -1, -1, -1)
    step = full_step(name)
    assert step.apply(draw(step, size), x).shape == x.shape


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (3, 20, 28)], ids=str)
@pytest.mark.parametrize("name", [n for n, o in OPERATIONS.items() if o.neutral is not None])
def test_neutral_strength_is_identity(name, shape):
    operation = OPERATIONS[name]
    step = Step(name, operation.neutral, operation.neutral)
    x = pictures(6, shape)
    y = step.apply(draw(step, 6), x)
    # Resampling at the very same places still rounds: 1e-5 on pictures of pure noise.
    assert (y - x).abs().max() <= 1e-5


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_step_that_never_acts_is_identity(name):
    x = pictures(4, (3, 32, 32))
    step = Step(name, *OPERATIONS[name].bounds, chance=0.0)
    assert torch.equal(step.apply(draw(step, 4), x), x)


@pytest.mark.parametrize("name", OPERATIONS)
def test_does_something_where_it_says_it_can(name):
    x = pictures(24, (3, 32, 32)) * 0.8 + 0.1  # autocontrast needs room
    step = full_step(name)
    changed = (step.apply(draw(step, 24), x) != x).flatten(1).any(1)
    assert name == "identity" or changed.double().mean() > 0.5


@pytest.mark.parametrize("name", OPERATIONS)
def test_is_dead_where_it_says_so(name):
    operation = OPERATIONS[name]
    if operation.colour:
        x = pictures(8, (1, 32, 32))
    elif 1 < operation.smallest <= 16:
        side = operation.smallest - 1
        x = pictures(8, (3, side, side))
    else:
        pytest.skip("alive everywhere")
    assert not operation.works_on(x.shape[1], x.shape[-1])
    step = full_step(name)
    assert (step.apply(draw(step, 8), x) - x).abs().max() <= 1e-6


@pytest.mark.parametrize("name", SIGNED)
def test_signs_are_symmetric(name):
    step = full_step(name)
    negative = (draw(step, 4000)["strength"] < 0).double().mean().item()
    assert abs(negative - 0.5) < 0.04  # five standard deviations
    assert (draw(Step(name, 0.1, 0.2, sign="plus"), 50)["strength"] > 0).all()
    assert (draw(Step(name, 0.1, 0.2, sign="minus"), 50)["strength"] < 0).all()


@pytest.mark.parametrize("name", WITH_STRENGTH)
def test_every_picture_of_a_batch_draws_for_itself(name):
    step = full_step(name)
    drawn = draw(step, 64)
    assert len(drawn["strength"].unique()) > 50
    side = 128 if name == "clahe" else 32  # a tile of few pixels has no room for another clip limit
    x = pictures(1, (3, side, side)).expand(64, -1, -1, -1) * 0.8 + 0.1
    different = {y.numpy().tobytes() for y in step.apply(drawn, x)}
    assert len(different) > (6 if name in ("posterize", "clahe") else 20)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_picture_does_not_depend_on_its_company(name):
    step, x = full_step(name), pictures(10, (3, 24, 24))
    drawn = draw(step, 10)
    together = step.apply(drawn, x)
    some = torch.tensor([7, 2, 9])
    assert (step.apply(rows_of(drawn, some), x[some]) - together[some]).abs().max() <= 1e-6


@pytest.mark.parametrize("name", OPERATIONS)
def test_same_seed_same_pixels(name):
    step, x = default_step(name), pictures(8, (3, 32, 32))
    assert torch.equal(step.apply(draw(step, 8, 5), x), step.apply(draw(step, 8, 5), x))


@pytest.mark.parametrize("name", WITH_STRENGTH)
def test_moving_the_strength_leaves_every_other_draw_alone(name):
    narrow, wide = full_step(name), Step(name, OPERATIONS[name].bounds[0], OPERATIONS[name].bounds[0])
    one, two = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    a, b = narrow.draw(9, one), wide.draw(9, two)
    assert torch.equal(a["acts"], b["acts"])
    assert torch.equal(a["luck"], b["luck"])
    assert torch.equal(one.get_state(), two.get_state())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_gpu_makes_the_same_picture(name):
    step, x = full_step(name), pictures(16, (3, 32, 32))
    drawn = draw(step, 16)
    here, there = step.apply(drawn, x), step.apply(drawn, x.cuda()).cpu()
    assert ((here - there).abs() <= 1e-4).double().mean() > 0.995  # a nearest neighbour may fall the other way


def test_the_noise_field_is_uniform_and_its_own():
    luck = torch.rand(200, 2, generator=torch.Generator().manual_seed(0))
    u = chance.field(luck, 1000)
    assert u.min() > 0
    assert u.max() < 1
    assert abs(u.mean() - 0.5) < 0.005
    assert abs(u.var() - 1 / 12) < 0.002
    correlation = torch.corrcoef(torch.stack([u[:, :-1].flatten(), u[:, 1:].flatten()]))[0, 1]
    assert abs(correlation) < 0.01
    assert abs(torch.corrcoef(u[:2])[0, 1]) < 0.15
    assert abs(chance.normal(luck, 1000).std() - 1) < 0.01


def test_the_noise_field_reaches_neither_end_of_its_range(monkeypatch):
    """One number in 2²⁴ once came out as 1, and its normal one as infinite: a run met it every hundred steps."""
    for word in (0, -1):  # no bit and every bit of an int32
        monkeypatch.setattr(chance, "_mix", lambda h, word=word: torch.full_like(h, word))
        u = chance.field(torch.zeros(1, 2), 3)
        assert u.min() > 0
        assert u.max() < 1
        assert chance.normal(torch.zeros(1, 2), 3).isfinite().all()


def lowbias32(h: int) -> int:
    h = (h ^ (h >> 16)) * 0x7FEB352D % 2**32
    h = (h ^ (h >> 15)) * 0x846CA68B % 2**32
    return h ^ (h >> 16)


def test_the_noise_field_is_the_hash_of_its_seeds_and_place():
    luck = torch.rand((5, 2), generator=torch.Generator().manual_seed(3))
    u, whole = chance.field(luck, 40), (luck.double() * 2**24).long().tolist()
    for row, (one, other) in enumerate(whole):
        for place in range(40):
            h = lowbias32(lowbias32(place * 0x9E3779B1 % 2**32 ^ one) ^ other)
            assert u[row, place] == torch.tensor(((h >> 8) + 0.5) / 2**24, dtype=torch.float32)


def test_training_draws_from_the_papers_fourteen_alone():
    assert len(PAPER_NAMES) == 14
    assert PAPER_NAMES[0] == "identity"
    assert list(OPERATIONS)[:14] == list(PAPER_NAMES)
