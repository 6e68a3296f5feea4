"""What goes out comes in again, and a file that is none of ours is understood or refused in one sentence."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from ssl_core.data import load
from ssl_core.data.folders import prepare
from ssl_core.images.writing import to_png
from ssl_core.label.journal import Journal
from ssl_core.label.labels_in import bring_in
from ssl_core.label.labels_out import as_csv, as_studio, write_folders
from ssl_core.label.pictures import pictures_of
from ssl_core.label.session import journal_of


@pytest.fixture
def digits(store):
    data = load("digits")
    return data, journal_of(data), pictures_of(data)


def say_some(journal, pictures, count=12):
    for row in range(count):
        journal.say("anna", {pictures.numbers[row]: str(row % 10)})
    journal.say("ben", {pictures.numbers[0]: "9"})  # a disagreement
    journal.say("anna", {pictures.numbers[count]: None})
    return dict(journal.said().labels().items())


def out_of(form, data, journal, pictures):
    if form == "folders":
        file = io.BytesIO()
        write_folders(journal.said(), data, pictures, file)
        return file.getvalue()
    return (as_csv if form == "csv" else as_studio)(journal.said(), pictures).encode()


@pytest.mark.parametrize("form", ["csv", "folders", "studio"])
def test_what_goes_out_comes_in_again(digits, form, store, monkeypatch, tmp_path):
    data, journal, pictures = digits
    labels = say_some(journal, pictures)
    content = out_of(form, data, journal, pictures)
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "elsewhere"))
    other = journal_of(data)
    taken = bring_in(content, other, data.card, pictures)
    told = other.said().labels()
    assert {p: told[p] for p in labels} == labels
    assert taken.strange == 0
    assert {word.how for words in other.said().words.values() for word in words.values()} == {"imported"}
    if form == "csv":
        assert other.said().none_of_these() == journal.said().none_of_these()
        assert taken.labelled == 12
    other.undo("import")
    assert other.said().labels() == {}  # a whole file is one act


def test_a_table_has_what_a_person_needs_and_hides_no_disagreement(digits):
    _data, journal, pictures = digits
    say_some(journal, pictures)
    rows = list(csv.DictReader(io.StringIO(as_csv(journal.said(), pictures))))
    assert rows[0]["label"] == ""
    assert rows[0]["said"] == "people disagree"
    assert rows[0]["each"] == "anna: 0; ben: 9"
    assert rows[1]["path"] == "1"
    assert rows[1]["when"].endswith("Z")


def test_label_studios_own_exports_are_understood(store, tmp_path, monkeypatch):
    _, data, journal, pictures = birds(store, tmp_path, monkeypatch)
    whole = [
        {"id": 1, "data": {"image": "/data/upload/3/0a1b2c3d-p0.png"},
         "annotations": [{"was_cancelled": False, "result": [
             {"from_name": "choice", "to_name": "image", "type": "choices", "value": {"choices": ["robin"]}}]}]},
        {"id": 2, "data": {"image": "/data/local-files/?d=birds%2Fp1.png"},
         "annotations": [{"was_cancelled": True, "result": [
             {"type": "choices", "value": {"choices": ["wren"]}}]}]},
    ]  # fmt: skip
    small = [{"id": 3, "image": "s3://bucket/birds/p2.png", "choice": "wren"}, {"id": 4, "image": 7}, "x"]
    assert bring_in(json.dumps(whole).encode(), journal, data.card, pictures).labelled == 1
    assert bring_in(json.dumps(small).encode(), journal, data.card, pictures).labelled == 1
    numbers = dict(zip(pictures.paths, pictures.numbers, strict=True))
    assert journal.said().labels() == {numbers["p0.png"]: "robin", numbers["p2.png"]: "wren"}
    assert journal.classes == ("robin", "wren")


def birds(store, tmp_path, monkeypatch, count=8):
    """A folder of pictures without any label, read; returns its name, data, journal and pictures."""
    top = tmp_path / "birds"
    top.mkdir()
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    images = load("shapes").images
    for number in range(count):
        (top / f"p{number}.png").write_bytes(to_png(images[number].numpy()))
    name = prepare(f"folder:{top}").name
    data = load(name)
    return name, data, journal_of(data), pictures_of(data)


def test_labels_are_of_files_and_survive_a_folder_that_is_read_again_at_another_size(store, tmp_path, monkeypatch):
    name, _data, journal, pictures = birds(store, tmp_path, monkeypatch)
    journal.name_classes("anna", ["robin", "wren"])
    journal.say("anna", {pictures.numbers[3]: "wren"})
    top = tmp_path / "birds"
    (top / "a-new-one.png").write_bytes(to_png(load("shapes").images[50].numpy()))
    (top / "p3.png").rename(top / "z.png")
    again = load(prepare(f"folder:{top}@16grey").name)
    other, told = pictures_of(again), journal_of(again).said().labels()
    assert again.card.name != name
    assert [other.paths[row] for row in other.rows_of(told)] == ["z.png"]


def test_originals_in_a_zip_of_class_folders_are_known_by_their_contents(store, tmp_path, monkeypatch):
    _, data, journal, pictures = birds(store, tmp_path, monkeypatch)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, folder in ((1, "wren"), (5, "robin")):
            archive.write(tmp_path / "birds" / f"p{number}.png", f"all/{folder}/renamed{number}.png")
        archive.writestr("all/wren/strange.png", to_png(load("shapes").images[99].numpy()))
    taken = bring_in(file.getvalue(), journal, data.card, pictures)
    assert taken == (2, 1, 0)
    numbers = dict(zip(pictures.paths, pictures.numbers, strict=True))
    assert journal.said().labels() == {numbers["p1.png"]: "wren", numbers["p5.png"]: "robin"}


def test_any_table_of_files_and_classes_will_do(store, tmp_path, monkeypatch):
    _, data, journal, pictures = birds(store, tmp_path, monkeypatch)
    table = "Filename;Class\nbirds/p1.png;wren\np2;Robin\np2.png;wren\nnobody.png;wren\n".encode("utf-16")
    assert bring_in(table, journal, data.card, pictures) == (2, 1, 1)
    assert sorted(journal.said().labels().values()) == ["Robin", "wren"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "No labels were found in this file"),
        (b"\x00\x01\x02" * 50, "No labels were found"),
        (b"a,b\n1,2\n", "No labels were found"),
        (b"[1, 2", "This JSON cannot be read"),
        (b"[" * 100_000, "This JSON cannot be read"),
        (b'[{"data": 5}, {"data": {"image": "0.png"}, "annotations": [{"result": 7}]}]', "No labels were found"),
        (b"PK\x03\x04 nothing", "not a zip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"file,label\n0.png,cow\n", "'cow' is none of the classes 0, 1, 2"),
        (b"file,label\nnobody.png,1\n", "None of the 1 labels in this file is of a picture of Digits"),
    ],
)
def test_a_file_that_holds_no_labels_is_a_sentence_and_changes_nothing(digits, content, sentence):
    data, journal, pictures = digits
    with pytest.raises(ValueError, match=sentence) as told:
        bring_in(content, journal, data.card, pictures)
    assert str(told.value).endswith(".")
    assert journal.acts() == []


def test_a_class_that_begins_like_a_formula_comes_back_as_it_was(store, tmp_path, monkeypatch):
    _, data, journal, pictures = birds(store, tmp_path, monkeypatch)
    journal.name_classes("anna", ["+1", "-1"])
    journal.say("anna", {pictures.numbers[0]: "-1"})
    content = as_csv(journal.said(), pictures)
    assert "'-1" in content
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "elsewhere"))
    other = Journal(data.card.name)
    bring_in(content.encode(), other, data.card, pictures)
    assert other.said().labels() == {pictures.numbers[0]: "-1"}
