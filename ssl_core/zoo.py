"""torchvision's classifiers with weights that have seen ImageNet: which there are, which are at hand; free of torch.

Their weights are files of some 10 to 2,000 MB in the folder where torch.hub keeps what it has fetched. Nothing here
fetches one. The table beside this file is written by `python -m tests.features.zoo`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

TUNED, SMALL_HEAD = "_tuned", "_mlp"  # behind a name: trained whole; frozen with one hidden layer on its features


class Known(NamedTuple):
    """What is known of a classifier without building it."""

    file: str  # its weights, torchvision's newest
    megabytes: int
    width: int  # numbers its last layer sees
    side: int  # pixels of a picture as it learned to see it
    learned: str  # "imagenet", or "swag": Instagram first


@cache
def table() -> dict[str, Known]:
    """Every classifier by name."""
    listed = json.loads(Path(__file__).with_suffix(".json").read_text())
    return {name: Known(*facts) for name, facts in listed.items()}


def body(model: Any) -> str:
    """The classifier that a network's name speaks of, whatever is done with it; empty for any other name."""
    if not isinstance(model, str):
        return ""
    name = model.removesuffix(TUNED) if model.endswith(TUNED) else model.removesuffix(SMALL_HEAD)
    return name if name in table() else ""


def megabytes(model: Any) -> int:
    """How large a classifier's weights are, 0 for any other network."""
    return table()[body(model)].megabytes if body(model) else 0


def folder() -> Path:
    """Where torch.hub keeps weights."""
    cache_home = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(os.environ.get("TORCH_HOME", f"{cache_home}/torch")).expanduser() / "hub" / "checkpoints"


def path(name: str) -> Path:
    """The weights file of a classifier, whether it is there or not."""
    return folder() / table()[name].file


def at_hand() -> list[str]:
    """Names of networks whose weights are here, as they can be trained."""
    try:
        with os.scandir(folder()) as entries:  # one look for all of them: every form asks, for every visitor
            here = {entry.name for entry in entries if entry.is_file()}
    except OSError:
        return []
    return [name + how for name, known in table().items() if known.file in here for how in ("", SMALL_HEAD, TUNED)]


def fetching(name: str) -> str:
    """The command that fetches a classifier's weights."""
    return f"python -c \"import torchvision; torchvision.models.get_model('{name}', weights='DEFAULT')\""


def lacks(name: str) -> str:
    """What has to be done before a classifier can be used, one sentence, or nothing."""
    if path(name).is_file():
        return ""
    known = table()[name]
    return (
        f"The weights of {name} are not here, and a run fetches none: put {known.file} ({known.megabytes:,} MB) "
        f"into {folder()}, or run {fetching(name)}"
    )


class Names(tuple[str, ...]):
    """Networks to choose from: lists a few, and takes any classifier of the zoo by name."""

    more = ", or a classifier of torchvision.models by name, such as resnet18, resnet18_mlp or resnet18_tuned"

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or bool(body(name))


def listed(own: Iterator[str]) -> Names:
    """A house's own networks, then the classifiers that are at hand; others are taken, too."""
    return Names((*own, *at_hand()))
