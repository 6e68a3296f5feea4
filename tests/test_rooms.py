"""The import rules of the house, read from the syntax tree; and what importing a room may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
ROOMS = (HOUSE / "ssl_core", HOUSE / "pages")
SOURCES = [HOUSE / "app.py", *sorted(path for root in ROOMS for path in root.rglob("*.py"))]
HEAVY = {"torch", "torchvision", "PIL", "sklearn", "imblearn"}
PROCESSES = {"ray", "optuna", "subprocess", "multiprocessing", "filelock"}


def imports(path: Path, *, top_level: bool = False) -> set[str]:
    """Dotted names that a file imports, anywhere or only at its top level (not under TYPE_CHECKING)."""
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(path: Path) -> str:
    parts = path.relative_to(HOUSE).parts
    return parts[1].removesuffix(".py") if parts[0] == "ssl_core" else parts[0]


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def rooms_used(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("ssl_core.")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_file_imports_only_what_its_room_may(path):
    used, mine = roots(path), room(path)
    if mine not in ("app.py", "pages"):
        assert "streamlit" not in used, "streamlit belongs into app.py and pages/"
    if mine != "figures" and path.name not in ("live_chart.py", "app.py"):
        assert "plotly" not in used, "plotly belongs into figures/"
    if mine == "pages":
        assert not used & HEAVY, "tensors and pictures belong into ssl_core"
    if mine not in ("runs", "search"):
        assert not used & PROCESSES, "processes and locks belong into runs/"
    if mine in ("data", "augment", "mix", "oversample", "models"):
        own = {mine, "knobs"} | ({"images", "zips"} if mine == "data" else set())  # people's pictures are data, too
        assert rooms_used(path) <= own, "these rooms do not know each other"
    if mine == "methods":
        assert rooms_used(path) <= {"methods", "augment", "mix", "models", "knobs"}
    if mine == "train":
        assert "runs" not in rooms_used(path), "training gets a report function; only runs/ joins the two"
    if mine == "predict":
        assert rooms_used(path) <= {"predict", "data", "augment", "models", "methods", "train", "images", "zips"}
    if mine == "figures":
        assert rooms_used(path) <= {"figures", "knobs", "images"}


def test_torchvision_is_never_imported_at_the_top_of_a_file():
    slow = [p.name for p in SOURCES if any(n.split(".")[0] == "torchvision" for n in imports(p, top_level=True))]
    assert slow == [], "torchvision costs seconds: import it where it is used"


@pytest.mark.parametrize(
    "name",
    [
        "ssl_core.knobs",
        "ssl_core.runs.store",
        "ssl_core.runs.progress",
        "ssl_core.runs.runner",
        "ssl_core.runs.listing",
        "ssl_core.export.formats",
        "ssl_core.runs.again",
        "ssl_core.figures.compare",
        "ssl_core.search.plan",
        "ssl_core.figures.accuracy",
        "ssl_core.figures.curves",
        "ssl_core.data.catalog",
        "ssl_core.runs.fetch",
    ],
)
def test_the_first_page_needs_no_torch(name):
    code = f"import sys, {name}; print([m for m in ('torch', 'torchvision', 'sklearn', 'streamlit', 'optuna') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_terminal_works_where_streamlit_is_not_installed():
    code = (
        "import sys; sys.modules['streamlit'] = None\n"
        "from ssl_core.__main__ import main\n"
        "sys.exit(main(['knobs', '--method', 'mixmatch']))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "--alpha 0.75" in told.stdout
