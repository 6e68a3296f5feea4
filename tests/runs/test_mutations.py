"""Whatever is wrong with one run folder, everything that reads it ends in a row or a sentence, and nothing is followed."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import pytest

from ssl_core.export.formats import command_line, config_json, event_files, rows_csv, zipped
from ssl_core.figures.accuracy import accuracy_chart, accuracy_words
from ssl_core.figures.compare import class_chart, class_words, metrics_of, overlay_chart, overlay_words, titles
from ssl_core.figures.curves import curve_words, loss_chart, quality_chart
from ssl_core.figures.recall import has_recall, recall_chart, recall_words
from ssl_core.figures.replay import accuracy_frames
from ssl_core.figures.wall import quality_bars, quality_words, wall_key, wall_moments, wall_words, with_quality
from ssl_core.runs import runner
from ssl_core.runs.again import afresh, can_begin_afresh, other_seeds, resume
from ssl_core.runs.archive import archive, delete, restore
from ssl_core.runs.differences import differences
from ssl_core.runs.files import write_json
from ssl_core.runs.listing import Listing
from ssl_core.runs.origin import classes_of
from ssl_core.runs.progress import ceiling_of, describe, estimate, experiments, finished
from ssl_core.runs.replay import past
from ssl_core.runs.store import ARCHIVE, STATES, Store, Unreachable, stop
from ssl_core.runs.trained import load_trained
from ssl_core.runs.wall import changes, moments, sheet
from ssl_core.runs.worker import work
from ssl_core.search.plan import folder_of, read_search
from ssl_core.search.proposer import build_study
from ssl_core.search.trials import best_of, status, trials_of
from ssl_core.search.words import as_row, verdict
from ssl_core.train.config import configure
from ssl_core.worth import said
from tests.runs.mutated import SEARCH, WITNESS, checkpoint, closed, populate  # noqa: F401 - two are fixtures
from tests.runs.mutations import CONTENTS, SHEET, VALUES, mutations, put, whole_run


def read_every_way(run) -> None:
    """What pages and terminal ask of one run."""
    row, rows = describe(run), run.tail.read()
    assert row["state"] in (*STATES, "stopping")
    assert row["state"] != "broken" or row["why"], "a broken run says why"
    json.dumps(row, allow_nan=False)
    (row["run"], row["why"], run.log(), run.reason())
    for text in (row["why"], row["phase"], row["data"] or "", row["method"] or ""):
        text.encode()
    title = titles([run.config])[0]
    names = classes_of(run.config) or tuple("abcdefghij")
    for metric in metrics_of([rows]):
        json.dumps(overlay_chart({title: rows}, metric, [run.config.get("method")], smoothing=0.5), allow_nan=False)
        overlay_words({title: rows}, metric)
    for what in ("right", "used"):
        json.dumps(class_chart(rows, names, what), allow_nan=False)
    class_words(rows, names)
    if has_recall(row, names):
        json.dumps(recall_chart({title: row}, names), allow_nan=False)
    recall_words(row, names)
    json.dumps([quality_chart(rows, "x"), loss_chart(rows, "x")], allow_nan=False)
    curve_words(rows)
    played = moments(run)
    drawn = wall_moments(played, changes(played), row["steps"])
    json.dumps(drawn, allow_nan=False)
    assert all(
        len(moment[name]) == len(drawn[0]["guess"]) for moment in drawn for name in ("guess", "counts", "changes")
    )
    for one in played[-1:]:
        (wall_words(one), wall_key(one))
    for one in with_quality(rows, names)[-1:]:
        json.dumps(quality_bars(one, names, 1.0), allow_nan=False)
        quality_words(one, names)
    assert sheet(run) in (None, SHEET)
    if run.config:  # else it is in no experiment
        json.dumps(accuracy_frames(past([run], [row]), None), allow_nan=False)
    differences([run])
    rows_csv(run).encode()
    config_json(run).encode()
    finished(row)
    can_begin_afresh(run)
    for sentence_or_value in (lambda: other_seeds([run], run, 1), lambda: command_line(run)):
        try:
            sentence_or_value()
        except ValueError as wrong:
            assert str(wrong)


def read_together(store: Store) -> None:
    """What pages ask of all runs at once."""
    rows = Listing(store).rows()
    json.dumps(rows, allow_nan=False)
    assert {row["run"] for row in rows} == {run.name for run in store.runs()}
    for name in experiments(store):
        mine = [describe(run) for run in store.of_experiment(name)]
        json.dumps(accuracy_chart(mine, chance=0.1), allow_nan=False)
        accuracy_words(mine)
        said(mine)
    ceiling_of(store, "digits", 1000)
    estimate(store, [configure("digits", "fixmatch", 20, 0).to_dict()], 2)
    trials = trials_of(store, SEARCH.id, SEARCH)
    json.dumps([as_row(trial) for trial in trials], allow_nan=False)
    status(store, SEARCH.id, SEARCH, trials, 2)
    verdict(trials)
    best_of(trials)


@pytest.mark.parametrize("part", range(10))
def test_one_wrong_thing_is_one_row_and_takes_nothing_from_anybody(store, checkpoint, closed, part):  # noqa: F811
    WITNESS.unlink(missing_ok=True)
    wrong = mutations(seed=0)[part::10]
    names = populate(store, wrong, checkpoint)
    good = whole_run(store.root, "20270101-good", configure("digits", "fixmatch", 20, 0).to_dict(), "done", checkpoint)
    closed(store.root)
    began = time.monotonic()
    broken = []
    for run in store.runs():
        try:
            read_every_way(run)
        except Exception as wrong_one:
            broken.append(f"{names.get(run.name)}: {type(wrong_one).__name__}: {wrong_one}"[:300])
    assert broken == []
    read_together(store)
    assert describe(store.run(good.name))["state"] == "done"
    assert not WITNESS.exists()
    print(f"{len(names)} mutations in {time.monotonic() - began:.1f} s")


def test_no_checkpoint_does_anything_but_answer_or_say_why_not(store, checkpoint):  # noqa: F811
    wrong = [mutation for mutation in mutations(seed=0) if mutation.name.startswith("checkpoint.pt ")]
    assert len(wrong) > 60
    wrong = [mutation._replace(state="done") for mutation in wrong]
    names = populate(store, wrong, checkpoint)
    WITNESS.unlink(missing_ok=True)
    heard = {}
    for run in store.runs():
        try:
            _, model = load_trained(run)
            heard[names[run.name]] = bool(next(model.parameters()).isfinite().all())
        except ValueError as wrong_one:
            heard[names[run.name]] = str(wrong_one)
            assert str(wrong_one).endswith((".", "?")), names[run.name]
    assert all(value is True or isinstance(value, str) for value in heard.values()), "no number of a network is NaN"
    assert "afresh" in heard["checkpoint.pt is a picture"]
    assert not WITNESS.exists()


def test_no_checkpoint_takes_a_worker_further_than_a_sentence(store, checkpoint):  # noqa: F811
    wrong = [mutation for mutation in mutations(seed=0) if mutation.name.startswith("checkpoint.pt ")][::3]
    names = populate(store, wrong, checkpoint)
    WITNESS.unlink(missing_ok=True)
    for run in store.runs():
        run.resume()
        if run.state == "queued":
            end = work(run.folder)
            assert end["state"] in ("done", "failed"), names[run.name]
            assert "Error" not in end["why"] and "\n" not in end["why"], (names[run.name], end["why"])
    assert not WITNESS.exists()


def test_what_is_taken_along_holds_no_file_from_elsewhere(store, checkpoint):  # noqa: F811
    wrong = [mutation for mutation in mutations(seed=0) if " link" in mutation.name or "closed" in mutation.name]
    populate(store, [mutation for mutation in wrong if "folder" not in mutation.name], checkpoint)
    with zipfile.ZipFile(io.BytesIO(zipped(store.runs()))) as file:
        assert len(file.namelist()) > 100
        secret = Path("/etc/passwd").read_bytes()
        assert not any(file.read(name) == secret for name in file.namelist())


def test_event_files_of_every_record_can_be_written(store, checkpoint):  # noqa: F811
    wrong = [mutation for mutation in mutations(seed=0) if mutation.name.startswith("metrics.jsonl")]
    populate(store, wrong[::12], checkpoint)
    assert event_files(store.runs())


@pytest.mark.parametrize("part", range(3))
def test_whatever_is_done_to_a_broken_run_is_done_or_a_sentence(store, checkpoint, monkeypatch, part):  # noqa: F811
    monkeypatch.setattr(runner, "ensure_runner", lambda store: store.wake())
    names = populate(store, mutations(seed=3)[part::12], checkpoint)
    shelf = Store(store.root / ARCHIVE)

    def tried(what, *args) -> None:
        try:
            what(*args)
        except (ValueError, Unreachable) as wrong:
            assert str(wrong), names[run.name]

    for run in store.runs():
        for what, *args in ((stop, [run], "why"), (run.stop,), (resume, store, [run]), (afresh, store, run)):
            tried(what, *args)
        assert run.state in STATES
        (run.folder / "stop").unlink(missing_ok=True)
        write_json(run.folder / "end.json", {"state": "stopped"})
        tried(archive, store, run)
        if aside := shelf.run(run.name):
            tried(restore, shelf, aside)
        if back := store.run(run.name):
            tried(delete, store, back)
    left = [run.name for run in store.runs()]
    assert left == [], [names[name] for name in left]
    assert Path("/etc/passwd").read_bytes()


def test_no_search_json_does_more_than_say_what_is_wrong(store, checkpoint):  # noqa: F811
    populate(store, mutations(seed=4)[:20], checkpoint)
    path, whole = folder_of(store, SEARCH.id) / "search.json", SEARCH.to_dict()
    places = [*((key,) for key in whole), *(("knobs", "threshold", key) for key in whole["knobs"]["threshold"])]
    cases = [(place, what, value) for place in places for what, value in VALUES.items()]
    contents = {f"{place} is {what}": json.dumps(put(whole, place, value)).encode() for place, what, value in cases}
    for what, content in (contents | CONTENTS).items():
        path.write_bytes(content)
        try:
            search = read_search(store, SEARCH.id)
        except ValueError as wrong:
            assert str(wrong), what
            continue
        try:
            trials = trials_of(store, SEARCH.id, search)
            status(store, SEARCH.id, search, trials, 2)
            json.dumps([as_row(trial) for trial in trials], allow_nan=False)
            build_study(search, trials)
        except Exception as wrong:
            pytest.fail(f"search.json: {what}: {type(wrong).__name__}: {wrong}")
