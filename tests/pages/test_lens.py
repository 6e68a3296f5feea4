"""Every lens of every page can be reached by its address, and an address without sense shows the first one."""

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
def test_a_link_that_holds_a_title_opens_its_lens(look, page, name):
    key, lenses = CHOOSERS[page]
    shown = look(page, lenses[name].title)
    assert [e.value for e in shown.exception] == []
    assert shown.segmented_control(key=key).value == name
