"""Variants on the Training form and a method taken apart on its card, as people click them."""

from __future__ import annotations

import json
from pathlib import Path

from ssl_core.effects import effects, sentences
from ssl_core.methods.ablation import ablation_of
from ssl_core.runs.ablate import plan
from ssl_core.runs.experiment import Experiment, enqueue
from ssl_core.runs.files import write_json
from ssl_core.runs.variants import Variant
from tests.pages.conftest import problems

STORED = json.loads((Path(__file__).resolve().parents[2] / "assets" / "ablations.json").read_text())["methods"]


def words(test) -> str:
    return "\n".join(m.value for m in [*test.markdown, *test.caption])


def test_a_variant_is_put_together_named_and_trained(visit, store):
    test = visit("training.py", methods="FixMatch", labels="20")
    assert test.button(key="add_variant").disabled
    test.multiselect(key="variant_knobs-fixmatch").set_value(["threshold", "align"]).run()
    test.number_input(key="variant-digits-fixmatch-threshold").set_value(0.9)
    test.toggle(key="variant-digits-fixmatch-align").set_value(False).run()
    assert test.text_input(key="variant_name").placeholder == "τ = 0.9, align = false"
    test.button(key="add_variant").click().run()
    assert test.multiselect(key="variant").value == ["fixmatch threshold=0.9 align=false"]
    assert test.query_params["variant"] == "fixmatch threshold=0.9 align=false"
    assert "3 runs" in words(test), "two lines and the one with every label"
    test.button(key="start").click().run()
    assert problems(test) == []
    made = {run.config.get("variant"): run.config["knobs"] for run in store.runs() if "role" not in run.config}
    assert set(made) == {None, "τ = 0.9, align = false"}
    assert (made["τ = 0.9, align = false"]["threshold"], made["τ = 0.9, align = false"]["align"]) == (0.9, False)


def test_a_link_brings_its_variants_and_what_is_none_is_a_sentence(visit):
    link = ["mixmatch views=1", 'fixmatch threshold=0.5 "name=**low** gate"', "fixmatch nonsense=<b>1</b>"]
    test = visit("training.py", variant=link)
    assert problems(test) == []
    assert test.multiselect(key="variant").value == link[:2]
    assert test.multiselect(key="variant").options == ["MixMatch, K = 1", "FixMatch, **low** gate"]
    (warning,) = test.warning
    assert "no knob" in warning.value
    assert "<b>" not in warning.value


def test_what_variants_change_is_said_once_all_is_done(visit, store):
    knobs = {"mixmatch": {"steps": 10, "batch": 8, "evaluations": 1}}
    one = Variant("mixmatch", {"views": 1})
    launched = enqueue(store, Experiment("digits", ["mixmatch"], [20], [0, 1], knobs, variants=[one]))
    for run in launched.runs:
        share = (0.9 if run.config.get("variant") is None else 0.8) + 0.01 * run.config["seed"]
        write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 10, "test_accuracy": share})
        line = {"step": 10, "images": 80, "seconds": 1.0, "test_accuracy": share}
        (run.folder / "metrics.jsonl").write_text(json.dumps(line) + "\n")
    test = visit("training.py", experiment=launched.id)
    assert problems(test) == []
    assert (
        "MixMatch and its variants with 20 labels: 1 of 1 changes moves the error by more than these seeds vary by chance (K = 1"
        in words(test)
    )


def test_a_method_is_taken_apart_by_one_button_as_an_ordinary_experiment(visit, store):
    test = visit("methods.py", method="mixmatch")
    assert problems(test) == []
    assert "Take it apart" in [s.value for s in test.subheader]
    assert "33 runs" in words(test)
    test.button(key="take_apart").click().run()
    assert problems(test) == []
    assert {run.config.get("variant", "") for run in store.runs()} == {
        "" if not row.knobs else row.name for row in ablation_of("mixmatch").rows
    }
    assert len({run.config["experiment"] for run in store.runs()}) == 1
    assert "Trained in this store: 0 of 33 runs done" in words(test)
    assert "Take it apart" not in [s.value for s in visit("methods.py", method="vat").subheader]


def test_what_was_measured_is_stored_with_its_command_and_shown_beside_what_is_published(visit):
    assert STORED
    for method, by_data in STORED.items():
        ablation = ablation_of(method)
        test = visit("methods.py", method=method)
        for data, by_count in by_data.items():
            for labels, entry in by_count.items():
                planned = plan(method, data, int(labels)).experiment.variants
                assert list(entry["test"]) == [ablation.rows[0].name, *(variant.name for variant in planned)]
                assert {len(shares) for shares in entry["test"].values()} == {len(entry["seeds"])} == {3}
                assert entry["command"] in words(test)
                made = effects(entry["test"], ablation.published, ablation.spread)
                assert sentences(made, ablation.spread)[0][:40] in words(test)
        assert "**published**" in words(test).lower()
