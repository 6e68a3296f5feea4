"""What people do to a command while it runs: Ctrl-C at any moment, a closed terminal, a full disk, a closed pipe."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from ssl_core.__main__ import COMMANDS, main
from ssl_core.runs.store import Store

HOUSE = Path(__file__).resolve().parents[2]
TERMINAL = [sys.executable, "-m", "ssl_core"]
LONG = [
    "train",
    "--method",
    "supervised",
    "--labels",
    "20",
    "--device",
    "cpu",
    "--steps",
    "20000",
    "--evaluations",
    "200",
]


def until(what, process, seconds=600):
    limit = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.fixture
def begin():
    """begin(line) -> a process that is gone when the test is over."""
    begun = []

    def start(line):
        begun.append(subprocess.Popen(line, cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def saved(store):
    return lambda: any((run.folder / "checkpoint.pt").exists() for run in store.runs())


@pytest.fixture
def ask(capsys):
    """ask(words...) -> a command's exit code, output and errors; in this process, where it is about none."""

    def answers(*words):
        capsys.readouterr()
        code = main([*map(str, words)])
        return code, *capsys.readouterr()

    return answers


@pytest.mark.parametrize("module", ["argparse", "torch.nn"])
def test_ctrl_c_while_it_loads_is_one_line_and_130(tmp_path, begin, module):
    """Python says on stderr what it has imported: the signal comes right after that module."""
    line = [sys.executable, "-X", "importtime", "-m", "ssl_core", *LONG, "--store", str(tmp_path / "s")]
    process = begin(line)
    for told in process.stderr:
        if re.search(rf"\| +{re.escape(module)}$", told):
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=600)
    said = [told for told in err.splitlines() if not told.startswith("import time:")]
    assert (process.returncode, said, out) == (130, ["Stopped by Ctrl-C."], "")
    assert not (tmp_path / "s").exists()


def test_the_line_that_ctrl_c_prints_goes_on_with_that_run(tmp_path, begin):
    store = Store(tmp_path / "a store")
    line = [*TERMINAL, *LONG, "--store", str(store.root)]
    process = begin(line)
    until(saved(store), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=600)
    (run,) = store.runs()
    (command,) = re.findall(r"^Stopping after this step; python (.+) goes on\.$", err, re.MULTILINE)
    assert shlex.split(command) == ["-m", "ssl_core", "train", "--resume", run.name, "--store", str(store.root)]
    assert (process.returncode, run.state) == (1, "stopped")
    step = run.end["step"]
    again = begin([sys.executable, *shlex.split(command)])
    until(lambda: run.state == "running" and any(row["step"] > step for row in run.tail.read()), again)
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=600)
    assert len(store.runs()) == 1


def test_a_second_ctrl_c_does_not_wait_and_is_no_traceback(tmp_path, begin):
    """Also in the middle of a save: here one takes for ever."""
    code = (
        "import sys, time\n"
        "from ssl_core.runs import worker\n"
        "def slow(path, state): (path.parent / 'saving').touch(); time.sleep(3600)\n"
        "worker.save_checkpoint = slow\n"
        "sys.argv[0] = 'ssl_core'\n"
        "import runpy; runpy.run_module('ssl_core', run_name='__main__')"
    )
    store = Store(tmp_path / "s")
    line = [sys.executable, "-c", code, *LONG, "--store", str(store.root)]
    process = begin(line)
    until(lambda: any((run.folder / "saving").exists() for run in store.runs()), process)
    process.send_signal(signal.SIGINT)
    until(lambda: store.runs()[0].stopping(), process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)  # the save would take an hour
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "Stopped at once; python -m ssl_core train --resume" in err.splitlines()[-1]
    assert store.runs()[0].state == "lost"


@pytest.mark.parametrize("ignored", [False, True], ids=["closed", "nohup"])
def test_a_closed_terminal_keeps_what_a_polite_kill_keeps(tmp_path, ignored):
    store = Store(tmp_path / "s")
    pid, terminal = pty.fork()
    if pid == 0:  # the child: its terminal is the one that will be closed
        os.chdir(HOUSE)
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)  # whatever these tests run under
        os.execv(sys.executable, [*TERMINAL, *LONG, "--store", str(store.root)])  # noqa: S606
    ended, limit = 0, time.monotonic() + 600

    def steps() -> int:
        return max((row["step"] for run in store.runs() for row in run.tail.read()), default=0)

    try:
        while not (saved(store)() and steps() > 0) and time.monotonic() < limit:
            if select.select([terminal], [], [], 0.02)[0]:  # a terminal that nobody reads is full at last
                os.read(terminal, 65536)
        before = steps()
        os.close(terminal)
        if ignored:  # it goes on, until it is asked politely
            while steps() < before + 500 and time.monotonic() < limit:
                time.sleep(0.02)
            assert steps() >= before + 500
            os.kill(pid, signal.SIGTERM)
        while not ended and time.monotonic() < limit:
            ended, status = os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    (run,) = store.runs()
    assert (run.state, os.waitstatus_to_exitcode(status)) == ("stopped", 1)
    assert run.end["step"] > 0


def test_a_bar_that_nobody_reads_takes_no_run_with_it(tmp_path):
    """stderr into a full disk, into a pipe whose reader left, and closed."""
    words = [*LONG[:5], "--steps", "40", "--evaluations", "2", "--json"]
    for number, end in enumerate(("2>/dev/full", "2>&1 >there | true", "2>&-")):
        store = Store(tmp_path / str(number))
        line = f"{shlex.join([*TERMINAL, *words, '--store', str(store.root)])} {end}".replace(
            "there", f"{tmp_path}/there"
        )
        subprocess.run(["bash", "-c", line], cwd=HOUSE, capture_output=True, check=False, timeout=300)
        assert [run.state for run in store.runs()] == ["done"], end


