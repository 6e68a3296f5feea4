"""Every variant: what it delivers is counted, and its failures are said aloud."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from ssl_core.oversample import VARIANTS, resample
from ssl_core.oversample.export import FILE, as_code, as_file, trace_rows
from ssl_core.oversample.smote import counts_of
from ssl_core.oversample.variants import sampler


def samples(seed=0, gap=1.0, sizes=(90, 30, 15)):
    random = np.random.RandomState(seed)
    y = np.repeat(np.arange(len(sizes)), sizes)
    return random.normal(size=(len(y), 4)) + gap * y[:, None], y


@pytest.mark.parametrize("name", VARIANTS)
def test_equal_to_imbalanced_learn_and_counted(name):
    X, y = samples()
    made = resample(name, X, y, k=3, seed=1)
    theirs = sampler(name, 3, 1).fit_resample(X, y)
    order, other = np.lexsort(made.X.T), np.lexsort(theirs[0].T)
    assert np.array_equal(made.X[order], theirs[0][other]) and np.array_equal(made.y[order], theirs[1][other])
    assert made.got == counts_of(made.y) and made.wanted == {0: 90, 1: 90, 2: 90}
    real = made.origin >= 0
    assert np.array_equal(made.X[real], X[made.origin[real]])
    assert len(made.new) == len(made.base) == len(made.neighbour) == len(made.gap)
    for label, count in made.got.items():
        if count != 90:
            assert any(f"Class {label}:" in note for note in made.notes)
    if made.traced:
        way = X[made.base] + made.gap[:, None] * (X[made.neighbour] - X[made.base])
        assert np.array_equal(way, made.X[made.new])
    assert len(trace_rows(made)) == len(made.new)


@pytest.mark.parametrize(
    ("name", "kind"), [("borderline1", "borderline1"), ("borderline2", "borderline2"), ("adasyn",) * 2]
)
def test_oracle_variants(oracle, name, kind):
    golden = oracle("smote")
    made = resample(
        name, golden["var_X"], golden["var_y"], k=int(golden["var_k"]), seed=int(golden["var_random_state"])
    )
    assert np.array_equal(made.X, golden[f"{kind}_X"]) and np.array_equal(made.y, golden[f"{kind}_y"])
    assert made.got == dict(zip(golden[f"{kind}_class"].tolist(), golden[f"{kind}_count"].tolist(), strict=True))


@pytest.mark.parametrize("name", ["borderline1", "borderline2"])
def test_nobody_in_danger_is_said_aloud(name):
    X, y = samples(gap=50)
    made = resample(name, X, y, k=3)
    assert made.got == counts_of(y)
    assert "Class 2: nothing was added, wanted 90." in made.notes


def test_cleaning_is_said_aloud():
    made = resample("smoteenn", *samples(), k=3)
    assert any(note.startswith("The cleaning removed") for note in made.notes)
    assert made.traced and len(made.new)


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("hostile", ["k", "single", "one class", "constant", "bytes"])
def test_hostile_samples_give_one_sentence_or_work(name, hostile):
    X, y = samples()
    k = 500 if hostile == "k" else 3
    if hostile == "single":
        X, y = samples(sizes=(40, 20, 1))
    if hostile == "one class":
        y = np.zeros_like(y)
    if hostile == "constant":
        X = np.ones_like(X)
    if hostile == "bytes":
        X = X.astype(np.uint8)
    try:
        made = resample(name, X, y, k=k)
    except ValueError as told:
        assert "\n" not in str(told) and str(told).endswith(".") and len(str(told)) < 240
    else:
        assert hostile == "constant" or name == "random"
        assert np.isfinite(made.X).all()


@pytest.mark.parametrize("name", VARIANTS)
def test_exported_code_names_the_same_object(name):
    space: dict = {}
    lines = as_code(name, 3, 1).splitlines()
    wanted = [line for line in lines if line.startswith(("from imblearn", "sampler ="))]
    exec("\n".join(wanted), space)  # noqa: S102 - running the export is the test
    X, y = samples()
    assert np.array_equal(space["sampler"].fit_resample(X, y)[0], sampler(name, 3, 1).fit_resample(X, y)[0])


def test_exported_code_runs_and_gives_the_same_samples(tmp_path):
    X, y = samples()
    (tmp_path / FILE).write_bytes(as_file(X, y))
    (tmp_path / "balance.py").write_text(as_code("smote", 3, 1))
    ran = subprocess.run([sys.executable, "balance.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "[(0, 90), (1, 90), (2, 90)]" in ran.stdout
    with np.load(tmp_path / "balanced.npz") as out:
        assert np.array_equal(out["X"], resample("smote", X, y, k=3, seed=1).X)


def test_an_unknown_variant_is_one_sentence():
    with pytest.raises(ValueError, match="Choose one of smote"):
        resample("smot", *samples())
