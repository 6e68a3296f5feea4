"""The table of results: made run by run, kept when it is interrupted, and what the app shows of it."""

from __future__ import annotations

import json

import pytest

from ssl_core.figures.results import measured_chart, measured_table, published_table, read_results, spread_words
from ssl_core.methods import METHODS
from ssl_core.runs import results
from ssl_core.runs.progress import measured_step
from ssl_core.runs.store import Store
from ssl_core.train.config import defaults
from tests.conftest import HOUSE


@pytest.fixture
def quick(monkeypatch):
    """Twelve steps instead of a thousand, two label counts, two seeds."""
    monkeypatch.setattr(results, "LABELS", {"digits": (10, 20)})
    monkeypatch.setattr(results, "SEEDS", (0, 1))
    monkeypatch.setattr("ssl_core.train.recipes._BY_DATA", {"digits": {"steps": 12, "evaluations": 1}})


def test_a_table_grows_method_by_method_and_keeps_what_it_has(tmp_path, quick):
    store, out, told = Store(tmp_path / "runs"), tmp_path / "results.json", []
    first = results.record(store, out, ["digits"], ["supervised"], told.append)
    assert set(first["data"]["digits"]["supervised"]) == {"10", "20"}
    assert all(len(row["test"]) == 2 for row in first["data"]["digits"]["supervised"].values())
    assert first["ceiling"]["digits"] > 0
    runs = len(store.runs())
    both = results.record(store, out, ["digits"], ["supervised", "pi_model"], told.append)
    assert both["data"]["digits"]["supervised"] == first["data"]["digits"]["supervised"]
    assert len(store.runs()) == runs + 4, "what is done is not trained again"
    assert json.loads(out.read_text()) == both
    assert any("digits pi_model 20 labels" in line for line in told)


def test_a_data_set_without_a_place_in_the_table_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^The table has digits, shapes, not 'none'\.$"):
        results.record(Store(tmp_path / "runs"), tmp_path / "x.json", ["none"], ["supervised"])


def test_a_method_worse_than_supervised_with_40_labels_says_why_on_its_card():
    table = read_results(HOUSE / "assets" / "results.json")["data"]["digits"]
    mean = {method: sum(row["40"]["test"]) / 3 for method, row in table.items()}
    assert set(mean) == set(METHODS), "run python -m ssl_core results"
    worse = [method for method, score in mean.items() if score < mean["supervised"]]
    assert [method for method in worse if "below supervised" not in METHODS[method].breaks] == []


def test_every_cell_of_the_recorded_table_has_three_seeds():
    for data, methods in read_results(HOUSE / "assets" / "results.json")["data"].items():
        for method, by_count in methods.items():
            assert set(by_count) == {str(count) for count in results.LABELS[data]}, (data, method)
            assert all(len(row["test"]) == len(results.SEEDS) for row in by_count.values()), (data, method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data", results.LABELS)
def test_a_short_run_takes_a_minute_at_most(data, method):
    """Steps of the recipe times a step's measured time (python -m tests.benchmarks.steps)."""
    assert defaults(data, method)["steps"] * measured_step(data, method) <= 60


def test_tables_and_chart_say_what_the_numbers_say():
    told = {"data": {"digits": {"fixmatch": {"20": {"test": [0.9, 0.95, 1.0]}}}}}
    assert spread_words([0.9, 0.95, 1.0]) == "95.0 (90–100)"
    assert measured_table(told, "digits").to_dict("records") == [{"Method": "FixMatch", "20 labels": "95.0 (90–100)"}]
    trace = measured_chart(told, "digits", "20", "fixmatch")["data"][0]
    assert trace["x"] == [90.0, 95.0, 100.0]
    assert measured_table(told, "shapes").empty


@pytest.mark.parametrize("data", ["cifar10", "cifar100", "svhn", "stl10"])
def test_published_figures_are_error_rates_with_a_source(data):
    sources = read_results(HOUSE / "assets" / "published.json")
    for source in sources:
        assert source["source"]
        assert source["note"]
        for cell in source["rows"]:
            assert cell["method"] in METHODS
            assert 0 < cell["error"] < 100
    table = published_table(sources, data)
    assert len(table) > 5
    assert (table["Source"].str.len() > 10).all()
