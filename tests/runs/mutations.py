"""Everything that can be wrong with one run folder, each with a name: types, nulls, depth, sizes, folders, links, modes.

    for mutation in mutations(seed=0):
        mutation.do(folder)  # a run as `whole_run` leaves it

Deterministic: the same seed gives the same order.
"""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ssl_core.runs.files import write_json
from ssl_core.runs.run import OURS

STATES = ("done", "stopped", "failed", "lost", "queued")
DENIED = "denied"  # a file of this name says which of its neighbours nobody may open: root may open all


def deep(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


VALUES: dict[str, Any] = {
    **{"null": None, "true": True, "false": False, "a text": "text", "an empty text": "", "a number as text": "0.5"},
    **{"-1": -1, "0": 0, "1": 1, "1.5": 1.5, "1e9": 1e9, "1e308": 1e308, "-1e308": -1e308, "2**53": 2**53},
    **{"10**30": 10**30, "NaN": float("nan"), "inf": float("inf"), "-inf": float("-inf"), "[]": [], "{}": {}},
    **{"[null]": [None], "a list of texts": ["x", "y"], "a list of huge numbers": [10**300] * 3, "a table": {"a": {}}},
    **{"deep": deep(400), "half a character": "\ud800", "NUL": "a\0b", "a long text": "x" * 100_000},
    **{
        "markup": "<script>alert(1)</script>![x](http://x/y.png)",
        "path": "../../../etc/passwd",
        "lines": "a\nb\r\n\tc",
    },
    **{"a long list": [0.5] * 20_000, "-0.0": -0.0, "a large whole number": 10**9},
}


class Mutation(NamedTuple):
    """`do(folder)` makes it true; `state` is the state of the run it is done to."""

    name: str
    state: str
    do: Callable[[Path], None]


def whole_run(root: Path, name: str, config: dict[str, Any], state: str, checkpoint: Path) -> Path:
    """A run folder as a worker leaves it, with a checkpoint shared with others: never write into that, replace it."""
    folder = root / name
    folder.mkdir()
    write_json(folder / "config.json", config)
    if state == "queued":
        return folder
    rows = [_row(step) for step in (0, 20, 40, 60)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "wall.jsonl").write_text("".join(json.dumps(wall_row(step)) + "\n" for step in (0, 20, 40, 60)))
    (folder / "wall.png").write_bytes(SHEET)
    (folder / "log.txt").write_text("2026-01-01 00:00:00 worker 1 begins\n")
    for name in ("lock", "beat"):
        (folder / name).write_text("")
    (folder / "beat").unlink()
    os.link(checkpoint, folder / "checkpoint.pt")
    if state != "lost":
        measured = {k: rows[-1][k] for k in _MEASURED}
        write_json(folder / "end.json", {"state": state, "why": "", "step": 60, "seconds": 3.0} | measured)
    return folder


SHEET = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (80).to_bytes(4, "big") + (8).to_bytes(4, "big") + bytes(40)


def wall_row(step: int) -> dict[str, Any]:
    """A line of a wall of four pictures."""
    row = {"step": step, "truth": [0, 1, -1, 3], "guess": [0, 2, 2, 3], "confidence": [0.99, 0.6, 0.95, 0.2]}
    return row | {"counts": [1.0, 0.0, 1.0, 0.0], "threshold": 0.95, "taught": [0, 2, 2, 1], "learned": [1.0] * 4}


_MEASURED = ("test_accuracy", "validation_accuracy", "tested", "tested_by_class", "balanced_accuracy", "recall")


def _row(step: int) -> dict[str, Any]:
    share = 0.5 + step / 200
    row = {"step": step, "images": 8 * step, "seconds": step / 20, "lr": 0.03, "loss": 1.0, "loss_labelled": 0.5}
    row |= {"loss_unlabelled": 0.5, "mask_rate": 0.9, "pseudo_accuracy": share}
    row |= {"pseudo_counts": [10.0] * 10, "pseudo_right": [5.0] * 10, "validation_accuracy_live": share}
    row |= {"test_accuracy": share, "balanced_accuracy": share, "recall": [share] * 10, "tested": 360}
    return row | {"tested_by_class": [36] * 10, "validation_accuracy": share}


def mutations(seed: int) -> list[Mutation]:
    """All of them, in an order that follows from the seed."""
    every = [
        *_json_mutations(),
        *_record_mutations(),
        *_wall_mutations(),
        *_file_mutations(),
        *_checkpoint_mutations(),
        *_folder_mutations(),
    ]
    random.Random(seed).shuffle(every)
    return every


def _rewrite(path: Path, content: bytes) -> None:
    """Put content there without touching a file that others share."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    for key, inner in value.items():
        yield (*path, key)
        if isinstance(inner, dict):
            yield from _places(inner, (*path, key))


def put(values: Any, place: tuple, value: Any) -> Any:
    """The same tables with another value at a place: ("knobs", "threshold")."""
    changed = copy.deepcopy(values)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()  # NaN and Infinity as Python writes them


_CONFIG_PLACES = [
    *("version", "data", "method", "labels", "seed", "knobs", "training", "experiment", "created", "role", "task"),
    *("search", "trial", "confirms", "taken", "fingerprint", "classes", "input", "unheard of"),
]
_INNER = [("training", "model"), ("training", "steps"), ("training", "batch"), ("knobs", "threshold"), ("knobs", "x y")]


def _json_mutations() -> Iterator[Mutation]:
    places = [*((name,) for name in _CONFIG_PLACES), *_INNER]
    for number, (place, (what, value)) in enumerate((p, v) for p in places for v in VALUES.items()):
        name = f"config.json: {'.'.join(place)} is {what}"
        yield Mutation(name, STATES[number % 5], lambda folder, p=place, v=value: _config(folder, p, v))
    for number, place in enumerate(places):
        name = f"config.json: no {'.'.join(place)}"
        yield Mutation(name, STATES[number % 5], lambda folder, p=place: _config(folder, p, _config))
    for key in ("state", "why", "step", "seconds", *_MEASURED, "unheard of"):
        for what, value in VALUES.items():
            yield Mutation(f"end.json: {key} is {what}", "done", lambda folder, k=key, v=value: _end(folder, k, v))
        yield Mutation(f"end.json: no {key}", "done", lambda folder, k=key: _end(folder, k, _end))
    for key in ("text", "left"):
        for what, value in VALUES.items():
            values = {"text": "looking at pictures", "left": 3.0} | {key: value}
            do = lambda folder, v=values: _rewrite(folder / "phase.json", _dump(v))  # noqa: E731
            yield Mutation(f"phase.json: {key} is {what}", "lost", do)


def _config(folder: Path, place: tuple, value: Any) -> None:
    _change(folder / "config.json", place, value, value is _config)


def _end(folder: Path, key: str, value: Any) -> None:
    _change(folder / "end.json", (key,), value, value is _end)


def _change(path: Path, place: tuple, value: Any, away: bool) -> None:
    values = json.loads(path.read_bytes())
    if not away:
        values = put(values, place, value)
    else:
        inner = values
        for key in place[:-1]:
            inner = inner[key]
        inner.pop(place[-1], None)
    _rewrite(path, _dump(values))


def _record_mutations() -> Iterator[Mutation]:
    for number, (key, (what, value)) in enumerate((k, v) for k in [*_row(0), "x", "x y"] for v in VALUES.items()):
        line = number % 5  # 4: of every line
        name = f"metrics.jsonl: {key} of line {line if line < 4 else 'any'} is {what}"
        yield Mutation(name, STATES[number % 4], lambda folder, k=key, v=value, n=line: _line(folder, k, v, n))


def _wall_mutations() -> Iterator[Mutation]:
    cases = [(key, what, value) for key in (*wall_row(0), "x") for what, value in VALUES.items()]
    cases += [("guess", "shorter", [0, 1]), ("guess", "another class", [0, 9_999, 1, 2]), ("truth", "others", [4] * 4)]
    cases += [("confidence", "gaps", [None, 0.5, None, 0.5]), ("counts", "longer", [1.0] * 5), ("truth", "none", [])]
    for number, (key, what, value) in enumerate(cases):
        line = number % 5  # 4: of every line
        name = f"wall.jsonl: {key} of line {line if line < 4 else 'any'} is {what}"
        do = lambda folder, k=key, v=value, n=line: _line(folder, k, v, n, "wall.jsonl")  # noqa: E731
        yield Mutation(name, STATES[number % 4], do)


def _line(folder: Path, key: str, value: Any, number: int, name: str = "metrics.jsonl") -> None:
    rows = [json.loads(line) for line in (folder / name).read_text().splitlines()]
    for place, row in enumerate(rows):
        if number in (place, 4):
            row[key] = value
    _rewrite(folder / name, b"".join(_dump(row) + b"\n" for row in rows))


CONTENTS: dict[str, bytes] = {
    **{
        "empty": b"",
        "a brace": b"{",
        "a list": b"[]",
        "null": b"null",
        "a text": b'"x"',
        "a number": b"7\n",
        "NaN": b"NaN",
    },
    **{"200,000 brackets": b"[" * 200_000, "200,000 braces": b'{"a":' * 200_000, "NULs": b"\0" * 5_000},
    **{"not UTF-8": b'{"a": "\xff\xfe"}\n', "UTF-16": '{"a": 1}'.encode("utf-16"), "a mark": b"\xef\xbb\xbf{}"},
    **{
        "a torn line": b'{"step": 9, "ac',
        "blank lines": b"\n\r\n\n",
        "a digit too many": b'{"step": ' + b"9" * 5_000 + b"}\n",
    },
    **{"one key twice": b'{"step": 1, "step": "x"}\n', "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256))},
}


def _file_mutations() -> Iterator[Mutation]:
    things: dict[str, Callable[[Path], None]] = {
        "missing": lambda path: None,
        "a folder": lambda path: path.mkdir(),
        "a full folder": lambda path: (path / "a" / "b").mkdir(parents=True),
        "a link to elsewhere": lambda path: path.symlink_to("/etc/passwd"),
        "a link to a folder": lambda path: path.symlink_to("/etc"),
        "a link to itself": lambda path: path.symlink_to(path),
        "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
        "a dangling link": lambda path: path.symlink_to("/nowhere/at/all"),
        "a pipe": os.mkfifo,
        "a socket": _socket,
        "8 GB": _giant,
        "closed": _deny,
    }
    for name in OURS:
        for place, (what, content) in enumerate(CONTENTS.items()):
            do = lambda folder, n=name, c=content: _rewrite(folder / n, c)  # noqa: E731
            yield Mutation(f"{name} is {what}", STATES[place % 5], do)
        for place, (what, put) in enumerate(things.items()):
            yield Mutation(
                f"{name} is {what}", STATES[place % 5], lambda folder, n=name, p=put: _replace(folder / n, p)
            )
            yield Mutation(f"{name} of a queued run is {what}", "queued", lambda f, n=name, p=put: _replace(f / n, p))


def _replace(path: Path, put: Callable[[Path], None]) -> None:
    path.unlink(missing_ok=True)
    put(path)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's address is short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def _giant(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(8 * 2**30)  # a hole: takes no room


def _deny(path: Path) -> None:
    path.write_bytes(b"{}")
    path.chmod(0)
    with open(path.parent / DENIED, "a") as file:
        file.write(f"{path.name}\n")


def _checkpoint_mutations() -> Iterator[Mutation]:
    import io

    import torch

    from ssl_core.models import MODELS

    def saved(value: Any) -> bytes:
        out = io.BytesIO()
        torch.save(value, out)
        return out.getvalue()

    class Evil:
        def __reduce__(self) -> tuple:
            return os.system, ("touch /tmp/few-label-lab-was-here",)

    model = MODELS["small_convnet"](1, 10).state_dict()
    other = MODELS["small_convnet"](3, 4).state_dict()
    nan = {name: value * float("nan") if value.is_floating_point() else value for name, value in model.items()}
    whole = {"step": 60, "seconds": 1.0, "model": model, "average": model, "updates": 60, "optimizer": {}, "state": {}}
    whole |= {"meter": {}}
    values: dict[str, Any] = {
        **{"a list": [1, 2], "a tensor": torch.zeros(3), "a text": "x", "a number": 7, "nothing": None, "{}": {}},
        **{
            "another network's": whole | {"average": other},
            "weights alone": model,
            "not numbers": whole | {"average": nan},
        },
        **{"without average": {"step": 1}, "a list for average": whole | {"average": [1]}, "evil": {"average": Evil()}},
        **{
            "sparse": whole | {"average": {name: value.to_sparse() for name, value in model.items() if value.dim() > 1}}
        },
        **{
            "numbers for names": whole | {"average": dict(enumerate(model.values()))},
            "deep": whole | {"state": deep(300)},
        },
    }
    content = saved(whole)
    raw = {f"cut at {share} %": content[: len(content) * share // 100] for share in (1, 50, 99)}
    chance = random.Random(1)
    for number in range(20):
        damaged = bytearray(content)
        for _ in range(40):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        raw[f"damaged {number}"] = bytes(damaged)
    try:
        from safetensors.torch import save

        raw |= {
            "safetensors": save(model),
            "a damaged safetensors": save(model)[:200],
            "safetensors' length alone": b"\xff" * 8,
        }
    except ImportError:
        pass
    for what, value in values.items():
        raw[what] = saved(value)
    for what, content in raw.items():
        do = lambda folder, c=content: _rewrite(folder / "checkpoint.pt", c)  # noqa: E731
        yield Mutation(f"checkpoint.pt is {what}", "done", do)


def _folder_mutations() -> Iterator[Mutation]:
    for what, name in {
        "a stranger's file": "notes.txt",
        "a hidden file": ".x",
        "a half written file": ".end.json.1.aside",
    }.items():
        yield Mutation(f"beside it {what}", "done", lambda folder, n=name: _rewrite(folder / n, b"\xff" * 99))
    yield Mutation("beside it a folder", "queued", lambda folder: (folder / "more" / "and more").mkdir(parents=True))
    yield Mutation("the folder is empty", "done", lambda folder: [path.unlink() for path in folder.iterdir()])
    yield Mutation("the folder is gone", "done", shutil.rmtree)
    for state in STATES:
        yield Mutation(f"the folder of a {state} run is closed", state, _close)
        yield Mutation(f"the folder of a {state} run is a link", state, _link)
        yield Mutation(
            f"the folder of a {state} run is a file", state, lambda folder: (shutil.rmtree(folder), folder.touch())
        )


def _close(folder: Path) -> None:
    with open(folder / DENIED, "a") as file:
        file.write(".\n")


def _link(folder: Path) -> None:
    away = folder.with_name(f".{folder.name}.elsewhere")
    folder.rename(away)
    folder.symlink_to(away)
