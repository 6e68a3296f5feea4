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
import re
from collections.abc import Callable
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from ssl_core import zoo
from ssl_core.data import Card, find_card
from ssl_core.data import card as card_of_data
from ssl_core.features.card import learned_from
from ssl_core.intervals import interval_words, wilson
from ssl_core.methods import METHODS
from ssl_core.models import MODELS
from ssl_core.models.state import take_state
from ssl_core.predict.alone import alone, are_classes, harmless, is_shape
from ssl_core.predict.classifier import Classifier
from ssl_core.zips import Limits, TooMuch, open_zip

MOST_BYTES = 128 * 2**20  # wrn_28_8, the largest network here, has 94 MB
MOST_HEADER = 2**20  # of a safetensors file, and of the list of names in a .pt
LIMITS = Limits(packed=MOST_BYTES, entries=10_000, unpacked=MOST_BYTES, ratio=1_000, each=MOST_HEADER)  # of a .pt
OURS = "few_label_lab"  # the key of our card in a safetensors file's metadata
NAME = r"[\w:./@ -]{1,300}"  # what a data set that is not here may be called
NOT_READ = "This is no weights file that can be read safely: use a .safetensors file, or a .pt with a plain state_dict."


def card_of(classifier: Classifier) -> dict[str, Any]:
    """What a stranger must know to use the weights, in plain values."""
    card = classifier.card
    return {
        "format": 1,
        "data": card.name,
        "fingerprint": card.fingerprint,
        "classes": list(card.classes),
        "input": [*card.shape],
        "input_range": [0, 1],
        "network": classifier.network,
        "temperature": classifier.temperature,
        **({"features": features} if (features := learned_from(classifier.network)) else {}),
        **classifier.story,
        "licence_of_the_data": card.licence,
    }


def to_safetensors(classifier: Classifier) -> bytes:
    """The weights with their card in the file's metadata."""
    metadata = {OURS: json.dumps(card_of(classifier), allow_nan=False), "format": "pt"}
    return safetensors.torch.save(_plain(classifier), metadata)


def to_pt(classifier: Classifier) -> bytes:
    """The weights as torch.save(state_dict): tensors and nothing else."""
    file = io.BytesIO()
    torch.save(_plain(classifier), file)
    return file.getvalue()


def _plain(classifier: Classifier) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in classifier.model.state_dict().items()}


