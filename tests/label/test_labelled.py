"""A set with the labels of its journal: what a run learns from, and never finds changed."""

from __future__ import annotations

import pytest
import torch

from ssl_core.data import card, load, room
from ssl_core.data.card import UNKNOWN
from ssl_core.export.script import script
from ssl_core.label.annotators import Annotator
from ssl_core.label.labelled import keep_labelled, labelled, settle
from ssl_core.label.pictures import pictures_of
from ssl_core.label.session import journal_of
from ssl_core.runs.store import Store
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from tests.label.test_labels_in_out import birds


@pytest.fixture
def digits(store):
    data = load("digits")
    return data, journal_of(data), pictures_of(data)


def say(data, journal, pictures, count=20, wrong=0.0):
    rows = torch.arange(count)
    told = Annotator(data.labels, 10, wrong).say(rows).tolist()
    for row, label in zip(rows.tolist(), told, strict=True):
        journal.say("anna", {pictures.numbers[row]: data.card.classes[label]})
    return told


def test_labelling_a_known_set_hides_all_it_knew_but_its_test(digits):
    data, journal, pictures = digits
    told = say(data, journal, pictures)
    seen = labelled(data, journal)
    known = seen.labels != UNKNOWN
    assert int(known.sum()) == len(pictures.rows_of(pictures.numbers[:20]))
    assert seen.labels[:20].tolist() == told
    assert torch.equal(seen.test_labels, data.test_labels)
    assert seen.card.unknown == int((~known).sum())
    assert torch.equal(data.labels, load("digits").labels)  # the set itself is as it was


def test_kept_labels_are_what_a_run_trains_on(digits):
    data, journal, pictures = digits
    say(data, journal, pictures, 30)
    name = settle("labelled:digits")
    about = card(name)
    assert about.known == 30
    assert about.title.endswith("30 labels said here")
    config = configure(name, "supervised", 30, 0, {"steps": 5, "evaluations": 1})
    rows = []
    assert train(config, load(name), rows.append) == "done"
    assert rows[-1]["test_accuracy"] is not None


def test_equal_labels_are_one_set_and_a_label_more_is_another(digits):
    data, journal, pictures = digits
    say(data, journal, pictures)
    first = keep_labelled("digits")
    assert keep_labelled("digits") == first
    journal.say("anna", {pictures.numbers[500]: "3"})
    second = keep_labelled("digits")
    assert second.name != first.name
    assert second.fingerprint != first.fingerprint
    assert card(first.name) == first  # a run that began with it goes on with it
    journal.undo("anna")
    assert settle("labelled:digits") == first.name
    assert settle(first.name) == first.name


def test_nothing_said_is_a_sentence(digits):
    with pytest.raises(ValueError, match="Nobody has said the class of any picture of Digits, 8×8 grey yet"):
        settle("labelled:digits")
    _data, journal, pictures = digits
    journal.say("anna", {pictures.numbers[0]: "3"})
    with pytest.raises(ValueError, match="All labels so far are '3'"):
        settle("labelled:digits")
    with pytest.raises(ValueError, match="There is no data set"):
        settle("labelled:nothing")
    assert settle("digits") == "digits"


def test_pictures_nobody_knew_get_classes_and_can_be_trained_on(store, tmp_path, monkeypatch):
    name, _data, journal, pictures = birds(store, tmp_path, monkeypatch, count=12)
    journal.name_classes("anna", ["robin", "wren"])
    for row in range(8):
        journal.say("anna", {pictures.numbers[row]: ("robin", "wren")[row % 2]})
    kept = keep_labelled(name)
    assert kept.classes == ("robin", "wren")
    assert (kept.known, kept.unknown, kept.test) == (8, 4, 0)
    rows = []
    train(configure(kept.name, "fixmatch", 8, 0, {"steps": 3, "evaluations": 1}), load(kept.name), rows.append)
    assert rows[-1]["test_accuracy"] is None


