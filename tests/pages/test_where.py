"""Where an experiment is trained is asked where an engine is set up, and nowhere else."""

from __future__ import annotations

import pytest

from ssl_core.runs.handed import Engine, handed, say
from tests.pages.conftest import problems


@pytest.fixture(autouse=True)
def nothing_set_up(monkeypatch):
    for name in ("SSL_LAUNCHER", "RAY_ADDRESS", "RAY_API_SERVER_ADDRESS", "SLURM_CONF"):
        monkeypatch.delenv(name, raising=False)


def words(test) -> str:
    return "\n".join(m.value for m in [*test.markdown, *test.caption])


def test_a_place_without_an_engine_does_not_ask(visit, store):
    test = visit("training.py")
    assert not [box for box in test.selectbox if box.key == "launcher"]
    test.button(key="start").click().run()
    assert {handed(run.folder).launcher for run in store.runs()} == {""}
    assert not list(store.root.glob("*/job.json"))


def test_a_chosen_engine_is_to_have_the_runs_and_its_size_is_counted(visit, store, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "http://nowhere:8265")
    say(store.root, "ray", Engine(7, "Ray at X does not answer."))
    test = visit("training.py", methods="Supervised", labels="10")
    assert test.selectbox(key="launcher").value == "local"
    test.selectbox(key="launcher").set_value("ray").run()
    assert "with 7 at a time" in words(test)
    test.button(key="start").click().run()
    assert problems(test) == []
    assert {handed(run.folder).launcher for run in store.runs()} == {"ray"}
    assert "Ray at X does not answer." in words(test), "why they wait"
