"""A script reads somebody's own folder, and trains to the same accuracy, with no label of an unlabelled picture."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from ssl_core.data import find_card, prepare
from ssl_core.data.kept import place
from ssl_core.export.script import script
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.export.test_export import ELSEWHERE
from tests.runs.conftest import draw, pet_run, pets  # noqa: F401


def elsewhere(files, folder):
    done = subprocess.run(
        [sys.executable, "-I", "-c", ELSEWHERE, *map(str, files)], cwd=folder, capture_output=True, text=True
    )
    return done, [float(text) for text in re.findall(r"done, test accuracy (.+)", done.stdout)]


@pytest.fixture
def grey_run(pets, store):  # noqa: F811
    """A run on the same pictures in grey, padded, where they are not square."""
    for n in range(6):
        draw(pets / "cat" / "wide" / f"{n}.png", (250, 250, 10), n)
    name = prepare(f"folder:{pets}@16greypad").name
    values = {"model": "small_convnet", "steps": 40, "evaluations": 1, "batch": 8, "device": "cpu"}
    run = store.add(configure(name, "mixmatch", 8, 1, values).to_dict())
    assert work(run.folder)["state"] == "done"
    return run


def test_the_script_trains_the_same_wherever_the_folder_lies(pets, pet_run, grey_run, tmp_path):  # noqa: F811
    runs = [pet_run(), grey_run]
    files = []
    for number, run in enumerate(runs):
        text = script(run)
        assert text.count(f"FOLDER = {str(pets)!r}") == 1
        files.append(tmp_path / f"{number}.py")
        files[-1].write_text(text)
    done, accuracies = elsewhere(files, tmp_path)
    assert done.returncode == 0, done.stderr
    assert accuracies == [run.end["test_accuracy"] for run in runs]

    moved = tmp_path / "elsewhere"
    shutil.copytree(pets, moved)
    (tmp_path / "moved.py").write_text(
        files[0].read_text().replace(f"FOLDER = {str(pets)!r}", f"FOLDER = {str(moved)!r}")
    )
    done, accuracies = elsewhere([tmp_path / "moved.py"], tmp_path)
    assert accuracies == [runs[0].end["test_accuracy"]], done.stderr
    shutil.rmtree(moved)
    done, _ = elsewhere([tmp_path / "moved.py"], tmp_path)
    assert "cannot be read: say in FOLDER where the pictures lie." in done.stderr


def test_the_script_lists_every_picture_once_and_says_of_unlabelled_ones_nothing(pets, pet_run):  # noqa: F811
    text = script(pet_run(finish=False))
    lists = {}
    exec(text[text.index("TRAIN = [") : text.index('if __name__ == "__main__"')], lists)  # noqa: S102
    rows = [*lists["TRAIN"], *lists["TEST"]]
    brought = sorted(path.relative_to(pets).as_posix() for path in pets.rglob("*.png"))
    assert sorted(path for path, _ in rows) == brought
    assert all((name is None) == path.startswith("unlabelled/") for path, name in rows)
    assert all(name in (None, path.split("/")[0]) for path, name in rows)
    assert not any(path.startswith("unlabelled/") for path, _ in lists["TEST"])


def test_a_run_whose_pictures_changed_has_no_script_but_a_sentence(pets, pet_run):  # noqa: F811
    run = pet_run(finish=False)
    draw(pets / "cat" / "late.png", (220, 60, 40), 5)
    prepare(find_card(run.config["data"]).name)
    with pytest.raises(ValueError, match="not those of this run any more"):
        script(run)


@pytest.fixture
def upload_run(pets, store):  # noqa: F811
    """upload_run(files) -> a short finished run on uploaded files, names and contents."""
    from ssl_core.data.uploads import add_files

    def make(files):
        card = add_files(files, "Pets", side=16)
        values = {"model": "small_convnet", "steps": 40, "evaluations": 1, "batch": 8, "device": "cpu"}
        run = store.add(configure(card.name, "fixmatch", 8, 0, values).to_dict())
        assert work(run.folder)["state"] == "done", run.end
        return run

    return make


def packed(pets):  # noqa: F811
    """A zip of the folder of pictures."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(pets.rglob("*.png")):
            archive.write(path, path.relative_to(pets).as_posix())
    return file.getvalue()


def test_the_script_of_an_upload_reads_what_was_uploaded_from_a_folder(pets, upload_run, tmp_path):  # noqa: F811
    """Once as one zip, once as loose files: unpacked into a folder that is named in the command, or that is set."""
    content = packed(pets)
    loose = [(path.relative_to(pets).as_posix(), path.read_bytes()) for path in sorted(pets.rglob("*.png"))]
    runs = [upload_run([("pets.zip", content)]), upload_run(loose)]
    for number, run in enumerate(runs):
        text = script(run)
        assert "[FOLDER] [WEIGHTS.pt]" in text
        (tmp_path / f"{number}.py").write_text(text)
    line = [sys.executable, "-I", "0.py", str(pets), "kept.pt"]
    named = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert f"done, test accuracy {runs[0].end['test_accuracy']!r}" in named.stdout, named.stderr
    assert (tmp_path / "kept.pt").exists()
    done, _ = elsewhere([tmp_path / "1.py"], tmp_path)
    assert "cannot be read: say in FOLDER where the pictures lie." in done.stderr
    shutil.copytree(pets, tmp_path / "pictures")
    done, accuracies = elsewhere([tmp_path / "1.py"], tmp_path)
    assert accuracies == [runs[1].end["test_accuracy"]], done.stderr


def test_of_two_zips_each_is_unpacked_into_a_folder_of_its_name(pets, upload_run, tmp_path):  # noqa: F811
    for name in ("cat", "dog"):
        shutil.copytree(pets / name, tmp_path / "unpacked" / f"{name}s" / name)
    zips = [(f"{home.name}.zip", packed(home)) for home in sorted((tmp_path / "unpacked").iterdir())]
    text = script(upload_run(zips))
    lists = {}
    exec(text[text.index("TRAIN = [") : text.index('if __name__ == "__main__"')], lists)  # noqa: S102
    brought = [path.relative_to(tmp_path / "unpacked").as_posix() for path in tmp_path.rglob("unpacked/**/*.png")]
    assert sorted(path for path, _ in [*lists["TRAIN"], *lists["TEST"]]) == sorted(brought)


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({}, "was not written down when it was kept"),
        ({"paths": ["a.png"] * 26, "test_paths": ["b.png"] * 7}, "have one name"),
    ],
    ids=["an old upload", "one name twice"],
)
def test_an_upload_whose_rows_cannot_be_told_apart_has_no_script(pets, upload_run, about, sentence):  # noqa: F811
    run = upload_run([("pets.zip", packed(pets))])
    (place(run.config["data"]) / "origin.json").write_text(json.dumps(about))
    with pytest.raises(ValueError, match=sentence):
        script(run)
