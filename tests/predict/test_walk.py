"""A folder of any size is answered picture by picture, in flat memory, and what is passed over is counted."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ssl_core.__main__ import main
from ssl_core.predict.weights import to_safetensors
from tests.predict.test_batch import picture

HOUSE = Path(__file__).resolve().parents[2]
# Growth of the most memory ever held, from the 300th picture on: what a first block needs is no growth.
MEASURE = """
import resource, sys
from ssl_core.__main__ import main
class Counted:
    lines = 0
    def write(self, text):
        Counted.lines += text.count("\\n")
        if Counted.lines == 300:
            Counted.early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    def flush(self):
        pass
sys.stdout = Counted()
assert main(sys.argv[1:]) == 0
late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(Counted.lines, (late - Counted.early) / 1024, file=sys.stderr)
"""


@pytest.fixture
def weights(classifier, tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(to_safetensors(classifier))
    return str(path)


@pytest.fixture
def folder(tmp_path):
    """Two pictures at different depths, and everything that is none of them."""
    top = tmp_path / "photos"
    files = {
        "b.PNG": picture(0),
        "a/deep/x.jpeg": picture(1),
        "notes.txt": b"x",
        "more.txt": b"x",
        "README": b"x",
        "__MACOSX/._b.png": b"x",
        ".hidden/c.png": picture(2),
        "@eaDir/d.png": picture(2),
        "Thumbs.db": b"x",
    }
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    (top / "link.png").symlink_to(top / "b.PNG")
    return top


def rows(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_folder_is_walked_and_what_is_passed_over_is_counted(weights, folder, tmp_path, capsys):
    words = ["predict", weights, str(folder), "--as-seen", "--csv", "--store", str(tmp_path / "s")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert [row["file"] for row in rows(said.out)] == ["b.PNG", "a/deep/x.jpeg"]
    for part in ("4 hidden files", "2 .txt files", "1 other file", "1 links and devices"):
        assert part in said.err


def test_a_zip_of_the_folder_says_the_same(weights, folder, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                archive.write(path, path.relative_to(folder).as_posix())
    answers = []
    for what in (folder, tmp_path / "photos.zip"):
        assert main(["predict", weights, str(what), "--as-seen", "--csv", "--store", str(tmp_path / "s")]) == 0
        said = capsys.readouterr()
        answers.append(sorted(said.out.splitlines()))
        assert "4 hidden files" in said.err
    assert answers[0] == answers[1]


def test_a_broken_picture_is_its_own_row_and_exit_code_one(weights, folder, tmp_path, capsys):
    (folder / "c.png").write_bytes(b"nothing")
    words = ["predict", weights, str(folder), "--as-seen", "--csv", "--store", str(tmp_path / "s")]
    assert main(words) == 1
    why = {row["file"]: row["why"] for row in rows(capsys.readouterr().out)}
    assert why["c.png"].endswith(".")
    assert why["b.PNG"] == why["a/deep/x.jpeg"] == ""


def test_a_folder_without_a_picture_says_so(weights, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["predict", weights, str(tmp_path / "empty"), "--store", str(tmp_path / "s")]) == 1
    assert "No picture was found." in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_read_for_ever(weights, tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe.png")
    for name in (str(tmp_path / "pipe.png"), "/dev/zero", str(tmp_path / "gone.png")):
        assert main(["predict", weights, name, "--store", str(tmp_path / "s")]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_zip_that_is_refused_is_one_sentence(weights, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../up.png", b"x")
    assert main(["predict", weights, str(tmp_path / "bad.zip"), "--store", str(tmp_path / "s")]) == 2
    assert "points out of it" in capsys.readouterr().err


def test_five_thousand_pictures_in_flat_memory(weights, tmp_path):
    top = tmp_path / "many"
    top.mkdir()
    content = [picture(seed) for seed in range(20)]
    for n in range(5_000):
        (top / f"{n:05}.png").write_bytes(content[n % 20])
    words = ["predict", weights, str(top), "--as-seen", "--csv", "--store", str(tmp_path / "s")]
    done = subprocess.run([sys.executable, "-c", MEASURE, *words], cwd=HOUSE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines, growth = done.stderr.split()[-2:]
    assert int(lines) == 5_001
    assert float(growth) < 20, "megabytes; five thousand rows of ten classes alone have 6"


def test_a_refused_zip_beside_others_is_a_row_by_its_name(weights, folder, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../up.png", b"x")
    words = ["predict", weights, str(tmp_path / "bad.zip"), str(folder), "--as-seen", "--csv"]
    assert main([*words, "--store", str(tmp_path / "s")]) == 1
    why = {row["file"]: row["why"] for row in rows(capsys.readouterr().out)}
    assert "points out of it (../up.png)" in why.pop("bad.zip")
    assert set(why) == {"b.PNG", "a/deep/x.jpeg"}
    assert not any(why.values())
