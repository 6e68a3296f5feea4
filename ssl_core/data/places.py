"""Which folders data may come from and go to; all of them are the operator's choice, none a visitor's."""

from __future__ import annotations

import os
from pathlib import Path


def official() -> Path:
    """Where files of public data sets are looked for and downloaded to: $SSL_DATA, or ~/.cache/few-label-lab."""
    return Path(os.environ.get("SSL_DATA") or Path.home() / ".cache" / "few-label-lab")


def kept() -> Path:
    """Where prepared data sets are kept, inside the store of runs ($SSL_STORE, or runs/)."""
    store = os.path.realpath(os.environ.get("SSL_STORE") or "runs")  # of links in a ring, too
    return Path(store) / "_datasets"  # no run has an underscore in its name


def roots() -> list[Path]:
    """Folders whose class folders may be read as `folder:PATH`: $SSL_ROOTS, separated like PATH; none by default."""
    return [Path(part).resolve() for part in os.environ.get("SSL_ROOTS", "").split(os.pathsep) if part]
