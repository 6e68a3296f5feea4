"""What a run's files say, checked once, where they are read: behind this no text stands where a number should.

A file that our worker never writes is damaged, or another version's: one sentence says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ssl_core.tasks import CLASSIFY, TASKS
from ssl_core.train.older import VERSION

Holds = Callable[[Any], bool]
ENDED = ("done", "stopped", "failed", "lost")
NAME = re.compile(r"[A-Za-z]\w{0,59}", re.ASCII)
LONGEST = 5_000  # characters of a text: a path may have 4,096
MOST_ITEMS = 10_000  # of a list: one a class
MOST_KEYS = 300  # of a line, and of knobs
MOST_LABELS = 10**8  # and most pictures of a class, or in a test
MOST_WALL = 100  # pictures of a wall, and of a row that a maker shows
MOST_PNG = 2**21  # characters of a row of pictures: ten at 320 pixels have a million
LONGEST_NOTE, MOST_TAGS = 2_000, 12  # of what people say of an experiment
MOST_ACTIONS = 500  # of an agent: operations times strengths
MOST = 2**53  # beyond it a number with a point is no longer exact, and no table holds it


class Kind(NamedTuple):
    """What a value may be: a test, and its words behind "must be"."""

    holds: Holds
    words: str


def is_number(value: Any) -> bool:
    """Whether this is a number that a table and a chart can hold."""
    return type(value) in (int, float) and -MOST < value < MOST  # NaN is not


def _within(low: float, high: float, *types: type) -> Holds:
    return lambda value: type(value) in types and low <= value <= high


def _list(holds: Holds, *, gaps: bool = False) -> Holds:
    def all_hold(values: Any) -> bool:
        short = type(values) is list and len(values) <= MOST_ITEMS
        return short and all(holds(value) or (gaps and value is None) for value in values)

    return all_hold


def _table(values: Any) -> bool:
    return (
        type(values) is dict
        and len(values) <= MOST_KEYS
        and all(NAME.fullmatch(name) and _plain(value) for name, value in values.items())
    )


def _plain(value: Any) -> bool:
    return value is None or type(value) is bool or is_number(value) or _text(value)


def _text(value: Any) -> bool:
    return type(value) is str and len(value) <= LONGEST and "\0" not in value


_count, _share, _amount = _within(0, MOST, int), _within(0, 1 + 1e-6, int, float), _within(0, MOST, int, float)
TEXT = Kind(_text, f"a text of at most {LONGEST:,} characters")
NAMED = Kind(lambda value: _text(value) and value.strip() != "", "a name")
COUNT = Kind(_count, "a whole number, 0 or more")
SEED = Kind(_within(0, 2**31 - 1, int), "a whole number from 0 to 2,147,483,647")
LABELS = Kind(_within(1, MOST_LABELS, int), "a whole number from 1 to 100,000,000")
AMOUNT = Kind(_amount, "a number, 0 or more")
SHARE = Kind(_share, "a share from 0 to 1")
SHARES = Kind(_list(_share, gaps=True), "a list of shares from 0 to 1")
COUNTS = Kind(_list(_within(0, MOST_LABELS, int)), "a list of whole numbers, 0 or more")
AMOUNTS = Kind(_list(_amount), "a list of numbers, 0 or more")
TABLE = Kind(_table, "names with values")
STEPS = _within(1, 2**31 - 1, int)
SETTINGS = Kind(lambda value: _table(value) and STEPS(value.get("steps")), "names with values, and steps from 1")
NAMES = Kind(_list(lambda name: _text(name) and len(name) <= 200), "a list of names")
VARIANT = Kind(lambda value: _text(value) and len(value) <= 200 and value.isprintable(), "a name in one line")
WHY = Kind(lambda value: type(value) is str, "a text")
STATE = Kind(lambda value: type(value) is str and value in ENDED, f"one of {', '.join(ENDED)}")
NUMBER = Kind(is_number, "a number")
NUMBERS = Kind(lambda value: is_number(value) or _list(is_number, gaps=True)(value), "a number or a list of numbers")

CONFIG = {
    **{"version": COUNT, "data": NAMED, "method": NAMED, "labels": LABELS, "seed": SEED, "task": TEXT},
    **{"knobs": TABLE, "training": SETTINGS, "created": Kind(_within(0, 1e10, int, float), "seconds since 1970")},
    **{"experiment": TEXT, "taken": TEXT, "role": TEXT, "search": TEXT, "confirms": TEXT, "trial": COUNT},
    **{"fingerprint": TEXT, "classes": NAMES, "input": COUNTS, "variant": VARIANT, "continues": NAMED},
}
ASKED = ("data", "method", "labels", "seed", "training")  # what no configuration can do without
ROW = {
    **{"step": COUNT, "images": COUNT, "seconds": AMOUNT, "tested": COUNT},
    **{"test_accuracy": SHARE, "validation_accuracy": SHARE, "validation_accuracy_live": SHARE},
    **{"balanced_accuracy": SHARE, "mask_rate": SHARE, "pseudo_accuracy": SHARE},
    **{"loss": NUMBER, "loss_labelled": NUMBER, "loss_unlabelled": NUMBER, "lr": NUMBER},
    **{"each_accuracy": SHARES, "together_accuracy": SHARE, "disagreement": SHARE, "recognised": SHARE},
    "seen_as": COUNTS,
    **{"recall": SHARES, "tested_by_class": COUNTS, "pseudo_counts": AMOUNTS, "pseudo_right": AMOUNTS},
}
GUESSED = Kind(_list(_within(-1, MOST_ITEMS, int)), "a list of classes, -1 for unknown")
SHARE_OR_SHARES = Kind(lambda value: _share(value) or SHARES.holds(value), "a share from 0 to 1, or a list of them")
WALL = {
    **{"step": COUNT, "truth": GUESSED, "guess": GUESSED, "confidence": SHARES, "taught": GUESSED},
    **{"counts": SHARE_OR_SHARES, "threshold": SHARE_OR_SHARES, "learned": SHARES},
}
PNG = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/]*={0,2}", re.ASCII)  # base64 of what every PNG begins with
PICTURES = {
    **{"step": COUNT, "name": Kind(lambda value: _text(value) and bool(NAME.fullmatch(value)), "a short name")},
    "png": Kind(lambda v: type(v) is str and len(v) <= MOST_PNG and bool(PNG.fullmatch(v)), "a PNG as base64"),
    "count": Kind(_within(1, MOST_WALL, int), f"a whole number from 1 to {MOST_WALL}"),
    "columns": Kind(_within(1, MOST_WALL, int), f"a whole number from 1 to {MOST_WALL}"),
}
LEVELS = Kind(_list(_within(0, 9, int)), "a list of whole numbers from 0 to 9")
OPERATIONS = Kind(_list(lambda name: type(name) is str and bool(NAME.fullmatch(name))), "a list of operations")
AGENT = {
    **{
        "step": COUNT,
        "operations": OPERATIONS,
        "levels": LEVELS,
        "values": Kind(_list(is_number), "a list of numbers"),
    },
    **{"taken": COUNTS, "chosen": COUNTS, "turns": COUNT, "epsilon": SHARE, "score": SHARE, "earned": NUMBER},
    "error": AMOUNT,
}
END = ROW | {"state": STATE, "why": WHY}
COUNTED = ("images", "seconds", "tested")  # of a line, and never null as what is measured may be
PHASE = {"text": TEXT, "left": AMOUNT}
CLASS = {
    **{"paused": Kind(lambda value: type(value) is bool, "true or false"), "shown": TEXT, "lesson": TEXT},
    "first": Kind(_list(_text), "a list of names"),
    **{"part": COUNT, "runs": COUNT, "steps": COUNT, "minutes": AMOUNT, "sets": COUNT, "megabytes": COUNT},
    "run_megabytes": COUNT,
}
JOB = {"launcher": TEXT, "job": TEXT, "word": TEXT}
ENGINE = {"places": COUNT, "why": TEXT}
TAGS = Kind(
    lambda v: type(v) is list and len(v) <= MOST_TAGS and all(VARIANT.holds(tag) for tag in v),
    f"a list of at most {MOST_TAGS} words",
)
ABOUT = {
    **{"experiment": NAMED, "name": VARIANT, "tags": TAGS, "pinned": Kind(lambda v: type(v) is bool, "true or false")},
    "who": TEXT,
    "note": Kind(lambda v: _text(v) and len(v) <= LONGEST_NOTE, f"a text of at most {LONGEST_NOTE:,} characters"),
}


def config(values: dict[str, Any]) -> dict[str, Any]:
    """A configuration as a listing needs it, or ValueError, one sentence. A worker checks what a knob may be."""
    version = values.get("version", VERSION)
    if type(version) is int and version > VERSION:
        raise ValueError(f"config.json was written by a newer version of this program ({version}, here {VERSION}).")
    if unknown := next((name for name in values if name not in CONFIG), None):
        raise ValueError(f"config.json has a key that is not known here, {unknown[:60]!r}: a newer version wrote it.")
    kept = _checked("config.json does not describe a run", values, CONFIG, ASKED)
    if kept.get("task", CLASSIFY) not in TASKS:
        raise ValueError(f"config.json names a task that is not known here: {kept['task'][:60]!r}.")
    return kept


def end(values: dict[str, Any]) -> dict[str, Any]:
    """How a run ended, with what it measured; ValueError, one sentence. What is null is not there."""
    kept = _checked("end.json does not say how the run ended", values, END, ("state",))
    return kept | {"why": kept.get("why", "").replace("\0", "")[:LONGEST]}


def row(values: dict[str, Any]) -> dict[str, Any]:
    """One line of a record; ValueError, one sentence, for one that no worker wrote. Measured numbers may be null."""
    _checked("A line does not say how far the run was", values, ROW, ("step",))
    if nothing := next((name for name in COUNTED if values.get(name, 0) is None), None):
        raise ValueError(f"A line does not say how far the run was: {nothing} is counted, and so never null.")
    return values


def wall(values: dict[str, Any]) -> dict[str, Any]:
    """One line of a run's wall, what is not known here left out; ValueError, one sentence, for what no worker wrote."""
    kept = _checked("A line of the wall", values, WALL, ("step", "truth", "guess", "confidence", "counts"))
    kept = {name: kept[name] for name in WALL if name in kept}
    lengths = {len(value) for value in kept.values() if isinstance(value, list)}
    if len(lengths) != 1 or not 1 <= max(lengths) <= MOST_WALL:
        raise ValueError(f"A line of the wall must say the same of each of 1 to {MOST_WALL} pictures.")
    return kept


