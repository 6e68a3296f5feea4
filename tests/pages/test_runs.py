"""The Runs page: filters, a broken run, what is chosen, and what can be done with it."""

from __future__ import annotations

import pytest

from ssl_core.runs.files import write_json
from ssl_core.train.config import configure
from tests.pages.conftest import problems


@pytest.fixture
def runs(store):
    """Five finished runs of two methods and one broken folder."""
    made = []
    for seed in range(5):
        config = configure("digits", ("supervised", "fixmatch")[seed % 2], 20, seed, {"steps": 60}).to_dict()
        made.append(store.add(config | {"experiment": f"digits-{seed % 2}"}))
        state = {"state": "stopped" if seed == 4 else "done", "why": "", "step": 60, "seconds": 1.0}
        write_json(made[-1].folder / "end.json", state | {"test_accuracy": 0.5 + seed / 10})
        rows = "".join(
            f'{{"step": {step}, "images": {step}, "seconds": 0.1, "loss": 1.5, "test_accuracy": 0.5}}\n'
            for step in (0, 30, 60)
        )
        (made[-1].folder / "metrics.jsonl").write_text(rows)
    broken = store.root / "20260101-000000000-broken"
    broken.mkdir()
    (broken / "config.json").write_text("{")
    return made


def table(page):
    return page.dataframe[0].value


def test_newest_first_and_a_broken_folder_is_one_row_with_its_reason(visit, runs):
    page = visit("runs.py")
    assert problems(page) == []
    shown = table(page)
    assert list(shown["run"]) == [*(run.name for run in reversed(runs)), "20260101-000000000-broken"]
    assert list(shown["state"]) == ["stopped", "done", "done", "done", "done", "broken"]
    assert "config.json cannot be read" in shown["why"].iloc[-1]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"runs-state": "stopped"}, 1),
        ({"runs-state": "broken"}, 1),
        ({"runs-method": "FixMatch"}, 2),
        ({"runs-experiment": "digits-0"}, 3),
        ({"find": "FIXMATCH s1"}, 1),
        ({"runs-state": "done", "runs-method": "Supervised"}, 2),
    ],
)
def test_filters_are_in_the_address(visit, runs, query, count):
    assert len(table(visit("runs.py", **query))) == count


def test_filters_that_let_nothing_pass_say_so(visit, runs):
    page = visit("runs.py", find="nothing like it")
    assert "No run passes" in page.info[0].value
