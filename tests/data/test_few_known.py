"""The few labels that somebody really has: all of them can be used, and what is missing is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ssl_core.data import card, catalog, kept, load
from ssl_core.data.catalog import needs, prepare
from ssl_core.data.uploads import add, add_files
from ssl_core.data.view import counts, see, shots
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.data.conftest import png, zipped

CLASSES = ("cat", "dog", "hen")


def few(each: int, free: int, test: int, validation: int = 0) -> dict[str, bytes]:
    """So many labelled pictures of each class, unlabelled ones, and test ones of each class."""
    files, seeds = {}, iter(range(10_000))
    for number, kind in enumerate(CLASSES):
        for part, count in (("train", each), ("test", test), ("val", validation)):
            files |= {f"{part}/{kind}/{n}.png": png(next(seeds), 8, 60 + 60 * number + n) for n in range(count)}
    return files | {f"unlabelled/{n}.png": png(next(seeds), 8) for n in range(free)}


def run(official: Path, name: str, labels: int, method: str = "fixmatch") -> dict:
    store = Store(official.parent / "runs")
    row = store.add(configure(name, method, labels, 0, {"steps": 4, "batch": 4, "evaluations": 2}).to_dict())
    assert work(row.folder)["state"] == "done"
    return json.loads((row.folder / "end.json").read_text())


@pytest.mark.parametrize("each", [1, 2, 5])
def test_every_label_that_is_there_can_be_asked_for(official, each):
    made = add(zipped(few(each, free=30, test=2)), "Few", side=8)
    assert (made.known, made.unknown, made.validation, made.test) == (3 * each, 30, 0, 6)
    end = run(official, made.name, made.known)
    assert end["validation_accuracy"] is None
    assert end["test_accuracy"] is not None
    with pytest.raises(ValueError, match=f"not {made.known + 1}"):
        configure(made.name, "fixmatch", made.known + 1, 0)


def test_without_a_test_nothing_is_taken_from_too_few_labels(official):
    made = add(zipped(few(2, free=30, test=0)), "Few", side=8)
    assert (made.known, made.test) == (6, 0)
    assert "There is no test" in made.text
    assert run(official, made.name, 6, "supervised")["test_accuracy"] is None


def test_a_validation_that_was_brought_is_held_out_exactly(official):
    made = add(zipped(few(4, free=10, test=2, validation=3)), "Few", side=8)
    assert (made.validation, made.held, made.known, made.test) == (9, True, 12, 6)
    seen = see(load(made.name), 12, 3, 1.0)
    paths = kept.origin(made.name)["paths"]
    assert {paths[row].split("/")[0] for row in seen.drawn.validation} == {"val"}
    assert {paths[row].split("/")[0] for row in seen.drawn.labelled} == {"train"}
    assert counts(seen)["validation"] == [3, 3, 3]
    assert run(official, made.name, 12)["validation_accuracy"] is not None


def test_a_lone_validation_is_the_test(official):
    made = add(zipped(few(4, free=0, test=0, validation=3)), "Few", side=8)
    assert (made.test, made.held) == (9, False)
    assert all(path.startswith("val/") for path in kept.origin(made.name)["test_paths"])


def test_a_test_that_lacks_a_class_is_kept_as_it_is(official):
    files = {path: content for path, content in few(4, 0, 3).items() if not path.startswith("test/hen")}
    made = add(zipped(files), "Few", side=8)
    assert (made.train, made.test) == (12, 6)


def test_a_flat_folder_waits_for_its_classes(official):
    files = [(f"{n}.png", png(n, 8)) for n in range(9)]
    made = add_files(files, "Flat", side=8)
    assert (made.classes, made.unknown, made.known) == ((), 9, 0)
    assert needs(made.name).startswith("Nobody has said the class")
    assert made.name not in catalog.cards()
    assert len(load(made.name).images) == 9
    with pytest.raises(ValueError, match=r"^[^\n]+\.$"):
        configure(made.name, "fixmatch", 10, 0)
    with pytest.raises(ValueError, match="Nobody knows"):
        see(load(made.name), 10, 0, 1.0)
    table = "\n".join(["file,label", *(f"{n}.png,{CLASSES[n % 3]}" for n in range(9))])
    known = add_files([*files, ("labels.csv", table.encode())], "Flat", side=8)
    assert (known.classes, known.train + known.test) == (CLASSES, 9)


def test_several_zips_and_files_are_one_data_set(official):
    cats = zipped({f"{n}.png": png(n, 8) for n in range(4)})
    dogs = zipped({f"{n}.png": png(n + 10, 8) for n in range(4)})
    made = add_files([("cat.zip", cats), ("dog.zip", dogs)], "Two zips", side=8)
    assert (made.classes, made.train + made.test) == (("cat", "dog"), 8)


def test_every_row_remembers_where_it_came_from(official):
    made = add(zipped(few(4, free=5, test=2)), "Few", side=8)
    origin, data = kept.origin(made.name), load(made.name)
    assert len(origin["paths"]) == len(data.labels)
    assert len(origin["test_paths"]) == len(data.test_labels)
    for path, label in zip([*origin["paths"], *origin["test_paths"]], [*data.labels, *data.test_labels], strict=True):
        assert path.startswith("unlabelled/") if label < 0 else f"/{made.classes[label]}/" in path
    assert shots(see(data, 3, 0, 1.0), "unlabelled", -1, 5)


def test_a_copy_kept_before_any_of_this_is_still_read(official, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    for path, content in few(4, 0, 0).items():
        (tmp_path / "old" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "old" / path).write_bytes(content)
    made = prepare(f"folder:{tmp_path / 'old'}@8")
    home = kept.place(made.name)
    (home / "origin.json").unlink()
    values = json.loads((home / "card.json").read_text())
    for newer in ("fit", "held", "contents"):
        values.pop(newer)
    (home / "card.json").write_text(json.dumps(values))
    kept._read_card.cache_clear()
    old = card(made.name)
    assert (old.fit, old.held, old.train) == ("cut", False, made.train)
    assert len(old.fingerprint) == 16
    assert catalog.left_out(made.name) == []
    assert catalog.prepare_local(made.name) == "", "nobody can know whether it has changed"
