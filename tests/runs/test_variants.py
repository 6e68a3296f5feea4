"""Variants: lines of one experiment that are told apart by their knobs, from the text of a link to the chart."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssl_core.data.catalog import BUILT_IN
from ssl_core.export.formats import zipped
from ssl_core.figures.accuracy import accuracy_chart, accuracy_words
from ssl_core.figures.compare import titles
from ssl_core.figures.look import look, looks
from ssl_core.lines import Line, line_of
from ssl_core.method_cards import CARDS
from ssl_core.methods.ablation import ABLATIONS, taken_apart
from ssl_core.runs.ablate import accuracies, found, plan, read_table, write_table
from ssl_core.runs.budget import fit
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.listing import Listing, choose
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store
from ssl_core.runs.variants import Variant, read_text, read_variant, to_text
from ssl_core.runs.worker import work
from ssl_core.train.config import defaults

USUAL = defaults("digits", "fixmatch")["threshold"]
LOW, HIGH = Variant("fixmatch", {"threshold": 0.7}), Variant("fixmatch", {"threshold": 0.99}, "high, and named")
SHORT = {"steps": 12, "evaluations": 2, "batch": 8}


def of(variants, methods=(), **more):
    return Experiment("digits", methods, [20], [0, 1], variants=variants, **more)


def test_variants_are_lines_with_a_name_made_of_what_differs():
    experiment = of([LOW, HIGH], ["fixmatch"], knobs={"fixmatch": {"weight": 2.0}})
    assert [line.title for line in experiment.lines] == ["FixMatch", "FixMatch, τ = 0.7", "FixMatch, high, and named"]
    seen = {(c.get("variant"), c["seed"], c["knobs"]["threshold"], c["knobs"]["weight"]) for c in experiment.plain()}
    values = ((None, USUAL), ("τ = 0.7", 0.7), ("high, and named", 0.99))
    assert seen == {(name, seed, threshold, 2.0) for name, threshold in values for seed in (0, 1)}


def test_an_experiment_without_variants_is_what_it_was():
    plain = of((), ["supervised", "fixmatch"])
    assert all("variant" not in config for config in plain.plain())
    assert plain.id != of([LOW], ["supervised", "fixmatch"]).id != of([HIGH], ["supervised", "fixmatch"]).id
    assert of([LOW, HIGH]).id == of([HIGH, LOW]).id


@pytest.mark.parametrize(
    ("variants", "words"),
    [
        ([Variant("fixmatch", {"threshold": USUAL})], "is the same as FixMatch"),
        ([LOW, Variant("fixmatch", {"threshold": 0.7}, "again")], "is the same as FixMatch, τ = 0.7"),
        ([LOW, Variant("fixmatch", {"threshold": 0.6}, "τ = 0.7")], "Two variants are called"),
        ([Variant("fixmatch", {"threshold": 7.0})], "must lie between"),
        ([Variant("fixmatch", {"thresold": 0.5})], "Did you mean threshold?"),
        ([Variant("fixmatch", {"threshold": n / 100}) for n in range(30)], "at most 24"),
        ([Variant("fixmatch", {"threshold": 0.7}, "x\ny")], "in one line"),
    ],
)
def test_what_is_no_variant_is_one_sentence(store, variants, words):
    with pytest.raises(ValueError, match=r"^[^\n]+\.?$") as wrong:
        enqueue(store, of(variants, ["fixmatch"]))
    assert words in str(wrong.value)
    assert store.runs() == []


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1), st.booleans(), st.text("abτλ =,'\"\\()>", min_size=1, max_size=20))
def test_text_says_every_variant_exactly(threshold, align, name):
    one = Variant(
        "fixmatch", {"threshold": threshold, "align": align, "strong": "rotate(0..30)@0.5 > hole"}, name.strip()
    )
    assert read_text(to_text(one)) == one


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with its method"),
        ("nothing x=1", "begins with its method"),
        ("\0", "begins with its method"),
        ("fixmatch", "changes a knob"),
        ("fixmatch tau=1", "has no knob 'tau'"),
        ("fixmatch threshold", "is name=value"),
        ("fixmatch threshold=x", "must be a number"),
        ("fixmatch 'x", "is not closed"),
        ("fixmatch name=", "1 to 60 characters"),
    ],
)
def test_text_that_is_no_variant_is_one_sentence(text, words):
    with pytest.raises(ValueError, match=r"^[^\n]+[.?]$") as wrong:
        read_text(text)
    assert words in str(wrong.value)


def test_words_of_a_terminal_are_read_as_the_text_is():
    assert read_variant(["fixmatch", "threshold=0.7"]) == LOW == read_text("fixmatch threshold=0.7")


def test_a_budget_shortens_variants_too(store):
    steps = Variant("fixmatch", {"steps": 900})
    whole = of([LOW, steps], ["fixmatch"])
    before = whole.plain()
    configs = fit(store, whole, fit(store, whole, None, 2).seconds / 2, 2).experiment.plain()
    assert {c.get("variant") for c in configs} >= {"τ = 0.7"}
    assert len(configs) == len(before)
    for short, long in zip(configs, before, strict=True):
        assert short["training"]["steps"] < long["training"]["steps"]


def test_runs_of_variants_are_told_apart_everywhere_and_go_with_a_zip(store, tmp_path):
    launched = enqueue(store, of([LOW, HIGH], ["fixmatch"], knobs={"fixmatch": SHORT}))
    for run in launched.runs[:3]:
        assert work(run.folder)["state"] == "done", run.end
    assert (enqueue(store, of([HIGH, LOW], ["fixmatch"], knobs={"fixmatch": SHORT})).new) == 0
    rows = [describe(run) for run in launched.runs]
    names = ["FixMatch", "FixMatch, τ = 0.7", "FixMatch, high, and named"]
    assert [t["name"] for t in accuracy_chart(rows, chance=0.1)["data"] if t.get("mode") == "markers"] == names
    assert all(f"{name}: " in accuracy_words(rows) for name in names)
    assert len(set(titles([run.config for run in launched.runs]))) == 6
    listed = Listing(store).rows()
    assert {row["variant"] for row in listed} == {"", "τ = 0.7", "high, and named"}
    assert len(choose(listed, text="named")) == 2
    with zipfile.ZipFile(io.BytesIO(zipped(launched.runs))) as file:
        file.extractall(tmp_path / "unpacked")
    assert {r.config.get("variant", "") for r in Store(tmp_path / "unpacked").runs()} == {
        row["variant"] for row in rows
    }


@pytest.mark.parametrize("value", [7, None, "x" * 300, "two\nlines", ["a"]])
def test_a_variant_written_by_hand_breaks_at_most_its_own_run(store, short, value):
    run = store.add(short())
    config = json.loads((run.folder / "config.json").read_text()) | {"variant": value}
    (run.folder / "config.json").write_text(json.dumps(config))
    row = describe(Store(store.root).runs()[0])
    assert row["state"] == ("queued" if value is None else "broken")
    assert isinstance(row["variant"], str)


def test_runs_without_a_name_are_told_apart_by_the_knob_that_differs(short):
    one, two = short(method="fixmatch", threshold=0.8), short(method="fixmatch", threshold=0.9)
    assert titles([one, two]) == [
        "FixMatch, 20 labels, seed 0, threshold 0.8",
        "FixMatch, 20 labels, seed 0, threshold 0.9",
    ]
    assert titles([one, one])[1].endswith("(2)")


def test_every_line_of_a_chart_has_a_look_of_its_own():
    lines = [Line("mixmatch"), *(Line("fixmatch", f"{n}") for n in range(24)), Line("fixmatch")]
    drawn = looks(lines)
    assert list(drawn) == lines
    assert len({look[1:] for look in drawn.values()}) == len(lines)
    assert drawn[Line("mixmatch")] == look("mixmatch")
    assert drawn[Line("fixmatch")] == look("fixmatch")
    two = looks([Line("fixmatch", "a"), Line("fixmatch", "b")])
    assert len({colour for _, colour, _ in two.values()}) == 2
    assert line_of({"method": None}) == Line("")
    for most in range(1, len(CARDS)):
        lines = [*map(Line, list(CARDS)[:most]), *(Line("fixmatch", f"{n}") for n in range(24))]
        assert len({one[1:] for one in looks(lines).values()}) == len(lines), most


def test_every_method_with_rows_is_one_that_can_be_taken_apart():
    assert set(taken_apart()) == set(ABLATIONS), "rows of a method that nobody has"


@pytest.mark.parametrize("method", taken_apart())
def test_every_ablation_can_be_trained_and_each_of_its_changes_changes_something(method):
    first, *changes = found(method).rows
    assert first.knobs == {}
    planned = [plan(method, data, 20) for data in BUILT_IN]
    assert {line.name for one in planned for line in one.experiment.variants} == {row.name for row in changes}
    for one in planned:
        assert len(one.experiment.lines) + len(one.left_out) == len(found(method).rows)
        assert all(why.endswith("here that is the same as “as it is”.") for why in one.left_out)


def test_what_a_data_set_has_no_use_for_is_left_out_with_a_sentence(pets):
    from ssl_core.data import prepare

    name = prepare(f"folder:{pets}@16").name
    planned = plan("fixmatch", name, 8, knobs={"weight_decay": 0.0, "steps": 50, "threshold": 0.9})
    assert planned.left_out == ("no decay: here that is the same as “as it is”.",)
    with pytest.raises(ValueError, match="Nobody has taken VAT apart yet: choose mixmatch or fixmatch"):
        plan("vat", "digits", 20)


def test_accuracies_are_there_once_every_seed_of_a_variant_is_done():
    ablation = found("mixmatch")

    def row(variant, seed, value, state="done"):
        return {"method": "mixmatch", "variant": variant, "seed": seed, "value": value, "state": state}

    base = [row("", 1, 0.9), row("", 0, 0.8)]
    more = [row("K = 1", 0, 0.7), row("K = 1", 1, None, "running"), row("K = 3", 1, 0.6), row("K = 3", 0, 0.5)]
    assert accuracies(ablation, [*base, *more]) == {"as it is": [0.8, 0.9], "K = 3": [0.5, 0.6]}
    assert accuracies(ablation, [*base[:1], row("", 0, None, "queued"), *more]) == {}


def test_a_table_of_ablations_grows_and_another_file_is_left_alone(tmp_path):
    path = tmp_path / "table.json"
    write_table(path, "mixmatch", "digits", 20, {"test": {"as it is": [0.9]}})
    write_table(path, "fixmatch", "digits", 20, {"test": {}})
    assert set(read_table(path)["methods"]) == {"mixmatch", "fixmatch"}
    path.write_text("{}")
    with pytest.raises(ValueError, match="is no table of ablations"):
        write_table(path, "mixmatch", "digits", 20, {})


def test_a_name_of_a_knob_is_never_name():
    """Or a variant's text could not say it."""
    from ssl_core.train.config import all_knobs

    assert not any("name" in all_knobs(method) for method in CARDS)
