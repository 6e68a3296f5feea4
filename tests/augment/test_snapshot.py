"""What every run is trained on changes only on purpose: weak() and strong() beside what was written down."""

from __future__ import annotations

import json

import pytest
import torch

from ssl_core.augment import PRESETS, ShiftFlip, preset, strong
from ssl_core.data.catalog import CATALOG
from tests.augment.snapshot import FILE, snapshot


@pytest.mark.parametrize("name", CATALOG)
def test_weak_and_strong_are_what_was_written_down(name):
    written = json.loads(FILE.read_text())
    assert snapshot()[name] == written[name], "if this is meant: python -m tests.augment.snapshot"
    assert written.keys() == CATALOG.keys()


@pytest.mark.parametrize(("name", "share"), [("digits", 0.5), ("shapes", 1.0), ("cifar10", 1.0)])
def test_operations_act_half_of_the_time_on_tiny_pictures_and_always_on_others(name, share):
    drawn = strong(CATALOG[name]).draw(4000, torch.Generator().manual_seed(0))[1]
    assert drawn["acts"].double().mean().item() == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("card", CATALOG.values(), ids=lambda card: card.name)
def test_every_weak_stage_mirrors_where_the_card_allows_it_and_nowhere_else(card):
    stages = [stage for name in PRESETS for stage in preset(name, card).stages if isinstance(stage, ShiftFlip)]
    assert len(stages) >= 6
    assert {stage.flip for stage in stages} == {"left-right" in card.mirrors}
