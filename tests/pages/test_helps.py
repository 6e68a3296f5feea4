"""Does it help, what a maker's pictures are worth, and where they go from the Generate page: without a browser."""

from __future__ import annotations

import pytest

from pages.parts.generate import helps as helps_part
from ssl_core.generate.config import configure
from ssl_core.helps import PLAIN, rows_of
from ssl_core.runs.files import write_json
from ssl_core.runs.helps import write_table
from ssl_core.runs.worker import work
from tests.pages.conftest import problems

HELPS = {"made_by": "helps"}
TINY = {"steps": 3, "batch": 8, "width": 4, "latent": 2, "frames": 1}


def words(test) -> str:
    return " ".join(part.value for kind in (test.markdown, test.caption, test.info) for part in kind)


def button(test, key: str):
    return next(one for one in test.button if one.key == key)


def test_the_page_shows_what_was_measured_with_the_sentence_it_earns(visit, tmp_path, monkeypatch):
    test = {PLAIN: [0.70, 0.72, 0.68], "mixup": [0.80, 0.83, 0.77], "vae": [0.66, 0.67, 0.65]}
    entry = {"command": "python -m ssl_core helps", "machine": "a box", "makers": ["vae"], "test": test}
    write_table(tmp_path / "made.json", "digits", 20, entry)
    write_table(tmp_path / "made.json", "gone", 20, entry)  # of a data set that is not here
    monkeypatch.setattr(helps_part, "ASSETS", tmp_path)
    page = visit("generate.py", **HELPS)
    assert problems(page) == []
    said = words(page)
    assert "Do pictures made by VAE help? No, they do harm: −4.0 ±" in said
    assert "simpler ways that do more" in said
    assert page.dataframe[0].value["Against plain (points)"].tolist()[0] == "–"
    monkeypatch.setattr(helps_part, "ASSETS", tmp_path / "nothing")
    assert "Nobody has measured this yet" in words(visit("generate.py", **HELPS))


def test_ones_own_comparison_is_an_ordinary_experiment(visit, store):
    page = visit("generate.py", **HELPS, helps_labels="40", helps_seeds="2", helps_each="10", helps_steps="7")
    assert problems(page) == []
    assert "**14 runs" in words(page)
    page = button(page, "helps_start").click().run()
    assert problems(page) == []
    runs = store.runs()
    assert len(runs) == 2 * len(rows_of(["vae"]))
    assert {run.config["training"]["steps"] for run in runs} == {7}
    fills = {run.config["training"]["fill_to"] for run in runs if run.config["training"]["rebalance"] != "none"}
    assert fills == {14}
    for run in runs:
        share = 0.8 if run.config["training"]["rebalance"] == "made:vae" else 0.6 + run.config["seed"] / 10
        (run.folder / "metrics.jsonl").write_text(f'{{"step": 7, "seconds": 1.0, "test_accuracy": {share}}}\n')
        write_json(run.folder / "end.json", {"state": "done", "why": "", "step": 7, "test_accuracy": share})
    page = visit("generate.py", **HELPS, helps_labels="40", helps_seeds="2", helps_each="10", helps_steps="7")
    assert problems(page) == []
    assert "+15.0 ±" in words(page)


def test_nobody_to_make_pictures_is_no_error(visit):
    page = visit("generate.py", **HELPS, helps_makers="")
    assert problems(page) == []


@pytest.fixture
def made(store, monkeypatch):
    monkeypatch.setenv("SSL_STORE", str(store.root))
    store.root.mkdir(parents=True, exist_ok=True)
    run = store.add(configure("digits", "vae", 20, 0, TINY).to_dict())
    assert work(run.folder)["state"] == "done"
    return run


def test_a_maker_that_has_learned_is_judged_and_its_pictures_can_be_used(visit, store, made):
    address = {f"digits-vae-{name}": str(value) for name, value in TINY.items()}
    page = visit("generate.py", made_by="vae", from_labels="20", **address)
    assert problems(page) == []
    numbers = {metric.label: metric.value for metric in page.metric}
    assert numbers.keys() == {"Recognised", "Distance from real", "Copies", "Diversity"}
    assert numbers["Recognised"].endswith(" %")
    assert [button.label for button in page.get("download_button")][-1].startswith("Download as class folders")
    link = next(one for one in page.get("page_link") if "Use in training" in one.proto.label)
    assert "digits-supervised-rebalance=made%3Avae" in link.proto.query_string
    training = visit("training.py", data="digits", methods="supervised", labels="20", seeds="1",
                     **{"digits-supervised-rebalance": f"made:{made.name}", "digits-supervised-fill_to": "9"})  # fmt: skip
    assert problems(training) == []
    assert not button(training, "start").disabled, words(training)
    button(training, "start").click().run()
    asked = [run.config["training"]["rebalance"] for run in store.runs() if run.config.get("experiment")]
    assert f"made:{made.name}" in asked
