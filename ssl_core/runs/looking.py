"""The phase before a run on features: a network looks at every picture once, however many runs wait for it.

One of them holds the lock of the pictures and looks; the others show how far it got. What has been looked at is kept
in whole blocks, so that whoever comes next, after a kill too, goes on from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from ssl_core.data import Dataset
from ssl_core.features.embedded import Embedded, embedded
from ssl_core.features.kept import Shelf, as_bytes
from ssl_core.features.networks import AT_ONCE, looker, marked
from ssl_core.features.views import View, drawn, views_of
from ssl_core.runs.disk import clear_asides
from ssl_core.runs.files import kernel_lock, write_whole
from ssl_core.train.config import Config, view_policies
from ssl_core.train.trainee import pick_device

PATIENCE = 0.5  # seconds between two looks at how far another run got


class Stopped(Exception):
    """Somebody asked the run to stop while it looked."""


class Progress:
    """Says how many pictures have been looked at, and how long the rest will take."""

    def __init__(self, total: int, done: int, say: Callable[[str, float | None], None]) -> None:
        self.total, self.first, self.began, self.say = total, done, time.monotonic(), say

    def at(self, done: int) -> None:
        """So many are done."""
        spent, more = time.monotonic() - self.began, done - self.first
        left = spent / more * (self.total - done) if more > 0 else None
        self.say(f"looking at pictures, {done:,} of {self.total:,}", left)


def looked_at(
    config: Config, data: Dataset, say: Callable[[str, float | None], None], stop: Callable[[], bool]
) -> Embedded:
    """The data set as the run's network sees it, every view of it kept; `say` gets the phase and the seconds left.

    Raises Stopped when `stop()` says so, and ValueError, one sentence, where the network is not here.
    """
    shelf = Shelf(data, marked(config.training.model), views_of(view_policies(config)))
    total = sum(shelf.size(*block) for block in shelf.blocks())
    progress = Progress(total, total - _open(shelf), say)
    while shelf.missing():
        shelf.home.mkdir(parents=True, exist_ok=True)
        try:
            with kernel_lock(shelf.home / "lock", PATIENCE):
                clear_asides(shelf.home)
                _look(shelf, config, progress, stop)
        except TimeoutError:  # another run looks at the same pictures
            progress.at(total - _open(shelf))
            if stop():
                raise Stopped from None
    return embedded(data, shelf, config.training.scale)


def _open(shelf: Shelf) -> int:
    return sum(shelf.size(*block) for block in shelf.missing())


def _look(shelf: Shelf, config: Config, progress: Progress, stop: Callable[[], bool]) -> None:
    """Look at what is missing, the next block's pictures drawn while the network sees this one's."""
    missing, device = shelf.missing(), pick_device(config.training.device)
    if not missing:  # somebody was at it, and is done
        return
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    look, done = looker(config.training.model, device), progress.total - _open(shelf)
    for view, first, pictures in ahead(shelf, missing):
        seen = []
        for part in pictures.split(AT_ONCE):
            progress.at(done + sum(map(len, seen)))
            if stop():
                raise Stopped
            seen.append(look(part))
        write_whole(shelf.path(view, first), as_bytes(torch.cat(seen)))
        done += len(pictures)
    progress.at(done)


def ahead(shelf: Shelf, blocks: list[tuple[View, int]]) -> Iterator[tuple[View, int, Tensor]]:
    """Each block with its pictures as the view shows them, drawn one block ahead of whoever asks."""

    def draw(block: tuple[View, int]) -> Tensor:
        view, first = block
        return drawn(view, shelf.images(view)[first : first + shelf.size(*block)], first)

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(draw, blocks[0])
        for place, block in enumerate(blocks):
            pictures = coming.result()
            if place + 1 < len(blocks):
                coming = pool.submit(draw, blocks[place + 1])
            yield (*block, pictures)
