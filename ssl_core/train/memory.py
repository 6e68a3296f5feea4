"""Keeping freed memory for the next step instead of giving it back to the system."""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
KEPT = 2**30


def keep_freed_memory() -> bool:
    """Ask glibc not to hand blocks below 1 GiB back; says whether it agreed (other systems: no).

    A step allocates and frees the same few megabytes again and again; fetching them anew costs page faults, a
    fifth of a step on a small network (python -m tests.benchmarks.steps).
    """
    if platform.system() != "Linux" or platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    return bool(libc.mallopt(_MMAP_THRESHOLD, KEPT)) and bool(libc.mallopt(_TRIM_THRESHOLD, KEPT))
