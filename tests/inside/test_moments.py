"""The moments a worker keeps: there for whoever looks, gone when a run begins afresh, and a sentence when damaged."""

from __future__ import annotations

import pytest
import torch

from ssl_core.inside.moments import moments_of, weights_of
from ssl_core.runs.again import AFRESH
from ssl_core.runs.run import MOMENTS as FILES
from ssl_core.runs.run import OURS
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from ssl_core.train.moments import MOMENTS


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("runs"))
    config = configure("digits", "fixmatch", 20, 0, {"steps": 20, "batch": 8, "evaluations": 1})
    added = store.add(config.to_dict() | {"experiment": "x"})
    work(added.folder)
    return added


def test_a_worker_keeps_two_moments_and_they_say_their_step(run):
    assert tuple(f"{name}.pt" for name in MOMENTS) == FILES
    assert set(FILES) <= set(OURS)
    assert set(FILES) <= set(AFRESH)
    assert [*moments_of(run)] == ["start", "twentieth", "quarter", "end"]
    assert moments_of(run)["quarter"].endswith("step 5")
    assert [weights_of(run, name)["step"] for name in ("twentieth", "quarter", "end")] == [1, 5, 20]
    assert weights_of(run, "start") is None
    assert [*moments_of(None)] == ["start"]


def test_an_older_run_offers_its_start_and_its_end(run, tmp_path):
    older = Store(tmp_path).add(run.config)
    (older.folder / "checkpoint.pt").write_bytes((run.folder / "checkpoint.pt").read_bytes())
    assert [*moments_of(older)] == ["start", "end"]
    with pytest.raises(ValueError, match="choose another moment"):
        weights_of(older, "quarter")


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"x" * 5000])
def test_a_damaged_moment_is_one_sentence(run, tmp_path, content):
    damaged = Store(tmp_path).add(run.config)
    (damaged.folder / "quarter.pt").write_bytes(content)
    with pytest.raises(ValueError, match=r"^quarter.pt [^\n]* choose another moment of this run\.$"):
        weights_of(damaged, "quarter")


@pytest.mark.parametrize("saved", [{"step": -1}, {"step": 1.5}, {}, [1], torch.zeros(2), {"step": True}])
def test_a_moment_of_something_else_is_one_sentence(run, tmp_path, saved):
    other = Store(tmp_path).add(run.config)
    torch.save(saved, other.folder / "quarter.pt")
    with pytest.raises(ValueError, match=r"^quarter.pt is not one of a run"):
        weights_of(other, "quarter")


def test_what_a_link_leads_to_is_never_read(run, tmp_path):
    linked = Store(tmp_path).add(run.config)
    (linked.folder / "quarter.pt").symlink_to(run.folder / "quarter.pt")
    assert "quarter" not in moments_of(linked)
    with pytest.raises(ValueError, match="choose another moment"):
        weights_of(linked, "quarter")
