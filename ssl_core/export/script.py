"""A run as one file of Python that trains it again without this package: settings first, then the code it needs."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

from ssl_core.data.kept import origin
from ssl_core.export.dependencies import Dependencies
from ssl_core.export.own_pictures import MODULE as own_module
from ssl_core.export.own_pictures import OwnPictures, own_pictures
from ssl_core.export.source import indented, one_entry
from ssl_core.features.card import learned_from
from ssl_core.fillings import made_by
from ssl_core.runs.origin import check_same
from ssl_core.runs.store import Run

CARRIED = ("digits", "shapes")  # data sets that are made or shipped with scikit-learn: nothing to carry along

_HEAD = '''"""{title}

    python {file} {words}

trains this run again from nothing, prints a row whenever accuracy is measured and its test accuracy at the end, and
keeps the averaged weights in WEIGHTS.pt if you name a file. Needs Python 3.11 or newer, torch, torchvision, numpy,
scikit-learn and pillow. On a processor the same versions and the same number of threads give the same result, bit for
bit.
{pictures}
The settings are below; change them. Under them is the code, each part under the name of the file it comes from.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from typing import ClassVar  # noqa: F401 - dataclasses look for it here

# Settings {line}
DATA = {data!r}
METHOD = {method!r}
LABELS = {labels!r}
SEED = {seed!r}
{folder}'''

_MAIN = '''

def main() -> None:
    """Train, and print what is measured."""
    import torch

    from {card_module} import Card
    from {data_module} import load
    from {method_module} import {method_class}
    from ssl_core.train.config import Config
    from ssl_core.train.loop import train
    from ssl_core.train.training import Training

    def show(row: dict) -> None:
        if "test_accuracy" in row:
            measured.append(row["test_accuracy"])
            loss = f"{{row['loss']:10.4f}}" if "loss" in row else " " * 10
            share = f"{{100 * row['test_accuracy']:6.2f}} %"
            print(f"step {{row['step']:>7}}  loss {{loss}}  test accuracy {{share}}", flush=True)

    card, measured, weights = Card(**CARD), [], {{}}
    knobs, training = {method_class}(**KNOBS), Training(**TRAINING)
    config = Config(card, DATA, METHOD, LABELS, SEED, knobs, training)
    ended = train(config, load({load}), show, save=lambda state: weights.update(state["average"]))
    for file in [word for word in sys.argv[1:] if not os.path.isdir(word)][:1]:
        torch.save(weights, file)
    print(f"{{ended}}, test accuracy {{measured[-1]!r}}")


PARTS = {{}}


def part(name: str):
    """Put what is defined in a function where `import {{name}}` finds it."""

    def keep(body):
        PARTS[name] = body
        return body

    return keep


class Inside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the parts of this file."""

    def find_spec(self, name, path=None, target=None):
        if name in PARTS or any(inside.startswith(f"{{name}}.") for inside in PARTS):
            return importlib.util.spec_from_loader(name, self, is_package=True)

    def exec_module(self, module):
        if module.__name__ in PARTS:
            vars(module).update(PARTS[module.__name__]())


sys.meta_path.insert(0, Inside())
'''

_STRONG = '''def strong_policy(config: Config) -> Policy:
    """The policy of the strong view."""
    if config.training.strong:
        raise ValueError("This file carries FixMatch's own strong view alone: export a run that has this pipeline.")
    own = config.knobs.strong_stages
    return Policy("strong", (*weak(config.card).stages, *own)) if own else strong(config.card)
'''
_NETWORK = '''def network_of(config: Config, data: Dataset) -> nn.Module:
    """The network before its first step."""
    return MODELS[config.training.model](data.card.channels, len(data.card.classes))
'''
_MAKERS = '''def makers() -> tuple[str, ...]:
    """The makers of pictures: this file carries none."""
    return ()
'''
_OPERATIONS = "OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in PAPER}\n"
_RANDAUGMENT = {f"ssl_core.augment.{name}" for name in ("operations", "policies", "policy", "spread")}
_FIXED = ("model", "strong", "rebalance")  # what the code below the settings depends on


def script(run: Run) -> str:
    """The file's text; raises ValueError, one sentence, for a run that cannot leave the house."""
    if not run.config:
        raise ValueError(run.why)
    if first := run.config.get("continues"):
        raise ValueError(f"A script begins at the first step, and this run goes on from {first}: export that one.")
    from ssl_core import models
    from ssl_core.train.config import Config, all_knobs

    config = Config.from_dict(run.config)
    check_same(run.config, config.card)
    own = None if config.data in CARRIED else _own(config.card)
    method, training = type(config.knobs), config.training
    if learned_from(training.model):
        raise ValueError(
            "A script carries no network that has seen other pictures: copy the command line instead, which needs this "
            "package and the weights in requirements.txt."
        )
    if made_by(training.rebalance):
        raise ValueError(
            "A script carries no maker of pictures: copy the command line instead, which needs this package."
        )
    replaced = {
        "ssl_core.fillings": {"makers": _MAKERS},
        "ssl_core.train.config": {"Config": _config_class()},
        "ssl_core.train.fitting": {} if training.strong else {"strong_policy": _STRONG},
        "ssl_core.train.network": {"network_of": _NETWORK},
        "ssl_core.features.card": {"PRETRAINED": "PRETRAINED: dict[str, str] = {}\n"},  # it carries none
        "ssl_core.models": {"MODELS": one_entry(inspect.getsource(models), "MODELS", training.model)},
    }
    module = own_module if own else config.card.module
    needed = _dependencies(config, module, replaced)
    if {name for name in needed.sources if needed.mentioned(name) & {"OPERATIONS", "spread"}} <= _RANDAUGMENT:
        needed = _dependencies(config, module, replaced | {"ssl_core.augment.operations": {"OPERATIONS": _OPERATIONS}})
    # In this order the file is read: what is special about this run first.
    first = [
        method.__module__,
        "ssl_core.train.loop",
        "ssl_core.train.trainee",
        "ssl_core.train.config",
        "ssl_core.train.training",
    ]
    rest = sorted(set(needed.sources) - set(first), key=_interest)
    title = f"{method.title} on {config.card.title} with {config.labels} labels, seed {config.seed}."
    values = config.to_dict()
    head = _HEAD.format(
        title=title, file=f"{run.name}.py", line="-" * 100, **_of_folder(own), **{k: values[k] for k in _ASKED}
    )
    helps = {name: knob.help for name, knob in all_knobs(config.method).items()}
    helps |= {name: f"{helps[name]} This file carries the code of this choice alone." for name in _FIXED}
    settings = [
        _table("KNOBS", values["knobs"], helps),
        _table("TRAINING", values["training"], helps),
        _table("CARD", dataclasses.asdict(config.card), {}),
    ]
    main = _MAIN.format(
        card_module=type(config.card).__module__,
        data_module=module,
        load="card, next(filter(os.path.isdir, sys.argv[1:]), FOLDER), TRAIN, TEST" if own else "card",
        method_module=method.__module__,
        method_class=method.__name__,
    )
    parts = [_part(name, needed.text(name)) for name in (*first, *rest)]
    lists = [f"\n\n# Every picture below FOLDER and its class, in the order of the rows.\n{own.lists}"] if own else []
    return "\n".join([head, *settings, main, *parts, *lists, '\n\nif __name__ == "__main__":\n    main()\n'])


