"""An ONNX file says what our own network says, to the fourth digit, for any number of pictures."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import onnxruntime
import pytest
import torch

from ssl_core.data import load
from ssl_core.export.onnx_file import to_onnx
from ssl_core.models import FOR_VECTORS, MODELS
from ssl_core.predict.alone import alone
from ssl_core.predict.classifier import Classifier

CLASSES = ("disc", "box", "猫 猫")


def shaken(name: str, channels: int, classes: int) -> torch.nn.Module:
    """The network with weights and statistics that no initialisation has: what is left out shows."""
    torch.manual_seed(0)
    model = MODELS[name](channels, classes)
    for key, value in model.state_dict().items():
        if key.endswith(("running_mean", "bias")) or (value.is_floating_point() and not value.any()):
            value.normal_(0, 0.1)
        elif key.endswith("running_var"):
            value.uniform_(0.5, 2)
    return model


def ask_runtime(content: bytes, rows: torch.Tensor) -> torch.Tensor:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(["probabilities"], {"pictures": rows.numpy()})[0])


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_file_says_what_the_network_says(name, channels):
    if name in FOR_VECTORS:
        card, rows = alone("points", CLASSES, [5 * channels]), torch.randn(7, 5 * channels)
    else:
        card = alone("photos", CLASSES, [channels, 32, 32])
        rows = torch.from_numpy(np.random.RandomState(0).randint(0, 256, (7, channels, 32, 32)).astype(np.uint8))
    model = shaken(name, card.channels, len(CLASSES)).train()
    classifier = Classifier(card, name, model, temperature=1.7)
    content = to_onnx(classifier)
    assert model.training, "exporting changes nothing"
    for count in (1, 2, 7):
        said = ask_runtime(content, rows[:count])
        ours = classifier.probabilities(rows[:count])
        assert said.shape == (count, len(CLASSES))
        torch.testing.assert_close(said.double(), ours, atol=1e-4, rtol=0)
        torch.testing.assert_close(said.sum(dim=1), torch.ones(count), atol=1e-5, rtol=0)


def test_a_trained_networks_file_says_the_same_of_every_test_picture(classifier):
    data = load("digits")
    said = ask_runtime(to_onnx(classifier), data.test_images)
    ours = classifier.probabilities(data.test_images)
    torch.testing.assert_close(said.double(), ours, atol=1e-4, rtol=0)
    assert torch.equal(said.argmax(1), ours.argmax(1))


def test_the_temperature_is_inside(classifier):
    rows = load("digits").test_images[:20]
    hot = ask_runtime(to_onnx(dataclasses.replace(classifier, temperature=5.0)), rows)
    assert hot.amax(1).mean() < ask_runtime(to_onnx(classifier), rows).amax(1).mean()


def test_the_file_carries_the_class_names(classifier):
    import onnx

    props = {p.key: p.value for p in onnx.load_from_string(to_onnx(classifier)).metadata_props}
    assert json.loads(props["classes"]) == [*classifier.card.classes]
    assert json.loads(props["few_label_lab"])["temperature"] == classifier.temperature


def test_the_terminal_writes_both_files_and_says_what_is_in_them(classifier, tmp_path, capsys):
    from ssl_core.__main__ import main
    from ssl_core.predict.weights import from_bytes, to_safetensors

    weights = tmp_path / "net.safetensors"
    weights.write_bytes(to_safetensors(classifier))
    out = tmp_path / "net.onnx"
    words = ["export", str(weights), "--onnx", str(out), "--safetensors", str(tmp_path / "again.safetensors")]
    assert main([*words, "--store", str(tmp_path / "s")]) == 0
    assert "1×8×8, classes 0, 1" in capsys.readouterr().out
    rows = load("digits").test_images[:5]
    torch.testing.assert_close(
        ask_runtime(out.read_bytes(), rows).double(), classifier.probabilities(rows), atol=1e-4, rtol=0
    )
    again = from_bytes((tmp_path / "again.safetensors").read_bytes(), "shapes", "mlp")
    assert torch.equal(again.logits(rows), classifier.logits(rows))
    assert (again.card, again.temperature) == (classifier.card, classifier.temperature)
    assert (
        main(["export", str(weights), "--onnx", str(tmp_path / "no" / "x.onnx"), "--store", str(tmp_path / "s")]) == 2
    )
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
