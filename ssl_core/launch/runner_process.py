"""What a runner process is put together from: the store, this machine, and what proposes further runs by itself."""

from __future__ import annotations

import sys

from ssl_core.runs.runner import serve
from ssl_core.runs.store import Store
from ssl_core.search.driver import Driver


def main() -> None:
    """python -m ssl_core.runs.runner STORE ends up here, so that the runner itself knows of no search."""
    serve(Store(sys.argv[1]), lambda store: [Driver(store)])
