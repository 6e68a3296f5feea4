"""Workers that die on purpose, forked from the same process as all others; each is the target of one."""

from __future__ import annotations

import errno
import json
import os
import resource
from pathlib import Path

from ssl_core.runs import files, worker

HALF = 9  # the exit code of a worker that died in the middle of a checkpoint


def while_saving(folder: str, third: int = 3) -> None:
    """Die in the middle of writing the third checkpoint: half of it is on the disk, beside the second."""
    save, saved = worker.save_checkpoint, []

    def half(file: int) -> None:
        os.ftruncate(file, os.fstat(file).st_size // 2)
        os._exit(HALF)

    def counted(path: Path, state: dict) -> None:
        saved.append(path)
        if len(saved) == third:
            files.os.fsync = half
        save(path, state)

    worker.save_checkpoint = counted
    worker.child(folder, None)


def without_memory(folder: str, device: int | None = None, beat: float = 0.0) -> None:
    """Want more memory than there is; a run of another seed than 0 begins in the same instant at times, and is spared."""
    if json.loads(Path(folder, "config.json").read_text())["seed"]:
        worker.child(folder, device, beat)
        return
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**27, used + 2**27))
    worker.train = lambda *args, **settings: bytearray(2**31)
    worker.child(folder, device, beat)


def without_room(folder: str, device: int | None = None, beat: float = 0.0) -> None:
    """No file may grow beyond 6 kB, as on a disk that has no more: checkpoints are larger, the end is not."""
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))
    worker.child(folder, device, beat)


def without_an_end(folder: str, device: int | None = None, beat: float = 0.0) -> None:
    """Find no room even for how it ended."""

    def full(path: Path, value: dict) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    worker.write_json = full
    worker.child(folder, device, beat)
