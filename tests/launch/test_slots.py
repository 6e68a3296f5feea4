"""As many runs at a time as there are GPUs, else cores, on every operating system."""

from __future__ import annotations

import os

import pytest
import torch

from ssl_core.launch.local import slots


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
