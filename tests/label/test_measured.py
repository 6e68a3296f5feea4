"""No order is praised beyond what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ssl_core.label.measured import FILE, gain, grid, markdown, table, verdict, words
from ssl_core.label.order_cards import ORDER_CARDS


def measured(random, typical):
    """A table of one set and 10 labels with these accuracies."""
    orders = {
        name: {str(n): {"10": [share, 9]} for n, share in enumerate(each)}
        for name, each in (("random", random), ("typical", typical))
    }
    return {"sets": {"cifar10": {"title": "CIFAR-10", "orders": orders}}}


SPREAD = [-0.02, -0.01, 0.0, 0.01, 0.02]


def test_a_clear_gain_a_clear_loss_and_none_at_all_are_said_as_such():
    base = [0.4 + more for more in SPREAD]
    ahead = verdict("typical", measured(base, [0.55 + more for more in SPREAD]))
    assert ahead == "FixMatch was ahead of random draws by 15.0 points with 10 labels (cifar10)."
    behind = verdict("typical", measured(base, [0.3 + more for more in SPREAD]))
    assert behind == "FixMatch was behind random draws by 10.0 points with 10 labels (cifar10)."
    even = verdict("typical", measured(base, [0.405 + more for more in SPREAD]))
    assert even == "FixMatch made no difference that can be told from chance in any of 1 cases."


def test_few_repeats_say_nothing():
    few = measured([0.4] * 4, [0.9] * 4)
    assert gain(few, "cifar10", "typical", 10) is None
    assert verdict("typical", few) == "Not measured yet."
    assert verdict("random", few) == ""
    assert gain(few, "nothing", "typical", 10) is None


def test_a_gain_is_welchs():
    over = gain(
        measured([0.4 + more for more in SPREAD], [0.5 + 2 * more for more in SPREAD]), "cifar10", "typical", 10
    )
    assert over.points == pytest.approx(10)
    assert over.high - over.points == pytest.approx(2.1 * (2.5 / 5 + 10 / 5) ** 0.5)  # variances 2.5 and 10 of points²
    assert words(over) == "+10.0 ± 3.3"


def test_the_table_that_is_shipped_is_about_the_orders_there_are():
    if not FILE.exists():
        pytest.skip("nothing was measured yet")
    told = json.loads(FILE.read_text())
    assert told["command"] == "python -m tests.benchmarks.orders"
    for about in told["sets"].values():
        assert set(about["orders"]) <= {*ORDER_CARDS, "balanced"}
    assert table()["sets"].keys() == told["sets"].keys()
    assert all(verdict(name).endswith(".") or name == "random" for name in ORDER_CARDS)


def test_the_readme_shows_the_table_that_is_shipped():
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    for name in table()["sets"]:
        assert markdown(table(), name) in readme


def test_a_cell_is_the_mean_its_range_and_the_gain():
    rows = grid(measured([0.4 + more for more in SPREAD], [0.55 + more for more in SPREAD]), "cifar10")
    assert rows[0] == {"Order": "random", "10 labels": "40.0 (38–42)"}
    assert rows[1] == {"Order": "typical", "10 labels": "55.0 (53–57), +15.0 ± 2.1"}
