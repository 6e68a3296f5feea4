"""What must hold of any answer: calibration, views, neighbours, saliency, and pictures made fit for a network."""

from __future__ import annotations

import io
import math

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from ssl_core.data.catalog import CATALOG
from ssl_core.figures.predict import answer_chart, answer_words, reliability_chart, views_chart, views_words
from ssl_core.images.writing import to_source
from ssl_core.models import ask
from ssl_core.predict import saliency
from ssl_core.predict.calibration import COLDEST, HOTTEST, fit_temperature, log_loss, reliability
from ssl_core.predict.neighbours import bank, nearest
from ssl_core.predict.picture import fit, fit_drawn, of_test
from ssl_core.predict.scene import answer, looked_at, moved
from ssl_core.predict.views import views


def drawn_logits(seed: int, scale: float) -> tuple[torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(seed)
    return scale * torch.randn(300, 5, generator=g), torch.randint(0, 5, (300,), generator=g)


@settings(max_examples=40)
@given(seed=st.integers(0, 999), scale=st.floats(0.01, 50))
def test_a_temperature_never_changes_the_first_choice_and_never_costs_log_loss(seed, scale):
    logits, labels = drawn_logits(seed, scale)
    warm = fit_temperature(logits, labels)
    assert COLDEST <= warm <= HOTTEST
    assert torch.equal((logits.double() / warm).argmax(dim=1), logits.argmax(dim=1))
    assert log_loss(logits, labels, warm) <= log_loss(logits, labels) + 1e-9


@given(seed=st.integers(0, 999), temperature=st.floats(0.05, 20))
def test_log_loss_is_that_of_the_tempered_probabilities(seed, temperature):
    logits, labels = drawn_logits(seed, 3)
    probability = torch.softmax(logits.double() / temperature, dim=1)
    wanted = -probability.gather(1, labels[:, None]).log().mean().item()
    assert log_loss(logits, labels, temperature) == pytest.approx(wanted, rel=1e-9)
    assert log_loss(temperature * logits.double(), labels, temperature) == pytest.approx(log_loss(logits, labels))


def test_log_loss_by_hand():
    logits, labels = torch.tensor([[2.0, 0.0]]), torch.tensor([0])
    assert log_loss(logits, labels) == pytest.approx(math.log(1 + math.exp(-2)))
    assert log_loss(logits, labels, 2.0) == pytest.approx(math.log(1 + math.exp(-1)))


def test_the_losses_that_a_classifier_tells_are_those_of_its_validation_pictures(classifier, digits):
    held = torch.from_numpy(classifier.parts.validation)
    labels, told = digits.labels[held], classifier.calibration
    assert abs(classifier.temperature - 1) > 0.05, "else the test tells nothing"
    after = -classifier.probabilities(digits.images[held]).gather(1, labels[:, None]).log().mean().item()
    before = -torch.log_softmax(classifier.logits(digits.images[held]).double(), dim=1)
    assert told.fitted_after == pytest.approx(after, rel=1e-6)
    assert told.fitted_before == pytest.approx(before.gather(1, labels[:, None]).mean().item(), rel=1e-6)
    assert told.fitted_after < told.fitted_before


@pytest.mark.parametrize("true", [0.3, 1.0, 4.0])
def test_the_temperature_that_made_the_labels_is_found(true):
    g = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(20_000, 4, generator=g, dtype=torch.float64)
    labels = torch.multinomial(torch.softmax(logits / true, dim=1), 1, generator=g).squeeze(1)
    assert fit_temperature(logits, labels) == pytest.approx(true, rel=0.05)
    before = reliability(torch.softmax(logits, dim=1), labels).ece
    after = reliability(torch.softmax(logits / true, dim=1), labels).ece
    assert after < 0.02
    assert after <= before + 1e-9


def test_an_overconfident_network_is_cooled(classifier, digits):
    """On the split it was fitted on, of a network of 40 labels."""
    held = torch.from_numpy(classifier.parts.validation)
    logits, labels = classifier.logits(digits.images[held]), digits.labels[held]
    sure = 5 * logits
    warm = fit_temperature(sure, labels)
    assert warm == pytest.approx(5 * fit_temperature(logits, labels), rel=1e-6)
    before, after = (reliability(torch.softmax(z, dim=1), labels).ece for z in (sure, sure / warm))
    assert after < before


def test_the_error_of_a_sure_and_always_wrong_network_is_one():
    probability = torch.eye(3)[[0, 0, 0, 0]]
    assert reliability(probability, torch.tensor([1, 2, 1, 2])).ece == pytest.approx(1)
    assert reliability(probability, torch.zeros(4, dtype=torch.long)).ece == pytest.approx(0)


def test_the_nearest_picture_of_a_training_picture_is_itself(classifier, digits):
    held = bank(classifier, digits)
    assert len(held.rows) == len(digits.labels)
    for row in (0, 17, 1299):
        near = nearest(classifier, held, digits, digits.images[row], 5)
        assert near[0].row == row
        assert near[0].distance == pytest.approx(0, abs=1e-9)
        assert [n.distance for n in near] == sorted(n.distance for n in near)


def test_a_bank_that_is_too_small_still_has_every_labelled_picture(classifier, digits):
    held = bank(classifier, digits, most=100)
    assert held.roles.count("labelled") == 40
    assert len(set(held.rows.tolist())) == 100
    assert set(held.roles) == {"labelled", "unlabelled", "validation"}


class Constant(nn.Module):
    def __init__(self, told: torch.Tensor):
        super().__init__()
        self.told = nn.Parameter(told)

    def forward(self, x):
        return self.told.expand(len(x), -1)


def test_a_constant_network_looks_nowhere():
    x = torch.rand(2, 3, 8, 8)
    target = torch.tensor([0, 1])
    assert ask.saliency(Constant(torch.randn(4)), x, target).abs().sum() == 0
    assert ask.smooth_saliency(Constant(torch.randn(4)), x, target, torch.Generator()).abs().sum() == 0
    assert np.isfinite(saliency.heat_picture(torch.zeros(8, 8))).all()


def test_a_network_of_one_pixel_looks_there():
    class Pixel(nn.Module):
        def forward(self, x):
            return torch.stack([x[:, 1, 2, 3] * 5, x.mean(dim=(1, 2, 3))], dim=1)

    heat = ask.saliency(Pixel(), torch.rand(2, 3, 8, 8), torch.tensor([0, 0]))
    assert heat[:, 2, 3].tolist() == [5, 5]
    mask = torch.zeros(2, 8, 8)
    mask[:, 2, 3] = 1
    assert saliency.share_inside(heat, mask).tolist() == [1, 1]


def test_asking_changes_no_weight_and_leaves_no_gradient(classifier, digits):
    before = [p.clone() for p in classifier.model.parameters()]
    asked = of_test(digits, 3)
    looked_at(classifier, asked, 0)
    moved(classifier, asked, 4, 0)
    assert all(torch.equal(a, b) for a, b in zip(before, classifier.model.parameters(), strict=True))
    assert all(p.grad is None for p in classifier.model.parameters())
    assert not classifier.model.training


def test_views_are_drawn_from_their_seed(classifier, digits):
    image = digits.test_images[0]
    first, again, other = (views(classifier, image, 8, seed)["strong"] for seed in (1, 1, 2))
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.probability, again.probability)
    assert not torch.equal(first.images, other.images)
    torch.testing.assert_close(first.probability.sum(dim=1), torch.ones(8, dtype=torch.float64))


