"""Every input of the folder of cases comes out as its README says, from a folder and from a zip alike."""

from __future__ import annotations

import collections
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssl_core.__main__ import main
from ssl_core.data import card, kept, load
from ssl_core.data.card import UNKNOWN
from ssl_core.data.catalog import NO_CLASSES, needs, prepare_local
from ssl_core.data.folders import changed
from ssl_core.data.split import split
from ssl_core.data.uploads import add
from ssl_core.images.reading import read_picture, read_square
from ssl_core.train.config import configure
from ssl_core.train.loop import train

SHAPES = ["bar", "box", "disc"]


def total(told: dict) -> int:
    return sum(told[part] for part in ("labelled", "unlabelled", "validation", "test"))


def passed_over(told: dict) -> int:
    return sum(row["count"] for row in told["left_out"])


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("case", "classes", "parts"),
    [
        ("unlabeled_folder", SHAPES, (24, 60, 0, None)),
        ("csv_labels", SHAPES, (30, 0, 0, None)),
        ("nested_subfolders", SHAPES, (24, 0, 0, None)),
        ("class_then_part", SHAPES, (24, 0, 0, 12)),
        ("docs_folder", SHAPES, (30, 0, 0, 15)),
        ("class_names", ["Café", "собака", "हिन्दी", "ไก่", "猫 猫"], (25, 0, 0, None)),
        ("imbalanced", SHAPES, (223, 0, 0, None)),
        ("only_tiff", ["box", "disc"], (12, 0, 0, None)),
        ("formats_skipped", ["box", "disc"], (32, 0, 0, None)),
        ("wide_pictures", ["blue", "red"], (40, 0, 0, None)),
        ("mirror_matters", ["left", "right"], (120, 0, 0, None)),
        ("changed_folder", SHAPES, (176, 0, 0, None)),
    ],
)
def test_a_folder_is_understood(cases, fetch, case, classes, parts):
    top = cases / case / "data"
    told = fetch(top)
    labelled, unlabelled, validation, test = parts
    assert sorted(told["classes"]) == sorted(classes)
    assert (told["unlabelled"], told["validation"]) == (unlabelled, validation)
    assert told["labelled"] + (0 if test else told["test"]) == labelled, "a drawn test is taken from the labelled ones"
    assert told["test"] == test if test else 0 < told["test"] < told["labelled"]
    tables = len([*top.rglob("*.csv")])
    assert total(told) + passed_over(told) == files(top) - tables, "every file is somewhere"
    data = load(told["name"])
    assert len(data.labels) == told["labelled"] + told["unlabelled"] + told["validation"]
    assert np.bincount(data.labels[data.labels >= 0], minlength=len(classes)).min() > 0


