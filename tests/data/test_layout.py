"""Whatever a folder or a zip looks like: a class is a class, a part a part, and unlabelled pictures nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ssl_core.data import card, kept, load
from ssl_core.data.card import UNKNOWN
from ssl_core.data.catalog import prepare
from ssl_core.data.layout import LABELLED, UNLABELLED, part_of
from ssl_core.data.split import split
from ssl_core.data.understand import understand
from ssl_core.data.uploads import add
from ssl_core.images.formats import ENDINGS
from ssl_core.letters import to_text
from ssl_core.zips import Entry
from tests.data.conftest import png

CLASSES = ("cat", "dog", "train", "圆形", "横条", "Café", "हिन्दी", "test tube", "unlabel", "images of x", "1", "label")
FREE = ("unlabelled", "unlabeled", "Unlabeled", "UNLABELLED_data", "unlabeled_data", "unsup", "Unsup", "unlabelled data",
        "train_unlabeled", "unlabeled2017", "unlabeled-images", "un_labelled", "no_labels")  # fmt: skip
PLACES = ("beside", "above", "inside train", "inside a class", "inside test", "deep")
SPELLED = {"train": ("train", "Training", "TRAIN", "train_data"), "validation": ("val", "valid", "Validation"),
           "test": ("test", "Testing", "test_set")}  # fmt: skip


class Layout(NamedTuple):
    """Paths with what is right for each: (class or None, part), and paths to be passed over."""

    right: dict[str, tuple[str | None, str]]
    passed: list[str]


@st.composite
def layouts(draw) -> Layout:
    """Class folders in any arrangement, with unlabelled pictures anywhere."""
    wrapper = draw(st.sampled_from(["", "my pictures/", "x/data/", "labeled data/"]))
    shape = draw(st.sampled_from(["plain", "above", "below", "mixed"]))
    classes = draw(st.lists(st.sampled_from(CLASSES), min_size=2, max_size=4, unique=True))
    if shape == "mixed" or (len({"train"} & {*classes}) and shape != "plain"):
        classes = [name for name in classes if name != "train"] + ["box", "bar"]
    parts = {"plain": [""], "mixed": ["train", "test"]}.get(shape) or draw(
        st.sampled_from([["train"], ["train", "test"], ["train", "validation"], ["train", "validation", "test"]])
    )
    spelled = {part: draw(st.sampled_from(SPELLED[part])) for part in parts if part}
    ending, deep = draw(st.sampled_from(ENDINGS)), draw(st.sampled_from(["", "indoor/", "a/b/"]))
    right: dict[str, tuple[str | None, str]] = {}
    for part in parts:
        for label in classes:
            for number in range(3):
                above = f"{spelled[part]}/" if shape == "above" or (shape == "mixed" and part == "test") else ""
                below = f"{spelled[part]}/" if shape == "below" else ""
                right[f"{wrapper}{above}{label}/{below}{deep}{number}{ending}"] = (label, part)
    given_test = "test" if "test" in parts else "validation"
    right = {path: (label, "test" if part == given_test else part) for path, (label, part) in right.items()}
    home = draw(st.sampled_from(FREE))
    first = next(iter(spelled.values()), "")
    where = {
        "beside": f"{wrapper}{home}/",
        "above": f"{home}/{first or 'x'}/",
        "inside train": f"{wrapper}{first + '/' if shape == 'above' else ''}{home}/",
        "inside a class": f"{wrapper}{first + '/' if shape == 'above' else ''}{classes[0]}/{home}/",
        "inside test": f"{wrapper}{spelled.get('test', 'other')}/{home}/",
        "deep": f"{wrapper}{home}/some/{classes[0]}/",
    }[draw(st.sampled_from(PLACES))]
    for number in range(draw(st.sampled_from([0, 5]))):
        right[f"{where}u{number}{ending}"] = (None, "")
    passed = [f"{wrapper}README.md", f"{wrapper}.DS_Store", f"__MACOSX/{wrapper}{classes[0]}/._0{ending}"]
    if shape == "above" and len(parts) > 1:
        passed += [f"{wrapper}docs/figure{number}.png" for number in range(3)]
    return Layout(right, passed if draw(st.booleans()) else [])


@settings(max_examples=400, deadline=None)
@given(layout=layouts(), random=st.randoms(use_true_random=False))
def test_every_picture_gets_its_class_and_its_part(layout, random):
    paths = [*layout.right, *layout.passed]
    random.shuffle(paths)
    told = understand([Entry(path, lambda: b"") for path in paths])
    assert {seat.path: (seat.label, seat.part) for seat in told.pictures} == layout.right
    assert sum(row.count for row in told.left_out) == len(layout.passed)


@st.composite
def any_paths(draw) -> list[str]:
    """Folders of any depth and names in no order at all."""
    names = st.sampled_from(["cat", "dog", "train", "test", "val", "labeled", "images", "docs", *FREE])
    path = st.lists(names, max_size=4).map("/".join)
    return [f"{folder}/{number}.png".lstrip("/") for number, folder in enumerate(draw(st.lists(path, max_size=40)))]


@settings(max_examples=600, deadline=None)
@given(paths=any_paths())
def test_no_layout_makes_an_unlabelled_folder_a_class_or_a_part(paths):
    try:
        told = understand([Entry(path, lambda: b"") for path in paths])
    except ValueError as wrong:
        assert str(wrong).endswith(".")
        return
    free = {path for path in paths if any(map(UNLABELLED.fullmatch, path.split("/")[:-1]))}
    assert free <= {seat.path for seat in told.pictures}
    assert all((seat.label, seat.part) == (None, "") for seat in told.pictures if seat.path in free)
    assert len(told.pictures) + sum(row.count for row in told.left_out) == len(paths), "every file is somewhere"
    parts = {seat.part for seat in told.pictures}
    assert "test" in parts or "validation" not in parts, "a lone validation is the test"


@pytest.fixture(scope="module")
def small() -> dict[str, bytes]:
    return {str(number): png(number, 8) for number in range(200)}


@pytest.mark.parametrize("how", ["zip", "folder", "backslashes", "table"])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(layout=layouts(), seed=st.integers(0, 3))
def test_no_unlabelled_picture_reaches_a_label_a_validation_or_a_test(
    official, small, tmp_path_factory, layout, seed, how
):
    layout = as_table(layout) if how == "table" else layout
    files = {path: small[str(number)] for number, path in enumerate([*layout.right, *layout.passed])}
    files = {path: b"x" if path in layout.passed and not path.endswith(".png") else c for path, c in files.items()}
    if how == "table":
        files["labels.csv"] = table_of(layout)
    name = brought(files, how, tmp_path_factory)
    data, about, origin = load(name), card(name), kept.origin(name)
    labels, free = data.labels.numpy(), sum(label is None for label, _ in layout.right.values())
    for path, label in zip(origin["paths"], labels, strict=True):
        assert (label == UNKNOWN) == (layout.right[path][0] is None)
    assert about.unknown == free
    assert all(layout.right[path][0] is not None for path in origin["test_paths"])
    brought_tests = {path for path, (_, part) in layout.right.items() if part == "test"}
    assert not brought_tests or set(origin["test_paths"]) == brought_tests, "a test that was brought is kept exactly"
    drawn = split(labels, about.known, seed, validation=about.validation, held=about.held)
    assert (labels[drawn.labelled] >= 0).all()
    assert (labels[drawn.validation] >= 0).all()
    held = {origin["paths"][row] for row in drawn.validation}
    brought_validation = {path for path, (_, part) in layout.right.items() if part == "validation"}
    assert not brought_validation or held == brought_validation
    assert len(drawn.labelled) + len(drawn.validation) + about.unknown == about.train, "all I have are all there are"
    kept.forget(name)


def as_table(layout: Layout) -> Layout:
    """The same pictures in one flat folder, but for the unlabelled ones, which stay where they are."""
    flat = {
        path if label is None else f"flat/{number}.{path.rpartition('.')[2]}": (label, part)
        for number, (path, (label, part)) in enumerate(layout.right.items())
    }
    return Layout(flat, [])


def table_of(layout: Layout) -> bytes:
    """A table that says the class and part of every picture, and wrongly of the unlabelled ones, too."""
    rows = [(path, label or "cat", part or "train") for path, (label, part) in layout.right.items()]
    return "\n".join(["path;class;split", *map(";".join, rows)]).encode()


def brought(files: dict[str, bytes], how: str, folders) -> str:
    if how == "folder":
        top = folders.mktemp("brought")
        for path, content in files.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_bytes(content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_ROOTS", str(top))
            return prepare(f"folder:{top}@8").name
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in files.items():
            archive.writestr(path.replace("/", "\\") if how == "backslashes" else path, content)
    return add(file.getvalue(), "Mine", side=8, channels=3, flip=True).name


def old_zip(files: dict[str, bytes], encoding: str) -> bytes:
    """A zip whose names are bytes of an encoding, without the flag that says UTF-8."""
    file, marks = io.BytesIO(), {}
    with zipfile.ZipFile(file, "w") as archive:
        for number, (path, content) in enumerate(files.items()):
            raw = path.encode(encoding)
            mark = f"{number:0{len(raw)}d}".encode()
            marks[mark] = raw
            archive.writestr(mark.decode(), content)
    content = file.getvalue()
    for mark, raw in marks.items():
        content = content.replace(mark, raw)
    return content


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gbk", ("圆形", "方块")), ("gbk", ("猫 猫", "狗")), ("utf-8", ("собака", "кот")), ("utf-8", ("हिन्दी", "ไก่")),
        ("cp437", ("Größe", "Café")), ("cp437", ("señor", "Über")), ("ascii", ("cat", "dog")),
    ],
)  # fmt: skip
def test_names_of_zips_are_read_as_they_were_written(official, encoding, names):
    files = {f"{name}/picture number {n}.png": png(n + 10 * k, 8) for k, name in enumerate(names) for n in range(4)}
    assert sorted(add(old_zip(files, encoding), "Mine", side=8).classes) == sorted(names)


@pytest.mark.parametrize("text", ["Größe;Straße", "naïve,café", "señor\tniño", "über,öl"])
def test_western_text_is_not_taken_for_chinese(text):
    assert to_text(text.encode("cp1252")) == text
    assert to_text(text.encode("utf-8")) == text


@pytest.mark.parametrize("name", FREE)
def test_these_are_unlabelled_and_those_are_classes(name):
    assert UNLABELLED.fullmatch(name)
    assert not LABELLED.fullmatch(name)
    assert part_of(name) == ""


@pytest.mark.parametrize(
    "name", ["label", "cat", "bunlabelled", "unlabelable", "unknown", "none", "support", "trainer"]
)
def test_classes_are_no_parts(name):
    assert not UNLABELLED.fullmatch(name)
    assert part_of(name) == ""


# --- tables of labels

ROWS = [(f"{n}.png", kind) for n, kind in enumerate(["cat", "dog", "größe"] * 4)]


def seats(files: dict[str, bytes]) -> dict[str, tuple[str | None, str]]:
    told = understand([Entry(name, lambda content=content: content) for name, content in files.items()])
    return {seat.path: (seat.label, seat.part) for seat in told.pictures}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    "heading", [("filename", "label"), ("Image", "Category"), ("image_id", "class"), ("path", "target"), None]
)
@pytest.mark.parametrize("home", ["", "images/", "images/deep/"])
def test_a_table_says_the_classes(separator, encoding, heading, home):
    lines = [separator.join(row) for row in ([heading] if heading else []) + ROWS]
    files = {f"{home}{name}": b"" for name, _ in ROWS} | {"labels.csv": "\r\n".join(lines).encode(encoding)}
    assert seats(files) == {f"{home}{name}": (label, "") for name, label in ROWS}


def test_a_chinese_table_of_windows():
    rows = [(f"{n}.png", kind) for n, kind in enumerate(["圆形", "方块"] * 3)]
    table = "\r\n".join(f"{a},{b}" for a, b in [("文件名", "类别"), *rows])
    names = "\r\n".join(f"{a},{b}" for a, b in [("file", "label"), *rows])
    files = {name: b"" for name, _ in rows}
    assert seats(files | {"labels.csv": names.encode("gbk")}) == {name: (label, "") for name, label in rows}
    assert seats(files | {"labels.csv": table.encode("gbk")}) == {name: (None, "") for name, _ in rows}


def test_a_table_with_parts_and_holes():
    table = "id;class;split\n0;cat;train\n1;dog;val\n2;cat;test\n3;;train\n4;dog;unlabelled\n9;cat;train\n"
    files = {f"{n}.jpg": b"" for n in range(6)} | {"all.csv": table.encode()}
    with_dogs = files | {"more.csv": b"file,label\n5.jpg,dog\n"}
    assert seats(with_dogs) == {
        "0.jpg": ("cat", "train"), "1.jpg": ("dog", "validation"), "2.jpg": ("cat", "test"), "3.jpg": (None, ""),
        "4.jpg": (None, ""), "5.jpg": ("dog", "train"),
    }  # fmt: skip
    told = understand([Entry(name, lambda content=content: content) for name, content in with_dogs.items()])
    assert [(row.what, row.count) for row in told.left_out] == [("rows of all.csv", 1)]


def test_a_table_cannot_label_what_lies_in_a_folder_called_unlabelled():
    table = b"file,label\n0.png,cat\n1.png,dog\n2.png,cat\n"
    files = {"a/0.png": b"", "a/1.png": b"", "unlabelled/2.png": b"", "labels.csv": table}
    assert seats(files) == {"a/0.png": ("cat", ""), "a/1.png": ("dog", ""), "unlabelled/2.png": (None, "")}


def test_class_folders_say_more_than_a_table_of_a_few_pictures():
    files = {f"{kind}/{n}.png": b"" for kind in ("cat", "dog") for n in range(5)} | {
        "notes.csv": b"file,label\n0.png,x\n"
    }
    assert {label for label, _ in seats(files).values()} == {"cat", "dog"}


def test_two_tables_named_after_their_parts():
    files = {f"{part}/{n}.png": b"" for part in ("train", "test") for n in range(4)}
    table = b"image,label\n0.png,cat\n1.png,dog\n2.png,cat\n3.png,dog\n"
    told = seats(files | {"train.csv": table, "test_labels.csv": table})
    assert told == {path: (["cat", "dog"][int(path[-5]) % 2], path.split("/")[0]) for path in files}


def test_labels_in_other_letters_of_the_same_look():
    files = {"Cafe\u0301.png": b"", "b.png": b"", "labels.csv": "file,label\nCafé.png,x\nb.png,y\n".encode()}
    assert [label for label, _ in seats(files).values()] == ["x", "y"] or set(seats(files).values()) == {
        ("x", ""),
        ("y", ""),
    }


def test_only_test_pictures_are_one_sentence():
    with pytest.raises(ValueError, match="none to learn from: put some into a folder train"):
        seats({f"test/{kind}/{n}.png": b"" for kind in "ab" for n in range(3)})


def test_a_class_of_the_test_that_nothing_teaches_is_counted():
    paths = [
        f"{part}/{kind}/{n}.png"
        for part, kinds in (("train", "ab"), ("test", "abc"))
        for kind in kinds
        for n in range(3)
    ]
    told = understand([Entry(path, lambda: b"") for path in paths])
    assert [(row.what, row.count) for row in told.left_out] == [("test pictures of class c", 3)]
    assert sum(seat.part == "test" for seat in told.pictures) == 6


def test_reading_paths_opens_no_picture():
    def refuse() -> bytes:
        raise AssertionError("opened")

    assert len(understand([Entry(f"{k}/{n}.png", refuse) for k in "ab" for n in range(3)]).pictures) == 6


def test_fifty_thousand_paths_take_no_time_that_matters():
    paths = [f"x/train/{n % 20}/{n}.jpg" for n in range(40_000)] + [f"x/test/{n % 20}/{n}.jpg" for n in range(9_000)]
    told = understand([Entry(path, lambda: b"") for path in paths])
    assert len(told.pictures) == 49_000
    assert Path(told.pictures[0].path).suffix == ".jpg"
    assert np.unique([seat.part for seat in told.pictures]).tolist() == ["test", "train"]
