"""What engines of other machines share: a run is handed over once, silence and death are told apart, words reach pages."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from ssl_core.launch import cluster as room
from ssl_core.launch import ray_jobs
from ssl_core.launch import share as shares
from ssl_core.launch.choice import LAUNCHERS, known, launcher, offered, usual
from ssl_core.launch.cluster import Away, Cluster, Seen
from ssl_core.launch.local import Local
from ssl_core.launch.ray_jobs import _seen as of_ray
from ssl_core.launch.slurm import Slurm
from ssl_core.runs import runner
from ssl_core.runs.beat import beating
from ssl_core.runs.experiment import hand_over
from ssl_core.runs.handed import JOB, Engine, engines, hand, handed
from ssl_core.runs.pool import Pool
from ssl_core.runs.pools import Pools
from ssl_core.runs.progress import describe
from ssl_core.runs.run import BY_SYSTEM
from ssl_core.runs.store import Store
from ssl_core.runs.waiting import why_waiting
from ssl_core.runs.worker import main, work


class Fake(Cluster):
    """An engine in a dictionary; `away` makes it silent."""

    name, title = "ray", "Ray"

    def __init__(self, root, known=None):
        super().__init__(root)
        self.known, self.ended, self.away = {} if known is None else known, [], ""

    def _answer(self):
        if self.away:
            raise Away(self.away)

    def _submit(self, job, run, wanted):
        self._answer()
        self.known[job] = Seen("waiting", "PENDING")

    def _look(self, jobs):
        self._answer()
        return {job: self.known[job] for job in jobs if job in self.known}

    def _count(self, wanted):
        self._answer()
        return 2

    def _end(self, job, since):
        self._answer()
        self.ended.append(job)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Every look asks."""
    monkeypatch.setattr(room, "LOOK", 0.0)
    monkeypatch.setattr(room, "COUNT", 0.0)


@pytest.fixture
def engine(store):
    return Fake(store.root)


def pool_of(store, engine) -> Pool:
    return Pool(store, None, launcher=engine)


def only(engine) -> str:
    (job,) = engine.known
    return job


def test_two_pools_hand_a_run_over_once_and_its_name_is_written_before(store, short, engine, monkeypatch):
    run = store.add(short())
    submit = engine._submit
    monkeypatch.setattr(
        engine, "_submit", lambda job, *rest: (handed(run.folder).job == job or 1 / 0) and submit(job, *rest)
    )
    pool_of(store, engine).tick()
    pool_of(store, Fake(store.root, engine.known)).tick()
    assert only(engine).startswith(f"{run.name}-")


def test_a_run_waits_with_the_engines_word_and_then_with_why_it_is_silent(store, short, engine, monkeypatch):
    monkeypatch.setattr(runner, "tend", lambda store: "there")  # else a real one would ask for a Ray for ever
    runs = [store.add(short(seed=seed)) for seed in range(3)]
    hand_over(runs, "ray")
    pool = pool_of(store, engine)
    pool.tick()
    pool.tick()
    rows = [describe(run) for run in runs]
    assert why_waiting(store, rows[:1]).startswith("Waiting at Ray, which says: PENDING.")
    assert why_waiting(store, rows[2:]) == "Ray has as many runs as it has room for (2)."
    engine.away = "Ray at X does not answer."
    pool.tick()
    assert why_waiting(store, rows) == "Ray at X does not answer."
    engine.away = ""
    pool.tick()
    assert engines(store.root)["ray"] == Engine(2, "")


def test_an_engine_that_is_away_is_asked_again_and_its_sentence_said_as_it_is(store, short, engine):
    store.add(short())
    pool, engine.away = pool_of(store, engine), "Ray at X does not answer."
    assert pool.tick()
    assert (pool.why, engine.known) == ("Ray at X does not answer.", {})
    with pytest.raises(ValueError, match=r"^Ray at X does not answer\.$"):
        engine.check()
    engine.away, pool._held_up = "", 0.0
    pool.tick()
    assert only(engine)


