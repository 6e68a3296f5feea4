"""python -m ssl_core labels: what it prints, and the sentences for bad input."""

from __future__ import annotations

import csv
import io

import pytest

from ssl_core.__main__ import main
from tests.label.test_labels_in_out import birds


def terminal(capsys, *words):
    code = main(["labels", *words])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_import_export_order_and_training_on_the_labels(store, tmp_path, monkeypatch, capsys):
    name, *_ = birds(store, tmp_path, monkeypatch, count=12)
    ours = ("--data", name, "--store", str(store))
    table = tmp_path / "mine.csv"
    table.write_text("file,label\n" + "".join(f"p{n}.png,{('robin', 'wren')[n % 2]}\n" for n in range(6)))
    assert terminal(capsys, "import", str(table), *ours)[:2] == (
        0,
        "Folder birds, 32×32 colour: 6 pictures labelled.\n",
    )

    code, out, _ = terminal(capsys, "export", *ours)
    assert code == 0
    assert [row["label"] for row in csv.DictReader(io.StringIO(out))] == ["robin", "wren"] * 3
    for form, file in (("folders", "out.zip"), ("label-studio", "out.json")):
        assert terminal(capsys, "export", str(tmp_path / file), "--form", form, *ours)[0] == 0
        assert (tmp_path / file).stat().st_size > 100

    for order in ("typical", "disagreement"):
        code, out, _ = terminal(capsys, "order", "--order", order, "--count", "4", *ours)
        rows = list(csv.DictReader(io.StringIO(out)))
        assert code == 0
        assert len({row["picture"] for row in rows}) == 4
        assert {row["path"] for row in rows} <= {f"p{n}.png" for n in range(6, 12)}
        again = terminal(capsys, "order", "--order", order, "--count", "4", *ours)[1]
        assert again == out

    filled = tmp_path / "filled.csv"
    filled.write_text(out.replace("disagreement,\n", "disagreement,wren\n"))
    assert terminal(capsys, "import", str(filled), *ours)[1].endswith("4 pictures labelled.\n")

    code, out, _ = terminal(capsys, "keep", *ours)
    assert code == 0
    assert out.startswith("labelled:")
    steps = ("--steps", "3", "--evaluations", "1", "--labels", "10", "--store", str(store))
    assert main(["train", "--data", f"labelled:{name}", "--method", "supervised", *steps]) == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("export",), "Nobody has said the class of any picture of Digits, 8×8 grey yet: label a few first."),
        (("import",), "Say which file to read, as in labels import labels.csv --data NAME."),
        (("import", "nowhere.csv"), "nowhere.csv cannot be read: No such file or directory."),
        (("order", "--order", "best"), "There is no order 'best'. Choose one of random, typical, entropy,"),
        (("order", "--count", "0"), "--count must be 1 or more, not 0."),
        (("order", "--data", "nothing"), "There is no data set 'nothing'. Choose one of digits,"),
        (("keep",), "Nobody has said the class of any picture of Digits, 8×8 grey yet: label a few first."),
        (("export", "--data", "labelled:digits"), "Nobody has said the class of any picture of Digits"),
        (("mend",), "Argument what: invalid choice: 'mend'"),
    ],
)
def test_bad_input_is_one_sentence(store, capsys, words, sentence):
    code, out, err = terminal(capsys, *words, "--store", str(store))
    assert (code, out) == (2, "")
    assert err.startswith(sentence)
    assert err.count("\n") == 1


@pytest.mark.parametrize("what", ["export", "import", "order", "keep"])
def test_a_mistyped_store_is_a_sentence_and_is_not_made(store, tmp_path, capsys, what):
    table = tmp_path / "labels.csv"
    table.write_text("picture,label\n")
    words = [what, *([str(table)] if what == "import" else [])]
    code, out, err = terminal(capsys, *words, "--data", "digits", "--store", str(tmp_path / "stoer"))
    assert (code, out) == (2, "")
    assert err == f"There is no store at {str(tmp_path / 'stoer')!r}: check --store, or make that folder first.\n"
    assert not (tmp_path / "stoer").exists()


def test_a_zip_that_cannot_be_filled_leaves_the_file_that_was_there(store, tmp_path, monkeypatch, capsys):
    name, *_ = birds(store, tmp_path, monkeypatch, count=12)
    table, before = tmp_path / "mine.csv", tmp_path / "out.zip"
    table.write_text("file,label\np0.png,robin\n")
    ours = ("--data", name, "--store", str(store))
    assert terminal(capsys, "import", str(table), *ours)[0] == 0
    table.write_text(terminal(capsys, "export", *ours)[1].replace("robin,a class", ",none of these"))
    assert terminal(capsys, "import", str(table), *ours)[0] == 0
    before.write_bytes(b"labels of last week")
    code, _, err = terminal(capsys, "export", str(before), "--form", "folders", *ours)
    assert (code, before.read_bytes()) == (2, b"labels of last week"), err
