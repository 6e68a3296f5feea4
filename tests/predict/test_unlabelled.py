"""Every unlabelled picture is answered once, under the path it was brought with; the sure ones are sorted."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ssl_core.__main__ import main
from ssl_core.data import load, prepare
from ssl_core.data.understand import understand
from ssl_core.images.writing import to_png
from ssl_core.predict.sorted_zip import RESERVED, folder_names, write_sorted
from ssl_core.predict.unlabelled import predictions, predictions_csv, unlabelled_rows
from ssl_core.runs.trained import classifier_of
from ssl_core.zips import Entry, is_junk
from tests.runs.conftest import draw, pet_run, pets, store  # noqa: F401


@pytest.fixture
def asked(pet_run):  # noqa: F811
    """The run, its network and its data set."""
    run = pet_run()
    return run, classifier_of(run), load(run.config["data"])


def told(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_unlabelled_picture_exactly_once_in_order_and_no_labelled_one(pets, asked):  # noqa: F811
    _, classifier, data = asked
    rows = told("".join(predictions_csv(classifier, data)))
    brought = sorted(path.relative_to(pets).as_posix() for path in (pets / "unlabelled").iterdir())
    assert [row["path"] for row in rows] == brought
    for row, line in zip(unlabelled_rows(classifier, data), rows, strict=True):
        alone = classifier.probabilities(data.images[row : row + 1])[0]
        each = {name: float(line[f"p({name})"]) for name in classifier.card.classes}
        np.testing.assert_allclose([*each.values()], alone.numpy(), rtol=1e-4, atol=1e-6)
        assert sum(each.values()) == pytest.approx(1, abs=1e-9)
        first, second = sorted(each, key=each.get, reverse=True)[:2]
        assert (line["class"], line["second"]) == (first, second)
        assert (float(line["probability"]), float(line["probability of second"])) == (each[first], each[second])


def test_the_network_finds_the_class_of_pictures_that_nobody_labelled(asked):
    _, classifier, data = asked
    right = [row["class"] == ("cat", "dog")[int(row["path"][-5]) % 2] for row in predictions(classifier, data)]
    assert sum(right) == len(right) == 9


def test_a_path_that_begins_like_a_formula_is_text(pets, tmp_path, asked, capsys):  # noqa: F811
    flat = tmp_path / "flat"
    for kind in ("cat", "dog"):
        for n in range(12):
            draw(flat / f"{kind}{n}.png", (200, 60, 40) if kind == "cat" else (40, 60, 200), n)
    draw(flat / "=1+1.png", (200, 60, 40), 50)
    lines = [f"{kind}{n}.png,{kind}" for kind in ("cat", "dog") for n in range(12)]
    (flat / "labels.csv").write_text("\n".join(["file,label", *lines]))
    data = load(prepare(f"folder:{flat}@16").name)
    assert told("".join(predictions_csv(asked[1], data)))[0]["path"] == "'=1+1.png"


def test_where_every_class_is_known_the_hidden_ones_are_asked_about(classifier, digits):
    rows = unlabelled_rows(classifier, digits)
    parts = classifier.parts
    assert not set(rows) & (set(parts.labelled) | set(parts.validation))
    assert len(rows) + len(parts.labelled) + len(parts.validation) == len(digits.labels)
    lines = told("".join(predictions_csv(classifier, digits)))
    assert [line["path"] for line in lines] == [str(row) for row in rows]


def test_the_terminal_prints_what_the_network_says(asked, store, capsys):  # noqa: F811
    run, classifier, data = asked
    assert main(["predict", run.name, "--unlabelled", "--csv", "--store", str(store.root)]) == 0
    assert capsys.readouterr().out == "".join(predictions_csv(classifier, data))
    assert main(["predict", run.name, "--unlabelled", "--store", str(store.root)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 9


def test_new_pictures_without_a_label_are_noticed_and_answered(pets, asked, store, capsys):  # noqa: F811
    run, *_ = asked
    draw(pets / "unlabelled" / "later.png", (220, 60, 40), 7)
    assert main(["predict", run.name, "--unlabelled", "--csv", "--store", str(store.root)]) == 0
    said = capsys.readouterr()
    later = [row for row in told(said.out) if row["path"] == "unlabelled/later.png"]
    assert [row["class"] for row in later] == ["cat"]
    assert "changed" in said.err


@pytest.mark.parametrize("sure", [0.0, 0.6, 0.99, 1.0])
def test_the_sure_ones_are_sorted_and_no_other(pets, asked, sure):  # noqa: F811
    _, classifier, data = asked
    file = io.BytesIO()
    counts = write_sorted(classifier, data, sure, file)
    expected = {row["path"]: row["class"] for row in predictions(classifier, data) if row["probability"] >= sure}
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert len(set(names)) == len(names) == len(expected) == sum(counts.counts.values())
        for path, label in expected.items():
            (name,) = [n for n in names if n.endswith(path.rpartition("/")[2].lstrip("="))]
            assert name.startswith(f"{label}/")
            assert archive.read(name) == (pets / path).read_bytes(), "the original, as it was brought"
    assert counts.unsure == 9 - len(expected)


def test_a_picture_whose_file_is_gone_is_what_the_network_saw(pets, asked):  # noqa: F811
    _, classifier, data = asked
    for path in (pets / "unlabelled").iterdir():
        path.unlink()
    file = io.BytesIO()
    write_sorted(classifier, data, 0.0, file)
    with zipfile.ZipFile(file) as archive:
        pictures = {np.asarray(Image.open(archive.open(name))).tobytes() for name in archive.namelist()}
    rows = unlabelled_rows(classifier, data)
    assert pictures == {np.asarray(Image.open(io.BytesIO(to_png(data.images[r].numpy())))).tobytes() for r in rows}


def test_a_link_out_of_the_folder_is_not_followed(pets, asked, tmp_path):  # noqa: F811
    _, classifier, data = asked
    (tmp_path / "secret.png").write_bytes(b"secret")
    for path in (pets / "unlabelled").iterdir():
        path.unlink()
        path.symlink_to(tmp_path / "secret.png")
    file = io.BytesIO()
    write_sorted(classifier, data, 0.0, file)
    with zipfile.ZipFile(file) as archive:
        assert b"secret" not in [archive.read(name) for name in archive.namelist()]


def test_the_terminal_writes_the_zip_whole_or_not_at_all(asked, store, tmp_path, capsys):  # noqa: F811
    run, *_ = asked
    out = tmp_path / "sorted.zip"
    words = ["predict", run.name, "--sorted", str(out), "--store", str(store.root)]
    assert main([*words, "--sure", "1.5"]) == 2
    assert not out.exists()
    assert list(tmp_path.glob(".*aside")) == []
    assert main([*words, "--sure", "0.5"]) == 0
    entries = [Entry(i.filename, lambda: b"") for i in zipfile.ZipFile(out).infolist()]
    assert set(understand(entries).classes) <= {"cat", "dog"}
    assert "not sure enough of 0" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--csv"], ["a.png", "--unlabelled"], ["a.png", "--sorted", "x.zip"]])
def test_pictures_or_unlabelled_and_not_both(asked, store, capsys, words):  # noqa: F811
    assert main(["predict", asked[0].name, *words, "--store", str(store.root)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_set_without_an_unlabelled_picture_is_one_sentence(classifier, digits):
    import dataclasses

    with pytest.raises(ValueError, match=r"^Every picture here has a label"):
        unlabelled_rows(dataclasses.replace(classifier, parts=None), digits)


def test_pictures_of_another_size_are_one_sentence(pets, asked):  # noqa: F811
    classifier = asked[1]
    name = prepare(f"folder:{pets}@32").name
    with pytest.raises(ValueError, match="3×16×16"):
        unlabelled_rows(classifier, load(name))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=50), min_size=2, max_size=8, unique=True))
def test_folder_names_are_harmless_on_every_system(classes):
    names = folder_names(classes)
    assert len({name.casefold() for name in names}) == len(classes)
    for name in names:
        assert name
        assert not set(name) & set('/\\:*?"<>|\0\n')
        assert name[0] not in ". " and name[-1] not in ". "
        assert name.lower().partition(".")[0] not in RESERVED
        assert not is_junk(f"{name}/a.png")
