"""What a test started is found again: by its environment, or, where that was written over, by where it works."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import pytest

from tests.engines.marked import MARK, end, marked

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is looked for in /proc")


@pytest.mark.parametrize("by", ["environment", "folder"])
def test_a_process_is_known_by_its_environment_or_its_folder_and_ended(tmp_path, by):
    mark, env = secrets.token_hex(8), {name: value for name, value in os.environ.items() if name != MARK}
    folder = tmp_path / f"slurm-{mark if by == 'folder' else ''}"
    folder.mkdir()
    words = env | ({MARK: mark} if by == "environment" else {})
    with subprocess.Popen(["sleep", "600"], env=words, cwd=folder) as process:
        assert marked(mark) == [process.pid]
        end(mark)
        assert process.wait(60) < 0
    assert marked(mark) == []