def to_markdown(classifier: Classifier, shown: Callable[[object], str] = str) -> str:
    """The card for a person, with the lines that load the weights; `shown` makes a stranger's text fit to be shown."""
    facts = card_of(classifier)
    accuracy = facts.get("test_accuracy")
    score = "not measured" if accuracy is None else f"{100 * accuracy:.1f} %{_believable(facts)}, last averaged weights"
    data = re.sub(r"[`|\s]+", " ", str(facts["data"]))  # none of which may end the code it stands in
    rows = {
        "Data": f"`{data}`, {shown(classifier.card.title)}",
        "Classes": ", ".join(map(shown, facts["classes"])),
        "Input": f"{facts['input']}, floats in 0..1 (pixels / 255), no further normalisation",
        "Network": f"`{facts['network']}` of `ssl_core.models.MODELS`",
        "Method": shown(facts.get("method", "unknown")),
        "Labelled pictures": shown(facts.get("labels", "unknown")),
        "Seed": shown(facts.get("seed", "unknown")),
        "Test accuracy": score,
        **({"Features": shown(facts["features"])} if "features" in facts else {}),
        "Temperature": f"{facts['temperature']:.4f}: divide the logits by it before the softmax",
        "Licence of the data": shown(facts["licence_of_the_data"]),
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    channels, classes = facts["input"][0], len(facts["classes"])
    return (
        f"# {shown(classifier.card.title)}: weights\n\n| | |\n|---|---|\n{table}\n\n## How to load\n\n```python\n"
        "import safetensors.torch\nfrom ssl_core.models import MODELS\n\n"
        f'model = MODELS["{facts["network"]}"]({channels}, {classes}).eval()\n'
        'model.load_state_dict(safetensors.torch.load_file("weights.safetensors"))\n```\n\n'
        "A `.pt` file is read with `torch.load(path, weights_only=True)`. Drawn and photographed digits are expected "
        "bright on black. Trained on the pictures above and nothing else: do not use it for decisions about people.\n"
    )


def _believable(facts: dict[str, Any]) -> str:
    """The test accuracy's interval, where the number of test pictures is known."""
    tested = facts.get("tested")
    if not tested:
        return ""
    return f" (95 % interval {interval_words(wilson(facts['test_accuracy'], tested))}, {tested:,} test pictures)"


def from_bytes(content: bytes, data: str, network: str) -> Classifier:
    """A classifier from a stranger's file; `data` and `network` count where the file has no card of ours.

    It answers with the classes in its own card, whatever data sets are here. Raises ValueError, one sentence, for
    anything that is not exactly the weights of that network.
    """
    state, facts = read_weights(content)
    own = {key: facts.pop(key, None) for key in ("data", "fingerprint", "classes", "input")}
    network, warm = facts.pop("network", network), facts.pop("temperature", 1.0)
    if network not in MODELS:
        raise ValueError(f"There is no network {network!r}. Choose one of {', '.join(MODELS)}.")
    card, note = _card(own, data)
    if zoo.megabytes(network) > MOST_BYTES / 2**20:  # before a stranger's word makes us build it
        raise ValueError(f"{network} is larger than any weights file that is read: {MOST_BYTES // 2**20} MB.")
    model = take_state(MODELS[network](card.channels, len(card.classes)), state)
    return Classifier(card, network, model, warm, facts, note=note)


def _card(own: dict[str, Any], data: str) -> tuple[Card, str]:
    """The card of a data set that is here, if the file speaks of the very same; else the file's own, and a note."""
    if not own["classes"] or not own["input"]:
        return find_card(own["data"]) or card_of_data(data), ""
    names, here = harmless(own["classes"]), find_card(own["data"])
    if here and (here.classes, [*here.shape]) == (names, own["input"]):
        if own["fingerprint"] in (None, "", here.fingerprint):
            return here, ""
        note = f"The pictures of {here.title} here are not those that these weights learned from."
    elif here:
        note = f"The classes of {here.title} here are not those of these weights: it answers with its own."
    else:
        note = "The pictures of these weights are not here: it answers with the classes in its file."
    return alone(own["data"] or "weights", names, own["input"]), note


def read_weights(content: bytes) -> tuple[Any, dict[str, Any]]:
    """What the file holds, unchecked, and what is believed of its card; nothing in it is ever run."""
    if len(content) > MOST_BYTES:
        raise ValueError(f"The file has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} MB are read.")
    if content[:2] == b"PK":
        return _read_pt(content), {}
    return _read_safetensors(content)


def _read_pt(content: bytes) -> Any:
    try:
        files = open_zip(content, LIMITS, junk=True).files
        listed = sum(len(file.read()) for file in files if file.name.endswith(".pkl"))
    except (ValueError, TooMuch):  # the sentences speak of zips, and nobody has packed one
        raise ValueError(NOT_READ) from None
    if listed > MOST_HEADER:
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
    metadata = header.get("__metadata__") or {}
    return state, _believed(metadata.get(OURS))


def _believed(text: Any) -> dict[str, Any]:
    """Of a card written by anybody: the entries that are what they should be."""
    try:
        facts = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        facts = {}
    if not isinstance(facts, dict):
        return {}

    def number(key: str, low: float, high: float, kind: type = float) -> bool:
        value = facts.get(key)
        whole = isinstance(value, int) if kind is int else isinstance(value, (int, float))
        return whole and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high

    data = facts.get("data")
    good = {
        "data": isinstance(data, str) and bool(find_card(data) or re.fullmatch(NAME, data)),
        "fingerprint": isinstance(facts.get("fingerprint"), str) and len(facts["fingerprint"]) <= 64,
        "classes": are_classes(facts.get("classes")),
        "input": is_shape(facts.get("input")),
        "network": isinstance(facts.get("network"), str) and facts["network"] in MODELS,
        "temperature": number("temperature", 0.01, 100),
        "method": isinstance(facts.get("method"), str) and facts["method"] in METHODS,
        "labels": number("labels", 0, 2**31, int),
        "seed": number("seed", 0, 2**31, int),
        "test_accuracy": number("test_accuracy", 0, 1),
        "tested": number("tested", 1, 2**31, int),
    }
    return {key: facts[key] for key, fine in good.items() if fine}


def digest(content: bytes) -> str:
    """A name for a file by what is in it."""
    return "file-" + hashlib.sha256(content).hexdigest()[:16]
