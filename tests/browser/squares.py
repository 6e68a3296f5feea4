"""Sixty dark and bright pictures that a network has looked at beforehand: what labelling in a browser begins with."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from ssl_core.data import load, uploads
from ssl_core.label.heads import on_features
from ssl_core.label.journal import Journal
from ssl_core.runs import looking
from tests.data.conftest import png, zipped

KINDS = ("dark", "bright")


def glance(pictures: torch.Tensor) -> torch.Tensor:
    """What a network could see of pictures [n, 3, H, W]: sixteen places of them, as 1,280 numbers."""
    places = F.adaptive_avg_pool2d(pictures.mean(dim=1, keepdim=True), 4).flatten(1)
    return places @ torch.randn(16, 1280, generator=torch.Generator().manual_seed(0))


def squares(store: Path) -> tuple[str, Journal]:
    """The set's name in that store, and its journal, in which its two classes are named and nothing is labelled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_STORE", str(store))
        files = {f"{n}.png": png(n, 16, 30 + n if n % 2 == 0 else 160 + n) for n in range(60)}
        name = uploads.add(zipped(files), "Squares").name
        journal = Journal(name)
        journal.name_classes("me", KINDS)
        patch.setattr(looking, "looker", lambda model, device: glance)
        looking.looked_at(on_features(name, "fixmatch"), load(name), lambda text, left: None, lambda: False)
        return name, journal