def test_silence_alone_loses_no_run_and_silence_with_a_dead_heart_does(store, short, engine):
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    engine.known[only(engine)] = Seen("running")
    (run.folder / "lock").touch()
    engine.away = "Ray at X does not answer."
    with beating(run.folder, 600):  # however long this thread has to wait for its turn meanwhile
        while not (run.folder / "beat").exists():
            time.sleep(0.01)
        for _ in range(3):
            assert pool.tick()
            assert run.end == {}
    with beating(run.folder, 0.05):  # its last one, and three more would have come by now
        pass
    limit = time.monotonic() + 240
    while not run.end and time.monotonic() < limit:
        pool.tick()
    assert run.end["why"] == (
        "Ray at X does not answer, and the worker shows no sign of life. Resume goes on, anywhere."
    )
    run.resume()
    assert (run.state, handed(run.folder).launcher) == ("queued", "")


def test_a_pool_that_comes_later_hears_how_a_job_of_another_ended(store, short, engine):
    run = store.add(short())
    pool_of(store, engine).tick()
    (run.folder / "lock").touch()
    later = Fake(store.root, {only(engine): Seen("ended", why="Its machine died. Resume goes on.")})
    pool = pool_of(store, later)
    pool.tick()
    assert not pool.tick()
    assert (run.state, run.end["why"]) == ("lost", "Its machine died. Resume goes on.")


def test_a_job_that_is_queued_again_by_its_engine_makes_its_run_wait_again(store, short, engine):
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    (run.folder / "lock").touch()
    engine.known[only(engine)] = Seen("waiting", "PENDING, NodeFail")
    assert run.state == "lost"
    pool.tick()
    assert pool.tick()
    assert (run.state, list(engine.known)) == ("queued", [handed(run.folder).job])


def test_a_job_that_the_engine_forgot_before_it_began_is_handed_over_anew(store, short, engine, monkeypatch):
    monkeypatch.setattr(room, "NEWS", 0.0)
    store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    first = only(engine)
    engine.known.clear()
    pool.tick()
    pool.tick()
    assert only(engine) != first


def test_a_run_that_waits_at_the_engine_is_stopped_at_once(store, short, engine):
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    pool.tick()
    run.stop()
    pool.tick()
    assert not pool.tick()
    assert (run.state, engine.ended) == ("stopped", [only(engine)])


def test_a_frozen_worker_is_ended_and_its_run_begins_anew_when_it_is_resumed(store, short, engine):
    """The engine says it works, its heart says nothing."""
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    old = only(engine)
    engine.known[old] = Seen("running")
    (run.folder / "lock").touch()
    pool.tick()
    assert run.state == "lost"
    run.resume()
    for _ in range(3):
        assert pool.tick()
    assert engine.ended == [old]
    assert handed(run.folder).job in set(engine.known) - {old}


def test_a_frozen_worker_that_could_not_be_ended_at_first_is_ended_later(store, short, engine, monkeypatch):
    """It would keep its machine for ever."""
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    old, end, silent = only(engine), engine._end, [Away("Ray at X does not answer.")]
    monkeypatch.setattr(engine, "_end", lambda *job: _raise(silent.pop()) if silent else end(*job))
    engine.known[old] = Seen("running")
    (run.folder / "lock").touch()
    run.resume()
    for _ in range(4):
        assert pool.tick()
    assert (silent, engine.ended) == ([], [old])
    assert handed(run.folder).job in set(engine.known) - {old}


def _raise(wrong):
    raise wrong


def test_a_worker_that_the_engine_asked_to_end_and_then_killed_is_lost_with_the_engines_reason(store, short, engine):
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    (run.folder / "lock").touch()
    run.stop(BY_SYSTEM)  # as a worker does that hears SIGTERM
    engine.known[only(engine)] = Seen("ended", why="It was preempted. Resume goes on.")
    pool.tick()
    assert not pool.tick()
    assert (run.state, run.end["why"]) == ("lost", "It was preempted. Resume goes on.")


