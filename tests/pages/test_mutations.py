"""Stores full of broken runs: every page that lists, charts or asks runs opens, and a broken run is a grey row."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from ssl_core.runs.listing import Listing
from ssl_core.train.config import configure
from tests.pages.conftest import HOUSE
from tests.runs.mutated import SEARCH, WITNESS, checkpoint, closed, populate  # noqa: F401 - two are fixtures
from tests.runs.mutations import mutations, whole_run

PAGES = {"home.py": {}, "training.py": {"experiment": "fuzz"}, "runs.py": {}, "search.py": {"search": SEARCH.id}}
PAGES |= {"predict.py": {}, "own.py": {}, "snow.py": {}, "data.py": {}}
PARTS = 10


@pytest.fixture
def frame():
    """The app, opened once; switching pages is what costs least."""
    return AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=120)


def opened(test: AppTest, page: str, query: dict[str, str]) -> list[str]:
    """Tracebacks on a page."""
    test.query_params.clear()
    test.switch_page(str(HOUSE / "pages" / page))
    for key, value in query.items():
        test.query_params[key] = value
    test.run()
    return [wrong.value for wrong in test.exception]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutation_of_a_run_folder_breaks_a_page(frame, store, checkpoint, closed, part):  # noqa: F811
    WITNESS.unlink(missing_ok=True)
    names = populate(store, mutations(seed=0)[part::PARTS], checkpoint)
    good = whole_run(store.root, "20270101-good", configure("digits", "fixmatch", 20, 0).to_dict(), "done", checkpoint)
    closed(store.root)
    frame.run()
    for page, query in PAGES.items():
        began = time.monotonic()
        assert opened(frame, page, query) == [], (page, sorted(names.values()))
        print(f"{page} {time.monotonic() - began:.2f} s", end="; ")
        assert frame.title[0].value
        if page == "runs.py":
            shown = frame.dataframe[0].value.set_index("run")
            assert shown.loc[good.name, "state"] == "done"
            assert set(shown.index) == {row["run"] for row in Listing(store).rows()}
            assert (shown.loc[shown["state"] == "broken", "why"].str.len() > 10).all()
    assert not WITNESS.exists()


VIEWS = ("curves", "settings", "confusions", "recall", "classes", "mistakes")


@pytest.mark.parametrize("view", VIEWS)
def test_no_mutation_breaks_a_view_of_compared_runs(frame, store, checkpoint, closed, view):  # noqa: F811
    wrong = mutations(seed=1)
    if view in ("confusions", "mistakes"):  # what asks the network
        wrong = [mutation for mutation in wrong if mutation.name.startswith("checkpoint.pt")]
    names = populate(store, wrong[:80], checkpoint)
    closed(store.root)
    frame.run()
    for first in range(0, len(names), 8):
        some = list(names)[first : first + 8]
        assert opened(frame, "runs.py", {"compare": ",".join(some), "view": view}) == [], [names[run] for run in some]
    assert not WITNESS.exists()


@pytest.mark.parametrize("lens", ["table", "map", "parallel", "importance", "slices"])
def test_no_mutation_breaks_a_lens_of_a_search(frame, store, checkpoint, closed, lens):  # noqa: F811
    names = populate(store, mutations(seed=2)[:200], checkpoint)
    closed(store.root)
    frame.run()
    assert opened(frame, "search.py", {"search": SEARCH.id, "search_lens": lens}) == [], sorted(names.values())
    assert SEARCH.method.lower() in " ".join(m.value for m in frame.markdown).lower()
