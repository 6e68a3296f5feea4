"""Runs as Ray Jobs (docs.ray.io, "Ray Jobs"): a job is a worker's command, and Ray finds it a machine.

The cluster is found as Ray finds it: RAY_API_SERVER_ADDRESS or RAY_ADDRESS, http://HOST:8265, else this machine's.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, InvalidStateError
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ssl_core.launch import Job
from ssl_core.launch.cluster import Away, Cluster, Seen
from ssl_core.launch.share import NO_MEMORY, Share, because_of, cpus_of, probe, script, share

if TYPE_CHECKING:
    from ssl_core.runs.store import Run

USUAL = "http://127.0.0.1:8265"
ANSWER = 20.0  # seconds that an answer may take
PROBED = 120.0  # seconds that a look at the folder may take, a worker of Ray's started for it included
MOST_ASKED = 8  # questions that hang at a time, before nothing more is asked
MOST_PROBED = 8  # machines that are asked whether they see the folder; of more, a run's own worker says it
T = TypeVar("T")


def address() -> str:
    """Where the cluster's dashboard answers."""
    return os.environ.get("RAY_API_SERVER_ADDRESS") or os.environ.get("RAY_ADDRESS") or USUAL


class Ray(Cluster):
    """A job a run, which reserves its cores and GPUs; where there are GPUs, a run gets one, unless it is asked less."""

    name, title = "ray", "Ray"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._client: Any = None
        self._asking: list[threading.Thread] = []  # questions that have no answer yet, given up or not
        self._gpus = False

    def _ask(self, question: Callable[[Any], T]) -> T:
        """What the client says to it, within a time; raises Away."""
        silent = f"Ray at {address()} does not answer within {ANSWER:g} seconds."
        if len(self._asking) >= MOST_ASKED:
            raise Away(silent)
        answer: Future[T] = Future()
        self._asking.append(threading.Thread(target=self._answer, args=(question, answer), name="ray", daemon=True))
        self._asking[-1].start()
        try:
            return answer.result(timeout=ANSWER)
        except ImportError:
            raise Away(
                "Ray is not installed here: install it beside this program with pip install 'ray[default]', or choose "
                "another launcher."
            ) from None
        except TimeoutError:
            answer.cancel()  # what still waits for a connection would be asked, and a job submitted, long after
            raise Away(silent) from None
        except (OSError, RuntimeError) as wrong:  # whatever the network and the cluster say
            self._client = None
            reason = "" if isinstance(wrong, OSError) else f" ({str(wrong).strip().splitlines()[0][:200]})"
            raise Away(
                f"Ray at {address()} does not answer{reason}: start it with ray start --head, or set RAY_ADDRESS."
            ) from None

    def _answer(self, question: Callable[[Any], T], answer: Future[T]) -> None:
        """Ask, in a thread of the question's own: one that hangs keeps no other from being asked."""
        try:
            client = self._connected()
            said = question(client) if answer.set_running_or_notify_cancel() else None
            settle = partial(answer.set_result, said)
        except Exception as wrong:  # whoever waits for the answer hears it
            settle = partial(answer.set_exception, wrong)
        self._asking.remove(threading.current_thread())
        with contextlib.suppress(InvalidStateError):  # nobody waits any more
            settle()

    def _connected(self) -> Any:
        if self._client is None:
            self._client = _client()
        return self._client

    def _nodes(self) -> list[dict[str, float]]:
        """What each living machine has in all, by the name of the resource."""

        def question(client: Any) -> list[dict[str, float]]:
            from ray.util.state import list_nodes

            nodes = list_nodes(address=client.get_address(), timeout=int(ANSWER), limit=10_000)
            return [dict(node.resources_total or {}) for node in nodes if node.state == "ALIVE"]

        return self._ask(question)

    def _count(self, wanted: Share) -> int:
        nodes = self._nodes()
        self._gpus = any(node.get("GPU") for node in nodes)
        gpus, cpus = self._gpus_of(wanted), wanted.cpus or 1.0
        rooms = [(node.get("CPU", 0.0) / cpus, node.get("GPU", 0.0) / gpus if gpus else 1e9) for node in nodes]
        return sum(int(min(room) + 1e-9) for room in rooms)

    def _gpus_of(self, wanted: Share) -> float:
        return float(self._gpus) if wanted.gpus is None else wanted.gpus

    def _submit(self, job: Job, run: Run, wanted: Share) -> None:
        device = run.config.get("training", {}).get("device")
        self._send(
            job,
            script(run, job) + "exit $code",
            metadata={"run": run.name},
            entrypoint_num_cpus=cpus_of(run, wanted),
            entrypoint_num_gpus=0.0 if device == "cpu" else self._gpus_of(wanted),
        )

    def _send(self, job: Job, lines: str, **wanted: Any) -> None:
        self._ask(lambda client: client.submit_job(entrypoint=lines, submission_id=job, **wanted))

    def _look(self, jobs: Iterable[Job]) -> dict[Job, Seen]:
        asked = set(jobs)
        listed = self._ask(lambda client: client.list_jobs())
        return {one.submission_id: _seen(one) for one in listed if one.submission_id in asked}

    def _end(self, job: Job, since: float) -> None:
        """Ray says SIGTERM, and SIGKILL three seconds later."""
        if not since:
            self._ask(lambda client: client.stop_job(job))

    def check(self) -> None:
        """See that the cluster answers, and that its machines see the folder of runs; ValueError, one sentence."""
        try:
            self._count(share())
            self._probe()
        except Away as wrong:
            raise ValueError(str(wrong)) from None

    def _probe(self) -> None:
        """Have a job look for a file that we put there, one a machine."""
        token = secrets.token_hex(8)
        seen = self.root / f".seen-{token}"
        seen.touch()
        machines = [name for node in self._nodes() for name in node if re.fullmatch(r"node:[\d.:a-f]+", name)]
        jobs = {f"probe-{token}-{number}": name for number, name in enumerate(machines[:MOST_PROBED])}
        try:
            for job, name in jobs.items():
                self._send(job, probe(seen), entrypoint_resources={name: 0.001})
            self._judge(jobs)
        finally:
            seen.unlink(missing_ok=True)

    def _judge(self, jobs: dict[Job, str]) -> None:
        limit, open_ones = time.monotonic() + PROBED, set(jobs)
        while open_ones and time.monotonic() < limit:
            listed = {one.submission_id: one for one in self._ask(lambda client: client.list_jobs())}
            for job in list(open_ones):
                one = listed.get(job)
                if one is None or not one.status.is_terminal():
                    continue
                open_ones.discard(job)
                if one.status != "SUCCEEDED":
                    raise ValueError(_seen(one, jobs[job].partition(":")[2]).why)
                self._ask(lambda client, job=job: client.delete_job(job))
            time.sleep(0.2)


