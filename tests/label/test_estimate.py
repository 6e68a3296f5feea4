"""An estimate without a test is honest: its interval holds the truth as often as it says."""

from __future__ import annotations

import torch

from ssl_core.data.card import UNKNOWN
from ssl_core.label.annotators import Annotator
from ssl_core.label.estimate import estimate, out_of_fold, spread_over
from ssl_core.label.orders import ORDERS, Known
from ssl_core.label.questions import drawn_rows, questions
from tests.label.lines import clouds, line

MANY = ("random", "typical", "margin", "mixture", "unmet")


def session(seed, order, labels, *, share, wrong=0.0):
    """A budget spent on pictures whose truth is known; returns the line, its labels and what was drawn at random."""
    classes = (3, 5, 10)[seed % 3]
    spots, truth = clouds(600, classes, apart=(0.8, 1.2, 2.0)[seed // 3 % 3], seed=seed)
    fit, said = line(spots, classes), torch.full_like(truth, UNKNOWN)
    person, draws = Annotator(truth, classes, wrong, seed), []
    generator = torch.Generator().manual_seed(seed)
    while (done := int((said != UNKNOWN).sum())) < labels:
        heads = (fit(said).float(),) if done else ()
        for question in questions(
            order, Known(spots, said, classes, heads), min(10, labels - done), generator, share=share
        ):
            said[question.row] = person.say(torch.tensor([question.row]))[0]
            draws += [question.row] if question.order == "random" else []
    return fit, said, drawn_rows(draws, 600), truth


def test_the_interval_holds_the_true_accuracy_in_nine_of_ten_of_a_hundred_sessions():
    covered, spoke = 0, 0
    torch.set_num_threads(1)
    for seed in range(100):
        labels, order = (20, 40, 60, 80, 100)[seed % 5], MANY[seed // 5 % 5]
        fit, said, drawn, truth = session(seed, order, labels, share=0.6 if labels == 20 else 0.3)
        open_rows = said == UNKNOWN
        true = float((fit(said).argmax(dim=1) == truth)[open_rows].double().mean())
        told = estimate(fit, said, drawn, seed=seed)
        spoke += told.accuracy is not None
        covered += told.accuracy is not None and told.low <= true <= told.high
    assert spoke >= 80
    assert covered >= 0.9 * spoke


def test_below_ten_it_says_that_nothing_can_be_said():
    fit, said, drawn, _ = session(0, "random", 9, share=1.0)
    told = estimate(fit, said, drawn)
    assert told.accuracy is None
    assert told.sentence == "Nothing can be said yet: 9 of at least 10 labels of pictures drawn at random."
    assert estimate(fit, said, torch.zeros(600, dtype=torch.bool)).judged == 0


def test_it_is_named_as_what_it_is():
    fit, said, drawn, _ = session(4, "typical", 60, share=0.4)
    told = estimate(fit, said, drawn)
    assert "estimated by cross-validation over 60 labels" in told.sentence
    assert f"judged by the {told.judged} drawn at random" in told.sentence
    assert told.sentence.endswith("not measured on a test.")
    assert told.low < told.accuracy < told.high


def test_no_row_is_asked_about_by_a_line_that_was_taught_its_label():
    labels = torch.tensor([0, 1] * 10 + [UNKNOWN] * 5)
    lessons = []

    def fit(taught):
        lessons.append(taught)
        return torch.where(taught == UNKNOWN, 1.0, 0.0)[:, None].expand(-1, 2)  # 1 where it was not taught

    assert bool((out_of_fold(fit, labels) == 1).all())
    assert len(lessons) == 10
    assert all(len(lesson[lesson != UNKNOWN].unique()) == 2 for lesson in lessons)


def test_folds_are_even_within_each_class():
    classes = torch.tensor([0] * 20 + [1] * 10 + [2] * 3)
    fold = spread_over(classes, 10, 0)
    assert torch.bincount(fold[:20]).tolist() == [2] * 10
    assert torch.bincount(fold[20:30]).tolist() == [1] * 10
    assert torch.equal(fold, spread_over(classes, 10, 0))


def test_a_share_of_the_questions_are_draws_and_none_is_asked_twice():
    spots, truth = clouds(300, 4, apart=1.0)
    known = Known(spots, torch.full_like(truth, UNKNOWN), 4)
    asked = questions("typical", known, 100, torch.Generator().manual_seed(0), share=0.25)
    assert len({question.row for question in asked}) == 100
    assert 15 <= sum(question.order == "random" for question in asked) <= 35
    alone = questions("typical", known, 5, torch.Generator().manual_seed(0))
    assert {question.order for question in alone} == {"typical"}
    assert set(ORDERS) >= {question.order for question in asked}


def test_questions_end_with_the_pictures():
    spots, truth = clouds(12, 2, apart=1.0)
    known = Known(spots, torch.full_like(truth, UNKNOWN), 2)
    asked = questions("typical", known, 50, torch.Generator().manual_seed(0), share=0.5)
    assert sorted({question.row for question in asked}) == list(range(12))
    assert len(asked) == 12
