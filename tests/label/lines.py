"""Pictures in clouds and a line that learns in a millisecond, for tests of what is done with labels."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from ssl_core.data.card import UNKNOWN, Card
from ssl_core.features.embedded import Embedded
from ssl_core.label.axes import places
from ssl_core.label.journal import Journal
from ssl_core.label.pictures import Pictures
from ssl_core.label.session import Session
from ssl_core.models.pretrained import Standard


def clouds(rows, classes, apart, seed=0, width=20):
    """Features [rows, width] about `classes` centres, and the class of each row."""
    generator = torch.Generator().manual_seed(seed)
    centres = apart * torch.randn(classes, width, generator=generator) / 2**0.5
    truth = torch.randint(0, classes, (rows,), generator=generator)
    return centres[truth] + torch.randn(rows, width, generator=generator), truth


def line(spots, classes, decay=0.1):
    """Ridge regression onto one-hot labels: from labels [N] to probabilities [N, classes]."""
    x = F.normalize(spots.double(), dim=1)

    def fit(labels):
        rows = torch.nonzero(labels != UNKNOWN)[:, 0]
        wanted = F.one_hot(labels[rows], classes).double() - 1 / classes
        near = x[rows] @ x[rows].T + decay * torch.eye(len(rows), dtype=torch.float64)
        return torch.softmax(5 * (x @ (x[rows].T @ torch.linalg.solve(near, wanted))), dim=1)

    return fit


def as_seen(rows=200, classes=3, apart=2.0, width=1280, seed=0, tests=60):
    """Pictures in clouds as a network sees them, kept views and all; named digits, whose journal it shares."""
    flat, truth = clouds(rows + tests, classes, apart, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    spots = flat @ torch.randn(flat.shape[1], width, generator=generator) / width**0.5
    spots += 0.05 * torch.randn(rows + tests, width, generator=generator)
    views = {
        name: torch.stack(
            [(spots[:rows] + size * torch.randn(rows, width, generator=generator)).half() for _ in range(2)]
        )
        for name, size in (("weak", 0.03), ("strong", 0.1))
    }
    card = Card(
        "digits", "Clouds", "", tuple(f"class {n}" for n in range(classes)), width, 1, rows, 0, tests, (), 1, "", "",
        pictures=False,
    )  # fmt: skip
    units = Standard(width).measure(spots[:rows], "dimension")
    return Embedded(card, units(spots[:rows]), truth[:rows], units(spots[rows:]), truth[rows:], units, views)


def session(store, **facts):
    """A labelling session of such pictures, whose numbers are their rows."""
    return of_rows(as_seen(**facts))


def of_rows(data, spots=None):
    """A session of these, which lie at `spots` if that is known already."""
    numbers = [f"{row + 1:x}" for row in range(len(data.labels))]
    pictures = Pictures(numbers, numbers, {number: [row] for row, number in enumerate(numbers)})
    return Session(data, Journal("digits", data.card.classes), pictures, places(data) if spots is None else spots)
