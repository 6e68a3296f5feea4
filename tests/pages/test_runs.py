"""The Runs page: filters, a broken run, what is chosen, and what can be done with it."""

from __future__ import annotations

import json

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
    shares = [100 * run.end["test_accuracy"] for run in reversed(runs)]
    assert list(shown["test_accuracy"])[: len(runs)] == pytest.approx(shares), "in per cent, with one digit each"


def test_of_more_runs_than_a_table_takes_the_newest_are_shown_and_filters_find_the_others(visit, runs, monkeypatch):
    monkeypatch.setattr("pages.parts.runs.table.NEWEST", 2)
    page = visit("runs.py")
    assert list(table(page)["run"]) == [run.name for run in reversed(runs[3:])]
    assert "2 of 6 runs. They are the newest: older ones are found by the filters." in page.caption[-1].value
    page.text_input(key="find").set_value("s0").run()
    assert list(table(page)["run"]) == [runs[0].name]
    assert "1 of 6 runs. Click" in page.caption[-1].value


def test_what_features_were_learned_from_stands_beside_the_runs_that_have_some(visit, runs, store):
    assert "features" not in visit("runs.py").dataframe[0].proto.column_order
    store.add(configure("digits", "fixmatch", 20, 0, {"model": "efficientnet_lite0"}).to_dict())
    page = visit("runs.py")
    assert "features" in page.dataframe[0].proto.column_order
    assert "ImageNet" in table(page)["features"].iloc[0]
    assert not table(page)["features"].iloc[1]


@pytest.mark.parametrize("number", [10**30, "many", None, True, [1], {"a": 1}, 1e308])
def test_nonsense_in_the_files_of_one_run_hides_no_other(visit, runs, store, number):
    values = configure("digits", "fixmatch", 20, 0).to_dict() | {"experiment": "digits-0"}
    wrong = [store.add(values) for _ in range(4)]
    whole = {"state": "done", "why": "", "step": 1, "seconds": 1.0, "test_accuracy": 0.5}
    write_json(wrong[0].folder / "config.json", values | {"labels": number, "seed": number, "created": number})
    write_json(wrong[1].folder / "end.json", whole | {"seconds": number, "test_accuracy": number, "why": number})
    write_json(wrong[2].folder / "end.json", {"state": "done", "why": number, "seconds": number})
    row = {"step": number, "seconds": number, "test_accuracy": number, "loss": number, "pseudo_counts": number}
    (wrong[3].folder / "metrics.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(row | {"step": 3}) + "\n")
    page = visit("runs.py", compare=",".join(run.name for run in wrong))
    assert problems(page) == []
    assert len(table(page)) == 10


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


def test_the_address_chooses_what_is_compared(visit, runs):
    page = visit("runs.py", compare=f"{runs[0].name},nonsense,../../etc,{runs[1].name}")
    assert problems(page) == []
    words = next(c.value for c in page.caption if "last value" in c.value)
    assert "Supervised, 20 labels, seed 0: 50.0 %" in words
    assert "FixMatch, 20 labels, seed 1" in words


@pytest.mark.parametrize("view", ["Settings", "Confusions", "Pseudo-labels by class", "Mistakes"])
def test_runs_without_weights_or_guesses_say_so_in_every_view(visit, runs, view):
    page = visit("runs.py", compare=f"{runs[0].name},20260101-000000000-broken", view=view)
    assert problems(page) == []


def test_the_settings_that_differ_are_listed_and_no_others(visit, runs):
    page = visit("runs.py", compare=f"{runs[0].name},{runs[2].name}", view="Settings")
    assert list(page.dataframe[1].value["Setting"]) == ["Seed"]


def test_resume_queues_what_was_stopped(visit, runs):
    page = visit("runs.py", compare=runs[3].name)
    assert page.button(key="resume").disabled
    page = visit("runs.py", compare=",".join(run.name for run in runs[3:]))
    page.button(key="resume").click().run()
    assert problems(page) == []
    assert [run.state for run in runs] == ["done", "done", "done", "done", "queued"]


def test_other_seeds_are_queued(visit, runs, store):
    page = visit("runs.py", compare=runs[0].name)
    page.number_input(key="more_seeds").set_value(3).run()
    page.button(key="start_seeds").click().run()
    assert problems(page) == []
    new = [run for run in store.runs() if run.state == "queued"]
    assert [run.config["seed"] for run in new] == [1, 3, 5]
    assert {run.config["experiment"] for run in new} == {"digits-0"}


@pytest.mark.parametrize("word", ["Archive", "Delete"])
def test_archive_and_delete_ask_first_and_touch_the_chosen_alone(visit, runs, store, word):
    page = visit("runs.py", compare=f"{runs[0].name},{runs[1].name}")
    next(b for b in page.button if b.label == word).click().run()
    assert problems(page) == []
    assert len(store.runs()) == 6
    page.button(key="sure").click().run()
    assert problems(page) == []
    assert [run.name for run in store.runs()] == ["20260101-000000000-broken", *(run.name for run in runs[2:])]
    shelved = sorted(p.name for p in (store.root / "archive").iterdir()) if word == "Archive" else []
    assert shelved == ([runs[0].name, runs[1].name] if word == "Archive" else [])
    if word == "Archive":
        page = visit("runs.py", archived="true", compare=runs[0].name)
        assert len(table(page)) == 2
        next(b for b in page.button if b.label == "Put back").click().run()
        assert runs[0].name in [run.name for run in store.runs()]


def test_a_running_run_is_not_deleted_but_a_sentence_is_shown(visit, runs, store):
    with runs[0].lock():
        (runs[0].folder / "end.json").unlink()
        page = visit("runs.py", compare=runs[0].name)
        next(b for b in page.button if b.label == "Delete").click().run()
        page.button(key="sure").click().run()
        assert "running: stop it first" in page.error[0].value
    assert store.run(runs[0].name)


def test_a_run_whose_checkpoint_is_no_good_is_started_afresh_after_a_question(visit, runs, store):
    stopped, done = runs[4], runs[0]
    (stopped.folder / "checkpoint.pt").write_bytes(b"no network")
    page = visit("runs.py", compare=done.name)
    assert page.button(key="afresh").disabled
    page = visit("runs.py", compare=f"{done.name},{stopped.name}")
    page.button(key="afresh").click().run()
    assert stopped.state == "stopped", "it asks first"
    page.button(key="sure").click().run()
    assert problems(page) == []
    assert (done.state, stopped.state) == ("done", "queued")
    assert not (stopped.folder / "checkpoint.pt").exists()
    assert page.query_params["compare"] in (both := f"{done.name},{stopped.name}", [both])


def test_an_archive_that_is_a_link_is_not_followed(visit, runs, store, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    runs[0].folder.rename(outside / runs[0].name)
    (store.root / "archive").symlink_to(outside)
    page = visit("runs.py", archived="true")
    assert problems(page) == []
    assert runs[0].name not in list(table(page)["run"])
    assert page.toggle(key="archived").disabled
