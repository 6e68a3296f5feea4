"""Many pictures at once say what each says alone; a hostile zip is one sentence and writes nothing."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from ssl_core.images.writing import to_png
from ssl_core.predict.archive import LIMITS, MOST_PICTURES, open_pictures
from ssl_core.predict.batch import predict_files, shown, to_csv
from ssl_core.predict.picture import fit_bytes


def picture(seed: int) -> bytes:
    return to_png(np.random.RandomState(seed).randint(0, 255, (3, 20, 24)).astype(np.uint8))


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_batch_says_what_singles_say(classifier):
    files = [(f"{n}.png", picture(n)) for n in range(6)]
    rows, skipped = predict_files(classifier, files, ink=False)
    zipped, _ = predict_files(classifier, [("all.zip", packed(dict(files)))], ink=False)
    assert skipped == 0
    assert [row["file"] for row in rows] == [name for name, _ in files]
    for row, again, (_, content) in zip(rows, zipped, files, strict=True):
        alone = classifier.probabilities(fit_bytes(content, classifier.card, False)[None])[0]
        told = torch.tensor([row[f"p({name})"] for name in classifier.card.classes], dtype=torch.float64)
        torch.testing.assert_close(told, alone, rtol=1e-4, atol=1e-6)
        assert row["class"] == again["class"] == classifier.card.classes[int(alone.argmax())]


def test_one_broken_picture_costs_only_its_own_row(classifier):
    rows, _ = predict_files(classifier, [("a.png", picture(0)), ("b.png", b"nothing"), ("c.png", picture(1))], False)
    assert [bool(row["why"]) for row in rows] == [False, True, False]
    assert rows[1]["class"] is None
    assert rows[2]["class"]


def test_the_csv_holds_the_rows_and_no_formula(classifier):
    rows, _ = predict_files(classifier, [("=cmd|x!A0.png", picture(0)), ('a,"b".png', picture(1))], False)
    told = list(csv.DictReader(io.StringIO(to_csv(rows))))
    assert told[0]["file"] == "'=cmd|x!A0.png"
    assert told[1]["file"] == 'a,"b".png'
    assert float(told[0]["probability"]) == rows[0]["probability"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_name_is_a_formula(classifier, sign):
    rows, _ = predict_files(classifier, [(f"{sign}1+1.png", picture(0)), ("1+1=@.png", picture(1))], False)
    told = list(csv.DictReader(io.StringIO(to_csv(rows))))
    assert [row["file"] for row in told] == [f"'{sign}1+1.png", "1+1=@.png"]


def test_a_strange_name_is_shown_as_text():
    assert shown("a\nb\u202ec" + "x" * 300) == "a\ufffdb\ufffdc" + "x" * 115


@pytest.mark.parametrize(
    ("members", "match"),
    [
        ({"../up.png": b"x", "a.png": b"x"}, "points out of it"),
        ({"/abs.png": b"x"}, "points out of it"),
        ({"..\\win.png": b"x"}, "points out of it"),
        ({"C:\\drive.png": b"x"}, "points out of it"),
        ({"readme.txt": b"x"}, "no picture"),
        ({f"{n}.png": b"" for n in range(MOST_PICTURES + 1)}, "at most 200"),
        ({f"{n}.txt": b"" for n in range(1_001)}, "more than 1,000 files"),
        ({"bomb.png": b"\0" * 9 * 2**20}, "times its size"),
    ],
)
def test_a_zip_that_should_not_be_read_is_one_sentence(members, match):
    with pytest.raises(ValueError, match=match):
        open_pictures(packed(members))


def test_a_damaged_zip_is_one_sentence_and_a_damaged_entry_one_row(classifier):
    whole = bytearray(packed({"a.png": picture(0), "b.png": picture(1)}))
    with pytest.raises(ValueError, match="damaged"):
        open_pictures(bytes(whole[:60]))
    whole[45] ^= 0xFF  # a bit of the packed picture: its checksum no longer holds
    with pytest.raises(ValueError, match="damaged"):
        open_pictures(bytes(whole)).pictures[0].read()
    rows, _ = predict_files(classifier, [("z.zip", bytes(whole))], False)
    assert [row["file"] for row in rows] == ["a.png", "b.png"]
    assert "damaged" in rows[0]["why"]
    assert rows[1]["class"]


def test_one_refused_zip_is_named_and_hides_no_other_answer(classifier):
    files = [
        ("good.zip", packed({"a.png": picture(0)})),
        ("bad.zip", packed({"../up.png": picture(1), "b.png": picture(2)})),
        ("cut.zip", packed({"c.png": picture(2)})[:80]),
        ("bz.zip", packed({"c.png": picture(2)}, zipfile.ZIP_BZIP2)),
        ("more.tar.gz", b"\x1f\x8b\x08" + bytes(90)),
        ("d.png", picture(3)),
    ]
    rows, _ = predict_files(classifier, files, False)
    assert [row["file"] for row in rows] == ["a.png", "bad.zip", "cut.zip", "bz.zip", "more.tar.gz", "d.png"]
    assert [bool(row["class"]) for row in rows] == [True, False, False, False, False, True]
    assert "../up.png" in rows[1]["why"]
    assert all(row["why"].endswith(".") for row in rows[1:5])


def test_pixels_of_many_pictures_are_bounded_and_those_before_are_answered(classifier, monkeypatch):
    monkeypatch.setattr("ssl_core.predict.batch.MOST_PIXELS", 20 * 24 * 3)
    rows, _ = predict_files(classifier, [(f"{n}.png", picture(n)) for n in range(5)], False)
    assert [bool(row["class"]) for row in rows] == [True, True, True, False, False]
    assert "million pixels together" in rows[4]["why"]


def test_a_zip_that_gives_more_than_it_said_costs_only_the_rows_after(classifier, monkeypatch):
    whole = packed({f"{n}.png": picture(n) for n in range(4)}, zipfile.ZIP_STORED)
    monkeypatch.setattr("ssl_core.zips._check", lambda infos, limits: None)
    monkeypatch.setattr("ssl_core.predict.archive.LIMITS", LIMITS._replace(unpacked=2 * len(picture(0)) + 100))
    rows, _ = predict_files(classifier, [("z.zip", whole)], False)
    assert [bool(row["class"]) for row in rows] == [True, True, False, False]
    assert "unpacks to more than" in rows[3]["why"]


@pytest.mark.parametrize(
    "name",
    [
        "zip_slip.zip", "zip_many_entries.zip", "not_a_zip.zip", "encrypted_flag.zip", "hostile_names.zip",
        "junk_mixed.zip", "deep_nested.zip", "zip_duplicate_names.zip", "ok_imagefolder.zip", "empty_class.zip",
    ],
)  # fmt: skip
def test_every_shared_archive_is_rows_or_one_sentence(classifier, shared_data, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    content = (shared_data / "badinputs" / "archives" / name).read_bytes()
    try:
        rows, skipped = predict_files(classifier, [(name, content)], False)
    except ValueError as wrong:
        assert str(wrong).endswith(".")
        assert "\n" not in str(wrong)
        assert name in (
            "zip_slip.zip",
            "zip_many_entries.zip",
            "not_a_zip.zip",
            "encrypted_flag.zip",
            "hostile_names.zip",
        )
    else:
        assert all(row["class"] or row["why"] for row in rows)
        assert name != "junk_mixed.zip" or skipped > 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_picture_inside_a_zip_of_pictures(classifier):
    blank = io.BytesIO()
    Image.new("RGB", (9, 9), "white").save(blank, "PNG")
    rows, skipped = predict_files(
        classifier, [("z", packed({"a.png": blank.getvalue(), "b.png": b"no", "c.txt": b""}))], True
    )
    assert [row["why"][:9] for row in rows] == ["There is ", "This file"]
    assert skipped == 1
