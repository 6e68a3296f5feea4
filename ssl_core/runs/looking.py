"""The phase before a run on features: a network looks at every picture once, however many runs wait for it.

One of them holds the lock of the pictures and looks; the others show how far it got. What has been looked at is kept
in whole blocks, so that whoever comes next, after a kill too, goes on from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock

import torch

from ssl_core.data import Dataset
from ssl_core.features.embedded import Embedded, embedded
from ssl_core.features.kept import Shelf, as_bytes
from ssl_core.features.networks import at_once, looker, marked
from ssl_core.features.views import BLOCK, View, drawn, views_of
from ssl_core.runs.disk import clear_asides
from ssl_core.runs.files import kernel_lock, write_whole
from ssl_core.train.config import Config
from ssl_core.train.device import pick_device
from ssl_core.train.fitting import view_policies
from ssl_core.train.memory import keep_freed_memory

PATIENCE = 0.5  # seconds between two looks at how far it got
MOST_THREADS = 16
ROOM = 2**30  # bytes for the blocks that are drawn at the same time


class Stopped(Exception):
    """Somebody asked the run to stop while it looked."""


class OutOfTime(Exception):
    """What a run does before its first step took as long as the whole run may; the message is a sentence."""


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
                look_at(shelf, config, progress, stop)
        except TimeoutError:  # another run looks at the same pictures
            progress.at(total - _open(shelf))
            if stop():
                raise Stopped from None
    return embedded(data, shelf, config.training.scale)


def _open(shelf: Shelf) -> int:
    return sum(shelf.size(*block) for block in shelf.missing())


def look_at(shelf: Shelf, config: Config, progress: Progress, stop: Callable[[], bool]) -> None:
    """Look at what is missing: each thread takes a block, draws it and looks at it, and waits for no other."""
    missing, device = shelf.missing(), pick_device(config.training.device)
    if not missing:  # somebody was at it, and is done
        return
    keep_freed_memory()
    look, size, seen = looker(config.training.model, device), at_once(device), Count(progress.total - _open(shelf))

    def take(block: tuple[View, int]) -> None:
        view, first = block
        pictures = drawn(view, shelf.images(view)[first : first + shelf.size(*block)], first)
        parts = []
        for part in pictures.split(size):
            if seen.over:
                return
            parts.append(look(part))
            seen.add(len(part))
        write_whole(shelf.path(view, first), as_bytes(torch.cat(parts)))

    progress.at(seen.pictures)
    together = min(threads(device), most_blocks(shelf.train))
    with ThreadPoolExecutor(together, initializer=lambda: torch.set_num_threads(1)) as pool:
        waiting: set[Future[None]] = {pool.submit(take, block) for block in missing}
        try:
            while waiting:
                if stop():
                    raise Stopped
                done, waiting = wait(waiting, PATIENCE, FIRST_COMPLETED)
                progress.at(seen.pictures)
                for block in done:
                    block.result()  # says what went wrong
        except BaseException:
            seen.over = True
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class Count:
    """How many pictures all threads have looked at, and whether they should stop."""

    def __init__(self, pictures: int) -> None:
        self.pictures, self.over, self._lock = pictures, False, Lock()

    def add(self, some: int) -> None:
        """So many more."""
        with self._lock:
            self.pictures += some


def threads(device: torch.device) -> int:
    """How many look: one for each core, with a batch of some 100 MB; two for a GPU, of which one draws meanwhile."""
    if device.type != "cpu":
        return 2
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_THREADS)


def most_blocks(images: torch.Tensor) -> int:
    """How many blocks of such pictures may be drawn at once: as floats, and twice more while an operation works."""
    block = 3 * 4 * BLOCK * images[:1].numel()
    return max(1, ROOM // max(block, 1))