def pictures(values: dict[str, Any]) -> dict[str, Any]:
    """One row of pictures of a maker, what is not known here left out; ValueError, one sentence, for anything else."""
    kept = _checked("A line of pictures", values, PICTURES, tuple(PICTURES))
    return {name: kept[name] for name in PICTURES}


def agent(values: dict[str, Any]) -> dict[str, Any]:
    """One line of what a run's agent thought, what is not known here left out; ValueError for what no worker wrote."""
    kept = _checked("A line of the agent", values, AGENT, tuple(AGENT))
    kept = {name: kept[name] for name in AGENT}
    lengths = {len(kept[name]) for name in ("operations", "levels", "values", "taken")}
    if len(lengths) != 1 or not 1 <= max(lengths) <= MOST_ACTIONS:
        raise ValueError(f"A line of the agent must say the same of each of 1 to {MOST_ACTIONS} actions.")
    if any(place >= max(lengths) for place in kept["chosen"]):
        raise ValueError("A line of the agent names an action that there is not.")
    return kept


def phase(values: dict[str, Any]) -> dict[str, Any]:
    """What a run does before its first step; ValueError, one sentence."""
    return _checked("phase.json does not say what the run does", values, PHASE)


def classroom(values: dict[str, Any]) -> dict[str, Any]:
    """What a teacher said for a class, what is not known here left out; ValueError, one sentence."""
    kept = _checked("class.json does not say what holds for the class", values, CLASS)
    return {name: kept[name] for name in CLASS if name in kept}


