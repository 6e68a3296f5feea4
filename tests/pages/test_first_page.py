"""The first page is served before anything heavy is imported: PyTorch comes behind it, in a thread of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from ssl_core.runs.files import kernel_lock
from tests.pages.conftest import HOUSE

# Streamlit itself imports numpy and Pillow, for the icon of the page, so these two cost nothing more.
HEAVY = ("torch", "torchvision", "sklearn", "optuna", "onnx", "pandas", "pyarrow", "scipy", "tensorboardX")


def test_the_first_page_imports_nothing_heavy(tmp_path):
    code = (
        "import sys, types\n"
        "sys.modules['ssl_core.train.config'] = types.ModuleType('x')  # what the thread imports\n"
        "from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('pages/_frame.py', default_timeout=300).run()\n"
        "assert not page.exception and page.title[0].value == 'Few-Label Lab'\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = os.environ | {"SSL_STORE": str(tmp_path), "PYTHONPATH": str(HOUSE)}
    with kernel_lock(tmp_path / "runner.lock"):  # as if the runner that the page would start were there
        seen = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, env=environment, capture_output=True, text=True)
    assert seen.returncode == 0, seen.stderr
    assert seen.stdout.strip() == "[]"
