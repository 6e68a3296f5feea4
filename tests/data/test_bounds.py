"""Names, tables and pixels that would keep a server busy for hours are answered, or refused, at once."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from ssl_core.data import label_table
from ssl_core.data.bring import bring
from ssl_core.data.label_table import read_table
from ssl_core.data.layout import part_of, says_unlabelled
from ssl_core.data.understand import understand
from ssl_core.data.uploads import add
from ssl_core.zips import Entry
from tests.data.conftest import pets, png, zipped

HOUSE = Path(__file__).resolve().parents[2]
FOREVER = 240  # seconds until a child is taken for one that never ends; done right, each needs a moment


PEAK = """
def peak():  # of this process: ru_maxrss would go on with that of who started it
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024
"""


def in_child(code: str) -> str:
    """What some Python prints; subprocess.TimeoutExpired where it does not end."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK + code], cwd=HOUSE, capture_output=True, text=True, timeout=FOREVER, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "name", ["train" + "1" * 60, "train" + "dataset" * 30, "unlabelled" + "1" * 60, "my" + "data" * 50]
)
def test_no_name_of_a_folder_takes_for_ever(name):
    code = (
        "from ssl_core.data.layout import PART, PLAIN, UNLABELLED, LABELLED\n"
        f"name = {name!r}\n"
        "print([bool(pattern.fullmatch(name + end)) for pattern in (*PART.values(), UNLABELLED, LABELLED, PLAIN)\n"
        "       for end in ('', 'x', '!')])"
    )
    assert "True" in in_child(code)


def test_names_of_folders_mean_what_they_meant():
    for name in (
        "train",
        "Training",
        "train_data",
        "train-dataset",
        "train_dataset_2",
        "training images 01",
        "trainset",
    ):
        assert part_of(name) == "train", name
    assert [part_of(name) for name in ("val", "valid_2", "testing", "test-set12", "trains", "train!", "cat")] == [
        "validation", "validation", "test", "test", "", "", "",
    ]  # fmt: skip
    assert says_unlabelled("my_unlabeled_dataset_3")
    assert not says_unlabelled("labelled")


def test_a_path_of_thirty_thousand_folders_is_passed_over_and_costs_nothing():
    code = (
        "from ssl_core.data.layout import Tally, by_folders, sort_out\n"
        "paths = [f'{n}/' + 'train/test/' * 2_900 + 'x.png' for n in range(40)] + ['cat/a.png', 'dog/b.png']\n"
        "tally = Tally()\npictures, _ = sort_out(paths, tally)\nby_folders(pictures, tally)\n"
        "print(len(pictures), tally.rows()[0].count, peak())"
    )
    pictures, passed, memory = map(int, in_child(code).split())
    assert (pictures, passed) == (2, 40)
    assert memory < 200


def test_train_and_test_at_every_depth_of_every_path_cost_little():
    code = (
        "from ssl_core.data.layout import Tally, by_folders\n"
        "paths = [f'{n}/' + 'train/test/' * 80 + 'x.png' for n in range(20_000)]\n"
        "by_folders(paths, Tally())\nprint(peak())"
    )
    assert int(in_child(code)) < 400


def test_tables_are_bounded_together(monkeypatch):
    monkeypatch.setattr("ssl_core.data.understand.MOST_TABLE", 5_000)
    reads = []
    entries = [Entry(f"{n}.csv", lambda: reads.append(1) or b"file,label\n" + b"x" * 1_990) for n in range(50)]
    entries += [Entry(name, lambda: b"") for name in ("cat/a.png", "dog/b.png")]
    said = understand(entries)
    assert len(reads) < 15
    assert any(row.what == "tables" and row.count > 45 for row in said.left_out)


@pytest.mark.parametrize(
    "content",
    [
        b"," * 5_000_000,
        b'file,label\n"' + b"\n" * 5_000_000,
        b"file,label\n" + b'"a\n",' * 1_000_000,
        b"a" * 5_000_000,
    ],
    ids=["one line of commas", "a quote that never ends", "a row of endless lines", "one long word"],
)
def test_a_table_of_endless_rows_is_none_and_is_not_held(content):
    assert not read_table("labels.csv", content)
    code = (
        "from ssl_core.data.label_table import read_table\n"
        "read_table('a.csv', b'file,label\\nx,y\\n')\ncontent = b'file,label\\n' + b'\"a\\n\",' * 4_000_000\n"
        "before = peak()\nread_table('labels.csv', content)\nprint(peak() - before)"
    )
    if content.startswith(b"file") and b"a\n" in content:
        assert int(in_child(code)) < 150


