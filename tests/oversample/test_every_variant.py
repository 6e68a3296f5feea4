"""Every variant: what it delivers is counted, and its failures are said aloud."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from ssl_core.oversample import VARIANTS, danger, rebalance, resample, smote
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
    k, m, seed = (int(golden[f"var_{what}"]) for what in ("k", "m", "random_state"))
    made = resample(name, golden["var_X"], golden["var_y"], k=k, m=m, seed=seed)
    assert np.array_equal(made.X, golden[f"{kind}_X"]) and np.array_equal(made.y, golden[f"{kind}_y"])
    assert made.got == dict(zip(golden[f"{kind}_class"].tolist(), golden[f"{kind}_count"].tolist(), strict=True))


ASK_WHO_IS_IN_DANGER = [name for name, variant in VARIANTS.items() if variant.m]


@pytest.mark.parametrize("name", ASK_WHO_IS_IN_DANGER)
def test_m_says_who_is_in_danger(name):
    """A few neighbours more or less, and others are: as many as the sampler itself finds, and the plane's colours."""
    X, y = samples()
    made = {m: resample(name, X, y, k=3, m=m, seed=1) for m in (3, 20)}
    for m, outcome in made.items():
        tool = sampler(name, 3, 1, m)
        assert np.array_equal(outcome.X, tool.fit_resample(X, y)[0]) and tool.m_neighbors == m
        if name.startswith("borderline"):
            mine = np.flatnonzero((danger(X, y, m) == "danger") & (y == 2))
            assert np.array_equal(mine, tool.in_danger_indices[2])
    assert not np.array_equal(made[3].X, made[20].X)
    with pytest.raises(ValueError, match=f"choose m from 1 to {len(X) - 1}[.]"):
        resample(name, X, y, k=3, m=len(X))
    assert f"so m is {len(X) - 1}" in " ".join(resample(name, X, y, k=3, m=len(X), lenient=True).notes)


@pytest.mark.parametrize("sizes", [(9, 3, 2, 1), (5, 1), (1, 1), (2, 2, 1)])
def test_classes_as_small_as_they_are(sizes):
    """Lenient SMOTE gives each class the k it can have, as training does, and says so."""
    X, y = samples(sizes=sizes)
    made = resample("smote", X, y, k=5, seed=3, lenient=True)
    assert set(made.got.values()) == {max(sizes)} and not made.shortfalls
    for label, size in enumerate(sizes):
        mine = made.X[made.new][made.y[made.new] == label]
        if 1 < size < max(sizes):
            alone = smote(X, y, k=min(5, size - 1), seed=3, wanted={label: max(sizes) - size})
            assert np.array_equal(mine, alone.new)
        small = size < max(sizes) and size <= 5
        assert any(note.startswith(f"Class {label} has ") for note in made.notes) == small
        if size == 1:
            assert (mine == X[y == label]).all()
    trained = rebalance("smote", X.astype(np.float32), y, 3)
    assert np.allclose(trained.images, made.X) and np.array_equal(trained.labels, made.y)


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
    lines = as_code(name, 3, 1, 4).splitlines()
    wanted = [line for line in lines if line.startswith(("from imblearn", "sampler ="))]
    exec("\n".join(wanted), space)  # noqa: S102 - running the export is the test
    X, y = samples()
    assert np.array_equal(space["sampler"].fit_resample(X, y)[0], sampler(name, 3, 1, 4).fit_resample(X, y)[0])


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