def turns(values: dict[str, Any]) -> dict[str, Any]:
    """Who had the latest turns in the queue; ValueError, one sentence."""
    return _checked("turns.json does not say who had a turn", values, {"last": CLASS["first"]}, ("last",))


def resumed(values: dict[str, Any]) -> dict[str, Any]:
    """One line of a store's record of runs that went on after their end; ValueError, one sentence."""
    return {"run": _checked("A line of resumed runs", values, {"run": NAMED}, ("run",))["run"]}


def job(values: dict[str, Any]) -> dict[str, Any]:
    """Which engine has a run, what is not known here left out; ValueError, one sentence, for anything else."""
    kept = _checked("job.json does not say which engine has the run", values, JOB, ("launcher",))
    return {name: kept[name] for name in JOB if name in kept}


def engine(values: Any) -> dict[str, Any]:
    """What an engine said of itself, what is not known here left out; ValueError, one sentence, for anything else."""
    if type(values) is not dict:
        raise ValueError("engines.json does not say how an engine is.")
    kept = _checked("engines.json does not say how an engine is", values, ENGINE)
    return {name: kept[name] for name in ENGINE if name in kept}


def about(values: dict[str, Any]) -> dict[str, Any]:
    """What people say of an experiment, what is not known here left out; ValueError, one sentence, for anything else.

    What it lacks may be missing: people write such files by hand.
    """
    known = {name: value for name, value in values.items() if name in ABOUT}
    return _checked("It does not say something of an experiment", known, ABOUT, ("experiment",))


def _checked(what: str, values: dict[str, Any], kinds: dict[str, Kind], asked: Sequence[str] = ()) -> dict[str, Any]:
    """The values that are not null, each of its kind; what has no kind is a number, so that tasks may add some."""
    for name in asked:
        if name not in values:
            raise ValueError(f"{what}: it has no {name}.")
    kept = {name: value for name, value in values.items() if value is not None or name in asked}
    if len(kept) > MOST_KEYS:
        raise ValueError(f"{what}: it has {len(kept):,} entries.")
    for name, value in kept.items():
        kind = kinds.get(name, NUMBERS)
        if not NAME.fullmatch(name) or not kind.holds(value):
            raise ValueError(f"{what}: {_shown(name)} must be {kind.words}, not {_shown(value)}.")
    return kept


def _shown(value: Any) -> str:
    """A stranger's value as it may stand in a sentence."""
    if type(value) is str:
        return value if NAME.fullmatch(value) else repr(value[:60])
    names = {dict: "names with values", list: "a list", type(None): "nothing", bool: str(value).lower()}
    return names[type(value)] if type(value) in names else repr(value)[:60]
