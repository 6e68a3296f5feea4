"""Neural augmentation: what is made of whom, the two losses with known values, and who learns from what."""

from __future__ import annotations

import base64

import pytest
import torch
from torch import nn

from ssl_core.data import load
from ssl_core.images.writing import to_png
from ssl_core.methods import Batch
from ssl_core.methods.neural_augmentation import Augmenter, NeuralAugmentation, content_loss, gram, mates, style_loss
from ssl_core.runs.pictures_record import as_bytes, side_by_side
from ssl_core.runs.run import PICTURES
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from ssl_core.train.shown import Shown, pairs
from ssl_core.train.trainee import Trainee
from tests.test_every_method import trainee

SHORT = {"steps": 20, "batch": 8, "evaluations": 2}

Y = torch.tensor([0, 1, 0, 2, 1, 0, 3])


def pictures(count, seed, channels=3):
    return torch.rand(count, channels, 6, 6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_picture_is_paired_with_another_of_its_class_and_alone_with_itself():
    met = [set() for _ in Y]
    for seed in range(30):
        chosen = mates(Y, torch.Generator().manual_seed(seed))
        assert torch.equal(Y[chosen], Y)
        for row, other in enumerate(chosen.tolist()):
            met[row].add(other)
    assert met == [{2, 5}, {4}, {0, 5}, {3}, {1}, {0, 2}, {6}], "each of the others, never itself unless alone"
    assert NeuralAugmentation(pairs="self").mates(Y, torch.Generator()).tolist() == list(range(7))


def test_gram_and_losses_have_the_values_worked_out_by_hand():
    """Two channels of four pixels: (1, 1, 1, 1) and (0, 2, 0, 2); a picture is like itself, in every order of pixels."""
    x = torch.tensor([[[[1.0, 1.0], [1.0, 1.0]], [[0.0, 2.0], [0.0, 2.0]]]])
    assert gram(x).tolist() == [[[1.0, 1.0], [1.0, 2.0]]]
    black = torch.zeros_like(x)
    assert content_loss(x, black).item() == pytest.approx((4 * 1 + 2 * 4) / 8)
    assert style_loss(x, black).item() == pytest.approx((1 + 1 + 1 + 4) / 4)
    turned = x.flip(3)
    assert style_loss(x, turned).item() == 0
    assert content_loss(x, turned).item() > 0
    assert content_loss(x, x).item() == style_loss(x, x).item() == 0


class Colours(nn.Module):
    """The mean of each channel as logits."""

    def forward(self, x):
        return 4 * x.mean(dim=(2, 3))


@pytest.mark.parametrize("likeness", ["none", "content", "style"])
def test_a_step_is_what_the_formula_says(likeness):
    x, y = pictures(4, 0), torch.tensor([0, 1, 0, 1])
    method = NeuralAugmentation(likeness=likeness, classifier_weight=0.6, likeness_weight=0.3)
    torch.manual_seed(0)
    maker, second, third = Augmenter(3).double(), torch.tensor([2, 3, 0, 1]), torch.tensor([0, 3, 2, 1])
    batch = Batch(x, y, (), torch.empty(0), 3, 0.0, 0, watched=True, companion=maker)
    step = method.made_step(Colours(), batch, second, third)
    made = maker(x, x[second])
    entropy = [nn.functional.cross_entropy(Colours()(rows), y) for rows in (x, made)]
    expected = 0.6 * sum(entropy) / 2
    if likeness != "none":
        expected += 0.3 * {"content": content_loss, "style": style_loss}[likeness](made, x[third]).mean()
    torch.testing.assert_close(step.loss, expected)
    assert ("likeness" in step.parts) == (likeness != "none")


def test_both_networks_learn_from_the_classifier_and_only_the_maker_from_the_likeness():
    t = trainee("neural_augmentation")
    batch, _, generator = t.draw()
    step = t.config.knobs.step(t.model, batch, t.state, generator)
    for part, learn in (("likeness", {"maker"}), ("labelled", {"maker", "classifier"})):
        t.optimizer.zero_grad()
        step.parts[part].backward(retain_graph=True)
        moved = {"classifier": t.model, "maker": t.companion}
        moves = {
            name for name, net in moved.items() if any(p.grad is not None and p.grad.any() for p in net.parameters())
        }
        assert moves == learn, part


def test_the_maker_learns_and_its_pictures_stay_pictures():
    """Paired with itself and held to its content alone, the maker becomes a copy: the control that shows it learns."""
    t = trainee("neural_augmentation", pairs="self", classifier_weight=0.0, likeness_weight=4.0, steps=400)
    losses = []
    for _ in range(60):
        batch, _, generator = t.draw()
        step = t.config.knobs.step(t.model, batch, t.state, generator)
        t.optimize(step.loss, 0.1)
        t.step += 1
        losses.append(step.parts["likeness"].item())
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])
    shown = t.config.knobs.shown(t.companion_average.shadow, batch.x, batch.x.flip(0))
    assert torch.equal(shown["second"], shown["first"]), "paired with itself"
    assert shown["made"].shape == batch.x.shape
    assert ((shown["made"] >= 0) & (shown["made"] <= 1)).all()


def test_a_run_shows_the_same_labelled_pairs_while_it_trains_and_so_does_one_that_was_stopped(tmp_path):
    """Of labelled pictures alone; what it shows at the end is what its checkpoint makes."""

    def trained(store, cut):
        run = store.add(configure("digits", "neural_augmentation", 20, 0, SHORT).to_dict())
        if cut:
            assert work(run.folder, watch=lambda row: row["step"] < cut or run.stop())["state"] == "stopped"
            run.resume()
        assert work(run.folder)["state"] == "done"
        return run

    whole, cut = trained(Store(tmp_path / "a"), 0), trained(Store(tmp_path / "b"), 9)
    assert (whole.folder / PICTURES).read_bytes() == (cut.folder / PICTURES).read_bytes()
    rows = whole.pictures.read()
    assert {row["name"] for row in rows} == {"first", "second", "made"}
    assert [row["step"] for row in rows if row["name"] == "made"] == list(range(21))
    assert {row["count"] for row in rows} == {10}
    assert len({row["png"] for row in rows if row["name"] == "first"}) == 1
    assert len({row["png"] for row in rows if row["name"] == "made"}) > 10

    t = Trainee(configure("digits", "neural_augmentation", 20, 0, SHORT), load("digits"))
    t.load_state_dict(torch.load(whole.folder / "checkpoint.pt", weights_only=True))
    first, second = pairs(t)
    assert set(torch.cat([first, second]).tolist()) <= set(t.labelled.indices.tolist())
    assert torch.equal(t.labels[first], torch.arange(10))
    assert torch.equal(t.labels[second], torch.arange(10))
    made = side_by_side(as_bytes(Shown(t).rows()["made"]))
    assert base64.b64encode(to_png(made)).decode() == rows[-1]["png"]


@pytest.mark.parametrize("method", ["supervised", "co_match"])
def test_a_method_that_makes_no_pictures_keeps_none(tmp_path, method):
    run = Store(tmp_path).add(configure("digits", method, 20, 0, SHORT | {"steps": 2}).to_dict())
    assert work(run.folder)["state"] == "done"
    assert not (run.folder / PICTURES).exists()