def test_what_the_engine_itself_asks_to_end_and_was_cancelled_there_is_not_begun_again(
    store, short, engine, monkeypatch
):
    """The worker takes its time to save, and nobody here hurries it or takes its end for an end of ours."""
    monkeypatch.setattr(Fake, "patience", 0.0)
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    job = only(engine)
    engine.known[job] = Seen("running")
    (run.folder / "lock").touch()
    (run.folder / "pid").touch()
    run.stop(BY_SYSTEM)
    for _ in range(3):
        assert pool.tick()
    run.put_back()
    engine.known[job] = Seen("ended", why="Its job was cancelled.", cancelled=True)
    while pool.tick():
        pass
    assert (engine.ended, run.state, run.reason()) == ([], "stopped", "Its job was cancelled.")
    assert list(engine.known) == [job]


def test_a_frozen_worker_that_is_asked_to_stop_is_ended(store, short, engine, monkeypatch):
    monkeypatch.setattr(Fake, "patience", 0.0)
    run = store.add(short())
    pool = pool_of(store, engine)
    pool.tick()
    engine.known[only(engine)] = Seen("running")
    (run.folder / "lock").touch()
    run.stop()
    pool.tick()
    pool.tick()
    assert engine.ended == [only(engine)]
    engine.known[only(engine)] = Seen("ended", why="Killed.")
    assert not pool.tick()
    assert (run.state, run.end["why"]) == ("stopped", "It did not stop by itself within 5 seconds and was ended.")


def test_nobody_can_name_another_runs_job(store, short, engine):
    mine, other = store.add(short()), store.add(short(seed=1))
    hand(mine.folder, "ray", f"{other.name}-0123")
    assert engine.find(mine) is None
    hand(mine.folder, "ray", f"{mine.name}-0123")
    assert engine.find(mine) == f"{mine.name}-0123"


@pytest.mark.parametrize("content", ["", "0", "1", "-7", "x", "4711" * 9, "4711"])
def test_a_number_that_would_end_more_than_one_process_is_no_process(store, short, content):
    """Of group 0 is whoever asks, and 1 is the system."""
    run = store.add(short())
    (run.folder / "pid").write_text(content)
    assert Local().find(run) == (content if content == "4711" else None)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"launcher": 3}', b'{"job": "x"}', b"\xff", b"[" * 9999])
def test_a_damaged_word_of_an_engine_is_no_traceback(store, short, content):
    run = store.add(short())
    (run.folder / JOB).write_bytes(content)
    (store.root / "engines.json").write_bytes(content)
    assert (handed(run.folder).launcher, engines(store.root), run.state) == ("", {}, "queued")
    assert why_waiting(store, [describe(run)]) is not None


def test_a_runner_gives_each_run_to_the_launcher_that_it_is_for(store, short, engine, monkeypatch):
    here, there = store.add(short()), store.add(short(seed=1))
    hand_over([there], "ray")
    mine = Fake(store.root)
    mine.name = "local"
    monkeypatch.setattr("ssl_core.runs.pool.Local", lambda: mine)
    monkeypatch.setitem(LAUNCHERS, "ray", LAUNCHERS["ray"]._replace(make=lambda root: engine))
    pools = Pools(store)
    assert pools.tick()
    pools.tick()
    assert only(engine).startswith(there.name)
    assert only(mine).startswith(here.name)


def test_a_worker_leaves_a_run_that_was_given_to_another_since(store, short, monkeypatch):
    run = store.add(short(steps=5))
    hand(run.folder, "ray", f"{run.name}-new")
    monkeypatch.setattr("ssl_core.runs.worker.polite", lambda run: lambda: False)
    assert main([str(run.folder), "--job", f"{run.name}-old"]) == 0
    assert run.state == "queued"


