"""What several rooms of tests need: golden numbers, and the folders of shared pictures where they exist."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

# Before NumPy: its threads wait for each other by spinning, and where every core is busy a matrix takes ten times as
# long with two. Whatever a test starts inherits it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, settings

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parent
os.environ["SSL_DATA"] = f"{tempfile.gettempdir()}/few-label-lab-no-data"  # tests never see a person's data
os.environ["TORCH_HOME"] = f"{tempfile.gettempdir()}/few-label-lab-no-weights"

# What Python compiles is kept, whatever the shell says: each worker reads every test, and tests start many processes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

logging.getLogger().addHandler(logging.NullHandler())  # else what libraries log would stand in a command's output

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    # A shell's background job ignores Ctrl-C, and so would every command that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Properties: no clock judges them, since a busy machine takes any time for one example, and the same examples are drawn
# each time, so that a failure is there again; --hypothesis-profile=default draws others.
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config):
    """One more than there are cores: a test that drives a browser waits half of its time."""
    return (os.cpu_count() or 1) + 1


# What computes longest: nobody is left alone with it at the end.
FIRST = ("test_every_method.py", "test_hostile.py", "test_terminal.py", "test_terminal_fuzz.py")
WAITING = ("faults", "browser")  # folders of tests that wait for other processes or for a browser, the longest first


def pytest_runtest_setup(item):
    """What a test draws from PyTorch's own generator does not hang on the tests before it."""
    torch.manual_seed(0)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Nothing collected is garbage: it is not looked for meanwhile, and never again among what is there now."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # else C++ bindings complain of leaks when the process ends
        gc.enable()


def pytest_collection_modifyitems(config, items):
    """Side by side, files that wait are spread among those that compute: who waits leaves its core to who computes."""
    if hasattr(config, "workerinput"):
        files = list(dict.fromkeys(item.path for item in items))
        place = places(files)
        items.sort(key=lambda item: place[item.path])


def places(files: list[Path]) -> dict[Path, float]:
    """When each file's turn is, from 0 to 1; those that wait come evenly, and the last tenth is without them."""
    waiting = [file for folder in WAITING for file in files if file.parent.name == folder]
    others = sorted((file for file in files if file not in waiting), key=lambda file: file.name not in FIRST)
    turns = {file: number / len(others) for number, file in enumerate(others)}
    return turns | {file: 0.9 * number / len(waiting) for number, file in enumerate(waiting)}


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture
def oracle():
    """oracle("ema") -> the golden numbers of that name as a dict of arrays."""
    folder = Path(os.environ.get("SSL_ORACLES", HERE / "oracles"))

    def load(name: str) -> dict[str, np.ndarray]:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as numbers:
            return {key: numbers[key] for key in numbers.files}

    return load


@pytest.fixture
def shared_data() -> Path:
    """The folder of real and hostile pictures beside the checkout; tests that need it skip without it."""
    folder = Path(os.environ.get("SSL_SHARED_DATA", HOUSE.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no folder of shared pictures at {folder}")
    return folder
