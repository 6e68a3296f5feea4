"""Zips and folders of people's own pictures: good ones become data sets, hostile ones one sentence and no trace."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ssl_core import zips
from ssl_core.data import card, catalog, kept, load, uploads
from ssl_core.data.catalog import names, prepare
from ssl_core.data.held_back import SHARE
from ssl_core.data.understand import FEWEST, clean
from ssl_core.data.uploads import add
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.data.conftest import pets, png, zipped


def keep(content: bytes, title: str = "Pets", **choices):
    return add(content, title, **({"side": 16, "channels": 3, "flip": True} | choices))


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize(("side", "channels"), [(16, 3), (32, 1)])
def test_a_zip_of_class_folders_becomes_a_data_set(official, side, channels):
    made = keep(zipped(pets()), side=side, channels=channels, flip=False)
    data = load(made.name)
    assert made == card(made.name) == data.card
    assert made.name in names()
    assert made.classes == ("cat", "dog")
    assert (made.channels, made.side, made.flip, made.shift) == (channels, side, False, side // 8)
    assert made.test == round(SHARE * 10) * 2
    assert made.train + made.test == 20
    assert data.images.shape == (made.train, channels, side, side)
    for images, labels in ((data.images, data.labels), (data.test_images, data.test_labels)):
        bright = images.float().mean(dim=(1, 2, 3)) > 120
        assert (bright == (labels == 0)).all(), "cats are bright, dogs are dark"


def test_train_and_test_folders_are_kept_apart(official):
    files = {f"x/{part}/{kind}/{n}.png": png(n) for part in ("train", "test", "val") for kind in "ab" for n in range(4)}
    made = keep(zipped(files))
    assert (made.train, made.test) == (16, 8)


def test_a_run_learns_from_an_upload_and_survives_its_deletion(official):
    made = keep(zipped(pets()))
    store = Store(official.parent / "runs")
    values = {"steps": 3, "batch": 4, "mu": 1, "evaluations": 1}
    runs = [
        store.add(configure(made.name, m, 4, 0, values if m == "fixmatch" else {"steps": 3}).to_dict())
        for m in ("fixmatch", "mixmatch")
    ]
    assert work(runs[0].folder)["state"] == "done"
    kept.forget(made.name)
    told = work(runs[1].folder)
    assert told["state"] == "failed"
    assert "no data set" in told["why"]
    assert catalog.find_card(made.name) is None
    assert made.name not in names()


@pytest.mark.parametrize("each", [FEWEST, 4, 7])
def test_small_classes_still_leave_one_picture_for_each_use(official, each):
    files = pets(each) | {f"pets/hen/{n}.png": png(n) for n in range(40)}
    made = keep(zipped(files))
    data = load(made.name)
    from ssl_core.data import split

    drawn = split(data.labels.numpy(), 3, 0, validation=made.validation)
    for rows in (drawn.labelled, drawn.validation):
        assert set(data.labels[rows].tolist()) == {0, 1, 2}
    assert set(data.test_labels.tolist()) == {0, 1, 2}


def test_titles_are_told_apart_and_names_are_cleaned(official):
    first, second = keep(zipped(pets()), "Pets <script>"), keep(zipped(pets()), "Pets <script>")
    assert first.title != second.title
    assert "<" not in first.title
    hostile = {"<img src=x onerror=alert(1)>": 200, "**[a](javascript:b)**": 40}
    files = {f"{name}/{n}.png": png(n, level=level) for name, level in hostile.items() for n in range(4)}
    for name in keep(zipped(files)).classes:
        assert not set(name) & set("<>*[]()/\\\"'`")
    assert clean("\u202e\0\n", "spare") == "spare"


def test_only_so_many_uploads_are_kept(official, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_KEPT", 2)
    first = keep(zipped(pets()))
    keep(zipped(pets()))
    with pytest.raises(ValueError, match="2 uploads are kept already: delete one"):
        keep(zipped(pets()))
    kept.forget(first.name)
    keep(zipped(pets()))


def links() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in pets().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("pets/cat/passwd.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def liar() -> bytes:
    """A bomb whose table of contents says that it is small."""
    bomb = zipped({"pets/cat/big.png": bytes(20 * 2**20), **pets()})
    return bomb.replace((20 * 2**20).to_bytes(4, "little"), (20).to_bytes(4, "little"))


HOSTILE = {  # made when it is tested: every process collects these tests, and the one of many files takes seconds
    "nothing": (lambda: b"", "not a zip"),
    "no zip": (lambda: b"PK\3\4 nonsense", "not a zip"),
    "half": (lambda: zipped(pets())[:-40], "not a zip"),
    "empty": (lambda: zipped({}), "No pictures were found"),
    "no folders": (lambda: zipped({"0.png": png(0), "1.png": png(1)}), "No pictures were found"),
    "one class": (lambda: zipped({f"a/{n}.png": png(n) for n in range(5)}), "Only one class"),
    "tiny class": (lambda: zipped(pets() | {"pets/rare/0.png": png(0)}), r"'rare' has 1 of at least 3"),
    "broken class": (
        lambda: zipped(pets() | {f"pets/bad/{n}.png": b"\x89PNG" for n in range(5)}),
        "'bad' could be read",
    ),
    "up": (lambda: zipped(pets() | {"../../evil.png": png(0)}), "points out of it"),
    "absolute": (lambda: zipped(pets() | {"/tmp/evil.png": png(0)}), "points out of it"),
    "windows": (lambda: zipped(pets() | {"C:\\evil.png": png(0)}), "points out of it"),
    "backslash": (lambda: zipped(pets() | {"a\\..\\..\\evil.png": png(0)}), "points out of it"),
    "link": (lambda: links(), "link"),
    "bomb": (lambda: zipped({"a/0.png": bytes(30 * 2**20), **pets()}), "times its size"),
    "many": (
        lambda: zipped({f"a/{n}": b"" for n in range(uploads.MOST_ENTRIES + 1)}),
        f"more than {uploads.MOST_ENTRIES:,} files",
    ),
    "classes": (lambda: zipped({f"c{n}/0.png": png(0, 8) for n in range(201)}), "more than 200 class folders"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_one_sentence_and_leaves_nothing(official, name):
    make, sentence = HOSTILE[name]
    content = make()
    before = everything(official.parent)
    with pytest.raises(ValueError, match=sentence) as wrong:
        keep(content)
    assert "\n" not in str(wrong.value)
    assert everything(official.parent) - before <= {"runs", "runs/_datasets"}


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_said(official):
    made = keep(liar())  # reading stops where the entry said it would: a picture that cannot be read
    assert made.train + made.test == 20
    assert "could not be read" in made.text


def test_reading_stops_at_the_limit_whatever_was_declared(official, monkeypatch):
    monkeypatch.setattr(zips, "_check", lambda infos, limits: None)
    monkeypatch.setattr(uploads, "MOST_UNPACKED", 1_000)
    with pytest.raises(ValueError, match="unpacks to more than"):
        keep(zipped(pets()))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("deep_nested", "Only one class"),
        ("empty_class", "Folders without a picture: empty"),
        ("encrypted_flag", "password"),
        ("hostile_names", "points out of it"),
        ("junk_mixed", "could not be read and were left out: 1"),
        ("not_a_zip", "not a zip"),
        ("ok_imagefolder", "6 pictures of 2 classes"),
        ("one_class", "Only one class"),
        ("tiny_class", "'rare' has 1"),
        ("zip_duplicate_names", "'CAT' has 1"),
        ("zip_many_entries", "None of the 2,000 pictures"),
        ("zip_slip", "points out of it"),
    ],
)
def test_collected_archives_are_read_or_refused(official, shared_data, name, told):
    content = (shared_data / "badinputs" / "archives" / f"{name}.zip").read_bytes()
    try:
        said = keep(content).text
    except ValueError as wrong:
        said = str(wrong)
        assert not list((official.parent / "runs").glob("_datasets/*"))
    assert told in said
    assert not list(official.parent.parent.glob("evil*"))
    assert not Path("/tmp/evil_abs.png").exists()


def test_every_other_collected_archive_is_one_sentence_or_a_data_set(official, shared_data):
    for path in sorted((shared_data / "badinputs" / "archives").iterdir()):
        try:
            keep(path.read_bytes())
        except ValueError as wrong:
            assert "\n" not in str(wrong), path.name


def folder_of_pets(top: Path, each: int = 5) -> Path:
    for path, content in pets(each).items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(content)
    return top / "pets"


def test_a_folder_under_the_allowed_roots_is_read_and_kept(official, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    name = f"folder:{folder_of_pets(tmp_path / 'here')}@28grey"
    with pytest.raises(ValueError, match="not prepared yet"):
        card(name)
    made = prepare(name)
    assert (made.name, made.side, made.channels, made.train + made.test) == (name, 28, 1, 10)
    assert load(name).card == made == card(name)
    assert "/" not in made.title


def test_a_folder_is_one_data_set_however_it_is_spelled(official, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    top = folder_of_pets(tmp_path / "here")
    spellings = [
        f"folder:{top}{end}" for end in ("", "/", "@32", "/@32", "/../pets", "/cat/..@32")
    ] + ["folder:here/pets"]  # fmt: skip
    made = [prepare(name) for name in spellings]
    assert {one.name for one in made} == {f"folder:{top}@32"}
    assert [name for name in names() if name.startswith("folder:")] == [f"folder:{top}@32"]
    assert len(list(official.parent.glob("runs/_datasets/*"))) == 1
    for name in spellings:
        assert card(name) == load(name).card == made[0]
        assert configure(name, "supervised", 2, 0).data == made[0].name
    assert prepare(f"folder:{top}/@16").name == f"folder:{top}@16"
    assert prepare(f"folder:{top}/@32grey").name == f"folder:{top}@32grey"
    assert len(names()) == len(catalog.CATALOG) + 3


def test_a_folder_kept_under_an_older_spelling_is_found_and_replaced(official, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    top = folder_of_pets(tmp_path / "here")
    made = prepare(f"folder:{top}")
    old = kept.keep(dataclasses.replace(made, name=f"folder:{top}/", title="Old"), kept.arrays(made.name))
    kept.forget(made.name)
    for name in (f"folder:{top}", f"folder:{top}/", f"folder:{top}@32"):
        assert card(name) == load(name).card == old
        assert catalog.needs(name) == ""
    assert prepare(f"folder:{top}@32") == made
    assert card(f"folder:{top}/") == made, "runs that were told the old spelling still find their pictures"
    assert "Old" not in catalog.titles().values()


def test_links_in_a_folder_are_not_followed(official, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path / "here"))
    top = folder_of_pets(tmp_path / "here")
    folder_of_pets(tmp_path / "outside")
    (top / "linked").symlink_to(tmp_path / "outside" / "pets" / "cat")
    (top / "cat" / "linked.png").symlink_to(tmp_path / "outside" / "pets" / "dog" / "0.png")
    made = prepare(f"folder:{top}")
    assert made.classes == ("cat", "dog")
    assert made.train + made.test == 10
    (tmp_path / "here" / "way_out").symlink_to(tmp_path / "outside")
    with pytest.raises(ValueError, match="lies outside"):
        prepare(f"folder:{tmp_path / 'here' / 'way_out'}")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/etc", "lies outside"),
        ("{root}/../..", "lies outside"),
        ("{root}-more", "lies outside"),
        ("../../etc", "lies outside"),
        ("{root}/nothing", "no such folder"),
        ("{root}@33", "must be one of 8"),
        ("", "is named folder:PATH"),
        ("{root}\0", "NUL"),
        ("{root}/" + "x" * 5000, "cannot be read"),
        ("{root}", "No pictures were found"),
    ],
)
def test_a_folder_that_may_not_be_read_is_one_sentence(official, tmp_path, monkeypatch, path, sentence):
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.setenv("SSL_ROOTS", str(root))
    with pytest.raises(ValueError, match=sentence) as wrong:
        prepare("folder:" + path.format(root=root))
    assert "\n" not in str(wrong.value)


def test_without_roots_no_folder_is_read(official):
    with pytest.raises(ValueError, match="name those that may in SSL_ROOTS"):
        prepare("folder:/etc")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_one_sentence(official, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    top = folder_of_pets(tmp_path / "here")
    (top / "cat").chmod(0)
    with pytest.raises(ValueError, match="cannot be read"):
        prepare(f"folder:{top}")
    (top / "cat").chmod(0o755)


@pytest.mark.parametrize("name", ["clothing", "sign_digits", "cifar10_png"])
def test_real_folders_of_photographs(official, shared_data, monkeypatch, name):
    monkeypatch.setenv("SSL_ROOTS", str(shared_data))
    made = prepare(f"folder:{shared_data / 'small' / f'imagefolder_{name}'}@32")
    assert len(made.classes) == 10
    assert made.train + made.test == (40 if name == "clothing" else 60)
    assert load(made.name).images.float().std() > 20, "real pictures have contrast"


def test_real_tile_sheets_are_a_folder_too(official, shared_data, monkeypatch):
    if not (shared_data / "bench" / "clothing64").is_dir():
        pytest.skip(f"no clothing64 in {shared_data}")
    monkeypatch.setenv("SSL_ROOTS", str(shared_data))
    made = prepare(f"folder:{shared_data / 'bench' / 'clothing64'}")
    assert (made.train, made.test, made.side) == (3_068, 372, 64)
    assert made.chance == pytest.approx(np.bincount(load(made.name).test_labels).max() / 372, abs=1e-3)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"name": "upload:01234567"}', b"\xff"])
def test_a_damaged_card_is_no_data_set(official, content):
    made = keep(zipped(pets()))
    other = keep(zipped(pets()), "Other")
    (kept.place(made.name) / "card.json").write_bytes(content)
    os.utime(kept.place(made.name) / "card.json", ns=(1, 1))
    assert made.name not in names()
    assert other.name in names()
    with pytest.raises(ValueError, match="no data set"):
        card(made.name)


@pytest.mark.parametrize("flip", [False, True])
def test_a_card_kept_before_mirrors_had_names_still_reads(official, flip):
    made = keep(zipped(pets()), flip=flip)
    path = kept.place(made.name) / "card.json"
    values = json.loads(path.read_text())
    assert "flip" not in values, "the same thing would be said twice"
    for newer in ("mirrors", "turns", "pictures"):
        values.pop(newer)
    path.write_text(json.dumps(values | {"flip": flip}))
    os.utime(path, ns=(1, 1))
    assert card(made.name) == made
    assert card(made.name).flip is flip


def test_a_card_under_another_name_is_not_believed(official):
    made = keep(zipped(pets()))
    home = kept.place("upload:00000000")
    home.mkdir()
    (home / "card.json").write_text(json.dumps(json.loads((kept.place(made.name) / "card.json").read_text())))
    assert catalog.find_card("upload:00000000") is None


@pytest.mark.parametrize(
    "name", ["upload:../../etc", "upload:0123456", "upload:0123456g", "upload:", "UPLOAD:01234567"]
)
def test_a_name_never_becomes_a_path(official, name):
    with pytest.raises(ValueError, match="no data set"):
        card(name)
    assert kept.place(name).parent == official.parent / "runs" / "_datasets"


def test_files_of_one_name_are_all_kept(official):
    files = [("0.png", png(n, 8)) for n in range(3)] + [("0 (2).png", png(3, 8)), ("unlabelled/0.png", png(4, 8))]
    about = uploads.add_files(files, "Mine", side=8)
    assert about.train == 5
    assert sorted(kept.origin(about.name)["paths"]) == [
        "0 (2).png",
        "0 (3).png",
        "0 (4).png",
        "0.png",
        "unlabelled/0.png",
    ]
    assert len({row.tobytes() for row in load(about.name).images.numpy()}) == 5


def test_reading_says_how_far_it_is_and_of_how_many(official):
    said = []
    add(zipped(pets() | {"pets/cat/broken.png": b"x"}), "Mine", progress=lambda *at: said.append(at))
    assert said == [(done, 21) for done in range(1, 22)]