def test_a_table_gives_as_many_rows_as_pictures_may_need(monkeypatch):
    monkeypatch.setattr(label_table, "MOST_ROWS", 3)
    assert len(read_table("t.csv", b"file,label\n" + b"a.png,cat\n" * 9)) == 3


def test_a_cell_with_a_few_lines_is_still_a_cell():
    rows = read_table("t.csv", b'file,label,words\na.png,cat,"two\nlines"\nb.png,dog,one\n')
    assert [(row.file, row.label) for row in rows] == [("a.png", "cat"), ("b.png", "dog")]


def test_a_table_of_names_that_all_pictures_share_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(label_table, "MOST_COMPARED", 500)
    pictures = [f"{n}/x.png" for n in range(100)]
    table = "file,label\n" + "".join(f"{n}/x.png,{'cat' if n % 2 else 'dog'}\n" for n in range(100))
    entries = [Entry(name, lambda: b"") for name in pictures] + [Entry("t.csv", table.encode)]
    with pytest.raises(ValueError, match="Too many pictures share a name"):
        understand(entries)


def blank(side: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


def large(count: int, side: int = 4_000) -> bytes:
    """A zip of one-bit pictures: 2 kB and 16 megapixels each."""
    file, content = io.BytesIO(), blank(side)
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(count):
            archive.writestr(f"{'cat' if n % 2 else 'dog'}/{n}.png", content)
    return file.getvalue()


def test_twenty_thousand_large_one_bit_pictures_are_refused_before_one_is_decoded(official, monkeypatch):
    content = large(20_000)
    assert len(content) < 48 * 2**20
    monkeypatch.setattr("ssl_core.data.squared.read_square", lambda *args: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match=r"more than 4,000 million pixels together: bring fewer"):
        add(content, "Large", side=32)


def test_where_a_few_looks_say_little_decoding_stops_at_the_bound(official, monkeypatch):
    """Small pictures where the looks fall, large ones between."""
    monkeypatch.setattr("ssl_core.data.uploads.MOST_PIXELS", 120 * 256 + 10 * 100**2)
    monkeypatch.setattr("ssl_core.data.squared.SIZED", 60)
    files = {f"{'cat' if n % 4 < 2 else 'dog'}/{n:03}.png": png(n) if n % 2 == 0 else blank(100) for n in range(120)}
    with pytest.raises(ValueError, match="million pixels together"):
        add(zipped(files), "Mixed", side=16)


def test_ordinary_pictures_are_far_from_the_bound(official):
    photo = io.BytesIO()
    rough = Image.effect_noise((400, 300), 90).resize((4_000, 3_000))
    rough.convert("RGB").save(photo, "JPEG")
    files = pets(4) | {f"pets/cat/photo{n}.jpg": photo.getvalue() for n in range(10)}
    assert add(zipped(files), "Pets", side=32).train > 10


def test_files_that_wait_to_be_decoded_are_bounded_in_bytes(official, monkeypatch):
    """Forty files of noise that are no pictures, of 4 MB each: not seventeen of them are in memory at once."""
    held, most, counting = 0, 0, threading.RLock()  # threads let go of what was read

    class Content(bytes):
        def __del__(self):
            nonlocal held
            with counting:
                held -= len(self)

    def read() -> bytes:
        nonlocal held, most
        content = Content(4 * 2**20)
        with counting:
            held += len(content)
            most = max(most, held)
        return content

    entries = [Entry(f"{kind}/{n}.png", read) for kind in ("cat", "dog") for n in range(20)]
    entries += [Entry(f"{kind}/real{n}.png", lambda n=n: png(n)) for kind in ("cat", "dog") for n in range(4)]
    assert len(bring(entries, 16, 3).arrays.labels)
    assert most <= 20 * 2**20