def test_an_answer_is_the_first_of_its_probabilities(classifier, digits):
    told = answer(classifier, of_test(digits, 5))
    assert told.sure == max(told.probability)
    assert classifier.card.classes[told.probability.index(told.sure)] == told.best != told.second
    assert sum(told.probability) == pytest.approx(1)


def paper_with(image: np.ndarray, ink: int, paper: int) -> np.ndarray:
    big = np.asarray(Image.fromarray(image).resize((160, 160), Image.Resampling.BICUBIC)).astype(float) / 255
    sheet = np.full((240, 300), float(paper))
    sheet[40:200, 70:230] += (ink - paper) * big
    return np.repeat(sheet.round().astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize(("ink", "paper"), [(20, 250), (250, 20), (60, 200)])
def test_a_digit_written_on_paper_is_most_like_the_one_it_was_made_of(digits, ink, paper):
    originals, found = digits.test_images[:60].float(), 0
    for row in range(60):
        made = fit(paper_with(digits.test_images[row, 0].numpy(), ink, paper), digits.card, ink=True)
        assert made.shape == (1, 8, 8)
        assert made.max() == 255
        found += int((originals - made).abs().mean(dim=(1, 2, 3)).argmin() == row)
    assert found >= 45, "three of four; by chance it would be one of sixty"


def test_an_empty_sheet_is_one_sentence():
    with pytest.raises(ValueError, match="nothing written"):
        fit(np.full((50, 50, 3), 240, np.uint8), CATALOG["digits"], ink=True)


@pytest.mark.parametrize("value", ["", "data:image/png;base64,%%%", "data:text/html;base64,AAAA", "x" * 99, None, 3])
def test_a_drawing_that_is_none_is_one_sentence(value):
    with pytest.raises(ValueError, match=r"^The (drawing|file)[^.]*\..*$"):
        fit_drawn(value, CATALOG["digits"], ink=True)


def test_a_drawing_arrives():
    picture = np.full((3, 280, 280), 255, np.uint8)
    picture[:, 40:240, 120:160] = 0
    made = fit_drawn(to_source(picture), CATALOG["digits"], ink=True)
    assert made[0].float().mean(dim=0).argmax() in (3, 4)
    assert made[0, 0].max() > 100, "the stroke fills the height"
    file = io.BytesIO()
    Image.fromarray(picture.transpose(1, 2, 0)).save(file, "PNG")
    colour = fit(np.asarray(Image.open(file)), CATALOG["shapes"], ink=False)
    assert colour.shape == (3, 32, 32)


def test_every_chart_is_one_that_plotly_draws(classifier, digits):
    names = classifier.card.classes
    told = answer(classifier, of_test(digits, 1))
    spread, _ = moved(classifier, of_test(digits, 1), 4, 0)
    known = classifier.calibration
    charts = (
        answer_chart(names, told.probability, "3"),
        views_chart(names, spread),
        reliability_chart(known.before, known.after),
    )
    for chart in charts:
        go.Figure(chart)  # raises for a word that plotly does not know
        assert chart["layout"]["xaxis"]["title"]["text"]
        assert chart["layout"]["yaxis"]["title"]["text"]
    assert charts[0]["data"][0]["y"][3] == "3 ★"
    assert f"{told.best} " in answer_words(names, told.probability)
    assert "weak views" in views_words(names, spread)
