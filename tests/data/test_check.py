"""Planted copies are found, whatever was done to them; averages, counts and the map say what is there."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from ssl_core.data import CATALOG, Dataset, card, check, load
from ssl_core.data.check import (
    BITS,
    CLOSE,
    HASH,
    ROWS,
    Prints,
    hashes,
    leaks,
    near,
    near_inside,
    shrink,
    twins,
    unequal,
)
from ssl_core.data.split import split
from ssl_core.data.view import PARTS, averages, counts, pairs, plane, see, shots
from ssl_core.figures.data import counts_chart, map_chart


@pytest.fixture(scope="module")
def shapes():
    return load("shapes")


@pytest.fixture(scope="module")
def seen(shapes):
    return see(shapes, 40, 0, 1.0)


def jpeg(image: np.ndarray) -> np.ndarray:
    import io

    file = io.BytesIO()
    Image.fromarray(image.transpose(1, 2, 0)).save(file, "JPEG", quality=90)
    return np.asarray(Image.open(file)).transpose(2, 0, 1)


COPIES = {
    "the same": lambda image: image,
    "brighter": lambda image: np.clip(image.astype(int) + 12, 0, 255).astype(np.uint8),
    "less contrast": lambda image: (image * 0.8 + 20).astype(np.uint8),
    "noise": lambda image: np.clip(image + np.random.RandomState(0).normal(0, 2, image.shape), 0, 255).astype(np.uint8),
    "saved as JPEG": jpeg,
}


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("part", ["labelled", "unlabelled", "validation"])
def test_a_planted_copy_is_found(shapes, how, part):
    images, labels = shapes.images[:600].numpy(), shapes.labels[:600].numpy()
    test_images, test_labels = shapes.test_images[:200].numpy().copy(), shapes.test_labels[:200].numpy()
    drawn = split(labels, 40, 0, validation=100, unlabelled="includes")
    row = int(np.setdiff1d(getattr(drawn, part), drawn.labelled if part == "unlabelled" else [])[5])
    before = {leak.rows for leak in leaks(images, labels, test_images, test_labels, drawn)}
    test_images[77] = COPIES[how](images[row])
    found = leaks(images, labels, test_images, test_labels, drawn)
    mine = [leak for leak in found if leak.rows == (row, 77)]
    assert (row, 77) not in before
    assert [leak.parts for leak in mine] == [(part, "test")]
    assert mine[0].labels == (labels[row], test_labels[77])
    assert mine[0].likeness > 0.985
    assert found[0].likeness == max(leak.likeness for leak in found)


def test_different_pictures_are_not_called_copies():
    random = np.random.RandomState(0)
    images = random.randint(0, 256, (300, 3, 32, 32)).astype(np.uint8)
    labels = np.arange(300) % 10
    assert (
        leaks(images[:200], labels[:200], images[200:], labels[200:], split(labels[:200], 20, 0, validation=50)) == []
    )


def test_the_hash_ignores_brightness_and_sees_a_mirror():
    image = load("shapes").images[:50].numpy()
    brighter = (image * 0.7 + 20).astype(np.uint8)
    apart = (hashes(image) != hashes(brighter)).sum(axis=1)
    mirrored = (hashes(image) != hashes(image[..., ::-1])).sum(axis=1)
    assert np.median(apart) <= BITS < np.median(mirrored)
    assert hashes(image).shape == (50, HASH * HASH)


@pytest.mark.parametrize(("side", "to"), [(8, 8), (28, 9), (32, 8), (8, 12), (96, 12)])
def test_shrinking_keeps_the_mean(side, to):
    images = np.random.RandomState(0).randint(0, 256, (5, 3, side, side)).astype(np.uint8)
    small = shrink(images, to, to)
    assert small.shape == (5, to, to)
    assert small.mean(axis=(1, 2)) == pytest.approx(images.mean(axis=(1, 2, 3)), abs=0.01)
    if side == to:
        assert np.allclose(small, images.mean(axis=1), atol=1e-3)


def test_counts_add_up_to_the_data_set(seen):
    told = counts(seen)
    about = seen.data.card
    assert {part: sum(given) for part, given in told.items()} == {
        "labelled": 40,
        "unlabelled": about.pool,  # includes the labelled ones, as in FixMatch
        "validation": about.validation,
        "test": about.test,
    }
    assert told["labelled"] == [4] * 10
    figure = counts_chart(told, seen.classes)
    assert [list(trace.y) for trace in figure.data] == [told[part] for part in PARTS]


def test_the_split_shown_is_the_one_a_run_draws(seen):
    from ssl_core.train.config import configure
    from ssl_core.train.trainee import Trainee

    trainee = Trainee(configure("shapes", "fixmatch", 40, 0, {"steps": 1}), seen.data)
    drawn = {int(row) for step in range(100) for row in trainee.labelled.at(step)}
    assert drawn == set(seen.rows("labelled").tolist())
    free = trainee.free.tolist()
    drawn = {free[place] for step in range(100) for place in trainee.unlabelled.at(step)}
    assert drawn == set(seen.rows("unlabelled").tolist())


def test_pictures_of_a_part_belong_to_it(seen):
    for part in PARTS:
        some = shots(seen, part, None, 30)
        assert {shot.label for shot in some} == set(seen.classes)
        assert {shot.part for shot in some} == {part}
        assert {shot.label for shot in shots(seen, part, 3, 5)} == {seen.classes[3]}


def test_an_average_is_the_mean_of_its_class():
    images = torch.zeros(40, 1, 8, 8, dtype=torch.uint8)
    labels = torch.arange(40) % 10
    images[:] = (labels * 20)[:, None, None, None]
    data = Dataset(
        CATALOG["digits"].__class__(**vars(CATALOG["digits"]) | {"validation": 0}), images, labels, images, labels
    )
    import base64
    import io

    for number, shot in enumerate(averages(see(data, 10, 0, 1.0), "unlabelled")):
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(shot.src.split(",")[1]))))
        assert (pixels == 20 * number).all()


def test_the_map_shows_the_directions_of_most_variance():
    random = np.random.RandomState(0)
    labels = np.arange(400) % 10
    images = random.randint(100, 110, (400, 1, 8, 8))
    images[:, 0, :, :4] += ((labels % 2) * 90)[:, None, None]  # one direction tells odd from even
    parts = [torch.from_numpy(a) for a in (images.astype(np.uint8), labels)]
    about = CATALOG["digits"].__class__(**vars(CATALOG["digits"]) | {"validation": 0})
    told = plane(see(Dataset(about, *parts, *parts), 20, 0, 1.0))
    assert told.labelled.sum() == 20
    assert len(told.points) == 400
    odd = told.labels % 2 == 1
    assert (
        told.points[odd, 0].min() > told.points[~odd, 0].max() or told.points[odd, 0].max() < told.points[~odd, 0].min()
    )
    assert told.share > 0.9
    from sklearn.decomposition import PCA

    x = shrink(images[np.arange(400)].astype(np.uint8), 8, 8).reshape(400, -1) / 255
    assert told.share == pytest.approx(PCA(2, svd_solver="full").fit(x).explained_variance_ratio_.sum(), abs=1e-4)


def test_every_point_of_the_map_says_its_class(seen):
    told = plane(seen)
    figure = map_chart(told, seen.classes, None)
    assert sum(len(trace.x) for trace in figure.data) == len(told.points)
    for trace in figure.data:
        assert all(words.split(",")[0] == trace.name for words in trace.hovertext)
    many = tuple(f"c{n}" for n in range(30))
    greyed = map_chart(told, many, 3)
    assert {trace.name for trace in greyed.data} == {"other classes", "c3"}
    assert sum(len(trace.x) for trace in greyed.data) == len(told.points)


def test_unequal_classes_are_warned_of():
    assert unequal(np.arange(100) % 10, tuple("0123456789")) == ""
    told = unequal(np.repeat([0, 1, 2], [90, 30, 5]), ("cat", "dog", "hen"))
    assert "90 pictures of cat, 5 of hen (18 times" in told


def test_pairs_show_both_pictures(seen):
    from ssl_core.data.check import Leak

    shown = pairs(seen, [Leak(("labelled", "test"), (3, 7), (1, 2), 0.99)] * 30, 24)
    assert len(shown) == 24
    assert (shown[0].first.part, shown[0].second.part) == ("labelled", "test")
    assert (shown[0].first.label, shown[0].second.label) == (seen.classes[1], seen.classes[2])
    assert card("shapes").classes == seen.classes


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("part", ["labelled", "unlabelled", "validation", "test"])
def test_a_copy_inside_its_own_part_is_found_once(shapes, how, part):
    images, labels = shapes.images[:600].numpy().copy(), shapes.labels[:600].numpy()
    test_images, test_labels = shapes.test_images[:200].numpy().copy(), shapes.test_labels[:200].numpy()
    drawn = split(labels, 40, 0, validation=100, unlabelled="includes")
    own = {"test": np.arange(200), "unlabelled": np.setdiff1d(drawn.unlabelled, drawn.labelled)}
    rows = own[part] if part in own else getattr(drawn, part)
    pictures, truth = (test_images, test_labels) if part == "test" else (images, labels)
    first, second = int(rows[3]), int(rows[-2])
    pictures[second] = COPIES[how](pictures[first])
    found = twins(images, labels, test_images, test_labels, drawn)
    mine = [leak for leak in found if set(leak.rows) == {first, second} and leak.parts == (part, part)]
    assert [sorted(leak.labels) for leak in mine] == [sorted((truth[first], truth[second]))]
    assert mine[0].likeness > CLOSE
    assert all(leak.parts[0] == leak.parts[1] and leak.rows[0] != leak.rows[1] for leak in found)
    assert [leak.likeness for leak in found] == sorted((leak.likeness for leak in found), reverse=True)


def test_pairs_inside_are_those_of_all_with_all(shapes):
    prints = Prints.of(shapes.images[: ROWS + 150].numpy())  # more than one block
    i, j, likeness = near(prints, prints)
    once = {(a, b): c for a, b, c in zip(i, j, likeness, strict=True) if a < b}
    mine = near_inside(prints)
    assert {(a, b): c for a, b, c in zip(*mine, strict=True)} == pytest.approx(once)
    assert len(mine[0]) == len(once)


def test_of_very_many_the_most_alike_are_kept(shapes, monkeypatch):
    monkeypatch.setattr(check, "MOST_TWINS", 3)
    images, labels = np.repeat(shapes.images[:4].numpy(), 12, axis=0), np.zeros(48, np.int64)
    drawn = split(labels, 10, 0, validation=8)
    found = twins(images, labels, images[:0], labels[:0], drawn)
    assert {leak.parts[0]: sum(one.parts == leak.parts for one in found) for leak in found} == {
        "labelled": 3,
        "unlabelled": 3,
        "validation": 3,
    }
    assert all(leak.likeness > 0.999 for leak in found)


def test_equal_vectors_inside_a_part_are_found_once():
    vectors = np.random.RandomState(0).normal(size=(40, 3)).astype(np.float32)
    labels = np.arange(40) % 2
    drawn = split(labels, 10, 0, validation=10)
    first, second = map(int, drawn.validation[:2])
    vectors[second] = vectors[first]
    (pair,) = twins(vectors, labels, vectors[:0], labels[:0], drawn)
    assert (pair.parts, set(pair.rows)) == (("validation", "validation"), {first, second})