def _own(card: Any) -> OwnPictures:
    """What the script says of a folder; raises ValueError, one sentence, for a set that is neither here nor carried."""
    if not card.name.startswith(("folder:", "upload:")) and not _labelled_here(card):
        raise ValueError(
            f"A script carries no pictures, so it can be had for {' and '.join(CARRIED)} and for pictures of your own, "
            f"not for {card.title}."
        )
    return own_pictures(card)


def _labelled_here(card: Any) -> bool:
    """Whether these are somebody's own pictures with labels that were said on the Label page."""
    return card.name.startswith("labelled:") and bool(origin(card.name).get("paths"))


def _of_folder(own: OwnPictures | None) -> dict[str, str]:
    """How the head of a script speaks of the folder of its pictures, where it has one."""
    if own is None:
        return {"words": "[WEIGHTS.pt]", "pictures": "", "folder": ""}
    said = (
        "\nIt reads the pictures from FOLDER, unpacked and under the names they had; a folder that is named in the\n"
        "command goes before the one below."
    )
    return {
        "words": "[FOLDER] [WEIGHTS.pt]",
        "pictures": f"{said}\n",
        "folder": f"FOLDER = {own.folder!r}  # where the pictures lie\n",
    }


def _config_class() -> str:
    """In a script the settings are complete: nothing is looked up in a catalog or checked against a form."""
    from ssl_core.train.config import Config

    fields = [
        f"{field.name}: {field.type}" + ("" if field.default is dataclasses.MISSING else f" = {field.default!r}")
        for field in dataclasses.fields(Config)
    ]
    lines = [f'"""{Config.__doc__}"""', "", "card: Card", *fields]
    return "\n".join(["@dataclass(frozen=True)", "class Config:", *(f"    {line}".rstrip() for line in lines), ""])


def _dependencies(config: Any, data_module: str, replaced: dict[str, dict[str, str]]) -> Dependencies:
    """All that the training of this configuration needs."""
    needed = Dependencies(replaced, () if config.training.rebalance != "none" else ("ssl_core.oversample.rebalance",))
    method, card = type(config.knobs), config.card
    needed.need(method.__module__, method.__name__)
    needed.need("ssl_core.train.loop", "train")
    needed.need("ssl_core.train.config", "Config")
    needed.need(data_module, "load")
    needed.need(type(card).__module__, "Card")
    return needed


_ASKED = ("data", "method", "labels", "seed")


def _interest(name: str) -> tuple[int, str]:
    rooms = ("methods", "train", "models", "data", "images", "mix", "augment", "oversample", "knobs")
    room = [*name.split("."), ""][1]
    return (rooms.index(room) if room in rooms else len(rooms), name)


def _table(name: str, values: dict[str, Any], helps: dict[str, str]) -> str:
    lines = [f"    {key!r}: {value!r},{'  # ' + helps[key] if key in helps else ''}" for key, value in values.items()]
    return "\n".join([f"{name} = {{", *lines, "}"])


def _part(name: str, text: str) -> str:
    """One file of the package as a function that defines what the file defines."""
    ending = "\n\n    return locals()\n" if text.strip() else "    return {}\n"
    return f'\n\n# {name} {"-" * max(3, 100 - len(name))}\n@part("{name}")\ndef _():\n{indented(text)}{ending}'