@pytest.mark.parametrize(
    ("path", "classes", "count", "unlabelled", "hidden"),
    [
        ("unlabeled_folder/pictures.zip", SHAPES, 24, 40, 0),
        ("csv_labels/pictures.zip", SHAPES, 30, 0, 0),
        ("csv_labels/flat.zip", [], 0, 30, 0),
        ("gbk_zip/pictures.zip", ["圆形", "方块", "横条"], 15, 0, 0),
        ("backslash_zip/pictures.zip", SHAPES, 15, 0, 0),
        ("zip64/pictures.zip", SHAPES, 15, 0, 0),
        ("zip64/saturated.zip", SHAPES, 15, 0, 0),
        ("zip64/streamed.zip", SHAPES, 15, 0, 0),
        ("junk/pictures.zip", SHAPES, 15, 0, 25),
        ("junk/without_nas.zip", SHAPES, 15, 0, 23),
        ("formats_skipped/mixed.zip", ["box", "disc"], 32, 0, 4),
    ],
)
def test_a_zip_is_understood_on_the_page_and_in_the_terminal(cases, fetch, path, classes, count, unlabelled, hidden):
    told = fetch(cases / path)
    assert sorted(told["classes"]) == sorted(classes)
    assert (told["labelled"] + told["test"], told["unlabelled"], passed_over(told)) == (count, unlabelled, hidden)
    on_page = add((cases / path).read_bytes(), "Mine")
    same = card(told["name"])
    assert (on_page.classes, on_page.train, on_page.test, on_page.unknown, on_page.side) == (
        same.classes, same.train, same.test, same.unknown, same.side,
    )  # fmt: skip
    assert on_page.fingerprint == same.fingerprint, "the same pictures are the same data set"
    assert kept.origin(on_page.name)["left_out"] == told["left_out"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("other_archives/absolute.zip", "points out of it"),
        ("other_archives/pictures.tar.gz", "tar.gz archive.* make a zip"),
        ("other_archives/targz_named.zip", "tar.gz archive.* make a zip"),
        ("other_archives/pictures.rar", "RAR archive.* make a zip"),
        ("formats_skipped/heic_only.zip", "None of the 4 pictures could be read.*HEIC"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_that_names_it(cases, path, sentence):
    with pytest.raises(ValueError, match=sentence) as wrong:
        add((cases / path).read_bytes(), "Mine")
    assert "\n" not in str(wrong.value)


def test_nobody_knows_the_class_of_an_unlabelled_picture(cases, fetch):
    told = fetch(cases / "unlabeled_folder" / "data")
    data, about = load(told["name"]), card(told["name"])
    paths = kept.origin(told["name"])["paths"]
    assert [path.startswith("unlabeled/") for path in paths] == (data.labels == UNKNOWN).tolist()
    assert about.known == told["labelled"] - about.validation
    with pytest.raises(ValueError, match=f"and {about.known}, not {about.known + 1}"):
        configure(told["name"], "fixmatch", about.known + 1, 0)
    rows = []
    config = configure(told["name"], "fixmatch", about.known, 0, {"steps": 2, "batch": 4, "evaluations": 1})
    assert train(config, data, rows.append) == "done"


def test_a_flat_folder_is_kept_and_says_what_is_missing(cases, fetch):
    told = fetch(cases / "csv_labels" / "flat.zip")
    assert needs(told["name"]) == NO_CLASSES
    assert (load(told["name"]).labels == UNKNOWN).all()


def test_what_could_not_be_read_is_told_in_the_terminal_too(cases, fetch):
    rows = fetch(cases / "formats_skipped" / "data")["left_out"]
    assert [(row["what"], row["count"]) for row in rows] == [(".heic pictures that could not be read", 4)]
    assert "HEIC" in rows[0]["why"]


@pytest.mark.parametrize("name", ["a.avif", "cmyk.jpg", "t.tif", "grey16.png", "grey12in16.png", "exif6.jpg"])
def test_every_format_is_upright_and_in_its_colours(cases, name):
    top = cases / "formats"
    picture = read_picture((top / name).read_bytes()).astype(int)
    like = {"a.avif": "t.tif", "cmyk.jpg": "t.tif", "grey12in16.png": "grey16.png", "exif6.jpg": "upright.png"}
    other = read_picture((top / like.get(name, name)).read_bytes()).astype(int)
    assert picture.shape == other.shape
    assert np.abs(picture - other).mean() < 8
    assert np.abs(picture.mean(axis=(0, 1)) - other.mean(axis=(0, 1))).max() < 2
    assert picture.max() > 150, "not black"


@pytest.fixture
def growing(cases, tmp_path) -> Path:
    """A copy of the folder that changes."""
    return Path(shutil.copytree(cases / "changed_folder" / "data", tmp_path / "mine"))


def held_back(name: str) -> set[str]:
    return set(kept.origin(name)["test_paths"])


def test_a_folder_that_grew_is_noticed_and_no_test_picture_is_learned_from(cases, growing, fetch, capsys):
    name = fetch(growing)["name"]
    before, print_before = held_back(name), card(name).fingerprint
    assert changed(name) == prepare_local(name) == ""
    for number in range(60):
        pixels = np.random.RandomState(number).randint(0, 256, (32, 32, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(growing / SHAPES[number % 3] / f"new{number}.png")
    assert "had 176 pictures, now 236" in changed(name)
    assert prepare_local(name).endswith("It was read again.")
    assert before <= held_back(name)
    assert card(name).train + card(name).test == 236
    assert card(name).fingerprint != print_before
    assert changed(name) == ""
    for size in ("@16", "@64pad"):
        assert before <= held_back(fetch(growing, size)["name"]), "at every size"


def test_a_folder_that_lost_or_renamed_a_class_is_another_data_set(cases, growing, fetch):
    name = fetch(growing)["name"]
    prints, before = [card(name).fingerprint], held_back(name)
    shutil.move(growing / "bar", growing / "zebra")
    assert changed(name)
    assert fetch(growing)["classes"] == ["box", "disc", "zebra"]
    prints.append(card(name).fingerprint)
    assert {path.replace("bar/", "zebra/") for path in before} <= held_back(name)
    shutil.rmtree(growing / "zebra")
    assert "now" in changed(name)
    assert fetch(growing)["classes"] == ["box", "disc"]
    prints.append(card(name).fingerprint)
    assert {path for path in before if not path.startswith("bar/")} <= held_back(name)
    assert len(set(prints)) == 3


def test_a_file_written_anew_is_noticed_and_the_same_pictures_are_the_same_set(cases, growing, fetch):
    name = fetch(growing)["name"]
    first = card(name).fingerprint
    one = next(growing.rglob("*.png"))
    os.utime(one, ns=(1, 1))
    assert changed(name)
    fetch(growing)
    assert card(name).fingerprint == first


def test_validation_is_large_enough_to_judge_by_and_leaves_something_of_every_class(cases, fetch):
    told = fetch(cases / "imbalanced" / "data")
    about, labels = card(told["name"]), load(told["name"]).labels.numpy()
    drawn = split(labels, 3, 0, validation=about.validation)
    held = np.bincount(labels[drawn.validation], minlength=3)
    assert about.validation >= 30
    assert held.min() >= 1
    assert (held <= np.bincount(labels) // 2).all()


def accuracy(name: str, side_steps: int = 150) -> float:
    rows: list[dict] = []
    about = card(name)
    labels = min(about.known, 32)
    config = configure(name, "supervised", labels, 0, {"steps": side_steps, "batch": 16, "evaluations": 1})
    train(config, load(name), rows.append)
    return rows[-1]["test_accuracy"]


def test_cutting_loses_the_ends_of_wide_pictures_and_says_so(cases, fetch):
    top = cases / "wide_pictures" / "data"
    cut, squash, pad = (fetch(top, size)["name"] for size in ("@32", "@32squash", "@32pad"))
    assert "cutting the middle square loses" in card(cut).text
    assert "cutting" not in card(squash).text + card(pad).text
    assert [card(name).fit for name in (cut, squash, pad)] == ["cut", "squash", "pad"]
    assert accuracy(squash) > 0.95
    assert accuracy(pad) > 0.95
    assert accuracy(cut) < 0.8


def test_squashing_here_is_what_squashing_before_was(cases):
    for path in sorted((cases / "wide_pictures" / "data").rglob("*.png"))[:6]:
        mine, shape = read_square(path.read_bytes(), 32, "squash")
        other = cases / "wide_pictures" / "squashed" / path.parent.name / path.name
        theirs, _ = read_square(other.read_bytes(), 32)
        assert shape == 4
        assert np.abs(mine.astype(int) - theirs).mean() < 6


def test_the_terminal_can_say_that_mirrored_pictures_change_class(cases, fetch):
    top = cases / "mirror_matters" / "data"
    assert card(fetch(top)["name"]).flip
    name = fetch(top, "", "--flip", "false")["name"]
    assert not card(name).flip
    assert not card(fetch(top)["name"]).flip, "it is remembered"
    assert collections.Counter(load(name).labels.tolist()).keys() == {0, 1}
    assert accuracy(name) > 0.9


def test_training_can_say_so_too(cases, tmp_path, capsys):
    name = f"folder:{cases / 'mirror_matters' / 'data'}@32"
    line = [
        "train",
        "--data",
        name,
        "--method",
        "supervised",
        "--labels",
        "8",
        "--steps",
        "2",
        "--store",
        str(tmp_path / "runs"),
    ]
    assert main([*line, "--flip", "false"]) == 0
    assert not card(name).flip
    assert main([*line, "--seed", "1"]) == 0
    assert not card(name).flip
    assert main([*line, "--seed", "2", "--flip", "true"]) == 0
    assert card(name).flip
    assert main(["train", "--data", "digits", "--flip", "false"]) == 2
    assert "for folders of your own" in capsys.readouterr().err


def test_a_size_that_somebody_chose_is_not_taken_for_another(cases, fetch):
    top = cases / "only_tiff" / "data"
    assert fetch(top, "@16")["name"].endswith("@16")
    assert fetch(top)["name"].endswith("@64"), "no size: what the pictures need"
    assert card(f"folder:{top}").side == 64
    assert card(f"folder:{top}@16").side == 16


def test_every_case_is_a_test(cases):
    here = Path(__file__).read_text(encoding="utf-8")
    missing = {path.name for path in cases.iterdir() if path.is_dir() and f'"{path.name}' not in here}
    assert not missing
