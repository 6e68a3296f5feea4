"""More steps for a finished run: a run of its own that begins at the finished one's last step.

The finished run stays as it is, so that its configuration still says what was trained; the new one has a copy of all it
wrote, goes on to more steps, and names it under `continues`. Where the learning rate does not depend on the length of
the run, that equals a run of so many steps from the start, bit for bit; where it does, `what_differs` says how.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ssl_core.data.catalog import find_card
from ssl_core.runs import runner
from ssl_core.runs.equal import copy_files, lacking
from ssl_core.runs.limits import check_limits
from ssl_core.runs.origin import check_same
from ssl_core.runs.queue import adding
from ssl_core.runs.store import RESUMABLE, WAITING, Run, Store
from ssl_core.tasks import CLASSIFY
from ssl_core.train.schedule import factor

MOST_STEPS = 2**21  # as many as the knob allows
LEFT = ("end.json", "log.txt")  # of the finished run's own time
DROPPED = ("created", "taken", "search", "trial", "confirms", "continues", "variant")
NAMED = 200  # characters of a variant's name


def go_on(store: Store, finished: Run, steps: int) -> Run:
    """Queue `finished` with more steps, and see that a runner looks after it; raises ValueError, one sentence."""
    check_limits([finished.config] if finished.config else [])
    run = queue_onward(store, finished, steps)
    runner.ensure_runner(store)
    return run


def queue_onward(store: Store, finished: Run, steps: int) -> Run:
    """The run that goes on from a finished one to so many steps: the one there is, resumed if it ended early, or new.

    Starts no process. Raises ValueError, one sentence, for a run that is not finished, or steps that are not more.
    """
    config = onward_config(finished, steps)
    with adding(store):
        for run in store.of_kind(config["data"], config["method"], config["labels"]):
            if run.config.get("continues") == finished.name and run.config["training"] == config["training"]:
                if run.state in RESUMABLE:
                    run.resume()
                if run.state in (*WAITING, "done"):
                    return run
        store.check_room()
        return store.add(config, lambda to: copy_files(finished.folder, to, LEFT))


def onward_config(finished: Run, steps: int) -> dict[str, Any]:
    """The configuration of the run that goes on; raises ValueError, one sentence, where there can be none."""
    config, why = finished.config, why_not(finished)
    if why:
        raise ValueError(why)
    before = config["training"]["steps"]
    if type(steps) is not int or not before < steps <= MOST_STEPS:
        raise ValueError(f"steps must be a whole number above the {before:,} it has, at most {MOST_STEPS:,}.")
    check_same(config, find_card(config["data"]))
    kept = {key: value for key, value in config.items() if key not in DROPPED}
    own = config.get("variant", "")
    if config.get("continues"):  # its name says how far it was, and now it is further
        own = own.removesuffix(_words(before)).removesuffix(", ")
    variant = ", ".join(filter(None, (own[: NAMED - 20], _words(steps))))
    training = {**config["training"], "steps": steps}
    return kept | {"training": training, "continues": finished.name, "variant": variant}


def why_not(run: Run) -> str:
    """Why a run can have no more steps, one sentence, or nothing."""
    if not run.config:
        return run.why
    if run.config.get("task", CLASSIFY) != CLASSIFY:
        return "Only a run that classifies can have more steps: start the maker again with more."
    if run.state != "done":
        return f"{run.name} is {run.state}, not finished: resume it first, without more steps."
    missing = lacking(run.folder)
    return f"{run.name} has no {missing}, so nothing can go on from it." if missing else ""


def _words(steps: int) -> str:
    return f"{steps:,} steps"


def what_differs(config: Mapping[str, Any], steps: int) -> list[str]:
    """In what the run that goes on to `steps` differs from one of so many steps from the start; [] if in nothing."""
    training, knobs = config["training"], config.get("knobs") or {}
    before, schedule, said = training["steps"], training.get("schedule", "constant"), []
    if schedule != "constant" or training.get("warmup"):
        ended, begins = (
            factor(schedule, before, planned, round(training.get("warmup", 0) * planned)) for planned in (before, steps)
        )
        said.append(
            f"its learning rate has fallen to {100 * ended:.0f} % of the highest and goes on at {100 * begins:.0f} %"
        )
    if "ramp" in knobs and knobs.get("ramp_counts", "fraction") == "fraction":
        said.append("the weight of its unlabelled loss has climbed for a share of fewer steps")
    if knobs.get("annealing", "none") != "none":
        said.append("it has let labelled pictures in at the pace of fewer steps")
    if "agent" in str(training.get("strong", "")):
        said.append("its agent has explored at the pace of fewer steps")
    return said


def onward_words(config: Mapping[str, Any], steps: int) -> str:
    """What the run that goes on will be, in a sentence for whoever is about to start it."""
    differs = what_differs(config, steps)
    if not differs:
        return f"It will be what a run of {_words(steps)} from the start is."
    reasons = " and ".join([", ".join(differs[:-1]), differs[-1]] if differs[:-1] else differs)
    return f"It will not be quite what a run of {_words(steps)} from the start is: {reasons}."
