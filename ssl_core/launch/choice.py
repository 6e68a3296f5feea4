"""The launchers there are, and which one is meant: --launcher, the Training form, else SSL_LAUNCHER, else local."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ssl_core.launch import Launcher
from ssl_core.launch.local import Local
from ssl_core.runs.handed import handed

if TYPE_CHECKING:
    from ssl_core.runs.store import Run

ASKED = "SSL_LAUNCHER"


class Kind(NamedTuple):
    """A launcher's title, how one is made for the store at a folder, and whether it is set up where we are."""

    title: str
    make: Callable[[Path], Launcher]
    here: Callable[[], bool]


def _ray(root: Path) -> Launcher:
    from ssl_core.launch.ray_jobs import Ray

    return Ray(root)


def _slurm(root: Path) -> Launcher:
    from ssl_core.launch.slurm import Slurm

    return Slurm(root)


def _ray_here() -> bool:
    return any(os.environ.get(name) for name in ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS"))


def _slurm_here() -> bool:
    """The commands alone are no cluster: a machine of one has its configuration, too."""
    told = os.environ.get("SLURM_CONF") or Path("/etc/slurm/slurm.conf").exists()
    return bool(told) and shutil.which("sbatch") is not None


LAUNCHERS = {
    "local": Kind("this machine", lambda root: Local(), lambda: True),
    "ray": Kind("Ray", _ray, _ray_here),
    "slurm": Kind("Slurm", _slurm, _slurm_here),
}


def usual() -> str:
    """The launcher of runs for which nobody chose one; raises ValueError, one sentence, for a name of none."""
    return known(os.environ.get(ASKED) or "local", f"{ASKED} must name")


def known(name: str, what: str = "--launcher takes") -> str:
    """The name, if it is that of a launcher; else ValueError, one sentence."""
    if name not in LAUNCHERS:
        raise ValueError(f"{what} one of {', '.join(LAUNCHERS)}, not {name[:40]!r}.")
    return name


def offered() -> list[str]:
    """The launchers that somebody here may choose from, the usual one first; nothing is imported or asked for it."""
    first = usual()
    return [first, *(name for name, kind in LAUNCHERS.items() if name != first and kind.here())]


def launcher(name: str, root: Path) -> Launcher:
    """The launcher of that name for the store at `root`; whether its engine answers is seen when it is asked."""
    return LAUNCHERS[known(name)].make(root)


def own(name: str, root: Path) -> tuple[Launcher, Callable[[Run], bool]]:
    """The launcher of a process that looks after runs of its own, and which of them: all that nobody else is to have.

    Raises ValueError, one sentence, where its engine could run none; before anything is queued.
    """
    made = launcher(name, root)
    made.check()
    return made, lambda run: (handed(run.folder).launcher or name) == name