def test_in_a_set_with_labels_of_its_own_the_journal_adds_and_corrects(digits):
    data, journal, pictures = digits
    right = int(data.labels[7])
    journal.say("anna", {pictures.numbers[7]: str((right + 1) % 10)})
    journal.say("anna", {pictures.numbers[8]: None})
    seen = labelled(data, journal, hide=False)
    assert seen.labels[7] == (right + 1) % 10
    assert seen.labels[8] == UNKNOWN
    assert int((seen.labels != data.labels).sum()) == len(pictures.rows_of([pictures.numbers[7], pictures.numbers[8]]))


def test_one_correction_over_a_set_s_own_labels_is_enough_to_train_on(digits):
    data, journal, pictures = digits
    truth = int(data.labels[0])
    journal.say("me", {pictures.numbers[0]: data.card.classes[(truth + 1) % 10]}, "checked")
    kept = load(keep_labelled("digits", hide=False).name)
    assert kept.labels[0] == (truth + 1) % 10
    assert (kept.labels != data.labels).sum() == 1
    with pytest.raises(ValueError, match="label a picture of another class first"):
        keep_labelled("digits")


def test_equal_pictures_share_a_label(store, tmp_path, monkeypatch):
    top = tmp_path / "birds"
    _name, *_ = birds(store, tmp_path, monkeypatch)
    (top / "copy.png").write_bytes((top / "p1.png").read_bytes())
    from ssl_core.data.folders import prepare

    data = load(prepare(f"folder:{top}").name)
    journal, pictures = journal_of(data), pictures_of(data)
    journal.name_classes("anna", ["robin", "wren"])
    journal.say("anna", {pictures.numbers[pictures.paths.index("p1.png")]: "wren"})
    assert int((labelled(data, journal).labels == 1).sum()) == 2


def test_what_people_disagree_about_teaches_nothing_until_they_agree(digits):
    data, journal, pictures = digits
    journal.say("anna", {pictures.numbers[0]: "1"})
    journal.say("ben", {pictures.numbers[0]: "7"})
    assert labelled(data, journal).labels[0] == UNKNOWN
    journal.say("ben", {pictures.numbers[0]: "1"})
    assert labelled(data, journal).labels[0] == 1


def test_kept_labels_take_room_as_what_people_bring_does(digits, monkeypatch):
    say(*digits)
    monkeypatch.setenv("SSL_KEPT_MB", "0")
    with pytest.raises(
        ValueError, match=r"These pictures would have 0 MB, .* at most 0 MB are kept: delete a data set"
    ):
        keep_labelled("digits")
    monkeypatch.setenv("SSL_KEPT_MB", "1")
    kept = keep_labelled("digits")
    assert room.kept_bytes() > 100_000
    assert room.kept_bytes([kept.name]) == 0
    monkeypatch.setenv("SSL_KEPT_MB", "0")
    assert keep_labelled("digits") == kept, "what is there already needs no more room"


def test_kept_labels_of_ones_own_pictures_have_a_script_that_lists_them(store, tmp_path, monkeypatch):
    name, _data, journal, pictures = birds(store, tmp_path, monkeypatch, count=12)
    journal.name_classes("anna", ["robin", "wren"])
    for row in range(8):
        journal.say("anna", {pictures.numbers[row]: ("robin", "wren")[row % 2]})
    values = {"model": "small_convnet", "steps": 2, "evaluations": 1, "device": "cpu"}
    run = Store(store).add(configure(keep_labelled(name).name, "supervised", 4, 0, values).to_dict())
    text, lists = script(run), {}
    compile(text, "script", "exec")
    exec(text[text.index("TRAIN = [") : text.index('if __name__ == "__main__"')], lists)  # noqa: S102
    classes = dict(lists["TRAIN"])
    assert [classes[path] for path in pictures.paths] == ["robin", "wren"] * 4 + [None] * 4
    assert f"FOLDER = {str(tmp_path / 'birds')!r}" in text


def test_kept_labels_of_a_set_without_files_have_none_and_it_says_so(digits, store):
    say(*digits)
    run = Store(store).add(configure(keep_labelled("digits").name, "supervised", 10, 0, {"steps": 2}).to_dict())
    with pytest.raises(ValueError, match="A script carries no pictures"):
        script(run)
