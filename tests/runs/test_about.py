"""Experiments have names a person would give; what people say of them is kept beside them, and breaks nothing."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from ssl_core.apart import told_apart, what_differs
from ssl_core.export.formats import zipped
from ssl_core.runs.about import LONGEST_NAME, MOST_TAGS, NOTHING, About, about, say
from ssl_core.runs.archive import archive
from ssl_core.runs.experiment_names import called, named, usual_name
from ssl_core.runs.files import write_json
from ssl_core.runs.listing import Listing, choose
from ssl_core.runs.store import ARCHIVE, Store

SAID = About("Birds of the class", "First try.\nToo few labels.", ("birds", "class 7b"), True)


def config(method="fixmatch", labels=20, seed=0, experiment="digits-1", **more) -> dict:
    training = {"steps": more.pop("steps", 600), "lr": more.pop("lr", 0.03)}
    own = {"data": "digits", "method": method, "labels": labels, "seed": seed, "knobs": more.pop("knobs", {})}
    return own | {"training": training, "experiment": experiment} | more


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


def file_of(store):
    (path,) = store.root.glob("about-*.json")
    return path


def test_an_experiment_is_called_by_what_it_compares():
    three = ("supervised", "fixmatch", "mixmatch")
    grid = [config(method, labels, seed) for method in three for labels in (20, 40, 80) for seed in (0, 1)]
    assert usual_name(grid) == "Digits, 3 methods, 20–80 labels, 2 seeds"
    ceiling = config("supervised", 1100, role="ceiling")
    assert usual_name([*grid, ceiling]) == usual_name(grid), "the run with every label is compared with, not compared"
    assert usual_name([config()]) == "Digits, FixMatch, 20 labels"
    assert usual_name([config(), config("mixmatch")]) == "Digits, FixMatch and MixMatch, 20 labels"
    variants = [config(variant=name) for name in ("", "low", "high")]
    assert usual_name(variants) == "Digits, FixMatch in 3 variants, 20 labels"
    assert usual_name([*variants, config("vat")]) == "Digits, 2 methods and 2 variants, 20 labels"
    assert usual_name([config(experiment="lesson-digits-1")]).startswith("Lesson: Digits")
    assert usual_name([config(data="folder:/home/x/my birds")]).startswith("my birds, ")
    assert usual_name([]) == usual_name([{}]) != ""


def test_the_list_has_pinned_ones_first_and_no_two_alike(store):
    for place, steps in enumerate((600, 600, 900)):
        store.add(config(experiment=f"digits-{place}", steps=steps, seed=3 * (place == 1)))
    assert list(called(store)) == ["digits-2", "digits-1", "digits-0"], "the newest first"
    titles = [one.title for one in called(store).values()]
    assert len(set(titles)) == 3 and "steps 900" in titles[0] and "seed 3" in titles[1]
    say(store, "digits-0", SAID)
    first = next(iter(called(store)))
    assert first == "digits-0" and called(store)[first].title == "pinned: Birds of the class #birds #class 7b"


def test_what_was_said_finds_its_runs(store):
    for place in range(2):
        store.add(config(experiment=f"digits-{place}"))
    say(store, "digits-0", SAID)
    rows = named(store, Listing(store).rows())
    assert [row["experiment"] for row in rows] == ["digits-0", "digits-1"], "pinned before newer"
    for words in ("CLASS 7B", "#birds", "of the class"):
        assert [row["experiment"] for row in choose(rows, text=words)] == ["digits-0"]


def test_what_was_said_is_tidied_and_nothing_leaves_no_file(store):
    kept = say(
        store, "x", About(" a\tname\x07 ", "one\r\n\r\ntwo \x00", ("#Birds", "birds ", "", " two  words"), False)
    )
    assert kept == about(store, "x") == About("a name", "one\n\ntwo", ("birds", "two words"), False)
    assert about(store, "y") == NOTHING
    say(store, "x", NOTHING)
    assert list(store.root.iterdir()) == [] and about(store, "x") == NOTHING


@pytest.mark.parametrize(
    "too_much",
    [{"name": "x" * (LONGEST_NAME + 1)}, {"note": "x" * 3000}, {"tags": tuple(map(str, range(MOST_TAGS + 1)))}],
)
def test_too_much_is_one_sentence(store, too_much):
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        say(store, "x", About(**too_much))
    assert about(store, "x") == NOTHING


def test_it_goes_along_in_a_zip_and_into_the_archive(store, tmp_path):
    runs = [store.add(config(experiment=name)) for name in ("digits-0", "folder:/a b/c-1", "digits-2")]
    for experiment in ("digits-0", "folder:/a b/c-1", "another"):
        say(store, experiment, SAID._replace(name=experiment))
    write_json(runs[0].folder / "end.json", {"state": "done", "why": ""})
    archive(store, runs[0])
    aside = Store(store.root / ARCHIVE)
    rows = named(aside, Listing(aside).rows(), store)
    assert [row["called"] for row in rows] == ["pinned: digits-0 #birds #class 7b"]
    with zipfile.ZipFile(io.BytesIO(zipped([*aside.runs(), *store.runs()]))) as file:
        assert sum(name.startswith("about-") for name in file.namelist()) == 2, "of others nothing"
        file.extractall(tmp_path / "other")
    other = Store(tmp_path / "other")
    assert about(other, "folder:/a b/c-1") == SAID._replace(name="folder:/a b/c-1")
    assert {one.name for one in called(other).values()} >= {"digits-0", "folder:/a b/c-1"}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"experiment": "digits-1", "name": 7}', b'{"name": "no experiment"}']
    + [b'{"experiment": "digits-1", "tags": "a"}', b'{"experiment": "digits-2", "name": "of another"}', b"[" * 9000]
    + [json.dumps({"experiment": "digits-1", "name": "x" * 300}).encode(), b" " * (2**20 + 1)]
    + [b'{"experiment": "digits-1", "name": "\\ud800"}', b'{"experiment": "digits-1", "name": "two\\nlines"}'],
)
def test_a_file_edited_by_hand_breaks_nothing(store, content):
    store.add(config())
    say(store, "digits-1", SAID)
    file_of(store).write_bytes(content)
    said = about(store, "digits-1")
    assert said._replace(why="") == NOTHING and said.why.endswith(".")
    assert [one.name for one in called(store).values()] == ["Digits, FixMatch, 20 labels"]
    assert say(store, "digits-1", SAID) == about(store, "digits-1") == SAID


def test_a_file_by_hand_may_lack_what_it_does_not_say(store):
    say(store, "digits-1", SAID)
    file_of(store).write_text('{"experiment": "digits-1", "note": "by hand", "colour": "of a newer version"}')
    assert about(store, "digits-1") == About(note="by hand")


@pytest.mark.parametrize("what", ["link", "folder"])
def test_what_is_no_file_is_no_words(store, tmp_path, what):
    store.add(config())
    say(store, "digits-1", SAID)
    path = file_of(store)
    (tmp_path / "elsewhere").write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere") if what == "link" else path.mkdir()
    assert about(store, "digits-1").why and called(store)["digits-1"].name
    assert [run.name for run in store.runs()] == [run.name for run in Store(store.root).runs()], "and it is no run"
    assert zipped(store.runs())


def test_titles_tell_what_differs_and_no_more():
    runs = [config(steps=600), config(steps=600, lr=0.1), config(steps=900, lr=0.1)]
    assert told_apart(["a"] * 3, runs) == ["a, steps 600, lr 0.03", "a, steps 600, lr 0.1", "a, steps 900, lr 0.1"]
    assert told_apart(["a", "b", "c"], runs) == ["a", "b", "c"]
    assert told_apart(["a", "a"], runs[:2]) == ["a, lr 0.03", "a, lr 0.1"]
    other = config(knobs={"align": True, "strong": "x" * 99})
    assert told_apart(["a", "a"], [config(knobs={"align": False, "strong": "x" * 99}), other]) == [
        "a, align off",
        "a, align on",
    ]
    many = [
        config(steps=steps, lr=lr, knobs={"mu": mu, "weight": mu}) for steps in (1, 2) for lr in (1, 2) for mu in (1, 2)
    ]
    assert len(set(told_apart(["a"] * 8, many))) == 8
    data = [config(), config(data="shapes")]
    assert told_apart(["a", "a"], data) == ["a, data digits", "a, data shapes"]
    later = [config(created=1e9), config(created=1e9 + 600)]
    assert len(set(told_apart(["a", "a"], later))) == 2 and "(1)" not in told_apart(["a", "a"], later)[0]
    assert told_apart(["a", "a"], [config(), config()]) == ["a (1)", "a (2)"]


def test_what_differs_is_asked_among_runs_of_one_method():
    runs = [config(steps=600), config(steps=900), config("mixmatch", steps=300), {}]
    assert what_differs(runs) == ["steps 600", "steps 900", "", ""]
