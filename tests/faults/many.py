"""Several processes that do the same at the same moment: one imports what is slow, the others are forked from it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[2]
FRAME = """
import json, os, sys
from ssl_core.runs.experiment import Experiment, enqueue, launch
from ssl_core.runs.runner import ensure_runner
from ssl_core.runs.store import Store
root, ready, go = sys.argv[1], os.pipe(), os.pipe()

def work(number):
{work}

pids = []
for number in range({count}):
    answer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go[1])
        os.write(ready[1], b"x")
        os.read(go[0], 1)  # ends for everybody when the other end is closed
        os.write(answer[1], json.dumps(work(number)).encode())
        os._exit(0)
    os.close(answer[1])
    pids.append((pid, answer[0]))
seen = 0
while seen < {count}:
    seen += len(os.read(ready[0], {count}))
os.close(go[1])
answers = []
for pid, answer in pids:
    answers.append(json.loads(b"".join(iter(lambda: os.read(answer, 65536), b"")) or b"null"))
    os.waitpid(pid, 0)
print(json.dumps(answers))
"""


def at_once(count: int, root: Path, work: str, **settings: Any) -> list[Any]:
    """What `count` processes return from the lines of `work`, a function of `number` and `root`, all begun together."""
    code = FRAME.format(work=textwrap.indent(textwrap.dedent(work).strip(), "    "), count=count)
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], cwd=HOUSE, capture_output=True, text=True, timeout=600, **settings
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
