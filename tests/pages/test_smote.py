"""The SMOTE page, as a visitor without a browser sees it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from ssl_core.data import CATALOG, kept, load
from ssl_core.oversample import VARIANTS
from ssl_core.oversample.variants import M

OWN = "folder:/mine@8grey"
FRAME = str(Path(__file__).resolve().parents[2] / "pages" / "_frame.py")


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_STORE", str(tmp_path_factory.mktemp("store")))
        yield


def opened(**choices) -> AppTest:
    at = AppTest.from_file(FRAME, default_timeout=60).run().switch_page("smote.py").run()
    for key, value in choices.items():
        at = change(at, key, value)
    assert not at.exception
    return at


def change(at: AppTest, key: str, value) -> AppTest:
    kinds = (at.selectbox, at.slider, at.number_input, at.segmented_control, at.radio, at.multiselect, at.toggle)
    return next(w for kind in kinds for w in kind if w.key == key).set_value(value).run()


def words(at: AppTest) -> str:
    return " ".join(part.value for kind in (at.markdown, at.caption, at.info, at.warning) for part in kind)


def test_a_new_sample_tells_its_seed_neighbour_and_gap():
    at = opened()
    assert "**New sample 0** starts from sample" in words(at)
    other = change(at, "point", 5)
    assert "**New sample 5** starts from sample" in words(other)
    assert other.get("plotly_chart")


@pytest.mark.parametrize(("source", "variants"), [("ring", VARIANTS), ("digits", ["svm", "smoteenn", "random"])])
def test_every_variant_opens(source, variants):
    at = opened(source=source)
    for name in variants:
        at = change(at, "variant", name)
        assert not at.exception, name
        assert len(at.error) <= 1


@pytest.mark.parametrize("source", ["digits", "moons"])
def test_every_lens_opens(source):
    at = opened(source=source)
    for lens in ("helped", "trace", "code", "counts") + (("spaces",) if source == "digits" else ()):
        at = change(at, "smote_lens", lens)
        assert not at.exception and not at.error, lens
    at = change(at, "smote_lens", "helped")
    at = next(b for b in at.button if b.label == "Measure").click().run()
    assert not at.exception and "95 % interval over 5 seeds" in words(at)


def test_borderline_that_adds_nothing_says_so():
    at = opened(classes_digits=["0", "4", "6"], variant="borderline1")
    assert "Class 6: nothing was added, wanted 100." in words(at)
    assert "No new sample was added to this class" in words(at)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"k": 500}, "choose k from 1 to"),
        ({"imbalance": 100.0}, "single sample, so there is no line"),
        ({"classes_digits": ["3"]}, "choose at least two classes"),
        ({"classes_digits": []}, "choose at least two classes"),
        ({"space": "features"}, "no finished run on this data set"),
    ],
)
def test_hostile_settings_give_one_sentence(choices, sentence):
    at = opened(**choices)
    assert len(at.error) == 1 and sentence in at.error[0].value and "\n" not in at.error[0].value


def own_set(sizes, tests: int = 1) -> None:
    """Keep the first digits of each class as pictures that somebody brought."""
    data = load("digits")
    rows = np.concatenate([np.flatnonzero(data.labels.numpy() == c)[:n] for c, n in enumerate(sizes)])
    seen = np.concatenate([np.flatnonzero(data.test_labels.numpy() == c)[:tests] for c in range(len(sizes))])
    classes = tuple(f"kind {c}" for c in range(len(sizes)))
    card = dataclasses.replace(
        CATALOG["digits"], name=OWN, title="Mine", classes=classes, train=len(rows), validation=0, test=len(seen)
    )
    parts = (data.images[rows], data.labels[rows], data.test_images[seen], data.test_labels[seen])
    kept.keep(card, kept.Arrays(*(part.numpy() for part in parts)))


@pytest.mark.parametrize("sizes", [(12, 2, 1), (1, 1), (5, 1)])
def test_own_pictures_open_with_the_sizes_they_have(sizes):
    own_set(sizes)
    at = AppTest.from_file(FRAME, default_timeout=60).run().switch_page("smote.py")
    at.query_params["source"] = OWN
    at.run()
    assert not at.exception and not at.error
    said = words(at)
    assert "Pictures: " + ", ".join(f"kind {c} {n}" for c, n in enumerate(sizes)) in said
    if 2 in sizes:
        assert "so k is 1 there" in said
    if max(sizes) > 1:
        assert "has a single sample, so it gets copies" in said and "is a copy of" in said
    assert all(slider.disabled for slider in at.slider if slider.key in ("largest", "imbalance"))
    at = change(at, "smote_lens", "code")
    at = change(at, "smote_lens", "helped")
    at = next(b for b in at.button if b.label == "Measure").click().run()
    assert not at.exception and not at.error
    for name in VARIANTS:
        at = change(at, "variant", name)
        assert not at.exception and len(at.error) <= 1, name


def test_m_can_be_set_where_it_decides_and_changes_what_is_added():
    at = opened(source="moons")
    (m,) = [box for box in at.number_input if box.key == "m"]
    assert m.disabled and m.value == M
    at = change(at, "variant", "borderline1")
    assert not next(box for box in at.number_input if box.key == "m").disabled
    before = at.get("plotly_chart")[0].proto.spec
    at = change(at, "m", 3)
    assert not at.exception and at.get("plotly_chart")[0].proto.spec != before
    at = change(at, "m", 500)
    assert "choose m from 1 to" in at.error[0].value


def test_a_point_beyond_the_last_is_the_last():
    at = AppTest.from_file(FRAME, default_timeout=60).run().switch_page("smote.py")
    at.query_params["point"] = "99999"
    at.run()
    assert not at.exception and "**New sample" in words(at)


def test_the_class_to_look_at_follows_the_classes():
    at = opened(look=9)
    assert at.session_state["look"] == 9 and "**New sample 0**" in words(at)
    at = change(at, "classes_digits", ["0", "4", "6"])
    assert not at.exception and at.session_state["look"] in (0, 4, 6)
    at = change(at, "source", "blobs")
    assert not at.exception and at.session_state["look"] in (0, 1, 2)
