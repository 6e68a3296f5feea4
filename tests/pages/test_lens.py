"""Every lens and choice of these pages has its key in the address; an address without sense shows the first one."""

from __future__ import annotations

import pytest

from pages.parts.augmentations.lenses import LENSES as AUGMENTATIONS
from pages.parts.mixing.lenses import LENSES as MIXING
from pages.parts.predict.lenses import LENSES as PREDICT
from pages.parts.smote.lenses import LENSES as SMOTE
from ssl_core.train.config import configure
from tests.pages.conftest import problems
from tests.pages.test_predict import finish

CHOOSERS = {
    "augmentations.py": ("tab", AUGMENTATIONS),
    "mixing.py": ("lens", MIXING),
    "smote.py": ("smote_lens", SMOTE),
    "predict.py": ("behind_it", PREDICT),
}


@pytest.fixture
def look(store, visit):
    """look("smote.py", "trace") -> the page with that in its address, and a network to ask."""
    finish(store, configure("digits", "supervised", 20, 0))
    return lambda page, value: visit(page, **{CHOOSERS[page][0]: value})


@pytest.mark.parametrize("value", ["", "nothing", "<script>alert(1)</script>", "../../etc/passwd", "nan", "x" * 5000])
@pytest.mark.parametrize("page", CHOOSERS)
def test_an_address_without_a_lens_shows_the_first(look, page, value):
    key, lenses = CHOOSERS[page]
    shown = look(page, value)
    assert problems(shown) == []
    assert shown.segmented_control(key=key).value == next(iter(lenses))


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, (_, lenses) in CHOOSERS.items() for name in lenses])
def test_a_link_opens_its_lens_by_its_key_or_by_the_title_it_used_to_hold(look, page, name):
    key, lenses = CHOOSERS[page]
    for value in (name, lenses[name].title):
        shown = look(page, value)
        assert [e.value for e in shown.exception] == []
        assert shown.segmented_control(key=key).value == name


LINKS = [  # page, parameter, what links used to hold, the key of today, what must stand in the address besides
    ("augmentations.py", "pictures", "digits", "digits", {}),
    ("augmentations.py", "export", "JSON", "json", {"tab": "code"}),
    ("mixing.py", "mix", "CutMix", "cutmix", {}),
    ("mixing.py", "from_a", "Shapes, 32×32 colour", "shapes", {}),
    ("mixing.py", "from_b", "Shapes, 32×32 colour", "shapes", {}),
    ("mixing.py", "grain", "one λ for the whole batch", "batch", {"lens": "batch"}),
    ("mixing.py", "partner", "the picture before it", "roll", {"lens": "batch"}),
    ("smote.py", "source", "Toy: a ring", "ring", {}),
    ("smote.py", "variant", "ADASYN", "adasyn", {}),
    ("smote.py", "space", "Principal components", "pca", {}),
    ("smote.py", "look", "circle", "0", {"source": "shapes"}),
    ("smote.py", "classifier", "Nearest neighbour", "neighbour", {"smote_lens": "helped"}),
    ("predict.py", "source", "Several files or a zip", "many", {}),
    ("snow.py", "rho", "0.5: no link", "0.5", {}),
]


@pytest.mark.parametrize(("page", "key", "title", "name", "besides"), LINKS, ids=lambda part: str(part)[:24])
def test_a_link_of_before_and_one_of_today_choose_the_same(store, visit, page, key, title, name, besides):
    finish(store, configure("digits", "supervised", 20, 0))
    for value in (title, name):
        shown = visit(page, **besides, **{key: value})
        assert [e.value for e in shown.exception] == []
        assert str(shown.session_state[key]) == name
        assert shown.query_params[key] == name
