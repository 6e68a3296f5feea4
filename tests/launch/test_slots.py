"""As many runs at a time as there are GPUs, else cores, on every operating system."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from ssl_core.launch.local import cores, slots


@pytest.mark.parametrize(("gpus", "expected"), [(0, 6), (1, 1), (4, 4)])
@pytest.mark.parametrize("system", ["with affinity", "without"])
def test_one_run_a_gpu_else_one_a_core(monkeypatch, gpus, expected, system):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    if system == "without":  # macOS and Windows
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
        monkeypatch.setattr(os, "cpu_count", lambda: 6)
        monkeypatch.setattr(os, "process_cpu_count", lambda: 6, raising=False)
    else:
        monkeypatch.setattr(os, "sched_getaffinity", lambda number: set(range(6)), raising=False)
    assert slots() == expected


def test_a_machine_that_cannot_count_its_cores_has_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    monkeypatch.setattr(os, "process_cpu_count", lambda: None, raising=False)
    assert slots() == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PyTorch alone knows")
def test_where_there_is_no_gpu_nobody_loads_pytorch_to_start_others(tmp_path):
    """The runner only starts others: PyTorch would cost it a second, for which the first run waits."""
    code = (
        "import sys; from pathlib import Path; from ssl_core.launch import local; from ssl_core.runs.pools import Pools; "
        "from ssl_core.runs.store import Store; local.DEVICES = Path(sys.argv[1]); Pools(Store(sys.argv[1])).tick(); "
        "local.Local()._child(); print(local.slots(), 'torch' in sys.modules)"
    )
    asked = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True)
    assert asked.stdout.split() == [str(cores()), "False"], asked.stderr
