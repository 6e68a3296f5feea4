"""The small installation: PyTorch's build for processors, without the libraries of a GPU."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

HOUSE = Path(__file__).resolve().parents[1]
PINS = {
    one.name: one
    for line in (HOUSE / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
    for one in [Requirement(line.split("#")[0].strip())]
}
WITHOUT = """
import importlib, importlib.abc, pkgutil, sys
sys.argv = ["ssl_core"]

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("triton", "nvidia", "pynvml"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
import ssl_core
for module in pkgutil.walk_packages(ssl_core.__path__, "ssl_core."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

from ssl_core.data import load
from ssl_core.train.config import configure
from ssl_core.train.trainee import Trainee
data = load("digits")
trainee = Trainee(configure("digits", "fixmatch", 20, 0, {"steps": 2, "batch": 8, "device": "auto"}), data)
batch, _, generator = trainee.draw()
trainee.learn(batch, generator)
print(*sorted({name.split(".")[0] for name in sys.modules} & {"triton", "nvidia", "pynvml"}), "one step")
"""


@pytest.mark.timeout(600)
def test_nothing_of_ours_needs_the_libraries_of_a_gpu():
    done = subprocess.run([sys.executable, "-c", WITHOUT], cwd=HOUSE, capture_output=True, text=True, timeout=500)
    assert done.stdout.splitlines()[-1:] == ["one step"], done.stderr[-2000:]  # no such module, one step taken


@pytest.mark.parametrize("name", ["torch", "torchvision"])
def test_the_build_for_processors_is_what_the_requirements_ask_for(name):
    """pip then leaves it as it is, and README names the version that is pinned."""
    (pin,) = PINS[name].specifier
    assert PINS[name].specifier.contains(f"{pin.version}+cpu")
    small = next(line for line in (HOUSE / "README.md").read_text().splitlines() if "--index-url" in line)
    assert re.search(rf"\b{name}=={re.escape(pin.version)}\b", small)
