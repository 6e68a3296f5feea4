"""Titles that would be the same, told apart by what differs in the configurations behind them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ssl_core.lines import line_of

Config = Mapping[str, Any]
MOST = 3  # settings behind a title: more of them tell nobody anything
LONGEST = 28  # characters of a setting's value: a pipeline may have hundreds
LATE = ("evaluations", "device", "threads", "limit_minutes", "precision", "compile")  # about the machine: named last
ABSENT = "–"


def told_apart(titles: Sequence[str], configs: Sequence[Config]) -> list[str]:
    """A title for each configuration, no two alike: equal ones get the settings that differ, at most three.

    Then the moment each was queued, and a number where that is not enough either. Titles that are alone stay.
    """
    shown = list(titles)
    for title in {title for title in titles if titles.count(title) > 1}:
        places = [place for place, other in enumerate(titles) if other == title]
        for place, words in zip(places, _differences([configs[place] for place in places]), strict=True):
            shown[place] = ", ".join(filter(None, (title, words)))
    for title in {title for title in shown if shown.count(title) > 1}:
        places = [place for place, other in enumerate(shown) if other == title]
        moments = [_moment(configs[place].get("created")) for place in places]
        for place, moment in zip(places, moments, strict=True):
            shown[place] = f"{title}, {moment}" if moment and len(set(moments)) > 1 else title
    return [one if shown.count(one) == 1 else f"{one} ({shown[:at].count(one) + 1})" for at, one in enumerate(shown)]


def what_differs(configs: Sequence[Config], most: int = MOST) -> list[str]:
    """For each the settings in which runs of one method on one data set differ, as words; "" where none do."""
    words = [""] * len(configs)
    kinds: dict[Any, list[int]] = {}
    for place, config in enumerate(configs):
        if config:
            kinds.setdefault((config.get("data"), line_of(config)), []).append(place)
    for places in kinds.values():
        flat = [_knobs(configs[place]) for place in places]
        names = _differing(flat)[:most]
        for place, values in zip(places, flat, strict=True):
            words[place] = _words(values, names)
    return words


def _differences(configs: Sequence[Config]) -> list[str]:
    """The fewest settings that tell these apart, as words; those that tell most of them apart first."""
    flat = [_settings(config) for config in configs]
    left, chosen = _differing(flat), []
    while left and len(chosen) < MOST and _kinds(flat, chosen) < len(flat):
        best = max(left, key=lambda name: _kinds(flat, [*chosen, name]))  # of equal ones the first
        if _kinds(flat, [*chosen, best]) == _kinds(flat, chosen):
            break
        chosen.append(best)
        left.remove(best)
    return [_words(values, chosen) for values in flat]


def _kinds(flat: Sequence[Config], names: Sequence[str]) -> int:
    return len({tuple(repr(values.get(name)) for name in names) for values in flat})


def _differing(flat: Sequence[Config]) -> list[str]:
    names = dict.fromkeys(name for values in flat for name in values)
    differ = [name for name in names if _kinds(flat, [name]) > 1]
    return sorted(differ, key=lambda name: name in LATE)


def _settings(config: Config) -> dict[str, Any]:
    about = {name: config[name] for name in ("data", "variant", "seed", "labels") if name in config}
    return {**_knobs(config), **about}


def _knobs(config: Config) -> dict[str, Any]:
    return {**(config.get("knobs") or {}), **(config.get("training") or {})}


def _words(values: Config, names: Sequence[str]) -> str:
    return ", ".join(f"{_plainly(name)} {_value(values.get(name))}" for name in names)


def _value(value: Any) -> str:
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
    text = _plainly(text) if text.isidentifier() else text  # a choice, not a path or a pipeline
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _moment(created: Any) -> str:
    """When a run was queued: 26 Nov, 14:03; "" where nobody wrote it down."""
    return time.strftime("%d %b, %H:%M", time.localtime(created)).lstrip("0") if created else ""


def _plainly(name: str) -> str:
    return name.replace("_", " ")
