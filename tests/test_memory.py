"""Freed memory is kept for the next step, as the C library can be asked to."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent


def test_kept_memory_is_not_fetched_anew():
    """A block that was freed and is wanted again costs no page faults any more, where the C library can be asked."""
    code = (
        "import resource, sys\n"
        "from ssl_core.train.memory import keep_freed_memory\n"
        "kept = sys.argv[1] == 'keep' and keep_freed_memory()\n"
        "def faults():\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "    b'x' * 2**26\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before\n"
        "faults()\n"
        "print(int(kept), faults())"
    )

    def measured(word: str) -> tuple[bool, int]:
        done = subprocess.run([sys.executable, "-c", code, word], cwd=HOUSE, capture_output=True, text=True, check=True)
        kept, faults = map(int, done.stdout.split())
        return bool(kept), faults

    kept, faults = measured("keep")
    assert kept == (platform.system() == "Linux" and platform.libc_ver()[0] == "glibc")
    if kept:
        assert faults < measured("leave")[1] / 2