def test_a_run_that_its_engine_takes_back_waits_with_its_checkpoint(store, short):
    run = store.add(short(steps=400, evaluations=4))
    asked: list[bool] = []

    def watch(row):
        if row["step"] >= 100 and not asked:
            run.stop("The system asked it to end.")
            asked.append(True)

    work(run.folder, watch, again=lambda: bool(asked))
    assert run.state == "queued"
    assert (run.folder / "checkpoint.pt").exists()
    work(run.folder, again=lambda: False)
    assert run.state == "done"
    steps = [row["step"] for row in run.tail.read()]
    assert steps == sorted(set(steps))


PYTHON = """#!/bin/sh
case "$*" in *" -m ssl_core.runs.worker "*) ;; esac
trap 'echo asked; exit 75' TERM
echo "$*" > {seen}
{what}
"""


@pytest.mark.parametrize(
    ("what", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137), ("while :; do sleep 0.05; done", 75)]
)
def test_the_shell_around_a_worker_says_how_it_ended_and_passes_polite_words_on(
    store, short, monkeypatch, tmp_path, what, code
):
    run, fake, seen = store.add(short()), tmp_path / "python", tmp_path / "seen"
    fake.write_text(PYTHON.format(what=what, seen=seen))
    fake.chmod(0o755)
    monkeypatch.setenv("SSL_PYTHON", str(fake))
    lines = shares.script(run, "a job", again=True) + "exit $code"
    process = subprocess.Popen(["sh", "-c", lines], stdout=subprocess.DEVNULL)
    if "while" in what:
        while not seen.exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
    assert process.wait(240) == code
    assert seen.read_text().split() == f"-m ssl_core.runs.worker {run.folder} --beat 2 --job a job --again".split()


@pytest.mark.parametrize("word", ["TERM", "USR1"])
def test_a_polite_word_that_comes_before_the_worker_is_passed_on_to_it(store, short, monkeypatch, tmp_path, word):
    """Or the worker would go on alone, and nobody would know of it."""
    run, fake = store.add(short()), tmp_path / "python"
    fake.write_text(PYTHON.format(what="while :; do sleep 0.05; done", seen=tmp_path / "seen"))
    fake.chmod(0o755)
    monkeypatch.setenv("SSL_PYTHON", str(fake))
    begun = "before=$(kills)\n"
    lines = shares.script(run, "a job", again=True).replace(begun, f"{begun}kill -{word} $$\n")
    heard = 'echo "late=$late"\nexit $code'
    with subprocess.Popen(
        ["sh", "-c", lines + heard], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            told, _ = process.communicate(timeout=240)
        finally:
            with contextlib.suppress(ProcessLookupError):  # a worker that heard nothing
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode in (75, 143), "as a worker that had begun to listen, or had not yet"
    assert told.splitlines()[-1] == ("late=yes" if word == "USR1" else "late=")


@pytest.mark.parametrize(("lost", "code"), [("folder", shares.NO_FOLDER), ("python", shares.NO_PROGRAM)])
def test_a_machine_without_the_folder_or_the_program_says_so(store, short, monkeypatch, lost, code):
    run = store.add(short())
    lines = shares.script(run, "job") if lost == "folder" else ""
    if lost == "folder":
        (run.folder / "config.json").unlink()
    else:
        monkeypatch.setenv("SSL_PYTHON", "/nowhere/python")
        lines = shares.script(run, "job")
    assert subprocess.run(["sh", "-c", lines + "exit $code"], timeout=240).returncode == code
    assert subprocess.run(["sh", "-c", shares.probe(run.folder / "config.json")], timeout=240).returncode == code
    assert shares.because_of(code, "n1").partition(" n1")[1]


def job(status, message="", kind=None, code=None):
    return SimpleNamespace(
        status=status, message=message, error_type=kind, driver_exit_code=code, driver_agent_http_address="http://n7:1"
    )


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (job("FAILED", "x", code=12), "Memory ran out on n7"),
        (job("FAILED", "x", code=-9), "killed on n7, by hand"),
        (job("FAILED", "The actor died because its node has died."), "Its machine n7 died"),
        (job("FAILED", "The node was preempted."), "preempted"),
        (job("FAILED", "Task was killed due to the node running low on memory."), "Memory ran out"),
        (job("FAILED", "Something\nelse"), "Ray gave it up: Something. Resume"),
        (job("STOPPED"), "stopped at Ray"),
    ],
)
def test_what_ray_says_of_an_end_is_told_apart(one, words):
    assert words in of_ray(one).why
    assert "\n" not in of_ray(one).why


