"""The SMOTE page, as a visitor without a browser sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ssl_core.oversample import VARIANTS

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
    kinds = (at.selectbox, at.slider, at.number_input, at.segmented_control, at.multiselect, at.toggle)
    return next(w for kind in kinds for w in kind if w.key == key).set_value(value).run()


def words(at: AppTest) -> str:
    return " ".join(part.value for kind in (at.markdown, at.caption, at.info, at.warning) for part in kind)


def test_a_new_sample_tells_its_seed_neighbour_and_gap():
    at = opened()
    assert "**New sample 0** comes from seed" in words(at)
    other = change(at, "point", 5)
    assert "**New sample 5** comes from seed" in words(other)
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