@pytest.mark.parametrize("words", [["runs", "--json"]], ids=" ".join)
@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (">/dev/full", 1, "What this command says could not be written: the disk is full.\n"),
        (">&-", 0, ""),
        ("| true", 0, ""),
        ("2>&-", 0, ""),
        ("2>/dev/full", 0, ""),
    ],
    ids=["full", "closed", "unread", "stderr closed", "stderr full"],
)
def test_an_output_that_takes_nothing_is_a_line_or_silence(tmp_path, words, end, code, said):
    options = {"cwd": HOUSE, "capture_output": True, "text": True, "env": os.environ | {"SSL_STORE": str(tmp_path)}}
    done = subprocess.run(["bash", "-c", f"{shlex.join([*TERMINAL, *words])} {end}"], **options)
    assert (done.returncode, done.stderr) == (code, said)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A store with a short finished run, and its name."""
    store = tmp_path_factory.mktemp("trained")
    words = ["train", "--method", "fixmatch", "--steps", "4", "--batch", "4", "--mu", "1", "--evaluations", "1"]
    assert main([*words, "--store", str(store)]) == 0
    return store, Store(store).runs()[0].name


@pytest.mark.parametrize("alphabet", ["cp1252", "ascii", "cp437"])
def test_an_old_console_shows_what_it_can(tmp_path, trained, alphabet):
    """Every command's help, and the output of those that print much, where files are in that alphabet, too."""
    store, name = trained
    Image.new("L", (8, 8), 128).save(tmp_path / "猫 ×.png")
    code = (
        "import json, sys\n"
        "from ssl_core.__main__ import main\n"
        "for words in json.load(open(sys.argv[1])):\n"
        "    print(main(words), file=sys.stderr)\n"
        "    print('@@@', flush=True)\n"
    )
    asked = {command: [command, "--help"] for command in COMMANDS} | {
        "every knob": ["knobs"],
        "findings": ["doctor", "--data", "shapes"],
        "list": ["runs", "--store", str(store)],
        "script": ["export", name, "--store", str(store)],
        "answers": ["predict", name, str(tmp_path), "--as-seen", "--store", str(store)],
        "csv": ["predict", name, str(tmp_path), "--as-seen", "--store", str(store), "--csv"],
        "read": ["fetch", "--store", str(store)],
    }
    (tmp_path / "asked.json").write_text(json.dumps([*asked.values()]))
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": alphabet}
    line = [sys.executable, "-c", code, str(tmp_path / "asked.json")]
    done = subprocess.run(line, cwd=HOUSE, capture_output=True, env=os.environ | plain)
    lines = done.stderr.decode(alphabet).splitlines()
    assert [line for line in lines if line.isdigit()] == ["0"] * len(asked), lines
    said = dict(zip(asked, done.stdout.split(b"@@@\n"), strict=False))
    assert all(said[name].decode(alphabet) for name in asked)
    script = compile(said["script"], "script.py", "exec")  # as bytes, which Python takes for UTF-8
    assert "digits" in script.co_consts
    assert "\\u" in said["csv"].decode(alphabet), "nothing is lost of a name that another program reads"


@pytest.mark.parametrize(
    "command", [["runs"], ["export", "RUN"], ["predict", "RUN", "x.png"], ["train", "--resume", "RUN"]]
)
@pytest.mark.parametrize("kind", ["missing", "file", "empty"])
def test_a_command_that_reads_makes_no_store(tmp_path, ask, command, kind):
    (tmp_path / "file").write_text("no folder")
    store = {"missing": tmp_path / "TYPO", "file": tmp_path / "file", "empty": ""}[kind]
    code, out, err = ask(*command, "--store", store)
    assert (code, out) == (2, "")
    words = {"missing": "There is no store at", "file": "is a file: a store is a folder", "empty": "--store needs"}
    assert words[kind] in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("command", [["train"], ["experiment"], ["search", "--knob", "lr"], ["runs"]], ids=" ".join)
def test_a_store_that_cannot_be_made_is_one_sentence(ask, command):
    code, out, err = ask(*command, "--store", "/proc/nope")
    assert (code, out) == (2, "")
    assert re.fullmatch(r"[^\n]*/proc/nope[^\n]*\.\n", err)


def test_an_empty_run_to_resume_begins_no_other(tmp_path, ask):
    code, _, err = ask("train", "--resume", "", "--store", tmp_path)
    assert (code, err) == (2, f"There is no run '' in {tmp_path}.\n")
    assert not any(tmp_path.iterdir())


def test_a_pipe_or_a_device_is_not_read(tmp_path, ask, trained):
    store, name = trained
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "inside.png")
    for path in ("pipe.png", "link.png"):
        said = ask("predict", name, tmp_path / path, "--store", store)
        assert said == (2, "", f"{path} is no plain file and no folder: it is not read.\n")
    code, _, err = ask("predict", name, tmp_path / "folder", "--store", store)
    assert code == 1
    assert "links and devices" in err
    code, _, err = ask("predict", tmp_path / "pipe.png", tmp_path / "folder", "--store", store)
    assert (code, len(err.splitlines())) == (2, 1)