def _client() -> Any:
    """Ray's client with an end to each of its requests: its own waits for ever where a connection hangs."""
    from ray.job_submission import JobSubmissionClient

    class Client(JobSubmissionClient):
        def _do_request(self, *words: Any, **more: Any) -> Any:
            return super()._do_request(*words, **{"timeout": ANSWER} | more)

    return Client(address())


def _seen(one: Any, machine: str = "") -> Seen:
    """What Ray says of a job (its JobDetails), as the house says it."""
    status, message = str(getattr(one.status, "value", one.status)), (one.message or "").strip()
    if status == "PENDING":
        return Seen("waiting", f"PENDING: {message.splitlines()[0][:300]}" if message else "PENDING")
    if status == "RUNNING":
        return Seen("running")
    if status == "STOPPED":
        return Seen("ended", why="Its job was stopped at Ray. Resume goes on.", cancelled=True)
    return Seen("ended", why="" if status == "SUCCEEDED" else _why(one, message, machine or _machine(one)))


def _machine(one: Any) -> str:
    return (one.driver_agent_http_address or "").removeprefix("http://").rpartition(":")[0]


def _why(one: Any, message: str, machine: str) -> str:
    if one.driver_exit_code is not None:
        return because_of(one.driver_exit_code, machine)
    kind, words = str(one.error_type or ""), message.lower()
    if "START_TIMEOUT" in kind:  # it waited for a place for too long: it may wait again
        return ""
    first = next(iter(message.splitlines()), kind)[:300].rstrip(".")
    if "preempt" in words or "draining" in words:
        return "Its machine was preempted: taken away for somebody who comes first. Resume goes on."
    if "out of memory" in words or "oom" in words.split() or "running low on memory" in words:
        return because_of(NO_MEMORY, machine)
    if re.search(r"node (has )?died|node is dead|node was terminated|dead node|node failure", words):
        return f"Its machine{f' {machine}' * bool(machine)} died or left the cluster. Resume goes on."
    return f"Ray gave it up: {first}. Resume goes on."