def test_a_job_that_waited_too_long_for_ray_may_wait_again():
    assert of_ray(job("FAILED", "x", "JOB_SUPERVISOR_ACTOR_START_TIMEOUT")).why == ""


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("NODE_FAIL", "machine died"),
        ("OUT_OF_MEMORY", "Memory ran out"),
        ("PREEMPTED", "preempted"),
        ("TIMEOUT", "time"),
    ],
)
def test_what_slurm_says_of_an_end_is_told_apart(store, state, words):
    said = Slurm(store.root)._said("7", state, "None", "n7")
    assert said.state == "ended"
    assert words in said.why


def test_a_job_that_slurm_has_forgotten_meanwhile_spoils_no_look_at_the_others(store, monkeypatch):
    engine = Slurm(store.root)

    def ask(*words, text=""):
        if words[0] == "squeue":
            return "7|gone|FAILED|None|n7\n8|here|RUNNING|None|n8\n"
        raise Away(f"Slurm does not answer or refuses: {said}.")

    monkeypatch.setattr(engine, "_ask", ask)
    said = "slurm_load_jobs error: Invalid job id specified"
    seen = engine._look(["gone", "here"])
    assert seen["here"] == Seen("running")
    assert seen["gone"] == Seen("ended", why="Its job failed, and Slurm has forgotten how. Resume goes on.")
    said = "slurm_load_jobs error: Unable to contact slurm controller"
    with pytest.raises(Away, match="Unable to contact"):
        engine._look(["gone", "here"])


@pytest.mark.parametrize(
    ("folder", "asked"),
    [("50 %j, 'a' \"b\"", "{}/50 %%j, 'a' \"b\"/{}/log.txt"), ("%%", "{}/%%%%/{}/log.txt"), ("a\\%j", "/dev/null")],
)
def test_a_path_means_itself_to_slurm(tmp_path, short, monkeypatch, folder, asked):
    store, heard = Store(tmp_path / folder), []
    engine, run = Slurm(store.root), store.add(short())
    monkeypatch.setattr(engine, "_ask", lambda *words, text="": heard.extend(words) or "7")
    engine._submit("job", run, shares.Share())
    assert f"--output={asked.format(tmp_path, run.name)}" in heard


def test_slurms_exit_codes_are_those_of_a_shell(store, monkeypatch):
    engine = Slurm(store.root)
    for text, words in (("ExitCode=12:0", "Memory ran out on n7"), ("ExitCode=0:9", "killed on n7")):
        monkeypatch.setattr(engine, "_ask", lambda *command, text=text: f"JobId=7 JobState=FAILED {text} Reason=x")
        assert words in engine._said("7", "FAILED", "None", "n7").why


def test_what_is_not_installed_is_one_sentence(store, short, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "ray.job_submission", None)
    for name, words in (("ray", "Ray is not installed here"), ("slurm", "Slurm is not installed here")):
        with pytest.raises(ValueError, match=rf"^{words}[^\n]*another launcher\.$"):
            launcher(name, store.root).check()


