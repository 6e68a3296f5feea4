"""A run leaves the house whole, comes back the same, and trains elsewhere to the same accuracy."""

from __future__ import annotations

import ast
import csv
import io
import re
import shlex
import subprocess
import sys
import zipfile

import pytest

from ssl_core.__main__ import main
from ssl_core.export.formats import command_line, config_json, event_files, rows_csv, zipped
from ssl_core.export.reads import reads
from ssl_core.export.script import script
from ssl_core.methods import METHODS
from ssl_core.runs.progress import describe
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work

# Nothing but the four packages, and what they bring along themselves: no page, no chart, no lock, and not this package.
# Several scripts in one process, each as if it were the first: importing PyTorch once is enough.
ELSEWHERE = """
import runpy, sys
from importlib.machinery import PathFinder
class Bare:
    def find_spec(name, path=None, target=None):
        absent = name.split(".")[0] in ("streamlit", "plotly", "pandas", "imblearn", "filelock", "tqdm", "ssl_core")
        return None if absent else PathFinder.find_spec(name, path, target)
finders = [*(finder for finder in sys.meta_path if finder is not PathFinder), Bare]
for script in sys.argv[1:]:
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.startswith("ssl_core")]:
        del sys.modules[name]
    sys.argv = [script, script + ".pt"]
    runpy.run_path(script, run_name="__main__")
"""
RUNS = {
    "fixmatch": ("digits", "fixmatch", {"mu": 2}),
    "mixmatch": ("digits", "mixmatch", {"mix": "cutmix"}),
    "pipeline": ("digits", "fixmatch", {"mu": 2, "strong": "rotate(0..20) > cutout(0.3)"}),
    "learned": ("digits", "uda", {"mu": 2, "strong": "ctaugment"}),
    "smote": ("digits", "supervised", {"rebalance": "smote", "imbalance": 4.0, "model": "small_convnet_stride_2"}),
    "shapes": ("shapes", "supervised_strong", {"steps": 4, "evaluations": 1}),
}
RUNS |= {name: ("digits", name, {"steps": 6, "evaluations": 1}) for name in METHODS if name not in RUNS}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """One short finished run and the store it lies in."""
    from ssl_core.train.config import configure

    store = Store(tmp_path_factory.mktemp("store"))
    values = {"steps": 60, "evaluations": 3, "batch": 8, "mu": 2, "threshold": 0.4}
    run = store.add(configure("digits", "fixmatch", 20, 3, values).to_dict() | {"experiment": "digits-1"})
    assert work(run.folder)["state"] == "done"
    return store, run


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What each run of RUNS ended with here, and what its script printed elsewhere; and of the first with another seed."""
    from ssl_core.train.config import configure

    root = tmp_path_factory.mktemp("both")
    store, here = Store(root / "store"), {}
    for name, (data, method, values) in RUNS.items():
        values = {"steps": 60, "evaluations": 3, "batch": 8, "device": "cpu"} | values
        run = store.add(configure(data, method, 40, 1, values).to_dict())
        here[name] = work(run.folder)["test_accuracy"]
        (root / f"{name}.py").write_text(script(run))
    changed = (root / "fixmatch.py").read_text()
    assert changed.count("SEED = 1\n") == 1
    (root / "changed.py").write_text(changed.replace("SEED = 1\n", "SEED = 2\n"))
    files = [str(root / f"{name}.py") for name in (*RUNS, "changed")]
    done = subprocess.run([sys.executable, "-I", "-c", ELSEWHERE, *files], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    accuracies = [float(text) for text in re.findall(r"done, test accuracy (.+)", done.stdout)]
    assert all((root / f"{name}.py.pt").exists() for name in RUNS)
    return here, dict(zip((*RUNS, "changed"), accuracies, strict=True))


@pytest.mark.parametrize("name", RUNS)
def test_the_script_reproduces_the_run_exactly(both, name):
    here, elsewhere = both
    assert elsewhere[name] == here[name]


def test_a_changed_setting_of_the_script_changes_the_result(both):
    assert both[1]["changed"] != both[1]["fixmatch"]


def test_a_script_carries_only_what_its_run_needs(trained):
    _, run = trained
    text = script(run)
    assert "class FixMatch" in text
    assert "class MixMatch" not in text
    assert "class WideResNet" not in text
    assert "import streamlit" not in text
    assert "def rotate(" in text
    assert "clahe" not in text, "an operation that this run never draws"


def parts_of(text):
    """The parts of a script, name and code."""
    found = re.split(r"^# (ssl_core[\w.]*) -+$", text, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_a_script_on_digits_carries_nothing_of_how_other_pictures_are_brought(trained):
    """Not the catalog, a folder's reader or a zip's, whatever a room offers beside what is used."""
    parts = parts_of(script(trained[1]))
    rooms = {name.split(".")[1] for name in parts}
    assert rooms == {"methods", "train", "models", "data", "augment", "knobs", "fillings", "features", "zoo"}
    assert {name for name in parts if name.startswith("ssl_core.data")} == {
        f"ssl_core.data.{name}" for name in ("card", "digits", "split")
    }


def test_every_part_of_a_script_is_asked_for_by_another(trained):
    text = script(trained[1])
    parts = parts_of(text)
    for name in parts:
        room, _, file = name.rpartition(".")
        others = text.replace(parts[name], "")
        ways = (rf"(from|import) {re.escape(name)}\b", rf"from {re.escape(room)} import .*\b{file}\b")
        assert any(re.search(way, others) for way in ways), name


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f(card): return card", set()),
        ("def f(a=card): return a", {"card"}),
        ("def f(a: Card) -> Data: return a", {"Card", "Data"}),
        ("def f():\n    card = load()\n    return card", {"load"}),
        ("def f():\n    global card\n    card = 1\n    return card", {"card"}),
        ("class C:\n    card: Card\n    def f(self): return card", {"Card", "card"}),
        ("def f():\n    def g(card): return card\n    return card", {"card"}),
        ("f = lambda card, other=seed: card + rest", {"seed", "rest"}),
        ("rows = [card for card in card if test]", {"card", "test"}),
        ("@near\ndef f(): pass", {"near"}),
        ("def f():\n    from a import card\n    return card", set()),
        ("def f():\n    for card in cards: use(card)\n    with card as g: pass\n    try: pass\n    except E as h: h, g", {"cards", "use", "E"}),
        ("def f():\n    import a.b\n    return a.b", set()),
    ],
)  # fmt: skip
def test_what_a_piece_of_code_takes_from_the_top_of_its_file(code, names):
    (node,) = ast.parse(code).body
    assert reads(node) == names


def test_a_broken_run_has_no_script_but_a_sentence(store):
    (store.root / "broken").mkdir()
    run = store.run("broken")
    for what in (script, command_line):
        with pytest.raises(ValueError, match="is missing"):
            what(run)


def test_the_command_line_trains_the_same(trained, tmp_path):
    _, run = trained
    words = shlex.split(command_line(run))
    assert words[:4] == ["python", "-m", "ssl_core", "train"]
    assert main([*words[3:], "--store", str(tmp_path)]) == 0
    again = Store(tmp_path).runs()[0]
    assert {k: v for k, v in again.config.items() if k != "created"} == {
        k: v for k, v in run.config.items() if k not in ("created", "experiment")
    }
    assert again.end["test_accuracy"] == run.end["test_accuracy"]


def test_a_zip_unpacked_into_a_store_is_the_run_again(trained, tmp_path):
    _, run = trained
    with zipfile.ZipFile(io.BytesIO(zipped([run]))) as file:
        assert {name.split("/")[0] for name in file.namelist()} == {run.name}
        file.extractall(tmp_path)
    again = Store(tmp_path).run(run.name)
    assert describe(again) == describe(run)
    assert again.tail.read() == run.tail.read()
    for name in ("config.json", "metrics.jsonl", "checkpoint.pt", "end.json"):
        assert (again.folder / name).read_bytes() == (run.folder / name).read_bytes()


def test_the_csv_holds_every_number_of_the_record(trained):
    _, run = trained
    rows = run.tail.read()
    lines = list(csv.DictReader(io.StringIO(rows_csv(run))))
    assert [int(row["step"]) for row in lines] == [row["step"] for row in rows]
    assert [float(row["loss"]) for row in lines[1:]] == [row["loss"] for row in rows[1:]]
    assert float(lines[-1]["pseudo_counts_9"]) == rows[-1]["pseudo_counts"][9]
    assert "fixmatch" in config_json(run)


def test_event_files_hold_the_accuracies(trained, tmp_path):
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import RecordWriter  # noqa: F401 - the format: length, crc, content, crc

    _, run = trained
    with zipfile.ZipFile(io.BytesIO(event_files([run]))) as file:
        (name,) = file.namelist()
        content = file.read(name)
    seen, at = {}, 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 8], "little")
        event = Event.FromString(content[at + 12 : at + 12 + size])
        at += 12 + size + 4
        for value in event.summary.value:
            seen[value.tag, event.step] = value.simple_value
    for row in run.tail.read():
        if "test_accuracy" in row:
            assert seen["test_accuracy", row["step"]] == pytest.approx(row["test_accuracy"], rel=1e-6)
    assert ("pseudo_counts/9", 60) in seen
