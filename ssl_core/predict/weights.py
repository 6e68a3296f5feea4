"""Weights as files that others can use, and the only way such a file comes back in.

A .safetensors file cannot hold code. A .pt file is read with weights_only=True, and only in torch's zip form, whose
declared sizes are checked first. Names, shapes and numbers are checked before a network takes them
(ssl_core/models/state.py). What a file says about itself is believed only where the catalog agrees.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from ssl_core.data import card as card_of_data
from ssl_core.data import find_card
from ssl_core.features.card import learned_from
from ssl_core.methods import METHODS
from ssl_core.models import MODELS
from ssl_core.models.state import take_state
from ssl_core.predict.classifier import Classifier

MOST_BYTES = 128 * 2**20  # wrn_28_8, the largest network here, has 94 MB
MOST_HEADER = 2**20  # of a safetensors file, and of the list of names in a .pt
OURS = "few_label_lab"  # the key of our card in a safetensors file's metadata
NOT_READ = "This is no weights file that can be read safely: use a .safetensors file, or a .pt with a plain state_dict."


def card_of(classifier: Classifier) -> dict[str, Any]:
    """What a stranger must know to use the weights, in plain values."""
    card = classifier.card
    return {
        "format": 1,
        "data": card.name,
        "classes": list(card.classes),
        "input": [card.channels, card.side, card.side],
        "input_range": [0, 1],
        "network": classifier.network,
        "temperature": classifier.temperature,
        **({"features": features} if (features := learned_from(classifier.network)) else {}),
        **classifier.story,
        "licence_of_the_data": card.licence,
    }


def to_safetensors(classifier: Classifier) -> bytes:
    """The weights with their card in the file's metadata."""
    told = {OURS: json.dumps(card_of(classifier), allow_nan=False), "format": "pt"}
    return safetensors.torch.save(_plain(classifier), told)


def to_pt(classifier: Classifier) -> bytes:
    """The weights as torch.save(state_dict): tensors and nothing else."""
    file = io.BytesIO()
    torch.save(_plain(classifier), file)
    return file.getvalue()


def _plain(classifier: Classifier) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in classifier.model.state_dict().items()}


def to_markdown(classifier: Classifier) -> str:
    """The card for a person, with the lines that load the weights."""
    told = card_of(classifier)
    accuracy = told.get("test_accuracy")
    score = "not measured" if accuracy is None else f"{100 * accuracy:.1f} %, last averaged weights"
    rows = {
        "Data": f"`{told['data']}`, {classifier.card.title}",
        "Classes": ", ".join(told["classes"]),
        "Input": f"{told['input']}, floats in 0..1 (pixels / 255), no further normalisation",
        "Network": f"`{told['network']}` of `ssl_core.models.MODELS`",
        "Method": told.get("method", "unknown"),
        "Labelled pictures": told.get("labels", "unknown"),
        "Seed": told.get("seed", "unknown"),
        "Test accuracy": score,
        **({"Features": told["features"]} if "features" in told else {}),
        "Temperature": f"{told['temperature']:.4f}: divide the logits by it before the softmax",
        "Licence of the data": told["licence_of_the_data"],
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    channels, classes = told["input"][0], len(told["classes"])
    return (
        f"# {classifier.card.title}: weights\n\n| | |\n|---|---|\n{table}\n\n## How to load\n\n```python\n"
        "import safetensors.torch\nfrom ssl_core.models import MODELS\n\n"
        f'model = MODELS["{told["network"]}"]({channels}, {classes}).eval()\n'
        'model.load_state_dict(safetensors.torch.load_file("weights.safetensors"))\n```\n\n'
        "A `.pt` file is read with `torch.load(path, weights_only=True)`. Drawn and photographed digits are expected "
        "bright on black. Trained on the pictures above and nothing else: do not use it for decisions about people.\n"
    )


def from_bytes(content: bytes, data: str, network: str) -> Classifier:
    """A classifier from a stranger's file; `data` and `network` count where the file has no card of ours.

    Raises ValueError, one sentence, for anything that is not exactly the weights of that network.
    """
    state, told = read_weights(content)
    data, network = told.pop("data", data), told.pop("network", network)
    if network not in MODELS:
        raise ValueError(f"There is no network {network!r}. Choose one of {', '.join(MODELS)}.")
    card = card_of_data(data)
    model = take_state(MODELS[network](card.channels, len(card.classes)), state)
    return Classifier(card, network, model, told.pop("temperature", 1.0), told)


def read_weights(content: bytes) -> tuple[Any, dict[str, Any]]:
    """What the file holds, unchecked, and what is believed of its card; nothing in it is ever run."""
    if len(content) > MOST_BYTES:
        raise ValueError(f"The file has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} MB are read.")
    if content[:2] == b"PK":
        return _read_pt(content), {}
    return _read_safetensors(content)


def _read_pt(content: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    except Exception:  # a damaged zip raises nearly anything
        raise ValueError(NOT_READ) from None
    listed = sum(size for name, size in sizes.items() if name.endswith(".pkl"))
    if sum(sizes.values()) > MOST_BYTES or listed > MOST_HEADER:
        raise ValueError("The weights file unpacks to more than the largest network has: it is not read.")
    try:
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception:  # hostile bytes meet the reader with nearly every exception; its advice is not for users
        raise ValueError(
            "The .pt file holds more than plain tensors, or is damaged, so it is not read: save the state_dict alone."
        ) from None


def _read_safetensors(content: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(len(content) - 8, MOST_HEADER):
        raise ValueError(NOT_READ)
    try:
        header = json.loads(content[8 : 8 + length])
        state = safetensors.torch.load(content)
    except Exception:  # as above
        raise ValueError(NOT_READ) from None
    told = header.get("__metadata__") or {}
    return state, _believed(told.get(OURS))


def _believed(text: Any) -> dict[str, Any]:
    """Of a card written by anybody: the entries that are what they should be."""
    try:
        told = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        told = {}
    if not isinstance(told, dict):
        return {}

    def number(key: str, low: float, high: float, kind: type = float) -> bool:
        value = told.get(key)
        whole = isinstance(value, int) if kind is int else isinstance(value, (int, float))
        return whole and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high

    good = {
        "data": find_card(told.get("data")) is not None,
        "network": isinstance(told.get("network"), str) and told["network"] in MODELS,
        "temperature": number("temperature", 0.01, 100),
        "method": isinstance(told.get("method"), str) and told["method"] in METHODS,
        "labels": number("labels", 0, 2**31, int),
        "seed": number("seed", 0, 2**31, int),
        "test_accuracy": number("test_accuracy", 0, 1),
    }
    return {key: told[key] for key, fine in good.items() if fine}


def digest(content: bytes) -> str:
    """A name for a file by what is in it."""
    return "file-" + hashlib.sha256(content).hexdigest()[:16]
