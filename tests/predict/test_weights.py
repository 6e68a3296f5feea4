"""Weights go out and come back to the bit; a hostile file is one sentence, runs nothing and writes nothing."""

from __future__ import annotations

import json
import os
import tempfile
from collections import OrderedDict
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from ssl_core.models import MODELS
from ssl_core.models.state import take_state
from ssl_core.predict.weights import OURS, card_of, from_bytes, read_weights, to_markdown, to_pt, to_safetensors

HOUSE = Path(__file__).resolve().parents[2]
BAD = Path(os.environ.get("SSL_BAD_MODELS", HOUSE.parent / "shared" / "data" / "badmodels"))
FILES = sorted(p.name for p in BAD.iterdir() if p.suffix != ".md") if BAD.is_dir() else []
needs_bad = pytest.mark.skipif(not FILES, reason=f"no folder of bad models at {BAD} (SSL_BAD_MODELS)")


def control() -> nn.Module:
    """The network that the shared files were made for."""
    layers = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    return nn.Sequential(*layers, nn.Linear(8, 10))


@pytest.mark.parametrize("save", [to_safetensors, to_pt])
def test_weights_come_back_to_the_bit(classifier, digits, save):
    back = from_bytes(save(classifier), "digits", "small_convnet")
    assert torch.equal(back.logits(digits.test_images), classifier.logits(digits.test_images))
    assert all(
        torch.equal(a, b)
        for a, b in zip(back.model.state_dict().values(), classifier.model.state_dict().values(), strict=True)
    )
    if save is to_safetensors:
        assert back.temperature == classifier.temperature
        assert back.story == classifier.story


def test_the_card_says_what_a_stranger_must_know(classifier):
    told = card_of(classifier)
    json.dumps(told, allow_nan=False)
    for key in (
        "data",
        "classes",
        "network",
        "method",
        "labels",
        "seed",
        "test_accuracy",
        "temperature",
        "licence_of_the_data",
    ):
        assert told[key] not in (None, "")
    words = to_markdown(classifier)
    for part in ("`digits`", "BSD-3", "weights_only=True", "load_file", "50.0 %"):
        assert part in words


def test_the_card_in_a_file_is_believed_only_where_it_can_be_true(classifier):
    state = {name: value.contiguous() for name, value in classifier.model.state_dict().items()}
    lies = {
        "data": "../../etc",
        "network": ["x"],
        "temperature": float("nan"),
        "seed": True,
        "method": "<script>",
        "run": "x",
    }
    for text in (json.dumps(lies), "{", "[]", "[" * 100_000, "null"):
        file = safetensors.torch.save(state, {OURS: text})
        back = from_bytes(file, "digits", "small_convnet")
        assert (back.temperature, back.story, back.card.name) == (1.0, {}, "digits")


def test_weights_of_another_network_are_one_sentence(classifier):
    with pytest.raises(ValueError, match=r"tensor 'body.* that this network does not have\.|shape"):
        from_bytes(to_pt(classifier), "shapes", "wrn_28_2")
    with pytest.raises(ValueError, match="has shape"):
        from_bytes(to_pt(classifier), "shapes", "small_convnet")


@pytest.mark.parametrize(
    "state",
    [None, [], {}, 3, {"a": 1}, {1: torch.ones(1)}, OrderedDict(x=torch.ones(2))],
    ids=lambda s: type(s).__name__,
)
def test_what_is_no_state_is_one_sentence(state):
    model = control()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    with pytest.raises(ValueError, match=r"\.$"):
        take_state(model, state)
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())


def test_a_prefix_and_another_precision_are_taken():
    made = control()
    state = {f"module.{k}": v.double() if v.is_floating_point() else v for k, v in made.state_dict().items()}
    taken = take_state(control(), state)
    assert all(torch.equal(a, b) for a, b in zip(taken.state_dict().values(), made.state_dict().values(), strict=True))


ACCEPTED = {
    "ok_state_dict.pt", "ok_state_dict.safetensors", "metadata_xss.safetensors", "wrong_dtype.safetensors",
    "dataparallel_prefix.pt",
}  # fmt: skip


@needs_bad
@pytest.mark.parametrize("name", FILES)
def test_bad_model_is_taken_whole_or_refused_in_one_sentence(name, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path)
    content = (BAD / name).read_bytes()
    refused = ""
    try:
        state, _ = read_weights(content)
        model = take_state(control(), state)
    except ValueError as wrong:
        refused = str(wrong)
    if refused:
        assert name not in ACCEPTED
        assert refused.endswith(".")
        assert "\n" not in refused
        assert len(refused) < 250
        assert "weights_only" not in refused
    else:
        assert name in ACCEPTED | {"expanded_storage.pt"}
        assert torch.isfinite(model(torch.rand(4, 3, 32, 32))).all()
    with pytest.raises(ValueError, match=r"\.$"):  # none of them fits a network of ours
        from_bytes(content, "shapes", next(iter(MODELS)))
    assert list(tmp_path.iterdir()) == [], "something was run or written"


@needs_bad
@pytest.mark.parametrize(
    "name", ["payload_hidden_entry.pt", "whole_module.pt", "nan_weights.pt", "random.pt", "list_not_dict.pt"]
)
def test_bad_model_as_the_checkpoint_of_a_run_is_one_sentence(name, tmp_path, monkeypatch):
    from ssl_core.runs.files import write_json
    from ssl_core.runs.store import Store
    from ssl_core.runs.trained import classifier_of
    from ssl_core.train.config import configure

    (tmp_path / "aside").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "aside"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    run = Store(tmp_path / "runs").add(configure("digits", "supervised", 20, 0).to_dict())
    (run.folder / "checkpoint.pt").write_bytes((BAD / name).read_bytes())
    write_json(run.folder / "end.json", {"state": "done"})
    with pytest.raises(ValueError, match=r"\.$") as told:
        classifier_of(run)
    assert "weights_only" not in str(told.value)
    assert list((tmp_path / "aside").iterdir()) == []


@needs_bad
@pytest.mark.parametrize("name", ["payload_hidden_entry.pt", "header_len_huge.safetensors", "text.pt"])
def test_bad_model_in_the_terminal_is_one_sentence(name, tmp_path, capsys):
    from ssl_core.__main__ import main

    assert main(["predict", str(BAD / name), str(BAD / name), "--store", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1


def test_the_terminal_predicts_from_a_weights_file(classifier, digits, tmp_path, capsys):
    from ssl_core.__main__ import main
    from ssl_core.images.writing import to_png

    (tmp_path / "net.safetensors").write_bytes(to_safetensors(classifier))
    (tmp_path / "a.png").write_bytes(to_png(digits.test_images[0].repeat(3, 1, 1).numpy()))
    words = [
        "predict",
        str(tmp_path / "net.safetensors"),
        str(tmp_path / "a.png"),
        "--as-seen",
        "--csv",
        "--store",
        str(tmp_path / "s"),
    ]
    assert main(words) == 0
    best = classifier.card.classes[int(classifier.probabilities(digits.test_images[:1]).argmax())]
    assert capsys.readouterr().out.splitlines()[1].startswith(f"a.png,{best},")
    assert main(["predict", "nothing", str(tmp_path / "a.png"), "--store", str(tmp_path / "s")]) == 2
    assert "There is no store" in capsys.readouterr().err
    assert main(["predict", "nothing", str(tmp_path / "a.png"), "--store", str(tmp_path)]) == 2
    assert "There is no run" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
