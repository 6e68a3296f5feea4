"""What the mixing and SMOTE pages show through the network of a finished run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from ssl_core.models import MODELS
from ssl_core.runs.files import write_json
from ssl_core.runs.saved import save_checkpoint
from ssl_core.runs.store import Store
from ssl_core.train.config import configure

FRAME = str(Path(__file__).resolve().parents[2] / "pages" / "_frame.py")


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """A store with two finished runs whose networks were never trained: enough to be asked."""
    monkeypatch.setenv("SSL_STORE", str(tmp_path))
    import streamlit as st

    st.cache_resource.clear()  # the store of another test
    store = Store(tmp_path)
    for method in ("supervised", "mixmatch"):
        config = configure("digits", method, 20, 0, {})
        run = store.add(config.to_dict())
        model = MODELS[config.training.model](1, 10)
        save_checkpoint(run.folder / "checkpoint.pt", {"average": model.state_dict(), "step": torch.tensor(1)})
        write_json(run.folder / "end.json", {"state": "done", "test_accuracy": 0.9})
    yield store
    st.cache_resource.clear()


def change(at: AppTest, key: str, value) -> AppTest:
    kinds = (at.selectbox, at.slider, at.segmented_control, at.multiselect)
    return next(w for kind in kinds for w in kind if w.key == key).set_value(value).run()


def test_two_networks_answer_along_the_strip(finished):
    at = AppTest.from_file(FRAME, default_timeout=60).run().switch_page("mixing.py").run()
    at = change(change(at, "from_a", "digits"), "from_b", "digits")
    at = change(at, "lens", "network")
    told = [part.value for part in at.caption if "Mean distance from the mixed label" in part.value]
    assert not at.exception and not at.error and len(told) == 2
    at = change(change(at, "layer", 2), "mix", "manifold")
    assert not at.exception and not at.error
    at = change(at, "mix", "saliencymix")
    assert any("salience comes from the run" in part.value for part in at.caption)


def test_smote_in_the_features_of_a_run(finished):
    at = AppTest.from_file(FRAME, default_timeout=60).run().switch_page("smote.py").run()
    at = change(at, "space", "features")
    assert not at.exception and not at.error
    assert any("no way back to a picture" in part.value for part in at.caption)


def test_a_run_whose_checkpoint_is_damaged_is_one_sentence(finished):
    for run in finished.runs():
        (run.folder / "checkpoint.pt").write_bytes(b"nothing")
    at = AppTest.from_file(FRAME, default_timeout=60).run().switch_page("mixing.py").run()
    at = change(change(at, "from_a", "digits"), "from_b", "digits")
    at = change(at, "lens", "network")
    assert not at.exception and len(at.error) == 2 and "cannot be read" in at.error[0].value
