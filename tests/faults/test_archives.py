"""What strangers bring: archives, pictures, folders and weights cost little, run nothing, and are one sentence each."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ssl_core.__main__ import main
from ssl_core.data import folders, kept
from ssl_core.data.look import look_at
from ssl_core.named_files import read_named
from ssl_core.predict.archive import open_pictures
from ssl_core.predict.walk import Walk
from ssl_core.predict.weights import from_bytes
from ssl_core.runs.files import write_json
from ssl_core.runs.store import Store
from ssl_core.runs.trained import load_trained
from ssl_core.train.config import configure
from ssl_core.zips import TooMuch
from tests.faults.bombs import ARCHIVES, LARGEST, SLOW, picture, zipped

HOUSE = Path(__file__).resolve().parents[2]
EACH, ALL = 50, 100  # megabytes that may be held after one file, and after all of them
PASSED_OVER = (".json", ".md", "LICENSE", "SHA256SUMS", ".txt", ".gz", ".bin")
needs_linux = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from /proc")


def costs(store: Path, files: list[Path]) -> list[dict]:
    """What each file cost a process that does with it everything that pages do: see tests/faults/held.py."""
    words = [sys.executable, "-m", "tests.faults.held", str(store), *map(str, files)]
    done = subprocess.run(words, cwd=HOUSE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        for sentence in filter(None, row["said"]):
            assert sentence.endswith("."), row
            assert "\n" not in sentence, row
    print(
        f"held by all: {rows[-1]['now'] - rows[0]['now']:.0f} MB; the most for a file: {max(r['peak'] for r in rows[1:]):.0f}"
    )
    assert rows[-1]["now"] - rows[0]["now"] < ALL
    assert [row for row in rows if row["held"] > EACH] == []
    return rows[1:]


def written(folder: Path, files: dict) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content())
    return [folder / name for name in files]


@needs_linux
@pytest.mark.timeout(900)
def test_memory_that_generated_bombs_take(tmp_path):
    rows = costs(tmp_path / "runs", written(tmp_path, ARCHIVES | SLOW))
    assert [(row["name"], row["peak"]) for row in rows if row["peak"] > ALL] == []


@needs_linux
@pytest.mark.timeout(900)
def test_memory_that_the_largest_pictures_take(tmp_path):
    rows = costs(tmp_path / "runs", written(tmp_path, LARGEST))
    assert [
        (row["name"], row["peak"]) for row in rows if row["peak"] > 300
    ] == []  # a WebP's decoder takes 15 bytes a pixel


@needs_linux
@pytest.mark.timeout(900)
def test_memory_that_all_shared_files_take(tmp_path, shared_data):
    files = [path for path in sorted(shared_data.rglob("*")) if path.is_file() and not path.name.endswith(PASSED_OVER)]
    assert len(files) > 250
    rows = costs(tmp_path / "runs", files)
    assert [(row["name"], row["peak"]) for row in rows if row["peak"] > ALL] == []


def jpeg(level: int, side: int = 40) -> bytes:
    file = io.BytesIO()
    pixels = np.random.RandomState(level).randint(0, 60, (side, side, 3)) + level
    Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG")
    return file.getvalue()


def fill(folder: Path, classes: tuple[str, ...] = ("cat", "dog"), each: int = 6) -> None:
    for place, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for n in range(each):
            (folder / name / f"{n}.jpg").write_bytes(jpeg(40 * place + n))


def declared(side: int) -> bytes:
    """A PNG of a kilobyte that says it has so many pixels a side."""
    content = bytearray(picture("PNG", "1", 8))
    content[16:24] = side.to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def missing(folder: Path) -> None:
    pass


def empty(folder: Path) -> None:
    folder.mkdir()


def no_subfolders(folder: Path) -> None:
    folder.mkdir()
    (folder / "one.jpg").write_bytes(jpeg(1))


def unreadable(folder: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("root may read everything")
    fill(folder)
    (folder / "cat").chmod(0)


def one_class(folder: Path) -> None:
    fill(folder, ("cat",))


def link_to_the_root(folder: Path) -> None:
    folder.symlink_to("/")


def nothing_but(content: bytes):
    def prepare(folder: Path) -> None:
        fill(folder, each=0)
        for name in ("cat", "dog"):
            for n in range(4):
                (folder / name / f"{n}.png").write_bytes(content)

    return prepare


def a_pipe(folder: Path) -> None:
    fill(folder, each=0)
    for name in ("cat", "dog"):
        os.mkfifo(folder / name / "0.png")


def a_pipe_for_a_list(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "meta.json")


REFUSED_FOLDERS = {
    "missing": (missing, "no such folder"),
    "empty": (empty, "No pictures were found"),
    "no subfolders": (no_subfolders, "put one folder per class"),
    "unreadable": (unreadable, "cannot be read"),
    "no pictures": (nothing_but(b"no picture at all"), "could be read"),
    "truncated JPEGs": (nothing_but(jpeg(9)[:-300]), "could be read"),
    "20000 x 20000": (nothing_but(declared(20_000)), "could be read"),
    "one class": (one_class, "Only one class was found"),
    "link to /": (link_to_the_root, "may not be read"),
    "pipes": (a_pipe, "No pictures were found"),
    "a pipe for a list": (a_pipe_for_a_list, "No pictures were found"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "runs"))
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path / "allowed"))
    (tmp_path / "allowed").mkdir()
    return tmp_path / "allowed" / "pets"


@pytest.mark.parametrize("case", [*REFUSED_FOLDERS, "some damaged", "fewer pictures than labels"])
def test_bad_dataset_folder(folder, case):
    name = f"folder:{folder}@16"
    if case in REFUSED_FOLDERS:
        prepare, sentence = REFUSED_FOLDERS[case]
        prepare(folder)
        with pytest.raises(ValueError, match=sentence) as wrong:
            folders.prepare(name)
        assert str(wrong.value).endswith(".")
        assert "\n" not in str(wrong.value)
        assert kept.names() == []
        return
    fill(folder)
    if case == "some damaged":
        bad = {"cut.jpg": jpeg(9)[:-300], "large.png": declared(20_000), "text.png": b"x", "notes.txt": b"x"}
        for file, content in bad.items():
            (folder / "cat" / file).write_bytes(content)
        os.mkfifo(folder / "dog" / "pipe.png")
        (folder / "dog" / "zero.png").symlink_to("/dev/zero")
        card = folders.prepare(name)
        assert (card.train + card.test, "left out: 3" in card.text) == (12, True)
    else:
        card = folders.prepare(name)
        with pytest.raises(ValueError, match=r"labels must lie between 2 .* and \d, not 5000"):
            configure(card.name, "supervised", 5_000, 0)


@pytest.mark.parametrize("where", ["checkpoint", "weights"])
def test_evil_checkpoint(tmp_path, where):
    """A payload that would write a file when it is unpickled."""
    marker, run = tmp_path / "it-ran", Store(tmp_path / "runs").add(configure("digits", "supervised", 20, 0).to_dict())

    class Payload:
        def __reduce__(self):
            return os.system, (f"touch {marker}",)

    for content in ({"average": Payload(), "step": 1}, Payload(), [Payload()]):
        file = io.BytesIO()
        torch.save(content, file)
        with pytest.raises(ValueError, match=r"\.$") as wrong:
            if where == "weights":
                from_bytes(file.getvalue(), "digits", "small_convnet")
            else:
                (run.folder / "checkpoint.pt").write_bytes(file.getvalue())
                write_json(run.folder / "end.json", {"state": "done"})
                load_trained(run)
        assert "weights_only" not in str(wrong.value)
    assert not marker.exists()
    (tmp_path / "control").write_bytes(b"")
    torch.load(io.BytesIO(file.getvalue()), weights_only=False)  # the payload is one
    assert marker.exists()


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_a_pipe_a_socket_and_a_device_are_never_read(tmp_path, kind, capsys):
    path = tmp_path / "x.png"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    else:
        path.symlink_to("/dev/zero")
    for read in (read_named, lambda path: read_named(path, 4)):
        with pytest.raises(OSError):
            read(path)
    for words in ([str(path), str(path)], [str(HOUSE / "README.md"), str(path)]):
        assert main(["predict", *words, "--store", str(tmp_path / "runs")]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    with pytest.raises(ValueError, match=r"cannot be read|no plain file"):
        list(Walk([str(path)]))


def test_a_plain_file_is_read_and_a_folder_is_not(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert (read_named(tmp_path / "a"), read_named(tmp_path / "a", 2)) == (b"abc", b"ab")
    with pytest.raises(OSError):
        read_named(tmp_path)


def test_a_thousand_damaged_zips_are_files_or_one_sentence():
    """Bytes turned, cut out and doubled in a zip of pictures, tables and zips."""
    whole = zipped(
        {f"{kind}/{n}.jpg": jpeg(n) for kind in ("cat", "dog") for n in range(3)} | {"t.csv": b"file,label\n"}
    )
    random = np.random.RandomState(0)
    for number in range(1_000):
        content = bytearray(whole)
        tail = number % 2 and content.rindex(b"PK\5\6") - 400  # the table of contents, every other time
        for at in random.randint(tail, len(content), random.randint(1, 12)):
            content[at] = random.randint(0, 256)
        if number % 5 == 0:
            start, end = sorted(random.randint(0, len(content), 2))
            content[start:end] = content[start:end] * random.randint(0, 3)
        for work in (lambda content: look_at([("z.zip", content)]).shots(16, 3, "cut", 4), open_pictures):
            try:
                work(bytes(content))
            except (ValueError, TooMuch) as wrong:
                assert str(wrong).endswith(".")
                assert "\n" not in str(wrong)
