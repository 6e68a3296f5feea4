"""Everything that decides a run, checked: data, method, label count, seed, the method's knobs, and these."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ssl_core.data.catalog import Card, card, find_card, needs
from ssl_core.features.card import find as find_features
from ssl_core.fillings import listed as listed_fillings
from ssl_core.knobs import Knob, build, knobs_of, unknown
from ssl_core.methods import METHODS, Method
from ssl_core.models import FOR_VECTORS, MODELS
from ssl_core.train.fitting import check_rows
from ssl_core.train.older import VERSION, todays
from ssl_core.train.recipes import features_recipe, recipe
from ssl_core.train.training import Training
from ssl_core.zoo import listed


@dataclass(frozen=True)
class Config:
    """One run, complete; equal configs give equal runs on a CPU."""

    data: str
    method: str
    labels: int
    seed: int
    knobs: Method
    training: Training

    @property
    def card(self) -> Card:
        """The data set's card."""
        return card(self.data)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        own = {"version": VERSION, "data": self.data, "method": self.method, "labels": self.labels, "seed": self.seed}
        return own | {"knobs": _values(self.knobs), "training": _values(self.training)}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> Config:
        """Read what to_dict wrote; raises ValueError, one sentence, for anything else."""
        if values.get("version") != VERSION:
            raise ValueError(f"This run was written by another version ({values.get('version')!r}, here {VERSION}).")
        method = _known(values.get("method"), METHODS, "method")
        made = Config(
            data=card(values.get("data")).name,
            method=method,
            labels=_count(values.get("labels"), "labels"),
            seed=_count(values.get("seed"), "seed"),
            knobs=build(METHODS[method], todays(method, _table(values, "knobs")), METHODS[method].title),
            training=build(Training, _table(values, "training"), "Training"),
        )
        check_rows(made)
        return made


def _values(table: Any) -> dict[str, Any]:
    """As dataclasses.asdict, which copies every value: a knob's is a number, a word or a switch."""
    return {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}


def _known(name: Any, known: Mapping[str, Any], what: str) -> str:
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"There is no {what} {name!r}. Choose one of {', '.join(known)}.")
    return name


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = values.get(name) or {}
    if not isinstance(table, Mapping):
        raise ValueError(f"{name} must be names with values, not {table!r}.")
    return table


def _count(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(f"{what} must be a whole number, 0 or more, not {value!r}.")
    return value


def all_knobs(method: str, data: str = "") -> dict[str, Knob]:
    """The method's knobs, then the training knobs, by name; the default is the paper's.

    The networks to choose from are those that take the rows of the data set: without one, pictures.
    """
    training = knobs_of(Training)
    for name, usual in METHODS[method].training.items():
        if name in training:
            training[name] = dataclasses.replace(training[name], default=usual)
    about = find_card(data)  # None, too, for a set that is gone, whose runs can still be read
    vectors = about is not None and not about.pictures
    networks = FOR_VECTORS if vectors else listed(name for name in MODELS if name not in FOR_VECTORS)
    usual = networks[0] if vectors else training["model"].default
    training["rebalance"] = dataclasses.replace(training["rebalance"], choices=listed_fillings(not vectors))
    training["model"] = dataclasses.replace(training["model"], choices=networks, default=usual)
    return knobs_of(METHODS[method]) | training


def defaults(data: str, method: str, model: str = "") -> dict[str, Any]:
    """The value every knob has unless somebody changes it: the paper's, then the short recipe's.

    A recipe is for a data set; with a `model` that has seen other pictures it is for that network instead.
    """
    paper = {name: k.default for name, k in all_knobs(method, data).items()}
    short = features_recipe(model, method) if find_features(model) else recipe(data, method)
    for name in short:
        if name not in paper:
            raise unknown(name, list(paper), f"The recipe of {method} on {data}")
    return paper | short


def configure(data: str, method: str, labels: int, seed: int, values: Mapping[str, Any] | None = None) -> Config:
    """A checked Config from defaults and changes; raises ValueError, one sentence, when something is wrong."""
    chosen = card(data)
    _known(method, METHODS, "method")
    if missing := needs(data):
        raise ValueError(missing)
    if not len(chosen.classes) <= _count(labels, "labels") <= chosen.known:
        few = f"{len(chosen.classes)} (one a class)"
        raise ValueError(f"labels must lie between {few} and {chosen.known}, not {labels}.")
    changes = todays(method, values or {})
    resolved = defaults(data, method, changes.get("model", ""))
    for name in changes:
        if name not in resolved:
            raise unknown(name, list(resolved), METHODS[method].title)
    resolved |= changes
    own = knobs_of(METHODS[method])
    made = Config(
        data=chosen.name,  # a folder has one name, however it was spelled
        method=method,
        labels=labels,
        seed=_count(seed, "seed"),
        knobs=build(METHODS[method], {n: v for n, v in resolved.items() if n in own}, METHODS[method].title),
        training=build(Training, {n: v for n, v in resolved.items() if n not in own}, "Training"),
    )
    check_rows(made)
    return made
