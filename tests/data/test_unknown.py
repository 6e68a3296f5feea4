"""Labels that nobody knows, and a test that is not there: never drawn, never judged by, never shown as a class."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ssl_core.data import card, kept, load, split
from ssl_core.data.card import UNKNOWN, Dataset
from ssl_core.data.check import leaks, unequal
from ssl_core.data.kept import Arrays, recount
from ssl_core.data.view import PARTS, averages, counts, pairs, plane, see, shots, warning
from ssl_core.figures.data import counts_chart, map_chart
from ssl_core.images.writing import to_source
from ssl_core.methods import METHODS, Step
from ssl_core.mix.pair import batch, pair, picture
from ssl_core.mix.words import four_corners
from ssl_core.models import MODELS
from ssl_core.oversample.samples import unbalanced
from ssl_core.predict.classifier import calibrated
from ssl_core.predict.neighbours import bank
from ssl_core.predict.picture import of_test
from ssl_core.predict.scene import alike
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.studio.sources import pictures as pictures_of
from ssl_core.train.config import configure
from ssl_core.train.evaluate import accuracy
from ssl_core.train.loop import train
from ssl_core.train.meter import Meter
from ssl_core.train.trainee import Trainee
from tests.data.sets import MOONS, MOSTLY_UNKNOWN
from tests.data.sets import load as load_set

LABELS = np.random.RandomState(0).permutation(np.repeat(np.arange(5), [60, 70, 80, 90, 100]))


def hide(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """The same with this share of every class unknown."""
    hidden, random = labels.copy(), np.random.RandomState(seed)
    for label in np.unique(labels):
        rows = random.permutation(np.flatnonzero(labels == label))
        hidden[rows[: int(share * len(rows))]] = UNKNOWN
    return hidden


@settings(max_examples=60, deadline=None)
@given(
    share=st.sampled_from([0.0, 0.3, 0.9]),
    count=st.integers(5, 25),
    seed=st.integers(0, 50),
    unlabelled=st.sampled_from(["includes", "excludes"]),
    imbalance=st.sampled_from([1.0, 10.0]),
)
def test_an_unknown_row_is_unlabelled_and_nothing_else(share, count, seed, unlabelled, imbalance):
    labels = hide(LABELS, share, seed)
    drawn = split(labels, count, seed, validation=10, unlabelled=unlabelled, imbalance=imbalance)
    assert (labels[drawn.labelled] >= 0).all()
    assert (labels[drawn.validation] >= 0).all()
    assert set(np.flatnonzero(labels == UNKNOWN)) <= set(drawn.unlabelled)
    assert (len(drawn.labelled), len(drawn.validation)) == (count, 10)
    assert len(set(drawn.labelled) | set(drawn.unlabelled)) == len(labels) - 10
    more = split(labels, count + 5, seed, validation=10, unlabelled=unlabelled, imbalance=imbalance)
    if imbalance == 1.0:
        assert set(drawn.labelled) <= set(more.labelled)


def test_more_labels_than_are_known_is_one_sentence():
    labels = hide(LABELS, 0.9, 0)
    with pytest.raises(ValueError, match=r"between 5 .* and 40, not 41"):
        split(labels, 41, 0)
    with pytest.raises(ValueError, match="Nobody knows"):
        split(np.full(10, UNKNOWN), 2, 0)


@pytest.mark.parametrize("method", ["supervised", "fixmatch", "softmatch"])
def test_digits_learn_from_twenty_labels_though_nine_of_ten_are_unknown(registered, method):
    rows = []
    config = configure("mostly_unknown", method, 20, 0, {"steps": 120, "evaluations": 2})
    train(config, load("mostly_unknown"), rows.append)
    assert rows[-1]["test_accuracy"] > 0.3
    with pytest.raises(ValueError, match=f"between 10 .* and {MOSTLY_UNKNOWN.known}, not 101"):
        configure("mostly_unknown", method, 101, 0)
    assert MOSTLY_UNKNOWN.known == 100
    assert configure("mostly_unknown", method, 100, 0).labels == 100


@pytest.mark.parametrize("method", METHODS)
def test_no_method_learns_from_an_unknown_label(registered, method):
    """Whatever stands where a label is unknown, the weights come out the same."""

    def run(instead: int):
        trainee = Trainee(configure("mostly_unknown", method, 20, 0, {"steps": 3, "batch": 8}), digits)
        trainee.labels = torch.where(trainee.labels == UNKNOWN, instead, trainee.labels)
        for _ in range(3):
            batch, _, generator = trainee.draw()
            step = trainee.config.knobs.step(trainee.model, batch, trainee.state, generator)
            trainee.optimize(step.loss, 0.1)
            trainee.step += 1
        return torch.cat([p.detach().flatten() for p in trainee.model.parameters()])

    digits = load_set(MOSTLY_UNKNOWN)
    assert torch.equal(run(UNKNOWN), run(7))


def test_the_meter_speaks_of_right_and_wrong_only_where_somebody_knows():
    meter = Meter(3)
    pseudo, mask = torch.tensor([0, 0, 1, 2, 2]), torch.tensor([1.0, 1.0, 0.5, 0.0, 1.0])
    step = Step(torch.tensor(1.0), {}, {"pseudo": pseudo, "mask": mask})
    meter.add(step, torch.tensor([0, UNKNOWN, 2, 2, UNKNOWN]))
    row = meter.read(1)
    assert row["mask_rate"] == pytest.approx(3.5 / 5)
    assert row["pseudo_accuracy"] == pytest.approx(1 / 1.5)
    assert (row["pseudo_counts"], row["pseudo_right"]) == ([1, 0.5, 0], [1, 0, 0])
    meter.add(step, torch.full((5,), UNKNOWN))
    row = meter.read(2)
    assert row["pseudo_accuracy"] is None
    assert row["mask_rate"] == pytest.approx(3.5 / 5)
    assert sum(row["pseudo_counts"]) == 0


def test_a_meter_saved_before_labels_could_be_unknown_goes_on():
    meter, older = Meter(2), torch.tensor([10.0, 8.0, 5.0, 3.0, 4.0, 3.0])  # guessed, used, then used and right a class
    meter.load_state_dict({"names": ["loss"], "losses": [torch.tensor([1.0])], "guesses": [older]})
    row = meter.read(1)
    assert (row["mask_rate"], row["pseudo_accuracy"]) == (0.8, 7 / 8)
    assert (row["pseudo_counts"], row["pseudo_right"]) == ([5, 3], [4, 3])


def test_accuracy_of_nothing_is_nothing():
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    nothing = torch.empty(0, 1, 8, 8, dtype=torch.uint8), torch.empty(0, dtype=torch.int64)
    assert accuracy(network, *nothing) is None


# --- cards and what is kept


def arrays_of(data: Dataset) -> Arrays:
    return Arrays(*(part.numpy() for part in (data.images, data.labels, data.test_images, data.test_labels)))


@pytest.mark.parametrize("about", [MOONS, MOSTLY_UNKNOWN], ids=lambda about: about.name)
def test_what_is_kept_comes_back_with_its_unknowns(official, about):
    arrays = arrays_of(load_set(about))
    made = recount(dataclasses.replace(about, name="upload:00000000", unknown=0, test=0, validation=0), arrays)
    assert (made.unknown, made.test) == (about.unknown, about.test)
    assert made.known == made.train - made.validation - made.unknown > 0
    kept.keep(made, arrays)
    data = load("upload:00000000")
    assert data.card == card("upload:00000000")
    assert data.card.unknown == about.unknown
    for mine, theirs in zip(arrays_of(data), arrays, strict=True):
        assert mine.dtype == theirs.dtype
        assert (mine == theirs).all()


def test_arrays_that_do_not_belong_to_their_card_are_one_sentence():
    arrays = arrays_of(load_set(MOONS))
    wrong = {
        "outside": arrays._replace(labels=arrays.labels - 1),
        "of the test has no label": arrays._replace(
            test_images=arrays.images[:1], test_labels=np.array([UNKNOWN])
        ),
        "of 2 needed": arrays._replace(labels=np.where(arrays.labels == 1, UNKNOWN, arrays.labels)),
        "belong together": arrays._replace(images=arrays.images.astype(np.float64)),
        "do not belong together": arrays._replace(images=arrays.images[:, :1]),
    }  # fmt: skip
    for sentence, broken in wrong.items():
        with pytest.raises(ValueError, match=sentence):
            recount(MOONS, broken)


def test_chance_without_a_test_is_that_of_the_known_labels():
    arrays = arrays_of(load_set(MOONS))
    rare = np.flatnonzero(arrays.labels == 1)[20:]
    labels = arrays.labels.copy()
    labels[rare] = UNKNOWN
    known = np.bincount(labels[labels >= 0])
    assert recount(MOONS, arrays._replace(labels=labels)).chance == pytest.approx(known[0] / known.sum(), abs=1e-4)


def test_a_run_without_a_test_ends_well_and_says_nothing_of_it(official):
    arrays = arrays_of(load_set(MOONS))
    kept.keep(recount(dataclasses.replace(MOONS, name="upload:00000000"), arrays), arrays)
    store = Store(official.parent / "runs")
    run = store.add(configure("upload:00000000", "fixmatch", 6, 0, {"steps": 10, "evaluations": 2}).to_dict())
    assert work(run.folder)["state"] == "done"
    rows = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    assert all(row["test_accuracy"] is None for row in rows if "test_accuracy" in row)
    assert "test_accuracy" in rows[-1]
    assert rows[-1]["validation_accuracy"] > 0.5
    end = json.loads((run.folder / "end.json").read_text())
    assert end["test_accuracy"] is None
    assert end["validation_accuracy"] == rows[-1]["validation_accuracy"]


# --- what a person is shown


@pytest.fixture(scope="module", params=["moons", "mostly_unknown"])
def seen(request):
    about = {"moons": MOONS, "mostly_unknown": MOSTLY_UNKNOWN}[request.param]
    return see(load_set(about), 20, 0, 1.0)


def test_a_class_is_shown_only_where_it_is_known(seen):
    truth = {part: [seen.data.card.class_of(label) for label in seen.of(part)[1]] for part in PARTS}
    for part in PARTS:
        shown = shots(seen, part, None, 60)
        rows = seen.rows(part)
        assert {shot.label for shot in shown} <= {truth[part][row] for row in rows}
        assert ("unknown" in {shot.label for shot in shown}) == (part == "unlabelled")
        assert all(shot.src.startswith("data:image/") for shot in shown)
    assert {shot.label for shot in shots(seen, "unlabelled", UNKNOWN, 9)} == {"unknown"}
    assert {shot.label for shot in averages(seen, "unlabelled")} == set(seen.classes)


def test_counts_are_of_known_labels_and_the_rest_is_one_bar(seen):
    told, about = counts(seen), seen.data.card
    assert seen.unknown == about.unknown
    assert sum(told["unlabelled"]) == about.known
    assert sum(told["labelled"]) == 20
    assert sum(told["test"]) == about.test
    bars = {
        bar.name: dict(zip(bar.x, bar.y, strict=True)) for bar in counts_chart(told, seen.classes, seen.unknown).data
    }
    assert bars["unlabelled"]["unknown"] == about.unknown
    assert all("unknown" not in bars[part] for part in PARTS if part != "unlabelled")
    assert warning(seen) == ""
    assert unequal(np.array([0] * 90 + [1] * 10 + [UNKNOWN] * 500), ("cat", "dog")).startswith(
        "The classes are unequal: 90"
    )


def test_the_map_shows_every_point_and_calls_unknown_what_is(seen):
    told = plane(seen)
    figure = map_chart(told, seen.classes, None)
    assert sum(len(trace.x) for trace in figure.data) == len(told.points)
    words = [text for trace in figure.data for text in trace.hovertext]
    assert sum(text.startswith("unknown, ") for text in words) == (told.labels == UNKNOWN).sum() > 0
    for trace in figure.data:
        assert all(text.split(", ")[0] == trace.name for text in trace.hovertext)


def test_a_copy_of_an_unknown_row_is_found_and_called_unknown(seen):
    data = seen.data
    row = int(np.flatnonzero(seen.labels == UNKNOWN)[3])
    test_images, test_labels = seen.images[[row]], np.array([1])
    found = leaks(seen.images, seen.labels, test_images, test_labels, seen.drawn)
    mine = [leak for leak in found if leak.rows == (row, 0) and leak.parts == ("unlabelled", "test")]
    assert [leak.labels for leak in mine] == [(UNKNOWN, 1)]
    assert mine[0].likeness > 0.99
    with_test = seen._replace(test_images=test_images, test_labels=test_labels)
    (pair,) = pairs(with_test, mine, 24)
    assert (pair.first.label, pair.second.label) == ("unknown", data.card.classes[1])


def test_equal_vectors_are_found_and_near_ones_are_not():
    random = np.random.RandomState(0)
    images = random.normal(size=(40, 3)).astype(np.float32)
    labels = np.arange(40) % 2
    drawn = split(labels, 10, 0, validation=10)
    test = np.concatenate([images[[int(drawn.labelled[0])]], images[[0]] + np.float32(1e-3)])
    assert [(leak.parts, leak.rows) for leak in leaks(images, labels, test, np.array([0, 0]), drawn)] == [
        (("labelled", "test"), (int(drawn.labelled[0]), 0))
    ]


def test_oversampling_draws_no_unknown_row():
    labels = hide(LABELS, 0.5, 0)
    rows = unbalanced(labels, [0, 3], 20, 4.0, 0)
    assert sorted(np.unique(labels[rows])) == [0, 3]


# --- other rooms that show a picture with its class


@pytest.fixture(scope="module")
def digits():
    return load_set(MOSTLY_UNKNOWN)


def test_mixing_never_takes_an_unknown_label_for_the_last_class(digits):
    row = int((digits.labels == UNKNOWN).nonzero()[0])
    one = picture(digits.images, digits.labels, digits.card.classes, row)
    other = picture(digits.images, digits.labels, digits.card.classes, int((digits.labels == 9).nonzero()[0]))
    assert (one.name, one.classes) == ("unknown", ("unknown",))
    both = pair(one, other)
    assert not both.y1[both.y2 > 0].any()
    assert both.classes[int(both.y1.argmax())] == "unknown"
    pictures, labels = batch(digits.images, digits.labels, 10, 64, 0)
    assert len(pictures) == len(labels) == 64
    truth = {image.tobytes(): label for image, label in zip(digits.images.numpy(), digits.labels.tolist(), strict=True)}
    shown = [(image * 255).round().byte().numpy().tobytes() for image in pictures]
    assert [truth[image] for image in shown] == labels.argmax(dim=1).tolist()
    _, told, names = four_corners(digits.images, digits.labels, digits.card.classes, [row], 0)
    assert names[0] == "unknown"
    assert any("unknown" in words for words in told)


def test_the_studio_calls_it_unknown(registered, digits):
    names = pictures_of("mostly_unknown", 32).names
    assert [name == "unknown" for name in names] == (digits.labels[: len(names)] == UNKNOWN).tolist()


def test_neighbours_without_a_label_are_called_unknown_and_a_missing_test_is_one_sentence(digits):
    nothing = dataclasses.replace(digits, test_images=digits.test_images[:0], test_labels=digits.test_labels[:0])
    config = configure("digits", "supervised", 20, 0)
    model = MODELS[config.training.model](1, 10)
    classifier = calibrated(config, model, nothing, {})
    assert classifier.calibration is None
    assert np.isfinite(classifier.temperature)
    with pytest.raises(ValueError, match="has no test pictures: choose a file or draw one"):
        of_test(nothing, 1)
    held = bank(classifier, digits)
    shown = alike(classifier, held, digits, of_test(digits, 1))
    truth = {to_source(digits.images[row].numpy()): digits.card.class_of(int(digits.labels[row])) for row in held.rows}
    assert [shot.caption.split(",")[0] for shot in shown] == [truth[shot.src] for shot in shown]
    assert "unknown" in {shot.caption.split(",")[0] for shot in shown}
