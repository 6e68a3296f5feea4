"""Style transfer: what it leaves alone, what it changes, and that a resumed picture is the picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from ssl_core import zoo
from ssl_core.data.paintings import DRAWN, PAINTINGS, painted
from ssl_core.data.single import MOST_KEPT, SHIPPED, about, bring, single
from ssl_core.features.maps import LENSES, lacks, lens
from ssl_core.generate.config import configure
from ssl_core.generate.contract import Material
from ssl_core.generate.style import Stylising
from ssl_core.knobs import knobs_of
from ssl_core.train.chance import generator_at

SMALL = {"side": 32, "steps": 6}
NOTHING = Material(torch.zeros(0, 3, 1, 1, dtype=torch.uint8), torch.zeros(0, dtype=torch.int64), ())


def begun(**values) -> Stylising:
    config = configure("pictures", "style", values=SMALL | values)
    return config.knobs.begin(NOTHING, 0, config.training)


def taken(making: Stylising, first: int = 0, last: int = 6) -> list[dict[str, float]]:
    return [{n: float(v) for n, v in making.step(k, generator_at(0, k)).items()} for k in range(first, last)]


@pytest.mark.parametrize("name", ["efficientnet_lite0", "random"])
def test_a_style_transferred_onto_itself_changes_nothing(name):
    making = begun(lens=name, content="flower", style="flower", variation_weight=0.0)
    losses = taken(making)
    assert all(one["loss"] == one["loss_style"] == one["loss_content"] == 0 for one in losses)
    assert torch.equal(making.x, making.content)


@pytest.mark.parametrize("name", ["efficientnet_lite0", "random"])
def test_the_style_comes_nearer_and_the_things_stay_near(name):
    making = begun(lens=name, steps=25)
    losses = taken(making, 0, 25)
    assert losses[-1]["loss_style"] < 0.5 * losses[0]["loss_style"]
    assert losses[0]["loss_content"] == 0 < losses[-1]["loss_content"]
    far = begun(lens=name, steps=25, content_weight=10.0)
    assert taken(far, 0, 25)[-1]["loss_content"] < losses[-1]["loss_content"]
    assert making.x.min() >= 0
    assert making.x.max() <= 1


def test_without_style_and_variation_the_content_stays_bit_for_bit():
    making = begun(style_weight=0.0, variation_weight=0.0)
    taken(making)
    assert torch.equal(making.x, making.content)


def test_variation_alone_smooths():
    making = begun(style_weight=0.0, content_weight=0.0)
    losses = [one["loss_variation"] for one in taken(making)]
    assert losses == sorted(losses, reverse=True)


def test_each_loss_is_the_sum_that_the_formula_says():
    making = begun(content_weight=0.3, style_weight=0.7, variation_weight=5.0)
    for one in taken(making):
        parts = 0.3 * one["loss_content"] + 0.7 * one["loss_style"] + 5 * one["loss_variation"]
        assert one["loss"] == pytest.approx(parts, rel=1e-5)


def test_the_gradient_is_that_of_differences():
    making = begun(lens="random")
    making.x.data = making.x.data + 0.1 * torch.rand(making.x.shape, generator=torch.Generator().manual_seed(0))
    making.losses(3, 6)["loss"].backward()
    grad = making.x.grad.flatten()
    place = int(grad.abs().argmax())
    values = []
    for step in (1e-3, -1e-3):
        with torch.no_grad():
            making.x.view(-1)[place] += step
            values.append(float(making.losses(3, 6)["loss"].double()))
            making.x.view(-1)[place] -= step
    assert (values[0] - values[1]) / 2e-3 == pytest.approx(float(grad[place]), rel=0.05)


def test_a_resumed_picture_is_the_picture_that_was_never_stopped():
    whole, first, rest = begun(), begun(), begun()
    taken(whole)
    taken(first, 0, 3)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    rest.load_state_dict(torch.load(file, weights_only=True))
    taken(rest, 3, 6)
    assert torch.equal(rest.x, whole.x)
    assert torch.equal(first.x, first.state_dict()["pixels"])
    assert not torch.equal(first.x, whole.x)


def test_a_state_that_was_taken_does_not_move_with_the_picture():
    making = begun()
    state = making.state_dict()
    taken(making, 0, 1)
    assert torch.equal(state["pixels"], making.content)


def test_every_shipped_picture_is_one_at_any_side():
    for name in SHIPPED:
        x = single(name, 48)
        assert x.shape == (3, 48, 48)
        assert 0 <= x.min() < x.max() <= 1
        assert about(name).title
        assert about(name).alt
    for name in PAINTINGS:
        assert torch.equal(painted(name), painted(name))
        assert painted(name).shape == (3, DRAWN, DRAWN)
        assert single(name, 48).std() > 0.1  # something is on it


def test_a_data_sets_picture_by_its_number():
    x = single("digits:17", 32)
    assert x.shape == (3, 32, 32)
    assert torch.equal(x[0], x[2])
    assert not torch.equal(x, single("digits:18", 32))
    assert single("shapes:3", 32).shape == (3, 32, 32)


@pytest.mark.parametrize(
    "name",
    ["digits:99999", "nothing:3", "digits:-1", "digits", "folder:/etc:3", "../china", "mine-../../x", "mine-0123456789abcdef", "", "digits:1:2"],
)  # fmt: skip
def test_no_other_name_reaches_a_file(name):
    with pytest.raises(ValueError, match=r"\S") as wrong:
        single(name, 32)
    assert "\n" not in str(wrong.value)
    assert name not in SHIPPED or name in ("digits:99999", "nothing:3", "mine-0123456789abcdef", "digits:1:2")


def photograph(shade: int, **how) -> bytes:
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:, 15:] = shade
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **how)
    return file.getvalue()


def test_a_picture_that_was_brought_is_kept_under_its_pixels(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_STORE", str(tmp_path))
    name = bring(photograph(200))
    assert name in SHIPPED
    assert bring(photograph(200, compress_level=0)) == name  # another file with the same pixels
    assert bring(photograph(201)) != name
    x = single(name, 16)
    assert x[:, :, 0].max() < 0.1
    assert x[:, :, -1].min() > 0.7
    with pytest.raises(ValueError, match="not a picture"):
        bring(b"hello, I am not one")
    for shade in range(MOST_KEPT + 5):
        bring(photograph(shade))
    assert len(list(tmp_path.glob("_pictures/*"))) == MOST_KEPT


def test_a_lens_that_is_not_here_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert "vgg19" in lacks("vgg19")
    assert not lacks("efficientnet_lite0")
    assert not lacks("random")
    with pytest.raises(ValueError, match="vgg19"):
        begun(lens="vgg19")
    zoo.path("vgg19").parent.mkdir(parents=True)
    torch.save({"features.0.weight": torch.zeros(3)}, zoo.path("vgg19"))
    with pytest.raises(ValueError, match="does not hold the weights"):
        begun(lens="vgg19")


def test_every_lens_of_the_knob_has_a_card():
    assert knobs_of(type(configure("pictures", "style").knobs))["lens"].choices == tuple(LENSES)
    assert all(card.title and card.text.endswith(".") for card in LENSES.values())


def test_vgg_is_looked_at_where_the_paper_does(monkeypatch, tmp_path):
    """With weights of no meaning: convolutions 1_1, 2_1, 3_1, 4_1, 5_1 for style and 4_2 for content, behind ReLU."""
    from torchvision.models import vgg19

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    zoo.path("vgg19").parent.mkdir(parents=True)
    with torch.device("meta"):
        shapes = {n: v.shape for n, v in vgg19(weights=None).features.state_dict().items()}
    one = torch.full((1,), 1e-3)
    torch.save({f"features.{n}": one.expand(shape) for n, shape in shapes.items()}, zoo.path("vgg19"))
    style, content = lens("vgg19", torch.device("cpu")).maps(torch.rand(1, 3, 32, 32))
    assert [tuple(layer.shape[1:]) for layer in style] == [(64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4), (512, 2, 2)]  # fmt: skip
    assert content.shape[1:] == (512, 4, 4)
    assert all(layer.min() >= 0 for layer in [*style, content])