def test_one_is_usual_and_those_that_are_set_up_may_be_chosen(monkeypatch):
    for name in ("SSL_LAUNCHER", "RAY_ADDRESS", "RAY_API_SERVER_ADDRESS", "SLURM_CONF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert (usual(), offered()) == ("local", ["local"])
    monkeypatch.setenv("RAY_ADDRESS", "http://x:8265")
    assert offered() == ["local", "ray"]
    monkeypatch.setenv("SSL_LAUNCHER", "slurm")
    assert (usual(), offered()) == ("slurm", ["slurm", "local", "ray"])
    monkeypatch.setenv("SSL_LAUNCHER", "rai")
    with pytest.raises(ValueError, match=r"^SSL_LAUNCHER must name one of local, ray, slurm, not 'rai'\.$"):
        usual()
    with pytest.raises(ValueError, match=r"^--launcher takes one of"):
        known("")


@pytest.mark.parametrize("text", ["x", "-1", "nan", "1e9"])
def test_a_share_that_is_no_number_is_one_sentence(monkeypatch, text):
    monkeypatch.setenv("SSL_RUN_CPUS", text)
    with pytest.raises(ValueError, match=r"^SSL_RUN_CPUS must be a number from 0 to 10,000, not '.*'"):
        shares.share()


def test_a_terminals_launcher_is_said_before_anything_is_queued(tmp_path, capsys, monkeypatch):
    from ssl_core.__main__ import main as terminal

    monkeypatch.setenv("PATH", "/nowhere")
    for words, told in (
        (["--launcher", "slurm"], "Slurm is not installed"),
        (["--launcher", "rai"], "--launcher takes"),
    ):
        assert terminal(["experiment", "--steps", "5", "--store", str(tmp_path / "runs"), *words]) == 2
        assert told in capsys.readouterr().err
    assert not list(tmp_path.glob("runs/2*"))


@pytest.fixture
def asked_of_ray(tmp_path, monkeypatch):
    """A Ray that is asked by a client of no kind, and the event that hanging questions wait for."""
    monkeypatch.setattr(ray_jobs, "_client", lambda: "a client")
    engine, free = ray_jobs.Ray(tmp_path), threading.Event()
    yield engine, free
    free.set()
    gone(engine._asking)


def gone(threads) -> None:
    for thread in list(threads):
        thread.join(60)


def test_a_question_that_was_given_up_is_not_asked_later(asked_of_ray, monkeypatch):
    """Or a job would be handed over of which somebody has heard that it was not."""
    (engine, free), asked = asked_of_ray, []
    with monkeypatch.context() as connecting:
        connecting.setattr(ray_jobs, "ANSWER", 0.01)
        connecting.setattr(ray_jobs, "_client", lambda: free.wait() and "a client")
        with pytest.raises(Away, match="does not answer within"):
            engine._ask(asked.append)
        (late,) = engine._asking
        free.set()
        late.join(60)
    assert engine._ask(lambda client: len(asked)) == 0


def test_a_question_that_hangs_keeps_no_other_from_being_asked_and_only_so_many_hang(asked_of_ray, monkeypatch):
    (engine, free), begun = asked_of_ray, threading.Event()

    class Impatient(ray_jobs.Future):
        def result(self, timeout):
            """Not before the question hangs."""
            assert begun.wait(60)
            begun.clear()
            raise TimeoutError

    for hanging in range(ray_jobs.MOST_ASKED):
        assert engine._ask(lambda client: client) == "a client", f"{hanging} hang"
        with monkeypatch.context() as late:
            late.setattr(ray_jobs, "Future", Impatient)
            with pytest.raises(Away, match=r"^Ray at .+ does not answer within 20 seconds\.$"):
                engine._ask(lambda client: (begun.set(), free.wait()))
    with pytest.raises(Away, match="does not answer within"):
        engine._ask(lambda client: pytest.fail("it was asked"))
    threads = list(engine._asking)
    assert len(threads) == ray_jobs.MOST_ASKED
    free.set()
    gone(threads)
    assert engine._ask(lambda client: client) == "a client"


def test_further_words_for_slurm_that_cannot_be_read_are_a_sentence_and_cost_no_run(store, short, monkeypatch):
    monkeypatch.setenv("SSL_SLURM", "--comment='mine")
    engine = Slurm(store.root)
    monkeypatch.setattr(engine, "_ask", lambda *words, text="": "0/4/0/4")
    with pytest.raises(ValueError, match=r"^SSL_SLURM .+\.$") as wrong:
        engine.check()
    run = store.add(short())
    pool = pool_of(store, engine)
    assert pool.tick()
    assert (run.state, pool.why) == ("queued", str(wrong.value))
