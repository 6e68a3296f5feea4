"""Who starts at the same moment as others adds nothing twice."""

from __future__ import annotations

from ssl_core.runs.defaults import default_experiment
from tests.faults.many import at_once


def test_five_clicks_on_one_experiment_make_its_runs_once(store):
    work = """
    from ssl_core.runs.defaults import default_experiment
    launched = enqueue(Store(root), default_experiment())
    return [launched.new, launched.kept]
    """
    answers = at_once(5, store.root, work)
    assert len(store.runs()) == 13
    assert sorted(new for new, _ in answers) == [0, 0, 0, 0, 13]
    assert len({run.config["experiment"] for run in store.runs()}) == 1
    assert default_experiment().id == store.runs()[0].config["experiment"]
