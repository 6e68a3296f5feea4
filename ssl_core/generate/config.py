"""Everything that decides a run of a maker, checked: data, maker, label count, seed, the maker's knobs, and these."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ssl_core.data.catalog import Card, card, needs
from ssl_core.generate.contract import Maker
from ssl_core.generate.makers import GENERATORS
from ssl_core.knobs import Knob, build, knob, knobs_of, unknown
from ssl_core.tasks import GENERATE
from ssl_core.train.older import VERSION


@dataclass(frozen=True)
class Training:
    """Knobs of the loop that every maker shares."""

    steps: int = knob(
        600, "Steps of learning.", title="Steps", low=1, high=2**20, log=True, source="ours: a demonstration"
    )
    batch: int = knob(64, "Pictures a step.", title="Batch", low=2, high=1024, log=True, source="ours")
    lr: float = knob(
        2e-3, "Learning rate.", title="Learning rate", low=1e-5, high=1.0, log=True, source="ours: short runs"
    )
    frames: int = knob(
        40, "How often pictures are taken while it learns.", title="Looks at its pictures", low=1, high=400,
        source="ours",
    )  # fmt: skip
    unlabelled: bool = knob(
        False, "Learn from the pictures without a label, too; only where no class is asked for.",
        title="Also without labels", source="ours",
    )  # fmt: skip
    device: str = knob(
        "auto", "Where to learn; auto takes the fastest there is.", title="Device",
        choices=("auto", "cpu", "cuda", "mps"), source="-",
    )  # fmt: skip
    threads: int = knob(
        1, "Processor threads of one run.", title="Threads", low=1, high=64, source="measured: 1 is best beside others"
    )
    limit_minutes: float = knob(
        60.0, "A run longer than this stops itself.", title="Longest run, minutes", low=0.1, high=100000.0,
        source="ours",
    )  # fmt: skip


@dataclass(frozen=True)
class Config:
    """One run of a maker, complete; equal configs give equal runs on a CPU."""

    data: str
    method: str
    labels: int  # how many labelled pictures it learns from; all that are known is as many as the card says
    seed: int
    knobs: Maker
    training: Training

    @property
    def card(self) -> Card | None:
        """The data set's card; None for a maker that learns from no data set."""
        return None if self.knobs.own_data else card(self.data)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        own = {"version": VERSION, "task": GENERATE, "data": self.data, "method": self.method}
        own |= {"labels": self.labels, "seed": self.seed}
        return own | {"knobs": dataclasses.asdict(self.knobs), "training": dataclasses.asdict(self.training)}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> Config:
        """Read what to_dict wrote; raises ValueError, one sentence, for anything else."""
        if values.get("version") != VERSION:
            raise ValueError(f"This run was written by another version ({values.get('version')!r}, here {VERSION}).")
        own, shared = (values.get(part) or {} for part in ("knobs", "training"))
        if not isinstance(own, Mapping) or not isinstance(shared, Mapping):
            raise ValueError("knobs and training must be names with values.")
        return _checked(values.get("data"), values.get("method"), values.get("labels"), values.get("seed"), own, shared)


def all_knobs(method: str) -> dict[str, Knob]:
    """The maker's knobs, then the shared ones, by name."""
    return knobs_of(maker(method)) | knobs_of(Training)


def defaults(data: str, method: str) -> dict[str, Any]:
    """The value every knob has unless somebody changes it, on this data set."""
    wanted = maker(method)
    about = None if wanted.own_data else card(data)
    return {name: one.default for name, one in all_knobs(method).items()} | wanted.recipe(about)


def configure(
    data: str, method: str, labels: int | None = None, seed: int = 0, values: Mapping[str, Any] | None = None
) -> Config:
    """A checked Config from defaults and changes; `labels` None is every known training picture.

    Raises ValueError, one sentence, when something is wrong.
    """
    wanted = maker(method)
    if not wanted.own_data:
        card(data)  # says what is wrong with the name
        if missing := needs(data):
            raise ValueError(missing)
    resolved = defaults(data, method)
    for name in values or {}:
        if name not in resolved:
            raise unknown(name, list(resolved), wanted.title)
    resolved |= values or {}
    own = {name: value for name, value in resolved.items() if name in knobs_of(wanted)}
    shared = {name: value for name, value in resolved.items() if name not in own}
    if labels is None:
        labels = 1 if wanted.own_data else card(data).known
    return _checked(wanted.own_data or data, method, labels, seed, own, shared)


def maker(name: Any) -> type[Maker]:
    """The maker of that name; raises ValueError, one sentence."""
    if not isinstance(name, str) or name not in GENERATORS:
        raise ValueError(f"There is no maker {str(name)[:60]!r}. Choose one of {', '.join(GENERATORS)}.")
    return GENERATORS[name]


def _checked(
    data: Any, method: Any, labels: Any, seed: Any, own: Mapping[str, Any], shared: Mapping[str, Any]
) -> Config:
    wanted = maker(method)
    knobs, training = build(wanted, own, wanted.title), build(Training, shared, "Training")
    labels, seed = _count(labels, "labels"), _count(seed, "seed")
    if wanted.own_data:
        return Config(wanted.own_data, method, labels, seed, knobs, training)
    about = card(data)
    if not about.pictures:
        raise ValueError(f"{about.title} has vectors and {wanted.title} makes pictures: choose another data set.")
    if not len(about.classes) <= labels <= about.known:
        few = f"{len(about.classes)} (one a class)"
        raise ValueError(f"labels must lie between {few} and {about.known}, not {labels}.")
    if training.unlabelled and knobs.makes_classes:
        raise ValueError(
            "A maker that is asked for a class learns from labels: set conditional or unlabelled to false."
        )
    return Config(about.name, method, labels, seed, knobs, training)


def _count(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(f"{what} must be a whole number, 0 or more, not {value!r}.")
    return value
