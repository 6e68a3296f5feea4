"""Servers that are forked for tests are what `python -m streamlit run` would have been, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.browser._forks import HOUSE, Forked, Forks
from tests.browser.conftest import QuickServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="servers are forked on Linux alone")

PROBE = """
import json, os, random, signal, sys, time, types
import numpy as np

np.random.random()  # its generator is there before anything is forked

def main(prog_name):
    if "--wait" in sys.argv:
        time.sleep(600)
    print(json.dumps({
        "words": sys.argv,
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "session": os.getsid(0) == os.getpgid(0) == os.getpid(),
        "open": sorted(int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")),
        "drawn": [random.random(), np.random.random()],
        "signals": [signal.getsignal(one) in (signal.default_int_handler, signal.SIG_DFL)
                    for one in (signal.SIGINT, signal.SIGTERM)],
    }))
    sys.exit(3)

for name in ("streamlit", "streamlit.web", "streamlit.web.cli"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["streamlit"].web = sys.modules["streamlit.web"]
sys.modules["streamlit.web"].cli = sys.modules["streamlit.web.cli"]
sys.modules["streamlit.web.cli"].main = main
from tests.browser import _forks
_forks.main(int(sys.argv[1]), load=lambda: None)
"""


@pytest.fixture
def probes():
    there = Forks("-c", PROBE)
    yield there
    there.close()


def test_a_fork_has_words_folder_environment_session_log_and_chance_of_its_own(probes, tmp_path):
    logs = [tmp_path / name for name in ("a", "b")]
    for log in logs:
        log.write_text("before\n")
        assert Forked(["run", "app.py"], {"SSL_STORE": str(log)}, log, probes).wait() == 3
    before, first = logs[0].read_text().splitlines()
    first, second = json.loads(first), json.loads(logs[1].read_text().splitlines()[1])
    assert before == "before"
    assert first["words"] == ["streamlit", "run", "app.py"]
    assert first["folder"] == str(HOUSE)
    assert first["environment"] == {"SSL_STORE": str(logs[0])}
    assert first["session"]
    assert first["open"] == [0, 1, 2], "no socket, and no other's log"
    assert first["signals"] == [True, True]
    assert all(one != other for one, other in zip(first["drawn"], second["drawn"], strict=True))


def test_it_is_asked_how_a_fork_ended_and_knows_it_for_ever(probes, tmp_path):
    fork = Forked(["--wait"], {}, tmp_path / "log", probes)
    assert fork.poll() is None
    os.killpg(fork.pid, signal.SIGKILL)  # it has a session of its own as soon as it has a number
    assert [fork.wait(), fork.poll(), fork.wait()] == [-signal.SIGKILL] * 3


def test_nothing_forked_outlives_who_asked_for_it(tmp_path):
    there = Forks("-c", PROBE)
    numbers = [Forked(["--wait"], {}, tmp_path / "log", there).pid for _ in range(2)]
    assert all(Path(f"/proc/{number}").exists() for number in numbers)
    there.close()
    assert not any(Path(f"/proc/{number}").exists() for number in numbers)


def test_a_forked_server_answers_and_ends_at_ctrl_c(tmp_path):
    server = QuickServer(tmp_path)
    try:
        assert isinstance(server.process, Forked)
        os.kill(server.process.pid, signal.SIGINT)
        assert server.process.wait() == 1, "as from a shell"
    finally:
        server.log.close()
    assert str(server.port) in (tmp_path / "server.log").read_text()
